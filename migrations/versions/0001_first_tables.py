"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "course",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column(
            "edition",
            sa.Enum("iphone", "android", "both", name="edition", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("title_source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_course")),
    )
    op.create_table(
        "district",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_district")),
        sa.UniqueConstraint("name", name=op.f("uq_district_name")),
    )
    op.create_table(
        "form_receipt",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column(
            "sending", sa.Text(), nullable=False, comment="keyed digest of the sender, the address and what was typed"
        ),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_form_receipt")),
    )
    with op.batch_alter_table("form_receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_receipt_received_at"), ["received_at"], unique=False)

    op.create_table(
        "occupancy_cell",
        sa.Column("resource", sa.Text(), nullable=False, comment="person:3, room:2 or equipment:7"),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False, comment="Unix time / 900"),
        sa.Column("layer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("activity", sa.Text(), nullable=False, comment="what it is taken for, such as meeting:5"),
        sa.PrimaryKeyConstraint("resource", "cell", "layer", name=op.f("pk_occupancy_cell")),
    )
    with op.batch_alter_table("occupancy_cell", schema=None) as batch_op:
        batch_op.create_index("ix_occupancy_cell_activity", ["activity", "resource"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "skill_area",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_skill_area")),
    )
    op.create_table(
        "throttle",
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_throttle")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_stamp", sa.Text(), nullable=False, comment="a session that bears another one has ended"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("username <> ''", name=op.f("ck_account_username_given")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "skill",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_code"], ["skill_area.code"], name=op.f("fk_skill_area_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_skill")),
    )
    with op.batch_alter_table("skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skill_area_code"), ["area_code"], unique=False)

    op.create_table(
        "venue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.Column("nickname", sa.Text(), nullable=False),
        sa.Column("district_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("wifi_ssid", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("latitude IS NULL OR latitude BETWEEN -90 AND 90", name=op.f("ck_venue_latitude_range")),
        sa.CheckConstraint(
            "longitude IS NULL OR longitude BETWEEN -180 AND 180", name=op.f("ck_venue_longitude_range")
        ),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_venue_district_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("name", name=op.f("uq_venue_name")),
    )
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_venue_district_code"), ["district_code"], unique=False)

    op.create_table(
        "video",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False, comment="https address on a video site"),
        sa.Column("file_name", sa.Text(), nullable=False, comment="in the media folder"),
        sa.Column("captions_name", sa.Text(), nullable=False, comment="WebVTT in the media folder"),
        sa.Column("transcript", sa.Text(), nullable=False),
        sa.Column(
            "transcript_key", sa.Text(), nullable=False, comment="title, summary and transcript folded for search"
        ),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(address <> '') <> (file_name <> '')", name=op.f("ck_video_address_or_file")),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_video_seconds_positive")),
        sa.ForeignKeyConstraint(["area_code"], ["skill_area.code"], name=op.f("fk_video_area_code")),
        sa.ForeignKeyConstraint(["successor_id"], ["video.id"], name=op.f("fk_video_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video")),
        sa.UniqueConstraint("code", name=op.f("uq_video_code")),
    )
    with op.batch_alter_table("video", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_video_area_code"), ["area_code"], unique=False)

    op.create_table(
        "account_district",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_district_account_id")),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_account_district_district_code")),
        sa.PrimaryKeyConstraint("account_id", "district_code", name=op.f("pk_account_district")),
    )
    with op.batch_alter_table("account_district", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_district_district_code"), ["district_code"], unique=False)

    op.create_table(
        "account_role",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "reception",
                "instructor",
                "adviser",
                "tutor",
                "coordinator",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_role_account_id")),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_account_role")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False, comment="verb and object, such as view_learner"),
        sa.Column("subject", sa.Text(), nullable=False, comment="an activity or a row, such as learner:12"),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_entry_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_account", ["account_id", "id"], unique=False)
        batch_op.create_index("ix_audit_entry_action", ["action", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_entry_subject", ["subject", "id"], unique=False)

    op.create_table(
        "audit_subject",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_subject_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "learner_id", name=op.f("pk_audit_subject")),
    )
    with op.batch_alter_table("audit_subject", schema=None) as batch_op:
        batch_op.create_index("ix_audit_subject_learner", ["learner_id", "entry_id"], unique=False)

    op.create_table(
        "signed_in",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False, comment="the account's session stamp when it began"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signed_in_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_signed_in")),
    )
    with op.batch_alter_table("signed_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signed_in_account_id"), ["account_id"], unique=False)

    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_closure_days_in_order")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_closure_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closure_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "course_skill",
        sa.Column("course_code", sa.Text(), nullable=False),
        sa.Column("skill_code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_code"], ["course.code"], name=op.f("fk_course_skill_course_code")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_course_skill_skill_code")),
        sa.PrimaryKeyConstraint("course_code", "skill_code", name=op.f("pk_course_skill")),
    )
    with op.batch_alter_table("course_skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_skill_skill_code"), ["skill_code"], unique=False)

    op.create_table(
        "desk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("to_bring", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("slot_minutes % 15 = 0", name=op.f("ck_desk_slot_minutes_quarters")),
        sa.CheckConstraint("slot_minutes BETWEEN 15 AND 240", name=op.f("ck_desk_slot_minutes_range")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_desk_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk")),
        sa.UniqueConstraint("name", name=op.f("uq_desk_name")),
    )
    with op.batch_alter_table("desk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "equipment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "loan_phone",
                "projector",
                "other",
                name="equipmentkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_equipment_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment")),
        sa.UniqueConstraint("name", name=op.f("uq_equipment_name")),
    )
    with op.batch_alter_table("equipment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_equipment_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "learner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="as written; empty while the kanji are not confirmed"),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.Column(
            "kana_key",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
            comment="search key of the whole kana, for sorted lists",
        ),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True, comment="where only the year is known"),
        sa.Column(
            "age_band",
            sa.Enum(
                "under60",
                "60s",
                "70s",
                "80s",
                "90over",
                name="ageband",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
            comment="where only that is known",
        ),
        sa.Column(
            "sex",
            sa.Enum("female", "male", "other", name="sex", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("district_code", sa.Text(), nullable=True),
        sa.Column("outside_city", sa.Boolean(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
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
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "phone", "mail", "line", "post", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("helper_name", sa.Text(), nullable=False),
        sa.Column("helper_relation", sa.Text(), nullable=False),
        sa.Column("helper_phone", sa.Text(), nullable=False, comment="E.164, or as typed when it is no valid number"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> '' OR kana <> ''", name=op.f("ck_learner_name_or_kana")),
        sa.CheckConstraint(
            "NOT (outside_city AND district_code IS NOT NULL)", name=op.f("ck_learner_district_or_outside")
        ),
        sa.CheckConstraint(
            "birth_year IS NULL OR birth_year BETWEEN 1880 AND 2200", name=op.f("ck_learner_birth_year_range")
        ),
        sa.CheckConstraint(
            "(birth_date IS NULL OR (birth_year IS NULL AND age_band IS NULL))"
            " AND (birth_year IS NULL OR age_band IS NULL)",
            name=op.f("ck_learner_one_age"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_learner_created_by")),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_learner_district_code")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_learner_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner")),
        sa.UniqueConstraint("person_id", name=op.f("uq_learner_person_id")),
    )
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.create_index("ix_learner_birth_date", ["birth_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_learner_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_learner_district_code"), ["district_code"], unique=False)
        batch_op.create_index("ix_learner_kana", ["kana_key", "id"], unique=False)

    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.CheckConstraint("seats IS NULL OR seats > 0", name=op.f("ck_room_seats_positive")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_room_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("venue_id", "name", name=op.f("uq_room_venue_id_name")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("class", "lecture", name="runkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "edition",
            sa.Enum("iphone", "android", "both", name="edition", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False, comment="how many are on the waiting list"),
        sa.Column(
            "state",
            sa.Enum("open", "cancelled", name="runstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("listed", sa.Boolean(), nullable=False, comment="shown on the public schedule"),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("district_code", sa.Text(), nullable=False, comment="the venue's, or the group's"),
        sa.Column("group_name", sa.Text(), nullable=False, comment="the group a lecture is held for"),
        sa.Column("place", sa.Text(), nullable=False, comment="the group's place, for a lecture without a venue"),
        sa.Column("to_bring", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False, comment="the first meeting's"),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False, comment="the last meeting's"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(venue_id IS NULL) = (place <> '')", name=op.f("ck_run_venue_or_place")),
        sa.CheckConstraint("kind <> 'class' OR venue_id IS NOT NULL", name=op.f("ck_run_class_has_venue")),
        sa.CheckConstraint("kind <> 'lecture' OR group_name <> ''", name=op.f("ck_run_lecture_has_group")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_run_times_in_order")),
        sa.CheckConstraint("waiting >= 0", name=op.f("ck_run_waiting_positive")),
        sa.CheckConstraint("capacity BETWEEN 1 AND 1000", name=op.f("ck_run_capacity_range")),
        sa.CheckConstraint("taken BETWEEN 0 AND capacity", name=op.f("ck_run_taken_within_capacity")),
        sa.ForeignKeyConstraint(["course_code"], ["course.code"], name=op.f("fk_run_course_code")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_run_created_by")),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_run_district_code")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_run_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_course_code"), ["course_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_district_code"), ["district_code"], unique=False)
        batch_op.create_index("ix_run_coming", ["state", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index("ix_run_schedule", ["listed", "state", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "tutor",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("appointed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_tutor_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_tutor")),
    )
    op.create_table(
        "video_skill",
        sa.Column("video_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_video_skill_skill_code")),
        sa.ForeignKeyConstraint(["video_id"], ["video.id"], name=op.f("fk_video_skill_video_id")),
        sa.PrimaryKeyConstraint("video_id", "skill_code", name=op.f("pk_video_skill")),
    )
    with op.batch_alter_table("video_skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_video_skill_skill_code"), ["skill_code"], unique=False)

    op.create_table(
        "admission_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_admission_window_learner_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_admission_window_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_window")),
    )
    with op.batch_alter_table("admission_window", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_admission_window_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("adviser_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "booked",
                "held",
                "no_show",
                "cancelled",
                name="bookingstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("topic", sa.Text(), nullable=False, comment="what the learner wants to ask"),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("caller_name", sa.Text(), nullable=False),
        sa.Column("caller_relation", sa.Text(), nullable=False),
        sa.Column("caller_phone", sa.Text(), nullable=False),
        sa.Column("clash_reason", sa.Text(), nullable=False),
        sa.Column("residence", sa.Text(), nullable=False),
        sa.Column(
            "age_band",
            sa.Enum(
                "under60",
                "60s",
                "70s",
                "80s",
                "90over",
                name="ageband",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "phone", "mail", "line", "post", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_booking_cancelled_has_time")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_booking_times_in_order")),
        sa.ForeignKeyConstraint(["adviser_id"], ["account.id"], name=op.f("fk_booking_adviser_id")),
        sa.ForeignKeyConstraint(["booked_by"], ["account.id"], name=op.f("fk_booking_booked_by")),
        sa.ForeignKeyConstraint(["cancelled_by"], ["account.id"], name=op.f("fk_booking_cancelled_by")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_booking_desk_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_booking_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("code", name=op.f("uq_booking_code")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index("ix_booking_desk_starts_at", ["desk_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index(
            "uq_booking_slot",
            ["adviser_id", "starts_at"],
            unique=True,
            sqlite_where=sa.text("state <> 'cancelled'"),
            postgresql_where=sa.text("state <> 'cancelled'"),
        )

    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "keep_record",
                "tie_video_views",
                name="consentkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_consent_learner_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_consent_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index("ix_consent_learner_kind", ["learner_id", "kind", "recorded_at"], unique=False)

    op.create_table(
        "desk_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("adviser_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_desk_hours_hours_in_order")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_desk_hours_weekday_range")),
        sa.ForeignKeyConstraint(["adviser_id"], ["account.id"], name=op.f("fk_desk_hours_adviser_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_desk_hours_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_hours")),
    )
    with op.batch_alter_table("desk_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_hours_adviser_id"), ["adviser_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_hours_desk_id"), ["desk_id"], unique=False)

    op.create_table(
        "learner_key",
        sa.Column("key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_learner_key_learner_id")),
        sa.PrimaryKeyConstraint("key", "learner_id", name=op.f("pk_learner_key")),
    )
    with op.batch_alter_table("learner_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learner_key_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "learner_need",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column(
            "need",
            sa.Enum(
                "hearing",
                "sight",
                "walking",
                "family",
                name="need",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_learner_need_learner_id")),
        sa.PrimaryKeyConstraint("learner_id", "need", name=op.f("pk_learner_need")),
    )
    op.create_table(
        "learner_phone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True, comment="E.164; null when not valid"),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.CheckConstraint("typed <> ''", name=op.f("ck_learner_phone_typed_given")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_learner_phone_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_phone")),
        sa.UniqueConstraint("learner_id", "position", name=op.f("uq_learner_phone_learner_id_position")),
    )
    with op.batch_alter_table("learner_phone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learner_phone_number"), ["number"], unique=False)

    op.create_table(
        "learner_phone_admission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admitted_by", sa.Integer(), nullable=True, comment="null: by birth day and digits"),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["admitted_by"], ["account.id"], name=op.f("fk_learner_phone_admission_admitted_by")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_learner_phone_admission_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_phone_admission")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_learner_phone_admission_token_hash")),
    )
    with op.batch_alter_table("learner_phone_admission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learner_phone_admission_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tutor_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False, comment="what the learner would like to practise"),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("matched_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_match_ended_by")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_match_learner_id")),
        sa.ForeignKeyConstraint(["matched_by"], ["account.id"], name=op.f("fk_match_matched_by")),
        sa.ForeignKeyConstraint(["tutor_id"], ["tutor.account_id"], name=op.f("fk_match_tutor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
    )
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(
            "uq_match_live",
            ["tutor_id", "learner_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("unnamed_heads", sa.Integer(), nullable=False, comment="took part, declined a record (延べ人数)"),
        sa.Column("levels_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_meeting_times_in_order")),
        sa.CheckConstraint("unnamed_heads >= 0", name=op.f("ck_meeting_heads_positive")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_meeting_room_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_meeting_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("code", name=op.f("uq_meeting_code")),
        sa.UniqueConstraint("run_id", "number", name=op.f("uq_meeting_run_id_number")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_room_id"), ["room_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="such as enrolment_confirmed"),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column(
            "wanted_channel",
            sa.Enum(
                "phone", "mail", "line", "post", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
            comment="how the learner wishes to be told",
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "phone", "mail", "line", "post", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
            comment="how they will be told",
        ),
        sa.Column(
            "fallback",
            sa.Enum(
                "not_sent_yet",
                "call_back",
                "no_address",
                "too_late",
                "no_number",
                name="fallback",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
            comment="why the two differ",
        ),
        sa.Column(
            "call_to", sa.Text(), nullable=False, comment="a caller's number when the learner is told through them"
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "told",
                "waiting",
                "no_answer",
                "done",
                "not_needed",
                "lapsed",
                "cancelled",
                name="noticestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "tell_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when what it tells begins; null: never too late",
        ),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when what it tells ceased to be true, told or not",
        ),
        sa.Column(
            "settled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the last try, or when it was settled otherwise",
        ),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_notice_attempts_positive")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_notice_learner_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_notice_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_activity"), ["activity"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index("ix_notice_state_due", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_notice_state_settled", ["state", "settled_at"], unique=False)

    op.create_table(
        "pass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False, comment="128 random bits; what the QR code holds"),
        sa.Column("code", sa.Text(), nullable=False, comment="short, for typing and for reading aloud"),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_pass_issued_by")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_pass_learner_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["account.id"], name=op.f("fk_pass_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass")),
        sa.UniqueConstraint("code", name=op.f("uq_pass_code")),
        sa.UniqueConstraint("token", name=op.f("uq_pass_token")),
    )
    with op.batch_alter_table("pass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pass_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(
            "uq_pass_live",
            ["learner_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "peer_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("tutor_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "tutor_minutes",
            sa.Integer(),
            nullable=False,
            comment="what it adds to the tutor's time: an hour of a group, once",
        ),
        sa.Column("in_group", sa.Boolean(), nullable=False, comment="several learners were taught together"),
        sa.Column("district_code", sa.Text(), nullable=False, comment="where it counts: the place's district"),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False, comment="in words, where it was no venue of ours"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "logged_at", sa.DateTime(timezone=True), nullable=False, comment="first of all; a correction keeps it"
        ),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("residence", sa.Text(), nullable=False),
        sa.Column(
            "age_band",
            sa.Enum(
                "under60",
                "60s",
                "70s",
                "80s",
                "90over",
                name="ageband",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 600", name=op.f("ck_peer_session_minutes_range")),
        sa.CheckConstraint("venue_id IS NULL OR place = ''", name=op.f("ck_peer_session_one_place")),
        sa.CheckConstraint("tutor_minutes BETWEEN 0 AND minutes", name=op.f("ck_peer_session_tutor_minutes_range")),
        sa.ForeignKeyConstraint(["corrects_id"], ["peer_session.id"], name=op.f("fk_peer_session_corrects_id")),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_peer_session_district_code")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_peer_session_learner_id")),
        sa.ForeignKeyConstraint(["tutor_id"], ["tutor.account_id"], name=op.f("fk_peer_session_tutor_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_peer_session_venue_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["account.id"], name=op.f("fk_peer_session_withdrawn_by")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_peer_session_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_session")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_peer_session_corrects_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_peer_session_uuid")),
    )
    with op.batch_alter_table("peer_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_peer_session_district_code"), ["district_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_peer_session_held_at"), ["held_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_peer_session_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index("ix_peer_session_tutor", ["tutor_id", "held_at"], unique=False)

    op.create_table(
        "seat",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_seat_run_id")),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_seat")),
    )
    op.create_table(
        "skill_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "class",
                "lecture",
                "consultation",
                "peer_session",
                "self_check",
                name="evidencesource",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("activity", sa.Text(), nullable=False, comment="where it was seen, such as meeting:5"),
        sa.Column("observer_id", sa.Integer(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bulk", sa.Boolean(), nullable=False, comment="confirmed for everybody at once"),
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
        ),
        sa.Column(
            "residence", sa.Text(), nullable=False, comment="district code, outside or unknown, as it was that day"
        ),
        sa.Column(
            "age_band",
            sa.Enum(
                "under60",
                "60s",
                "70s",
                "80s",
                "90over",
                name="ageband",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
            comment="as it was that day",
        ),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name=op.f("ck_skill_evidence_level_range")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_skill_evidence_learner_id")),
        sa.ForeignKeyConstraint(["observer_id"], ["account.id"], name=op.f("fk_skill_evidence_observer_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_skill_evidence_skill_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_evidence")),
    )
    with op.batch_alter_table("skill_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skill_evidence_activity"), ["activity"], unique=False)
        batch_op.create_index(
            "ix_skill_evidence_learner_skill", ["learner_id", "skill_code", "observed_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_skill_evidence_skill_code"), ["skill_code"], unique=False)

    op.create_table(
        "evidence_withdrawal",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["skill_evidence.id"], name=op.f("fk_evidence_withdrawal_evidence_id")
        ),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["account.id"], name=op.f("fk_evidence_withdrawal_withdrawn_by")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence_withdrawal")),
    )

    op.create_table(
        "tutor_skill",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["tutor.account_id"], name=op.f("fk_tutor_skill_account_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_tutor_skill_skill_code")),
        sa.PrimaryKeyConstraint("account_id", "skill_code", name=op.f("pk_tutor_skill")),
    )
    with op.batch_alter_table("tutor_skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tutor_skill_skill_code"), ["skill_code"], unique=False)

    op.create_table(
        "video_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("video_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("can_do", sa.Boolean(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_video_answer_learner_id")),
        sa.ForeignKeyConstraint(["video_id"], ["video.id"], name=op.f("fk_video_answer_video_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_answer")),
    )
    with op.batch_alter_table("video_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_video_answer_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_video_answer_video_id"), ["video_id"], unique=False)

    op.create_table(
        "video_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("video_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("activity", sa.Text(), nullable=False, comment="the meeting whose code led here"),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_video_view_learner_id")),
        sa.ForeignKeyConstraint(["video_id"], ["video.id"], name=op.f("fk_video_view_video_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_view")),
    )
    with op.batch_alter_table("video_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_video_view_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_video_view_video_id"), ["video_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_video_view_viewed_at"), ["viewed_at"], unique=False)

    op.create_table(
        "attendance_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "present",
                "late",
                "absent",
                "absent_notified",
                "walk_in",
                "unmarked",
                name="attendancestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("residence", sa.Text(), nullable=False),
        sa.Column(
            "age_band",
            sa.Enum(
                "under60",
                "60s",
                "70s",
                "80s",
                "90over",
                name="ageband",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_attendance_mark_learner_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_attendance_mark_meeting_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_attendance_mark_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_mark")),
    )
    with op.batch_alter_table("attendance_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_mark_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index("ix_attendance_mark_meeting", ["meeting_id", "learner_id", "observed_at"], unique=False)
        batch_op.create_index(
            "uq_attendance_mark_current",
            ["meeting_id", "learner_id"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "consultation_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("adviser_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "solved",
                "follow_up",
                "referred",
                name="caseresult",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("levels", sa.JSON(), nullable=False, comment="picked so far, by skill; evidence once closed"),
        sa.Column("saved_form", sa.Text(), nullable=False, comment="the form that saved last, by its one-time token"),
        sa.Column(
            "asides",
            sa.JSON(),
            nullable=True,
            comment="what other forms typed meanwhile, by their tokens: kept until somebody has read it",
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR result IS NOT NULL", name=op.f("ck_consultation_case_closed_has_result")
        ),
        sa.ForeignKeyConstraint(["adviser_id"], ["account.id"], name=op.f("fk_consultation_case_adviser_id")),
        sa.ForeignKeyConstraint(["area_code"], ["skill_area.code"], name=op.f("fk_consultation_case_area_code")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_consultation_case_booking_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_consultation_case_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_case")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_consultation_case_booking_id")),
    )
    with op.batch_alter_table("consultation_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_case_adviser_id"), ["adviser_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consultation_case_area_code"), ["area_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_consultation_case_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "seated",
                "waiting",
                "cancelled",
                name="enrolmentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column(
            "code", sa.Text(), nullable=False, comment="on slips, rosters and name tags; opens this booking alone"
        ),
        sa.Column("caller_name", sa.Text(), nullable=False, comment="who called, when it was not the learner"),
        sa.Column("caller_relation", sa.Text(), nullable=False),
        sa.Column("caller_phone", sa.Text(), nullable=False),
        sa.Column(
            "clash_reason", sa.Text(), nullable=False, comment="why it was booked in spite of the learner's clash"
        ),
        sa.Column(
            "residence", sa.Text(), nullable=False, comment="district code, outside or unknown, as it was that day"
        ),
        sa.Column(
            "age_band",
            sa.Enum(
                "under60",
                "60s",
                "70s",
                "80s",
                "90over",
                name="ageband",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "phone", "mail", "line", "post", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_by", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_enrolment_cancelled_has_time")
        ),
        sa.CheckConstraint("(state = 'seated') = (seat IS NOT NULL)", name=op.f("ck_enrolment_seated_has_seat")),
        sa.ForeignKeyConstraint(["cancelled_by"], ["account.id"], name=op.f("fk_enrolment_cancelled_by")),
        sa.ForeignKeyConstraint(["enrolled_by"], ["account.id"], name=op.f("fk_enrolment_enrolled_by")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_enrolment_learner_id")),
        sa.ForeignKeyConstraint(
            ["run_id", "seat"], ["seat.run_id", "seat.number"], name=op.f("fk_enrolment_run_id_seat")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_enrolment_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("code", name=op.f("uq_enrolment_code")),
        sa.UniqueConstraint("run_id", "seat", name=op.f("uq_enrolment_run_id_seat")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index(
            "uq_enrolment_live",
            ["run_id", "learner_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'cancelled'"),
            postgresql_where=sa.text("state <> 'cancelled'"),
        )

    op.create_table(
        "meeting_skill",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_skill_meeting_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_meeting_skill_skill_code")),
        sa.PrimaryKeyConstraint("meeting_id", "skill_code", name=op.f("pk_meeting_skill")),
    )
    with op.batch_alter_table("meeting_skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_skill_skill_code"), ["skill_code"], unique=False)

    op.create_table(
        "meeting_staff",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_meeting_staff_account_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_staff_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", "account_id", name=op.f("pk_meeting_staff")),
    )
    with op.batch_alter_table("meeting_staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_staff_account_id"), ["account_id"], unique=False)

    op.create_table(
        "skill_level",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("self_level", sa.Integer(), nullable=True),
        sa.Column("self_evidence_id", sa.Integer(), nullable=True),
        sa.Column(
            "awaits_staff",
            sa.Boolean(),
            nullable=False,
            comment="staff are asked to confirm what a tutor saw or the learner says",
        ),
        sa.CheckConstraint("level IS NULL OR level BETWEEN 0 AND 3", name=op.f("ck_skill_level_level_range")),
        sa.CheckConstraint(
            "self_level IS NULL OR self_level BETWEEN 0 AND 3", name=op.f("ck_skill_level_self_level_range")
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["skill_evidence.id"], name=op.f("fk_skill_level_evidence_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_skill_level_learner_id")),
        sa.ForeignKeyConstraint(
            ["self_evidence_id"], ["skill_evidence.id"], name=op.f("fk_skill_level_self_evidence_id")
        ),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_skill_level_skill_code")),
        sa.PrimaryKeyConstraint("learner_id", "skill_code", name=op.f("pk_skill_level")),
    )
    with op.batch_alter_table("skill_level", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skill_level_skill_code"), ["skill_code"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("skill_level", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_skill_level_skill_code"))

    op.drop_table("skill_level")
    with op.batch_alter_table("meeting_staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_staff_account_id"))

    op.drop_table("meeting_staff")
    with op.batch_alter_table("meeting_skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_skill_skill_code"))

    op.drop_table("meeting_skill")
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_enrolment_live",
            sqlite_where=sa.text("state <> 'cancelled'"),
            postgresql_where=sa.text("state <> 'cancelled'"),
        )
        batch_op.drop_index(batch_op.f("ix_enrolment_learner_id"))

    op.drop_table("enrolment")
    with op.batch_alter_table("consultation_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_case_learner_id"))
        batch_op.drop_index(batch_op.f("ix_consultation_case_area_code"))
        batch_op.drop_index(batch_op.f("ix_consultation_case_adviser_id"))

    op.drop_table("consultation_case")
    with op.batch_alter_table("attendance_mark", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_attendance_mark_current", sqlite_where=sa.text("current"), postgresql_where=sa.text("current")
        )
        batch_op.drop_index("ix_attendance_mark_meeting")
        batch_op.drop_index(batch_op.f("ix_attendance_mark_learner_id"))

    op.drop_table("attendance_mark")
    with op.batch_alter_table("video_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_video_view_viewed_at"))
        batch_op.drop_index(batch_op.f("ix_video_view_video_id"))
        batch_op.drop_index(batch_op.f("ix_video_view_learner_id"))

    op.drop_table("video_view")
    with op.batch_alter_table("video_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_video_answer_video_id"))
        batch_op.drop_index(batch_op.f("ix_video_answer_learner_id"))

    op.drop_table("video_answer")
    with op.batch_alter_table("tutor_skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tutor_skill_skill_code"))

    op.drop_table("tutor_skill")
    op.drop_table("evidence_withdrawal")
    with op.batch_alter_table("skill_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_skill_evidence_skill_code"))
        batch_op.drop_index("ix_skill_evidence_learner_skill")
        batch_op.drop_index(batch_op.f("ix_skill_evidence_activity"))

    op.drop_table("skill_evidence")
    op.drop_table("seat")
    with op.batch_alter_table("peer_session", schema=None) as batch_op:
        batch_op.drop_index("ix_peer_session_tutor")
        batch_op.drop_index(batch_op.f("ix_peer_session_learner_id"))
        batch_op.drop_index(batch_op.f("ix_peer_session_held_at"))
        batch_op.drop_index(batch_op.f("ix_peer_session_district_code"))

    op.drop_table("peer_session")
    with op.batch_alter_table("pass", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_pass_live", sqlite_where=sa.text("revoked_at IS NULL"), postgresql_where=sa.text("revoked_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_pass_learner_id"))

    op.drop_table("pass")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_state_settled")
        batch_op.drop_index("ix_notice_state_due")
        batch_op.drop_index(batch_op.f("ix_notice_learner_id"))
        batch_op.drop_index(batch_op.f("ix_notice_activity"))

    op.drop_table("notice")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_starts_at"))
        batch_op.drop_index(batch_op.f("ix_meeting_room_id"))

    op.drop_table("meeting")
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_match_live", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_match_learner_id"))

    op.drop_table("match")
    with op.batch_alter_table("learner_phone_admission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learner_phone_admission_learner_id"))

    op.drop_table("learner_phone_admission")
    with op.batch_alter_table("learner_phone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learner_phone_number"))

    op.drop_table("learner_phone")
    op.drop_table("learner_need")
    with op.batch_alter_table("learner_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learner_key_learner_id"))

    op.drop_table("learner_key")
    with op.batch_alter_table("desk_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_hours_desk_id"))
        batch_op.drop_index(batch_op.f("ix_desk_hours_adviser_id"))

    op.drop_table("desk_hours")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_learner_kind")

    op.drop_table("consent")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_booking_slot",
            sqlite_where=sa.text("state <> 'cancelled'"),
            postgresql_where=sa.text("state <> 'cancelled'"),
        )
        batch_op.drop_index(batch_op.f("ix_booking_starts_at"))
        batch_op.drop_index(batch_op.f("ix_booking_learner_id"))
        batch_op.drop_index("ix_booking_desk_starts_at")

    op.drop_table("booking")
    with op.batch_alter_table("admission_window", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_admission_window_learner_id"))

    op.drop_table("admission_window")
    with op.batch_alter_table("video_skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_video_skill_skill_code"))

    op.drop_table("video_skill")
    op.drop_table("tutor")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_venue_id"))
        batch_op.drop_index("ix_run_schedule")
        batch_op.drop_index(batch_op.f("ix_run_ends_at"))
        batch_op.drop_index(batch_op.f("ix_run_district_code"))
        batch_op.drop_index("ix_run_coming")
        batch_op.drop_index(batch_op.f("ix_run_course_code"))

    op.drop_table("run")
    op.drop_table("room")
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.drop_index("ix_learner_kana")
        batch_op.drop_index(batch_op.f("ix_learner_district_code"))
        batch_op.drop_index(batch_op.f("ix_learner_created_by"))
        batch_op.drop_index("ix_learner_birth_date")

    op.drop_table("learner")
    with op.batch_alter_table("equipment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_equipment_venue_id"))

    op.drop_table("equipment")
    with op.batch_alter_table("desk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_venue_id"))

    op.drop_table("desk")
    with op.batch_alter_table("course_skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_skill_skill_code"))

    op.drop_table("course_skill")
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_closure_venue_id"))

    op.drop_table("closure")
    with op.batch_alter_table("audit_subject", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_subject_learner")

    op.drop_table("audit_subject")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_subject")
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index("ix_audit_entry_action")
        batch_op.drop_index("ix_audit_entry_account")

    op.drop_table("audit_entry")
    op.drop_table("account_role")
    with op.batch_alter_table("signed_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signed_in_account_id"))

    op.drop_table("signed_in")
    with op.batch_alter_table("account_district", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_district_district_code"))

    op.drop_table("account_district")
    with op.batch_alter_table("video", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_video_area_code"))

    op.drop_table("video")
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_venue_district_code"))

    op.drop_table("venue")
    with op.batch_alter_table("skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_skill_area_code"))

    op.drop_table("skill")
    op.drop_table("account")
    op.drop_table("throttle")
    op.drop_table("skill_area")
    op.drop_table("person")
    with op.batch_alter_table("occupancy_cell", schema=None) as batch_op:
        batch_op.drop_index("ix_occupancy_cell_activity")

    op.drop_table("occupancy_cell")
    with op.batch_alter_table("form_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_receipt_received_at"))

    op.drop_table("form_receipt")
    op.drop_table("district")
    op.drop_table("course")
