"""Entries in the draw of a run, and the draw as it can be drawn again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_LIVE = sa.text("withdrawn_at IS NULL")
_TO_DRAW = sa.text("filling = 'lottery' AND drawn_at IS NULL")
_RULES = {
    "lottery_has_deadline": "filling <> 'lottery' OR apply_until IS NOT NULL",
    "drawn_by_lottery": "drawn_at IS NULL OR filling = 'lottery'",
}


def upgrade() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "drawn_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="of a lottery: when its seats were drawn",
            )
        )
        for name, rule in _RULES.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_run_{name}"), rule)
        batch_op.create_index(
            "ix_run_to_draw", ["apply_until"], unique=False, sqlite_where=_TO_DRAW, postgresql_where=_TO_DRAW
        )
    op.create_table(
        "lottery_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="in the draw's list, which is public: 1, 2, 3 as they came"
        ),
        sa.Column("losses", sa.Integer(), nullable=True, comment="draws lost before, as of the draw"),
        sa.Column("newcomer", sa.Boolean(), nullable=True, comment="had never come to a class, as of the draw"),
        sa.Column("weight", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True, comment="in drawn order, from 1"),
        sa.Column("seated", sa.Boolean(), nullable=True, comment="the draw gave it its seats"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_lottery_entry_number_positive")),
        sa.CheckConstraint(
            "(place IS NULL) = (weight IS NULL) AND (place IS NULL) = (losses IS NULL)"
            " AND (place IS NULL) = (newcomer IS NULL) AND (place IS NULL) = (seated IS NULL)",
            name=op.f("ck_lottery_entry_drawn_whole"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_lottery_entry_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lottery_entry")),
        sa.UniqueConstraint("run_id", "number", name=op.f("uq_lottery_entry_run_id_number")),
        sa.UniqueConstraint("run_id", "place", name=op.f("uq_lottery_entry_run_id_place")),
    )
    op.create_table(
        "lottery_entrant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="1 or 2 of those who come together"),
        sa.Column("caller_name", sa.Text(), nullable=False, comment="who called, when it was not the learner"),
        sa.Column("caller_relation", sa.Text(), nullable=False),
        sa.Column("caller_phone", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("enrolment_id", sa.Integer(), nullable=True, comment="what the draw made of it"),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("position IN (1, 2)", name=op.f("ck_lottery_entrant_position_of_two")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_lottery_entrant_entered_by")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_lottery_entrant_enrolment_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["lottery_entry.id"], name=op.f("fk_lottery_entrant_entry_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_lottery_entrant_learner_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_lottery_entrant_run_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["account.id"], name=op.f("fk_lottery_entrant_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lottery_entrant")),
    )
    with op.batch_alter_table("lottery_entrant", schema=None) as batch_op:
        for column in ("enrolment_id", "entry_id", "learner_id"):
            batch_op.create_index(batch_op.f(f"ix_lottery_entrant_{column}"), [column], unique=False)
        batch_op.create_index(
            "uq_lottery_entrant_live",
            ["run_id", "learner_id"],
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        )
    op.create_table(
        "draw",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column(
            "entries",
            sa.Text(),
            nullable=False,
            comment="the list that was drawn from, as lottery/rule.py writes it",
        ),
        sa.Column("entries_hash", sa.Text(), nullable=False, comment="SHA-256 of the list"),
        sa.Column("result", sa.Text(), nullable=False, comment="place, number and whether it has seats, line by line"),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=True, comment="null: the worker, at the deadline"),
        sa.ForeignKeyConstraint(["drawn_by"], ["account.id"], name=op.f("fk_draw_drawn_by")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_draw_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_draw")),
    )


def downgrade() -> None:
    """Nobody is told of a draw that is not held; what was told is not mistaken for another entry's later."""
    op.execute(
        "UPDATE notice SET state = 'cancelled', settled_at = CURRENT_TIMESTAMP, withdrawn_at = CURRENT_TIMESTAMP"
        " WHERE activity LIKE 'lottery_entrant:%' AND state IN ('waiting', 'no_answer')"
    )
    op.execute("UPDATE notice SET activity = 'former_' || activity WHERE activity LIKE 'lottery_entrant:%'")
    op.drop_table("draw")
    op.drop_table("lottery_entrant")
    op.drop_table("lottery_entry")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index("ix_run_to_draw", sqlite_where=_TO_DRAW, postgresql_where=_TO_DRAW)
        for name in _RULES:
            batch_op.drop_constraint(batch_op.f(f"ck_run_{name}"), type_="check")
        batch_op.drop_column("drawn_at")
