"""From when until when: roles, districts, leave of absence, the end of service"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_GIVEN = ("account_role", "account_district")


def upgrade() -> None:
    for table in _GIVEN:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
            batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
            batch_op.create_check_constraint(batch_op.f(f"ck_{table}_days_in_order"), "starts_on <= ends_on")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("leave_from", sa.Date(), nullable=True, comment="of the leave of absence, both days included")
        )
        batch_op.add_column(sa.Column("leave_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("service_ends_on", sa.Date(), nullable=True, comment="the last day"))
        batch_op.create_check_constraint(batch_op.f("ck_account_leave_in_order"), "leave_from <= leave_until")
        batch_op.create_check_constraint(
            batch_op.f("ck_account_leave_begins"), "leave_until IS NULL OR leave_from IS NOT NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_account_leave_begins"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_account_leave_in_order"), type_="check")
        for name in ("service_ends_on", "leave_until", "leave_from"):
            batch_op.drop_column(name)
    for table in _GIVEN:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_days_in_order"), type_="check")
            batch_op.drop_column("ends_on")
            batch_op.drop_column("starts_on")
