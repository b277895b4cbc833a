"""Everybody's rights: requests with their day, and learners who were erased"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NAMED = "name <> '' OR kana <> ''"
_KINDS = ("disclosure", "correction", "stop_of_use", "erasure")
_ASKERS = ("self", "guardian", "agent")
_STATES = ("open", "done", "refused", "taken_back")


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "erased_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="the row is nobody since, and keeps figures in order",
            )
        )
        batch_op.drop_constraint(batch_op.f("ck_learner_name_or_kana"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_learner_name_or_kana"), f"{_NAMED} OR erased_at IS NOT NULL")

    op.create_table(
        "rights_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of(*_KINDS, name="requestkind"), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asker", _one_of(*_ASKERS, name="asker"), nullable=False),
        sa.Column("asker_name", sa.Text(), nullable=False, comment="who asked, when it was not the learner"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", _one_of(*_STATES, name="requeststate"), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False, comment="what was done, or why not"),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("due_on >= received_on", name=op.f("ck_rights_request_due_after_received")),
        sa.CheckConstraint("(state = 'open') = (done_on IS NULL)", name=op.f("ck_rights_request_open_has_no_day")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_rights_request_learner_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_rights_request_settled_by")),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"], name=op.f("fk_rights_request_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
    )
    with op.batch_alter_table("rights_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rights_request_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index("ix_rights_request_state_due", ["state", "due_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("rights_request", schema=None) as batch_op:
        batch_op.drop_index("ix_rights_request_state_due")
        batch_op.drop_index(batch_op.f("ix_rights_request_learner_id"))

    op.drop_table("rights_request")
    # Whom nobody may know any more has no name to give back.
    op.execute("UPDATE learner SET kana = '？' WHERE erased_at IS NOT NULL")
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_learner_name_or_kana"), type_="check")
        batch_op.drop_column("erased_at")
        batch_op.create_check_constraint(batch_op.f("ck_learner_name_or_kana"), _NAMED)
