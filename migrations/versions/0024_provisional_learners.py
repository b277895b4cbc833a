"""Learners entered in class by a given name, to be completed at the counter"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "provisional",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="entered in class by a given name, to be completed",
            )
        )
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.alter_column("provisional", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)
        batch_op.create_index(
            "ix_learner_provisional",
            ["id"],
            unique=False,
            sqlite_where=sa.text("provisional"),
            postgresql_where=sa.text("provisional"),
        )


def downgrade() -> None:
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.drop_index("ix_learner_provisional")
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.drop_column("provisional")
