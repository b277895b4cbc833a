"""A day's meetings called off or moved at one go, with what they were before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_STATES = ("seated", "offered", "waiting", "cancelled")


def upgrade() -> None:
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "called_off_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="this date alone will not be held",
            )
        )
    op.create_table(
        "day_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="as learners are told, such as 大雪のため"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_day_change_has_reason")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_day_change_made_by_account")),
        sa.ForeignKeyConstraint(["undone_by"], ["account.id"], name=op.f("fk_day_change_undone_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_change")),
    )
    with op.batch_alter_table("day_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_day_change_day"), ["day"], unique=False)
    op.create_table(
        "meeting_change",
        sa.Column("day_change_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("was_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_run",
            sa.Boolean(),
            nullable=False,
            comment="no other meeting was left: the run was called off",
        ),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_meeting_change_both_times")),
        sa.ForeignKeyConstraint(
            ["day_change_id"], ["day_change.id"], name=op.f("fk_meeting_change_day_change_id_day_change")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_change_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("day_change_id", "meeting_id", name=op.f("pk_meeting_change")),
    )
    with op.batch_alter_table("meeting_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_change_meeting_id"), ["meeting_id"], unique=False)
    op.create_table(
        "dismissed_place",
        sa.Column("day_change_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*_STATES, name="enrolmentstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["day_change_id"], ["day_change.id"], name=op.f("fk_dismissed_place_day_change_id_day_change")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_dismissed_place_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("day_change_id", "enrolment_id", name=op.f("pk_dismissed_place")),
    )
    with op.batch_alter_table("dismissed_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dismissed_place_enrolment_id"), ["enrolment_id"], unique=False)


def downgrade() -> None:
    """Whoever was still to be told of a changed day is told all the same: the meeting stays moved. No notice is
    mistaken for one of another change that bears the number later.
    """
    op.execute("UPDATE notice SET activity = 'former_' || activity WHERE activity LIKE 'day_change:%'")
    op.drop_table("dismissed_place")
    op.drop_table("meeting_change")
    op.drop_table("day_change")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_column("called_off_at")
