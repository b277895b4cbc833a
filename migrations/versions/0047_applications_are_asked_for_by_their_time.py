"""Applications that wait are asked for by their time, and nobody asks for the holds of a desk"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_STATE = "ix_consultation_application_state"


def upgrade() -> None:
    with op.batch_alter_table("consultation_application", schema=None) as batch_op:
        batch_op.drop_index(_STATE)
        batch_op.create_index(_STATE, ["state", "starts_at"], unique=False)
    with op.batch_alter_table("slot_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slot_hold_desk_id"))
    _comment("when the slot begins that is kept for them")


def downgrade() -> None:
    with op.batch_alter_table("slot_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_hold_desk_id"), ["desk_id"], unique=False)
    with op.batch_alter_table("consultation_application", schema=None) as batch_op:
        batch_op.drop_index(_STATE)
        batch_op.create_index(_STATE, ["state", "applied_at"], unique=False)
    _comment("when the slot begins that is held for them")


def _comment(words: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("slot_wish", "offered_at", existing_type=sa.DateTime(timezone=True), comment=words)
