"""Numbers for who comes without a booking"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_SLOTS = ("uq_booking_slot", ["adviser_id", "starts_at"])
_LIVE = "state <> 'cancelled'"
_LIVE_IN_SLOTS = "state <> 'cancelled' AND NOT walk_in"


def upgrade() -> None:
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "walk_in",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="begun by a number, without a slot",
            )
        )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.alter_column("walk_in", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)
    _one_booking_a_slot(_LIVE_IN_SLOTS)
    op.create_table(
        "adviser_counter",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_adviser_counter_account_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_adviser_counter_desk_id")),
        sa.PrimaryKeyConstraint("desk_id", "account_id", name=op.f("pk_adviser_counter")),
    )
    with op.batch_alter_table("adviser_counter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adviser_counter_account_id"), ["account_id"], unique=False)
    op.create_table(
        "queue_display",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_queue_display_desk_id")),
        sa.ForeignKeyConstraint(["renewed_by"], ["account.id"], name=op.f("fk_queue_display_renewed_by")),
        sa.PrimaryKeyConstraint("desk_id", name=op.f("pk_queue_display")),
        sa.UniqueConstraint("token", name=op.f("uq_queue_display_token")),
    )
    op.create_table(
        "queue_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column(
            "booking_id", sa.Integer(), nullable=True, comment="what they came for, or the walk-in that it became"
        ),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.Integer(), nullable=True),
        sa.Column("counter", sa.Text(), nullable=False, comment="where to, at the last call"),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_queue_number_number_positive")),
        sa.CheckConstraint(
            "state NOT IN ('called', 'absent') OR called_at IS NOT NULL", name=op.f("ck_queue_number_called_has_time")
        ),
        sa.CheckConstraint(
            "(state IN ('begun', 'done')) = (begun_at IS NOT NULL)", name=op.f("ck_queue_number_begun_has_time")
        ),
        sa.CheckConstraint(
            "(state = 'done') = (result IS NOT NULL AND minutes IS NOT NULL)",
            name=op.f("ck_queue_number_done_has_result"),
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 480", name=op.f("ck_queue_number_minutes_range")),
        sa.CheckConstraint(
            "state IN ('waiting', 'called', 'absent', 'begun', 'done', 'left', 'unserved')",
            name=op.f("ck_queue_number_state"),
        ),
        sa.CheckConstraint(
            "result IN ('solved', 'practised', 'follow_up', 'referred')", name=op.f("ck_queue_number_result")
        ),
        sa.ForeignKeyConstraint(["area_code"], ["skill_area.code"], name=op.f("fk_queue_number_area_code")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_queue_number_booking_id")),
        sa.ForeignKeyConstraint(["called_by"], ["account.id"], name=op.f("fk_queue_number_called_by")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_queue_number_desk_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_queue_number_learner_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"], name=op.f("fk_queue_number_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_number")),
        sa.UniqueConstraint("desk_id", "day", "number", name=op.f("uq_queue_number_desk_id_day_number")),
    )
    with op.batch_alter_table("queue_number", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_queue_number_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_queue_number_learner_id"), ["learner_id"], unique=False)


def downgrade() -> None:
    op.drop_table("queue_number")
    op.drop_table("queue_display")
    op.drop_table("adviser_counter")
    # Once walk-ins have a slot like any booking, two that one adviser began in one instant could not both stay.
    _one_booking_a_slot(_LIVE)
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_column("walk_in")


def _one_booking_a_slot(live: str) -> None:
    name, columns = _SLOTS
    op.drop_index(name, table_name="booking")
    op.create_index(name, "booking", columns, unique=True, sqlite_where=sa.text(live), postgresql_where=sa.text(live))
