"""One person, one record: merges and splits that can be taken back, and pairs that may be one person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:

    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("merged_into", sa.Integer(), nullable=True, comment="the record that stands for this one since")
        )
        batch_op.create_index(batch_op.f("ix_learner_merged_into"), ["merged_into"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_learner_merged_into"), "learner", ["merged_into"], ["id"])

    op.create_table(
        "hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("merge", "split", name="handoverkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True, comment="the taker's particulars, until the undo ends"),
        sa.Column("after", sa.JSON(), nullable=True, comment="what was chosen in their place"),
        sa.Column("activities", sa.JSON(), nullable=False, comment="whose cells changed hands"),
        sa.CheckConstraint("giver_id <> taker_id", name=op.f("ck_hand_over_two_learners")),
        sa.ForeignKeyConstraint(["done_by"], ["account.id"], name=op.f("fk_hand_over_done_by")),
        sa.ForeignKeyConstraint(["giver_id"], ["learner.id"], name=op.f("fk_hand_over_giver_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["learner.id"], name=op.f("fk_hand_over_taker_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["account.id"], name=op.f("fk_hand_over_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    live = sa.text("kind = 'merge' AND undone_at IS NULL")
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.create_index("ix_hand_over_done", ["done_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_over_giver_id"), ["giver_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_over_taker_id"), ["taker_id"], unique=False)
        batch_op.create_index("uq_hand_over_merge", ["giver_id"], unique=True, sqlite_where=live, postgresql_where=live)

    op.create_table(
        "handed_row",
        sa.Column("hand_over_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["hand_over_id"], ["hand_over.id"], name=op.f("fk_handed_row_hand_over_id")),
        sa.PrimaryKeyConstraint("hand_over_id", "table_name", "row_id", name=op.f("pk_handed_row")),
    )
    op.create_table(
        "likely_pair",
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("likeness", sa.Integer(), nullable=False, comment="learners/duplicates.py"),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True, comment="said to be two people, or merged"),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_likely_pair_in_order")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_likely_pair_decided_by")),
        sa.ForeignKeyConstraint(["one_id"], ["learner.id"], name=op.f("fk_likely_pair_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["learner.id"], name=op.f("fk_likely_pair_other_id")),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_likely_pair")),
    )
    undecided = sa.text("decided_at IS NULL")
    with op.batch_alter_table("likely_pair", schema=None) as batch_op:
        batch_op.create_index(
            "ix_likely_pair_open", ["likeness", "one_id"], sqlite_where=undecided, postgresql_where=undecided
        )
        batch_op.create_index("ix_likely_pair_other", ["other_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("likely_pair", schema=None) as batch_op:
        batch_op.drop_index("ix_likely_pair_other")
        batch_op.drop_index("ix_likely_pair_open")

    op.drop_table("likely_pair")
    op.drop_table("handed_row")
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.drop_index("uq_hand_over_merge")
        batch_op.drop_index(batch_op.f("ix_hand_over_taker_id"))
        batch_op.drop_index(batch_op.f("ix_hand_over_giver_id"))
        batch_op.drop_index("ix_hand_over_done")

    op.drop_table("hand_over")
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_learner_merged_into"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_learner_merged_into"))
        batch_op.drop_column("merged_into")
