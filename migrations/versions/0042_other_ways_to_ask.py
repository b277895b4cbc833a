"""Other ways to ask what a card answers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("answer_card", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "also_asked",
                sa.Text(),
                nullable=False,
                server_default="",
                comment="how else people put it: found by it, never shown",
            )
        )
    with op.batch_alter_table("answer_card", schema=None) as batch_op:
        batch_op.alter_column("also_asked", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("answer_card", schema=None) as batch_op:
        batch_op.drop_column("also_asked")
