"""Slots that are kept for somebody for a while"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slot_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("adviser_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False, comment="talk:ACCOUNT, or the activity that the slot waits for"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True, comment="empty: until its owner ends it"),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_slot_hold_times_in_order")),
        sa.ForeignKeyConstraint(["adviser_id"], ["account.id"], name=op.f("fk_slot_hold_adviser_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_slot_hold_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_hold")),
        sa.UniqueConstraint("adviser_id", "starts_at", name=op.f("uq_slot_hold_adviser_id_starts_at")),
        sa.UniqueConstraint("owner", name=op.f("uq_slot_hold_owner")),
    )
    with op.batch_alter_table("slot_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_hold_desk_id"), ["desk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_hold_until"), ["until"], unique=False)


def downgrade() -> None:
    op.drop_table("slot_hold")
