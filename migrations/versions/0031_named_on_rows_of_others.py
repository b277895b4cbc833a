"""Numbers on other people's rows are found by an index; whether an applicant named another way to be told"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_NUMBERS = (
    ("enrolment", "caller_phone"),
    ("lottery_entrant", "caller_phone"),
    ("booking", "caller_phone"),
    ("notice", "call_to"),
    ("learner", "helper_phone"),
)
_DIFFERS = sa.text("channel_differs")


def upgrade() -> None:
    for table, column in _NUMBERS:
        held = sa.text(f"{column} <> ''")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=held, postgresql_where=held)
    with op.batch_alter_table("applicant", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "channel_differs",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="the register has another way to tell them, and nobody has said yet which holds",
            )
        )
    with op.batch_alter_table("applicant", schema=None) as batch_op:
        batch_op.alter_column(
            "channel_differs", server_default=None, existing_type=sa.Boolean(), existing_nullable=False
        )
        batch_op.create_index(
            "ix_applicant_channel_differs",
            ["application_id"],
            sqlite_where=_DIFFERS,
            postgresql_where=_DIFFERS,
        )


def downgrade() -> None:
    with op.batch_alter_table("applicant", schema=None) as batch_op:
        batch_op.drop_index("ix_applicant_channel_differs", sqlite_where=_DIFFERS, postgresql_where=_DIFFERS)
        batch_op.drop_column("channel_differs")
    for table, column in _NUMBERS:
        held = sa.text(f"{column} <> ''")
        op.drop_index(f"ix_{table}_{column}", table, sqlite_where=held, postgresql_where=held)
