"""What phones hand in that had no network: their keys, and what arrived, once each"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_STATES = ("recorded", "held", "dismissed")


def upgrade() -> None:
    op.create_table(
        "phone_key",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "stamp",
            sa.Text(),
            nullable=False,
            comment="the account's session stamp then; with another one nothing is trusted",
        ),
        sa.Column("device", sa.Text(), nullable=False, comment="its system and browser by name"),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_phone_key_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_phone_key")),
    )
    with op.batch_alter_table("phone_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_key_account_id"), ["account_id"], unique=False)

    op.create_table(
        "drop_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "uuid", sa.String(length=36), nullable=False, comment="made on the phone: sent twice, it is here once"
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("activity", sa.Text(), nullable=False, comment="where it belongs, such as meeting:5"),
        sa.Column("payload", sa.Text(), nullable=False, comment="what the phone wrote (JSON), until it is recorded"),
        sa.Column(
            "observed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="by the phone's clock, put right by ours",
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*_STATES, name="dropstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="the name of what kept it from being recorded"),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'held') = (settled_at IS NULL)", name=op.f("ck_drop_entry_held_is_unsettled")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_drop_entry_account_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_drop_entry_learner_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_drop_entry_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drop_entry")),
        sa.UniqueConstraint("uuid", name=op.f("uq_drop_entry_uuid")),
    )
    with op.batch_alter_table("drop_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drop_entry_learner_id"), ["learner_id"], unique=False)
        batch_op.create_index("ix_drop_entry_state", ["state", "account_id"], unique=False)


def downgrade() -> None:
    op.drop_table("drop_entry")
    op.drop_table("phone_key")
