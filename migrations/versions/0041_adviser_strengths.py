"""What advisers help with"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_DEVICES = ("iphone", "android", "easy_phone", "feature_phone", "none")


def upgrade() -> None:
    op.create_table(
        "adviser_strength",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("adviser_id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column(
            "device",
            sa.Enum(*_DEVICES, name="device", native_enum=False, create_constraint=False, length=32),
            nullable=True,
        ),
        sa.CheckConstraint(
            "device IN ('iphone', 'android', 'easy_phone', 'feature_phone', 'none')",
            name=op.f("ck_adviser_strength_device"),
        ),
        sa.CheckConstraint(
            "(area_code IS NULL) <> (device IS NULL)", name=op.f("ck_adviser_strength_of_field_or_phone")
        ),
        sa.ForeignKeyConstraint(["adviser_id"], ["account.id"], name=op.f("fk_adviser_strength_adviser_id")),
        sa.ForeignKeyConstraint(["area_code"], ["skill_area.code"], name=op.f("fk_adviser_strength_area_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adviser_strength")),
        sa.UniqueConstraint("adviser_id", "area_code", name=op.f("uq_adviser_strength_adviser_id_area_code")),
        sa.UniqueConstraint("adviser_id", "device", name=op.f("uq_adviser_strength_adviser_id_device")),
    )


def downgrade() -> None:
    op.drop_table("adviser_strength")
