"""Those who wait for a desk"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_OPEN = "state IN ('waiting', 'offered')"
_UNIQUE = (
    ("uq_slot_wish_any", ["learner_id"], f"{_OPEN} AND desk_id IS NULL"),
    ("uq_slot_wish_desk", ["learner_id", "desk_id"], f"{_OPEN} AND desk_id IS NOT NULL"),
    ("uq_slot_wish_offered", ["learner_id"], "state = 'offered'"),
    ("uq_slot_wish_slot", ["offered_adviser_id", "offered_at"], "state = 'offered'"),
)


def upgrade() -> None:
    op.create_table(
        "slot_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True, comment="null: any desk"),
        sa.Column("district_code", sa.Text(), nullable=True, comment="any desk of this district alone"),
        sa.Column("weekdays", sa.JSON(), nullable=False, comment="Monday is 0; none: whichever"),
        sa.Column(
            "half_day",
            sa.Enum(
                "any", "morning", "afternoon", name="halfday", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("topic", sa.Text(), nullable=False, comment="what the learner wants to ask"),
        sa.Column(
            "device",
            sa.Enum(
                "iphone",
                "android",
                "easy_phone",
                "feature_phone",
                "none",
                name="device",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
            comment="the phone that it is about, if that matters",
        ),
        sa.Column("caller_name", sa.Text(), nullable=False),
        sa.Column("caller_relation", sa.Text(), nullable=False),
        sa.Column("caller_phone", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "offered",
                "booked",
                "left",
                name="wishstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True, comment="the consultation for which they wait no more"),
        sa.Column("offered_desk_id", sa.Integer(), nullable=True),
        sa.Column("offered_adviser_id", sa.Integer(), nullable=True),
        sa.Column(
            "offered_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the slot begins that is held for them",
        ),
        sa.CheckConstraint(
            "(state = 'offered') = (offered_at IS NOT NULL)"
            " AND (offered_at IS NULL) = (offered_desk_id IS NULL)"
            " AND (offered_at IS NULL) = (offered_adviser_id IS NULL)",
            name=op.f("ck_slot_wish_offered_has_slot"),
        ),
        sa.CheckConstraint(
            "(state IN ('booked', 'left')) = (ended_at IS NOT NULL)", name=op.f("ck_slot_wish_ended_has_time")
        ),
        sa.CheckConstraint("desk_id IS NULL OR district_code IS NULL", name=op.f("ck_slot_wish_one_place")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_slot_wish_booking_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_slot_wish_desk_id")),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_slot_wish_district_code")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_slot_wish_ended_by")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_slot_wish_learner_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["account.id"], name=op.f("fk_slot_wish_noted_by")),
        sa.ForeignKeyConstraint(["offered_adviser_id"], ["account.id"], name=op.f("fk_slot_wish_offered_adviser_id")),
        sa.ForeignKeyConstraint(["offered_desk_id"], ["desk.id"], name=op.f("fk_slot_wish_offered_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_wish")),
    )
    with op.batch_alter_table("slot_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_wish_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(
            "ix_slot_wish_caller_phone",
            ["caller_phone"],
            unique=False,
            sqlite_where=sa.text("caller_phone <> ''"),
            postgresql_where=sa.text("caller_phone <> ''"),
        )
        batch_op.create_index(batch_op.f("ix_slot_wish_desk_id"), ["desk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_wish_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(
            "ix_slot_wish_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text(_OPEN),
            postgresql_where=sa.text(_OPEN),
        )
        for name, columns, condition in _UNIQUE:
            batch_op.create_index(
                name, columns, unique=True, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition)
            )


def downgrade() -> None:
    op.drop_table("slot_wish")
