"""Of each log-in: when it was used last, and on what kind of device"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "signed_in", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True, comment="to the minute")
    )
    op.execute("UPDATE signed_in SET last_seen_at = started_at")
    with op.batch_alter_table("signed_in", schema=None) as batch_op:
        batch_op.alter_column("last_seen_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.add_column(
            sa.Column(
                "device",
                sa.Text(),
                nullable=False,
                server_default="",
                comment="its system and browser by name, without their versions",
            )
        )
        batch_op.alter_column("device", existing_type=sa.Text(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("signed_in", schema=None) as batch_op:
        batch_op.drop_column("device")
        batch_op.drop_column("last_seen_at")
