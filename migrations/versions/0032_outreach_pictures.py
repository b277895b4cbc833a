"""Pictures of held lectures"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outreach_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="random, in its address"),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column(
            "added_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="those who can be seen had agreed by then",
        ),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_outreach_picture_has_size")),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_outreach_picture_added_by")),
        sa.ForeignKeyConstraint(["request_id"], ["outreach_request.id"], name=op.f("fk_outreach_picture_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_picture")),
        sa.UniqueConstraint("name", name=op.f("uq_outreach_picture_name")),
    )
    with op.batch_alter_table("outreach_picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outreach_picture_request_id"), ["request_id"], unique=False)


def downgrade() -> None:
    op.drop_table("outreach_picture")
