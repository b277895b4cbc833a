"""What a case holds, and to whom it is handed over; videos that were given, and wishes for a peer tutor"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_RESULTS = ("solved", "follow_up", "referred")
_DEVICES = ("iphone", "android", "easy_phone", "feature_phone", "none")
_WHERE = ("carrier", "bank", "police", "office")
_RULES = {
    "only_referred_has_where": "referred_to IS NULL OR (result IS NOT NULL AND result = 'referred')",
    "referred_has_where": "closed_at IS NULL OR result <> 'referred' OR referred_to IS NOT NULL",
    "minutes_range": "minutes BETWEEN 1 AND 480",
    "device": f"device IN ({', '.join(map(repr, _DEVICES))})",
    "referred_to": f"referred_to IN ({', '.join(map(repr, _WHERE))})",
}
_CASE = sa.table(
    "consultation_case",
    sa.column("id", sa.Integer()),
    sa.column("area_code", sa.Text()),
    sa.column("result", sa.Text()),
    sa.column("referred_to", sa.Text()),
    sa.column("asides", sa.JSON(none_as_null=True)),
)
_AREA = sa.table("case_area", sa.column("case_id", sa.Integer()), sa.column("area_code", sa.Text()))
#: What another screen typed is called as its columns are.
_BEFORE_AND_AFTER = (("topic", "asked"), ("note", "done"))


def upgrade() -> None:
    _make_tables()
    op.execute(
        "INSERT INTO case_area (case_id, area_code)"
        " SELECT id, area_code FROM consultation_case WHERE area_code IS NOT NULL"
    )
    with op.batch_alter_table("consultation_case", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("device", sa.String(length=32), nullable=True, comment="the phone that was on the table")
        )
        batch_op.add_column(
            sa.Column(
                "os",
                sa.Text(),
                nullable=False,
                server_default="",
                comment="its system with the version, as the adviser read it",
            )
        )
        batch_op.add_column(sa.Column("referred_to", sa.String(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("referral", sa.Text(), nullable=False, server_default="", comment="to whom exactly, in words")
        )
        batch_op.add_column(
            sa.Column("minutes", sa.Integer(), nullable=True, comment="how long it took; null while the clock counts")
        )
        batch_op.add_column(
            sa.Column(
                "scam_steps",
                sa.JSON(),
                nullable=True,
                comment="what was ticked of the checklist for suspected fraud",
            )
        )
        batch_op.alter_column("topic", new_column_name="asked", existing_type=sa.Text(), existing_nullable=False)
        batch_op.alter_column("note", new_column_name="done", existing_type=sa.Text(), existing_nullable=False)
        batch_op.drop_index(batch_op.f("ix_consultation_case_area_code"))
        batch_op.drop_constraint(batch_op.f("fk_consultation_case_area_code"), type_="foreignkey")
        batch_op.drop_column("area_code")
    op.execute("UPDATE consultation_case SET referred_to = 'office' WHERE result = 'referred'")
    with op.batch_alter_table("consultation_case", schema=None) as batch_op:
        for column in ("os", "referral"):
            batch_op.alter_column(column, server_default=None, existing_type=sa.Text(), existing_nullable=False)
        batch_op.alter_column(
            "asked",
            existing_type=sa.Text(),
            existing_nullable=False,
            comment="what the learner wanted to know",
        )
        batch_op.alter_column(
            "done", existing_type=sa.Text(), existing_nullable=False, comment="what was shown, tried and agreed"
        )
        _allow_results(batch_op, *_RESULTS, "practised")
        for name, rule in _RULES.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_consultation_case_{name}"), rule)
    _call_asides(dict(_BEFORE_AND_AFTER))


def downgrade() -> None:
    """Of several fields the first stays; what was practised is to go on."""
    _call_asides({after: before for before, after in _BEFORE_AND_AFTER})
    op.execute("UPDATE consultation_case SET result = 'follow_up' WHERE result = 'practised'")
    with op.batch_alter_table("consultation_case", schema=None) as batch_op:
        for name in _RULES:
            batch_op.drop_constraint(batch_op.f(f"ck_consultation_case_{name}"), type_="check")
        _allow_results(batch_op, *_RESULTS)
        batch_op.add_column(sa.Column("area_code", sa.Text(), nullable=True))
        batch_op.alter_column("asked", existing_type=sa.Text(), existing_nullable=False, comment=None)
        batch_op.alter_column("done", existing_type=sa.Text(), existing_nullable=False, comment=None)
    with op.batch_alter_table("consultation_case", schema=None) as batch_op:
        batch_op.alter_column("asked", new_column_name="topic", existing_type=sa.Text(), existing_nullable=False)
        batch_op.alter_column("done", new_column_name="note", existing_type=sa.Text(), existing_nullable=False)
        for column in ("device", "os", "referred_to", "referral", "minutes", "scam_steps"):
            batch_op.drop_column(column)
        batch_op.create_foreign_key(batch_op.f("fk_consultation_case_area_code"), "skill_area", ["area_code"], ["code"])
        batch_op.create_index(batch_op.f("ix_consultation_case_area_code"), ["area_code"], unique=False)
    op.execute(
        "UPDATE consultation_case SET area_code ="
        " (SELECT min(area_code) FROM case_area WHERE case_area.case_id = consultation_case.id)"
    )
    for table in ("tutor_wish", "video_given", "case_hand_over", "case_area"):
        op.drop_table(table)


def _allow_results(batch_op: Any, *results: str) -> None:
    batch_op.drop_constraint(batch_op.f("ck_consultation_case_result"), type_="check")
    batch_op.create_check_constraint(
        batch_op.f("ck_consultation_case_result"), f"result IN ({', '.join(map(repr, results))})"
    )


def _call_asides(names: dict[str, str]) -> None:
    """What other screens typed is kept under the names of the columns."""
    connection = op.get_bind()
    kept = connection.execute(sa.select(_CASE.c.id, _CASE.c.asides).where(_CASE.c.asides.is_not(None))).all()
    for row in kept:
        asides = {
            form: {names.get(name, name): value for name, value in typed.items()}
            for form, typed in (row.asides or {}).items()
        }
        connection.execute(sa.update(_CASE).where(_CASE.c.id == row.id).values(asides=asides))


def _make_tables() -> None:
    op.create_table(
        "case_area",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area_code"], ["skill_area.code"], name=op.f("fk_case_area_area_code")),
        sa.ForeignKeyConstraint(["case_id"], ["consultation_case.id"], name=op.f("fk_case_area_case_id")),
        sa.PrimaryKeyConstraint("case_id", "area_code", name=op.f("pk_case_area")),
    )
    op.create_index(op.f("ix_case_area_area_code"), "case_area", ["area_code"])
    op.create_table(
        "case_hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_case_hand_over_two_advisers")),
        sa.ForeignKeyConstraint(["case_id"], ["consultation_case.id"], name=op.f("fk_case_hand_over_case_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_case_hand_over_learner_id")),
        sa.ForeignKeyConstraint(["from_id"], ["account.id"], name=op.f("fk_case_hand_over_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["account.id"], name=op.f("fk_case_hand_over_to_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"], name=op.f("fk_case_hand_over_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_hand_over")),
    )
    op.create_index(op.f("ix_case_hand_over_case_id"), "case_hand_over", ["case_id"])
    op.create_index(op.f("ix_case_hand_over_learner_id"), "case_hand_over", ["learner_id"])
    waits = sa.text("taken_at IS NULL")
    op.create_index("ix_case_hand_over_waits", "case_hand_over", ["to_id"], sqlite_where=waits, postgresql_where=waits)
    op.create_table(
        "video_given",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("video_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False, comment="where it was given, such as booking:5"),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["video_id"], ["video.id"], name=op.f("fk_video_given_video_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_video_given_learner_id")),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_video_given_given_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_given")),
    )
    op.create_index(op.f("ix_video_given_video_id"), "video_given", ["video_id"])
    op.create_index(op.f("ix_video_given_learner_id"), "video_given", ["learner_id"])
    op.create_table(
        "tutor_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False, comment="where it was said, such as booking:5"),
        sa.Column("words", sa.Text(), nullable=False, comment="what they would like to practise"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_tutor_wish_learner_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_tutor_wish_asked_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_tutor_wish_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tutor_wish")),
    )
    op.create_index(op.f("ix_tutor_wish_learner_id"), "tutor_wish", ["learner_id"])
    wished = sa.text("settled_at IS NULL")
    op.create_index("ix_tutor_wish_open", "tutor_wish", ["learner_id"], sqlite_where=wished, postgresql_where=wished)
