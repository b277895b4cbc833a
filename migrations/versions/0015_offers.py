"""Offers of what became free; a seat may be held for somebody until they answer"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_OFFER_STATES = ("open", "accepted", "declined", "left", "passed_on", "expired", "withdrawn")
_BEFORE = ("seated", "waiting", "cancelled")
_AFTER = ("seated", "offered", "waiting", "cancelled")


def _states(*states: str) -> str:
    return f"state IN ({', '.join(repr(one) for one in states)})"


def upgrade() -> None:
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_enrolment_seated_has_seat"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_enrolment_state"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_enrolment_state"), _states(*_AFTER))
        batch_op.create_check_constraint(
            batch_op.f("ck_enrolment_seated_has_seat"), "(state IN ('seated', 'offered')) = (seat IS NOT NULL)"
        )
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "vacancy",
            sa.Text(),
            nullable=False,
            comment="names one thing that became free, as long as it goes down the line",
        ),
        sa.Column("given_up", sa.Text(), nullable=False, comment="what ended and freed it, such as enrolment:3"),
        sa.Column("place_in_line", sa.Text(), nullable=False, comment="the activity that waits, such as enrolment:7"),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*_OFFER_STATES, name="offerstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "deadline",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="until when they may answer; never after it begins",
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name=op.f("ck_offer_settled_has_time")),
        sa.CheckConstraint("made_at < deadline", name=op.f("ck_offer_deadline_ahead")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_offer_learner_id_learner")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_offer_settled_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("vacancy", "place_in_line", name=op.f("uq_offer_vacancy_place_in_line")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offer_learner_id"), ["learner_id"], unique=False)
        for name, column, unique in (
            ("uq_offer_open_vacancy", "vacancy", True),
            ("uq_offer_open_place", "place_in_line", True),
            ("ix_offer_open_deadline", "deadline", False),
        ):
            batch_op.create_index(
                name,
                [column],
                unique=unique,
                sqlite_where=sa.text("state = 'open'"),
                postgresql_where=sa.text("state = 'open'"),
            )


def downgrade() -> None:
    """Whoever is being asked waits again, and is not told of it any more. What was told stays told, and is not mistaken
    for another offer that bears the number later.
    """
    op.execute(
        "UPDATE notice SET state = 'cancelled', settled_at = CURRENT_TIMESTAMP, withdrawn_at = CURRENT_TIMESTAMP"
        " WHERE activity LIKE 'offer:%' AND state IN ('waiting', 'no_answer')"
    )
    op.execute("UPDATE notice SET activity = 'former_' || activity WHERE activity LIKE 'offer:%'")
    op.drop_table("offer")
    op.execute(
        "UPDATE run SET"
        " taken = taken - (SELECT count(*) FROM enrolment WHERE run_id = run.id AND state = 'offered'),"
        " waiting = waiting + (SELECT count(*) FROM enrolment WHERE run_id = run.id AND state = 'offered')"
    )
    op.execute("UPDATE enrolment SET state = 'waiting', seat = NULL WHERE state = 'offered'")
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_enrolment_seated_has_seat"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_enrolment_state"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_enrolment_state"), _states(*_BEFORE))
        batch_op.create_check_constraint(
            batch_op.f("ck_enrolment_seated_has_seat"), "(state = 'seated') = (seat IS NOT NULL)"
        )
