"""Consultations applied for in public; what the office decides about applying is the register's"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

#: They are the register's now: whatever residents apply for.
_MOVED = (
    ("classes.applications_most", "learners.applications_most"),
    ("classes.application_years", "learners.application_years"),
)


def upgrade() -> None:
    op.create_table(
        "consultation_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("adviser_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False, comment="what they want to ask"),
        sa.Column("caller_name", sa.Text(), nullable=False, comment="who applied for them"),
        sa.Column("caller_relation", sa.Text(), nullable=False),
        sa.Column("caller_phone", sa.Text(), nullable=False),
        sa.Column(
            "receipt", sa.Text(), nullable=False, comment="to be read aloud and typed; opens nothing of a person"
        ),
        sa.Column(
            "state",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column(
            "because",
            sa.String(length=32),
            nullable=True,
            comment="why it was held, or was once",
        ),
        sa.Column("sender", sa.Text(), nullable=False, comment="keyed digest of address and day, against floods"),
        sa.Column(
            "refused_because",
            sa.String(length=32),
            nullable=True,
        ),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.Column("kana_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False, comment="E.164"),
        sa.Column("residence", sa.Text(), nullable=False, comment="district code, outside, or empty"),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column(
            "device",
            sa.String(length=32),
            nullable=True,
        ),
        sa.Column("needs", sa.Text(), nullable=False, comment="what they need, by learners' words, commas between"),
        sa.Column(
            "channel",
            sa.String(length=32),
            nullable=False,
        ),
        sa.Column(
            "channel_differs",
            sa.Boolean(),
            nullable=False,
            comment="the register has another way to tell them, and nobody has said yet which holds",
        ),
        sa.CheckConstraint(
            "state IN ('held', 'placed', 'withdrawn', 'refused')",
            name=op.f("ck_consultation_application_state"),
        ),
        sa.CheckConstraint(
            "because IN ('unknown', 'differs', 'no_place')",
            name=op.f("ck_consultation_application_because"),
        ),
        sa.CheckConstraint(
            "refused_because IN ('no_contact', 'gave_up', 'not_served', 'prank', 'twice', 'over')",
            name=op.f("ck_consultation_application_refused_because"),
        ),
        sa.CheckConstraint(
            "device IN ('iphone', 'android', 'easy_phone', 'feature_phone', 'none')",
            name=op.f("ck_consultation_application_device"),
        ),
        sa.CheckConstraint(
            "channel IN ('phone', 'mail', 'line', 'post')",
            name=op.f("ck_consultation_application_channel"),
        ),
        sa.CheckConstraint(
            "(state = 'held') = (settled_at IS NULL)", name=op.f("ck_consultation_application_settled_has_time")
        ),
        sa.CheckConstraint(
            "state <> 'held' OR because IS NOT NULL", name=op.f("ck_consultation_application_held_has_reason")
        ),
        sa.CheckConstraint(
            "state <> 'placed' OR booking_id IS NOT NULL", name=op.f("ck_consultation_application_placed_has_booking")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_consultation_application_times_in_order")),
        sa.ForeignKeyConstraint(["adviser_id"], ["account.id"], name=op.f("fk_consultation_application_adviser_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_consultation_application_booking_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_consultation_application_desk_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_consultation_application_learner_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_consultation_application_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_application")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_consultation_application_booking_id")),
        sa.UniqueConstraint("receipt", name=op.f("uq_consultation_application_receipt")),
    )
    with op.batch_alter_table("consultation_application", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consultation_application_caller_phone",
            ["caller_phone"],
            unique=False,
            sqlite_where=sa.text("caller_phone <> ''"),
            postgresql_where=sa.text("caller_phone <> ''"),
        )
        batch_op.create_index(batch_op.f("ix_consultation_application_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index("ix_consultation_application_phone", ["phone", "kana_key"], unique=False)
        batch_op.create_index("ix_consultation_application_sender", ["sender", "applied_at"], unique=False)
        batch_op.create_index("ix_consultation_application_state", ["state", "applied_at"], unique=False)
    for room, others in _MOVED:
        _rename(room, others)


def downgrade() -> None:
    for room, others in _MOVED:
        _rename(others, room)
    op.drop_table("consultation_application")


def _rename(old: str, new: str) -> None:
    for table in ("office_setting", "office_setting_change"):
        held = sa.table(table, sa.column("name", sa.Text()))
        op.execute(held.update().where(held.c.name == old).values(name=new))
