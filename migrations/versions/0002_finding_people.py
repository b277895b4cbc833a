"""Finding people: former names, the venue of the last class, names by one kana

The keys themselves are written anew by `supportdesk rebuild-search`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:

    op.create_table(
        "former_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kana", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("name <> '' OR kana <> ''", name=op.f("ck_former_name_name_or_kana")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_former_name_ended_by")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_former_name_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
    )
    with op.batch_alter_table("former_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_name_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "name_variant",
        sa.Column("variant", _KEY, nullable=False),
        sa.Column("name", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("variant", "name", name=op.f("pk_name_variant")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("last_venue_id", sa.Integer(), nullable=True, comment="of the last class they came to")
        )
        batch_op.create_index(batch_op.f("ix_learner_last_venue_id"), ["last_venue_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_learner_last_venue_id"), "venue", ["last_venue_id"], ["id"])
    _make_keys_anew(with_rowid=False)


def downgrade() -> None:
    _make_keys_anew(with_rowid=True)
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_learner_last_venue_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_learner_last_venue_id"))
        batch_op.drop_column("last_venue_id")

    op.drop_table("name_variant")
    with op.batch_alter_table("former_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_former_name_learner_id"))

    op.drop_table("former_name")


def _make_keys_anew(*, with_rowid: bool) -> None:
    """SQLite cannot change how a table's rows are stored; PostgreSQL has no such choice."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.rename_table("learner_key", "learner_key_before")
    op.drop_index("ix_learner_key_learner_id", "learner_key_before")
    op.create_table(
        "learner_key",
        sa.Column("key", _KEY, nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_learner_key_learner_id")),
        sa.PrimaryKeyConstraint("key", "learner_id", name=op.f("pk_learner_key")),
        sqlite_with_rowid=with_rowid,
    )
    op.execute("INSERT INTO learner_key (key, learner_id) SELECT key, learner_id FROM learner_key_before")
    op.drop_table("learner_key_before")
    op.create_index("ix_learner_key_learner_id", "learner_key", ["learner_id"])
