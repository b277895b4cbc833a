"""What was free when somebody began to wait for a slot"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("slot_wish", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "passed_up",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when the first slot begins that was free for them then: they waited all the same",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("slot_wish", schema=None) as batch_op:
        batch_op.drop_column("passed_up")
