"""A learner's life: active, paused, moved, deceased, left; where they lived before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_STATUSES = ("active", "paused", "moved", "deceased", "left")
_REASONS = ("own_wish", "health", "family", "no_contact", "back", "mistake", "other")


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.add_column(sa.Column("status", sa.String(length=32), nullable=False, server_default="active"))
        batch_op.add_column(
            sa.Column("status_since", sa.DateTime(timezone=True), nullable=True, comment="null: from the beginning")
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_learner_status"), f"status IN ({', '.join(map(repr, _STATUSES))})"
        )
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.alter_column("status", server_default=None)

    op.create_table(
        "former_residence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.Text(), nullable=True),
        sa.Column("outside_city", sa.Boolean(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_former_residence_district_code")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_former_residence_ended_by")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_former_residence_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_residence")),
    )
    with op.batch_alter_table("former_residence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_residence_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "learner_status",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("status", _one_of(*_STATUSES, name="status"), nullable=False),
        sa.Column("reason", _one_of(*_REASONS, name="statusreason"), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_learner_status_changed_by")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_learner_status_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_status")),
    )
    with op.batch_alter_table("learner_status", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learner_status_learner_id"), ["learner_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("learner_status", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learner_status_learner_id"))

    op.drop_table("learner_status")
    with op.batch_alter_table("former_residence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_former_residence_learner_id"))

    op.drop_table("former_residence")
    with op.batch_alter_table("learner", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_learner_status"), type_="check")
        batch_op.drop_column("status_since")
        batch_op.drop_column("status")
