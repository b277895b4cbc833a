"""Applications in public, in the words of those who sent them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
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
        sa.Column("differs_from", sa.Integer(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False, comment="keyed digest of address and day, against floods"),
        sa.Column("refused_because", sa.String(length=32), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('held', 'placed', 'withdrawn', 'refused')", name=op.f("ck_application_state")),
        sa.CheckConstraint("because IN ('unknown', 'differs', 'no_place')", name=op.f("ck_application_because")),
        sa.CheckConstraint(
            "refused_because IN ('no_contact', 'gave_up', 'not_served', 'prank', 'twice')",
            name=op.f("ck_application_refused_because"),
        ),
        sa.CheckConstraint("(state = 'held') = (settled_at IS NULL)", name=op.f("ck_application_settled_has_time")),
        sa.CheckConstraint("state <> 'held' OR because IS NOT NULL", name=op.f("ck_application_held_has_reason")),
        sa.ForeignKeyConstraint(["differs_from"], ["application.id"], name=op.f("fk_application_differs_from")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_application_run_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_application_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("receipt", name=op.f("uq_application_receipt")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_run_id"), ["run_id"], unique=False)
        batch_op.create_index("ix_application_sender", ["sender", "applied_at"], unique=False)
        batch_op.create_index("ix_application_state_applied", ["state", "applied_at"], unique=False)

    op.create_table(
        "applicant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
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
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "device IN ('iphone', 'android', 'easy_phone', 'feature_phone', 'none')", name=op.f("ck_applicant_device")
        ),
        sa.CheckConstraint("channel IN ('phone', 'mail', 'line', 'post')", name=op.f("ck_applicant_channel")),
        sa.CheckConstraint("position IN (1, 2)", name=op.f("ck_applicant_position_of_two")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_applicant_application_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_applicant_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant")),
        sa.UniqueConstraint("application_id", "position", name=op.f("uq_applicant_application_id_position")),
    )
    with op.batch_alter_table("applicant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_applicant_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index("ix_applicant_phone", ["phone", "kana_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("applicant", schema=None) as batch_op:
        batch_op.drop_index("ix_applicant_phone")
        batch_op.drop_index(batch_op.f("ix_applicant_learner_id"))

    op.drop_table("applicant")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index("ix_application_state_applied")
        batch_op.drop_index("ix_application_sender")
        batch_op.drop_index(batch_op.f("ix_application_run_id"))

    op.drop_table("application")
