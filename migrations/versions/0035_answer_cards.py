"""Answer cards and the index of their words"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False, comment="one step a line"),
        sa.Column(
            "device",
            sa.Enum(
                "both", "iphone", "android", "none", name="device", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False, comment="residents read it too"),
        sa.Column(
            "checked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="null: nobody of the office has read it yet",
        ),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False, comment="from this day on it is outdated"),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="counts changes: of two, none overwrites the other",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("question <> '' AND steps <> ''", name=op.f("ck_answer_card_answers_a_question")),
        sa.CheckConstraint(
            "successor_id IS NULL OR retired_at IS NOT NULL", name=op.f("ck_answer_card_successor_of_retired")
        ),
        sa.ForeignKeyConstraint(["area_code"], ["skill_area.code"], name=op.f("fk_answer_card_area_code")),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_answer_card_checked_by")),
        sa.ForeignKeyConstraint(["successor_id"], ["answer_card.id"], name=op.f("fk_answer_card_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_card")),
        sa.UniqueConstraint("code", name=op.f("uq_answer_card_code")),
    )
    with op.batch_alter_table("answer_card", schema=None) as batch_op:
        batch_op.create_index("ix_answer_card_area", ["area_code", "question"], unique=False)
        batch_op.create_index(batch_op.f("ix_answer_card_review_on"), ["review_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_answer_card_successor_id"), ["successor_id"], unique=False)
    op.create_table(
        "answer_card_skill",
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["answer_card.id"], name=op.f("fk_answer_card_skill_card_id")),
        sa.ForeignKeyConstraint(["skill_code"], ["skill.code"], name=op.f("fk_answer_card_skill_skill_code")),
        sa.PrimaryKeyConstraint("card_id", "skill_code", name=op.f("pk_answer_card_skill")),
    )
    with op.batch_alter_table("answer_card_skill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_card_skill_skill_code"), ["skill_code"], unique=False)
    op.create_table(
        "answer_card_video",
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("video_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["answer_card.id"], name=op.f("fk_answer_card_video_card_id")),
        sa.ForeignKeyConstraint(["video_id"], ["video.id"], name=op.f("fk_answer_card_video_video_id")),
        sa.PrimaryKeyConstraint("card_id", "video_id", name=op.f("pk_answer_card_video")),
    )
    with op.batch_alter_table("answer_card_video", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_card_video_video_id"), ["video_id"], unique=False)
    op.create_table(
        "answer_card_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column(
            "verb",
            sa.Enum(
                "written",
                "changed",
                "checked",
                "retired",
                "shown_again",
                name="verb",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["card_id"], ["answer_card.id"], name=op.f("fk_answer_card_change_card_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_answer_card_change_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_card_change")),
    )
    with op.batch_alter_table("answer_card_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_card_change_card_id"), ["card_id"], unique=False)
    # Each database's own full-text index: the words are made by us, so that both find the same cards.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE answer_card_index USING fts5"
            ' (question, steps, tokenize = "unicode61 remove_diacritics 0")'
        )
        return
    op.execute(
        "CREATE TABLE answer_card_index (card_id integer PRIMARY KEY REFERENCES answer_card (id),"
        " question text NOT NULL, steps text NOT NULL, words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_answer_card_index_words ON answer_card_index USING gin (words)")


def downgrade() -> None:
    op.execute("DROP TABLE answer_card_index")
    for name in ("answer_card_change", "answer_card_video", "answer_card_skill", "answer_card"):
        op.drop_table(name)
