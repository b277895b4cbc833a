"""Residents apply for a place in the line"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_TABLE = "consultation_application"
_SLOT = (
    ("adviser_id", sa.Integer()),
    ("starts_at", sa.DateTime(timezone=True)),
    ("ends_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    with op.batch_alter_table(_TABLE, schema=None) as batch_op:
        for column, kind in _SLOT:
            comment = "null: for whatever falls free" if column == "starts_at" else None
            batch_op.alter_column(column, existing_type=kind, nullable=True, comment=comment)
        batch_op.add_column(
            sa.Column(
                "anywhere",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="any desk will do for whoever waits",
            )
        )
        batch_op.add_column(
            sa.Column(
                "weekdays",
                sa.JSON(),
                nullable=False,
                server_default="[]",
                comment="Monday is 0; none: whichever",
            )
        )
        batch_op.add_column(sa.Column("half_day", sa.String(length=32), nullable=False, server_default="any"))
        batch_op.add_column(sa.Column("wish_id", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f(f"ck_{_TABLE}_half_day"), "half_day IN ('any', 'morning', 'afternoon')"
        )
        batch_op.create_check_constraint(
            batch_op.f(f"ck_{_TABLE}_slot_whole"),
            "(starts_at IS NULL) = (ends_at IS NULL) AND (starts_at IS NULL) = (adviser_id IS NULL)",
        )
        batch_op.drop_constraint(batch_op.f(f"ck_{_TABLE}_placed_has_booking"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f(f"ck_{_TABLE}_placed_has_place"),
            "state <> 'placed' OR booking_id IS NOT NULL OR wish_id IS NOT NULL",
        )
        batch_op.create_foreign_key(batch_op.f(f"fk_{_TABLE}_wish_id"), "slot_wish", ["wish_id"], ["id"])
        batch_op.create_unique_constraint(batch_op.f(f"uq_{_TABLE}_wish_id"), ["wish_id"])
    with op.batch_alter_table(_TABLE, schema=None) as batch_op:
        for column in ("anywhere", "weekdays", "half_day"):
            batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM consultation_application WHERE starts_at IS NULL")  # there is no other place for them
    with op.batch_alter_table(_TABLE, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"uq_{_TABLE}_wish_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f(f"fk_{_TABLE}_wish_id"), type_="foreignkey")
        for check in ("placed_has_place", "slot_whole", "half_day"):
            batch_op.drop_constraint(batch_op.f(f"ck_{_TABLE}_{check}"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f(f"ck_{_TABLE}_placed_has_booking"), "state <> 'placed' OR booking_id IS NOT NULL"
        )
        for column in ("wish_id", "half_day", "weekdays", "anywhere"):
            batch_op.drop_column(column)
        for column, kind in _SLOT:
            batch_op.alter_column(column, existing_type=kind, nullable=False, comment=None)
