"""The office's settings: what was changed, and what it was before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_office_setting_changed_by")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_office_setting")),
    )
    op.create_table(
        "office_setting_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_office_setting_change_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_setting_change")),
    )
    with op.batch_alter_table("office_setting_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_setting_change_name"), ["name"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("office_setting_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_setting_change_name"))

    op.drop_table("office_setting_change")
    op.drop_table("office_setting")
