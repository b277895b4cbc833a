"""How far a phone's clock is off"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("phone_key", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "correction",
                sa.BigInteger(),
                nullable=True,
                comment="milliseconds to be added to what the phone's clock says; unknown before it hands in",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("phone_key", schema=None) as batch_op:
        batch_op.drop_column("correction")
