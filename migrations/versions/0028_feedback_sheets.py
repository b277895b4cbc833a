"""What learners say after a meeting, and whether they are asked"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TIED = "learner_id IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "feedback_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("understanding", sa.Integer(), nullable=True, comment="1 not at all to 4 well"),
        sa.Column("satisfaction", sa.Integer(), nullable=True, comment="1 not at all to 4 very"),
        sa.Column(
            "areas",
            sa.Text(),
            nullable=False,
            comment="what they want to learn next: fields of skills, by comma",
        ),
        sa.Column("wish", sa.Text(), nullable=False, comment="the same in their own words"),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("way IN ('phone', 'paper')", name=op.f("ck_feedback_sheet_way")),
        sa.CheckConstraint("satisfaction BETWEEN 1 AND 4", name=op.f("ck_feedback_sheet_satisfaction_range")),
        sa.CheckConstraint("understanding BETWEEN 1 AND 4", name=op.f("ck_feedback_sheet_understanding_range")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_feedback_sheet_learner_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_feedback_sheet_meeting_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_feedback_sheet_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_sheet")),
    )
    with op.batch_alter_table("feedback_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_sheet_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index("ix_feedback_sheet_meeting", ["meeting_id", "way"], unique=False)
        batch_op.create_index(
            "uq_feedback_sheet_learner",
            ["meeting_id", "learner_id"],
            unique=True,
            sqlite_where=sa.text(TIED),
            postgresql_where=sa.text(TIED),
        )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "asks_feedback",
                sa.Boolean(),
                nullable=True,
                comment="whether learners are asked how it was; null: as is usual for its kind",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_column("asks_feedback")
    op.drop_table("feedback_sheet")
