"""Which things are lent to which meeting, and who said that a run is held though few applied"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_equipment",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("equipment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_meeting_equipment_equipment_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_equipment_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", "equipment_id", name=op.f("pk_meeting_equipment")),
    )
    with op.batch_alter_table("meeting_equipment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_equipment_equipment_id"), ["equipment_id"], unique=False)
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "held_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when it was decided to hold it though fewer than `least` applied",
            )
        )
        batch_op.add_column(sa.Column("held_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_run_held_by"), "account", ["held_by"], ["id"])
        batch_op.create_index("ix_run_to_decide", ["state", "decide_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index("ix_run_to_decide")
        batch_op.drop_constraint(batch_op.f("fk_run_held_by"), type_="foreignkey")
        batch_op.drop_column("held_by")
        batch_op.drop_column("held_at")
    op.drop_table("meeting_equipment")
