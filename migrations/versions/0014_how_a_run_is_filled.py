"""How a run's seats are given, when it is shown, until when one may apply, with how few it is held; who assists"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_RULES = {
    "filling": "filling IN ('first_come', 'lottery', 'invitation')",
    "least_with_day": "(least IS NULL) = (decide_on IS NULL)",
    "least_positive": "least IS NULL OR least >= 1",
}


def upgrade() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "filling",
                sa.String(length=32),
                nullable=False,
                server_default="first_come",
                comment="how its seats are given",
            )
        )
        batch_op.add_column(
            sa.Column(
                "publish_at", sa.DateTime(timezone=True), nullable=True, comment="when residents see it; null: at once"
            )
        )
        batch_op.add_column(
            sa.Column(
                "apply_until",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="until when one may apply; null: until it begins",
            )
        )
        batch_op.add_column(
            sa.Column("least", sa.Integer(), nullable=True, comment="the fewest people with whom it is held")
        )
        batch_op.add_column(
            sa.Column("decide_on", sa.Date(), nullable=True, comment="the day on which that is decided")
        )
        for name, rule in _RULES.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_run_{name}"), rule)
    with op.batch_alter_table("meeting_staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("duty", sa.String(length=32), nullable=False, server_default="instructor"))
        batch_op.create_check_constraint(batch_op.f("ck_meeting_staff_duty"), "duty IN ('instructor', 'assistant')")
    for table, column in (("run", "filling"), ("meeting_staff", "duty")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("meeting_staff", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_meeting_staff_duty"), type_="check")
        batch_op.drop_column("duty")
    with op.batch_alter_table("run", schema=None) as batch_op:
        for name in _RULES:
            batch_op.drop_constraint(batch_op.f(f"ck_run_{name}"), type_="check")
        for column in ("decide_on", "least", "apply_until", "publish_at", "filling"):
            batch_op.drop_column(column)
