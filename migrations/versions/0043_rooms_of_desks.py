"""Rooms of desks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("desk", schema=None) as batch_op:
        batch_op.add_column(sa.Column("room_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_desk_room_id"), "room", ["room_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("desk", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_desk_room_id"), type_="foreignkey")
        batch_op.drop_column("room_id")
