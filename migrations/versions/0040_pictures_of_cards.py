"""Pictures of answer cards"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_card_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="random, in its address"),
        sa.Column("caption", sa.Text(), nullable=False, comment="what it shows, also for those who cannot see it"),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_answer_card_picture_has_size")),
        sa.ForeignKeyConstraint(["card_id"], ["answer_card.id"], name=op.f("fk_answer_card_picture_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_card_picture")),
        sa.UniqueConstraint("name", name=op.f("uq_answer_card_picture_name")),
    )
    with op.batch_alter_table("answer_card_picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_card_picture_card_id"), ["card_id"], unique=False)


def downgrade() -> None:
    op.drop_table("answer_card_picture")
