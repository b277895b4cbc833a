"""Requests for lectures: preferred dates, steps, what to pack, who took part"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_STATES = (
    "received",
    "checked",
    "found",
    "confirmed",
    "prepared",
    "held",
    "reported",
    "closed",
    "refused",
    "withdrawn",
)
_DOORS = ("form", "phone")
_GROUPS = ("neighbourhood", "seniors", "welfare", "company", "other")
_BANDS = ("under60", "60s", "70s", "80s", "90over")
_LIVE = sa.text("ended_at IS NULL")


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "outreach_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="the number on the receipt"),
        sa.Column("receipt", sa.Text(), nullable=False, comment="opens the receipt, without log-in"),
        sa.Column(
            "state",
            _one_of(*_STATES, name="outreachstate"),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=True, comment="by when the next step is to be taken"),
        sa.Column(
            "door",
            _one_of(*_DOORS, name="door"),
            nullable=False,
        ),
        sa.Column(
            "group_kind",
            _one_of(*_GROUPS, name="groupkind"),
            nullable=False,
        ),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False, comment="what spellings of the group's name have in common"),
        sa.Column("first_day", sa.Date(), nullable=False, comment="of the first preferred date"),
        sa.Column("course_code", sa.Text(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=False, comment="what they would like, in their words"),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("at_city", sa.Boolean(), nullable=False, comment="in a room of the city's, not at their own place"),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("district_code", sa.Text(), nullable=False),
        sa.Column("room_for", sa.Integer(), nullable=True, comment="how many their place holds"),
        sa.Column("has_screen", sa.Boolean(), nullable=False),
        sa.Column("has_wifi", sa.Boolean(), nullable=False),
        sa.Column("has_parking", sa.Boolean(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_kana", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True, comment="the day that was found"),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("travel_minutes", sa.Integer(), nullable=True, comment="the way there, and again the way back"),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("heads", sa.Integer(), nullable=True, comment="how many took part, with a name or without"),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("next_class", sa.Boolean(), nullable=False, comment="they would like a class there"),
        sa.Column("next_tutor", sa.Boolean(), nullable=False, comment="they would like a tutor there"),
        sa.Column("next_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('closed', 'refused', 'withdrawn')) = (ended_at IS NOT NULL)",
            name=op.f("ck_outreach_request_ended_has_time"),
        ),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'prepared', 'held', 'reported', 'closed')) = (run_id IS NOT NULL)",
            name=op.f("ck_outreach_request_confirmed_has_run"),
        ),
        sa.CheckConstraint(
            "(state IN ('received', 'checked', 'refused', 'withdrawn')) = (starts_at IS NULL)",
            name=op.f("ck_outreach_request_found_has_time"),
        ),
        sa.CheckConstraint("at_city OR place <> ''", name=op.f("ck_outreach_request_own_place_has_name")),
        sa.CheckConstraint(
            "state NOT IN ('reported', 'closed') OR heads IS NOT NULL",
            name=op.f("ck_outreach_request_reported_has_heads"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (due_on IS NOT NULL)", name=op.f("ck_outreach_request_open_has_due_day")
        ),
        sa.CheckConstraint(
            "(starts_at IS NULL) = (travel_minutes IS NULL)", name=op.f("ck_outreach_request_time_with_travel")
        ),
        sa.CheckConstraint("heads >= 0", name=op.f("ck_outreach_request_heads_positive")),
        sa.CheckConstraint("minutes BETWEEN 15 AND 600", name=op.f("ck_outreach_request_minutes_range")),
        sa.CheckConstraint("people BETWEEN 1 AND 1000", name=op.f("ck_outreach_request_people_range")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_outreach_request_times_in_order")),
        sa.CheckConstraint("travel_minutes BETWEEN 0 AND 240", name=op.f("ck_outreach_request_travel_range")),
        sa.ForeignKeyConstraint(["course_code"], ["course.code"], name=op.f("fk_outreach_request_course_code")),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_outreach_request_district_code")),
        sa.ForeignKeyConstraint(["received_by"], ["account.id"], name=op.f("fk_outreach_request_received_by")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_outreach_request_room_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_outreach_request_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_request")),
        sa.UniqueConstraint("code", name=op.f("uq_outreach_request_code")),
        sa.UniqueConstraint("receipt", name=op.f("uq_outreach_request_receipt")),
        sa.UniqueConstraint("run_id", name=op.f("uq_outreach_request_run_id")),
    )
    with op.batch_alter_table("outreach_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_request_course_code"), ["course_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_request_district_code"), ["district_code"], unique=False)
        batch_op.create_index("ix_outreach_request_door", ["door", "received_at"], unique=False)
        batch_op.create_index("ix_outreach_request_due", ["due_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outreach_request_room_id"), ["room_id"], unique=False)
        batch_op.create_index(
            "uq_outreach_request_live",
            ["group_key", "first_day"],
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        )

    op.create_table(
        "outreach_choice",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 3", name=op.f("ck_outreach_choice_number_range")),
        sa.ForeignKeyConstraint(["request_id"], ["outreach_request.id"], name=op.f("fk_outreach_choice_request_id")),
        sa.PrimaryKeyConstraint("request_id", "number", name=op.f("pk_outreach_choice")),
    )
    op.create_table(
        "outreach_heads",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column(
            "age_band",
            _one_of(*_BANDS, name="ageband"),
            nullable=False,
        ),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.CheckConstraint("heads > 0", name=op.f("ck_outreach_heads_heads_positive")),
        sa.ForeignKeyConstraint(["request_id"], ["outreach_request.id"], name=op.f("fk_outreach_heads_request_id")),
        sa.PrimaryKeyConstraint("request_id", "age_band", name=op.f("pk_outreach_heads")),
    )
    op.create_table(
        "outreach_item",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["done_by"], ["account.id"], name=op.f("fk_outreach_item_done_by")),
        sa.ForeignKeyConstraint(["request_id"], ["outreach_request.id"], name=op.f("fk_outreach_item_request_id")),
        sa.PrimaryKeyConstraint("request_id", "number", name=op.f("pk_outreach_item")),
    )
    op.create_table(
        "outreach_lecturer",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outreach_lecturer_account_id")),
        sa.ForeignKeyConstraint(["request_id"], ["outreach_request.id"], name=op.f("fk_outreach_lecturer_request_id")),
        sa.PrimaryKeyConstraint("request_id", "account_id", name=op.f("pk_outreach_lecturer")),
    )
    with op.batch_alter_table("outreach_lecturer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_lecturer_account_id"), ["account_id"], unique=False)

    op.create_table(
        "outreach_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column(
            "before",
            _one_of(*_STATES, name="outreachstate"),
            nullable=True,
        ),
        sa.Column(
            "after",
            _one_of(*_STATES, name="outreachstate"),
            nullable=False,
        ),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"], name=op.f("fk_outreach_step_taken_by")),
        sa.ForeignKeyConstraint(["request_id"], ["outreach_request.id"], name=op.f("fk_outreach_step_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_step")),
    )
    with op.batch_alter_table("outreach_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_step_request_id"), ["request_id"], unique=False)


def downgrade() -> None:
    """The time that was held for a request is free again."""
    op.execute("DELETE FROM occupancy_cell WHERE activity LIKE 'outreach:%'")
    with op.batch_alter_table("outreach_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_step_request_id"))

    op.drop_table("outreach_step")
    with op.batch_alter_table("outreach_lecturer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_lecturer_account_id"))

    op.drop_table("outreach_lecturer")
    op.drop_table("outreach_item")
    op.drop_table("outreach_heads")
    op.drop_table("outreach_choice")
    with op.batch_alter_table("outreach_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_outreach_request_live",
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        )
        batch_op.drop_index(batch_op.f("ix_outreach_request_room_id"))
        batch_op.drop_index("ix_outreach_request_due")
        batch_op.drop_index("ix_outreach_request_door")
        batch_op.drop_index(batch_op.f("ix_outreach_request_district_code"))
        batch_op.drop_index(batch_op.f("ix_outreach_request_course_code"))

    op.drop_table("outreach_request")
