"""By when a notice helps most; whether a seat was given up late"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "tell_by",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="until when it helps most, if that is sooner",
            )
        )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "given_up_late",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="a seat, shortly before the start",
            )
        )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.alter_column("given_up_late", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_column("given_up_late")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_column("tell_by")
