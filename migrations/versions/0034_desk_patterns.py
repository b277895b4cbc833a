"""Desks sit in patterns, with a buffer, on holidays too where that is wished, and not when something is off"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_time_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("adviser_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=True, comment="from and until when, each day; empty: all day"),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(desk_id IS NULL) <> (adviser_id IS NULL)", name=op.f("ck_desk_time_off_of_desk_or_adviser")
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_desk_time_off_days_in_order")),
        sa.CheckConstraint("(opens IS NULL) = (closes IS NULL)", name=op.f("ck_desk_time_off_hours_whole")),
        sa.CheckConstraint("opens < closes", name=op.f("ck_desk_time_off_hours_in_order")),
        sa.ForeignKeyConstraint(["adviser_id"], ["account.id"], name=op.f("fk_desk_time_off_adviser_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_desk_time_off_desk_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["account.id"], name=op.f("fk_desk_time_off_noted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_time_off")),
    )
    with op.batch_alter_table("desk_time_off", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_time_off_adviser_id"), ["adviser_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_time_off_desk_id"), ["desk_id"], unique=False)
        batch_op.create_index("ix_desk_time_off_last_day", ["last_day"], unique=False)
    with op.batch_alter_table("desk", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "buffer_minutes", sa.Integer(), nullable=False, server_default="0", comment="left free after each slot"
            )
        )
        batch_op.add_column(
            sa.Column(
                "on_holidays",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="sits on public holidays too",
            )
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_desk_buffer_minutes_quarters"), "buffer_minutes BETWEEN 0 AND 60 AND buffer_minutes % 15 = 0"
        )
    with op.batch_alter_table("desk", schema=None) as batch_op:
        batch_op.alter_column("buffer_minutes", server_default=None)
        batch_op.alter_column("on_holidays", server_default=None)
    with op.batch_alter_table("desk_hours", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "every",
                sa.Integer(),
                nullable=False,
                server_default="1",
                comment="weeks from one day that is kept to the next",
            )
        )
        batch_op.add_column(
            sa.Column(
                "month_weeks",
                sa.Text(),
                nullable=False,
                server_default="",
                comment="13: in the first and third week of a month alone",
            )
        )
        batch_op.add_column(sa.Column("first_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("last_day", sa.Date(), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_desk_hours_every_week_or_second"), "every IN (1, 2)")
        batch_op.create_check_constraint(
            batch_op.f("ck_desk_hours_alternates_from_a_day"),
            "every = 1 OR (first_day IS NOT NULL AND month_weeks = '')",
        )
        batch_op.create_check_constraint(batch_op.f("ck_desk_hours_days_in_order"), "first_day <= last_day")
    with op.batch_alter_table("desk_hours", schema=None) as batch_op:
        batch_op.alter_column("every", server_default=None)
        batch_op.alter_column("month_weeks", server_default=None)


def downgrade() -> None:
    # Hours that are kept in some weeks alone would be kept in all of them.
    op.execute("DELETE FROM desk_hours WHERE every <> 1 OR month_weeks <> '' OR last_day IS NOT NULL")
    with op.batch_alter_table("desk_hours", schema=None) as batch_op:
        for name in ("every_week_or_second", "alternates_from_a_day", "days_in_order"):
            batch_op.drop_constraint(batch_op.f(f"ck_desk_hours_{name}"), type_="check")
        for name in ("every", "month_weeks", "first_day", "last_day"):
            batch_op.drop_column(name)
    with op.batch_alter_table("desk", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_desk_buffer_minutes_quarters"), type_="check")
        batch_op.drop_column("on_holidays")
        batch_op.drop_column("buffer_minutes")
    op.drop_table("desk_time_off")
