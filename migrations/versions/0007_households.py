"""Households: which learners belong together

What finds a learner by their helper's telephone is written by `supportdesk rebuild-search`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learner_link",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "spouse",
                "parent_child",
                "sibling",
                "family",
                "friend",
                "strangers",
                name="linkkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("learner_id < other_id", name=op.f("ck_learner_link_lower_first")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_learner_link_learner_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_learner_link_made_by")),
        sa.ForeignKeyConstraint(["other_id"], ["learner.id"], name=op.f("fk_learner_link_other_id")),
        sa.PrimaryKeyConstraint("learner_id", "other_id", name=op.f("pk_learner_link")),
    )
    with op.batch_alter_table("learner_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learner_link_other_id"), ["other_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("learner_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learner_link_other_id"))

    op.drop_table("learner_link")
