"""Audit rows chained by hash in lanes, with where they came from and why

The rows that are there are sealed by `supportdesk db upgrade` afterwards: a migration does not know the key.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_lane",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="of the newest row"),
        sa.Column("hash", sa.Text(), nullable=False, comment="of the newest row"),
        sa.Column("anchor_seq", sa.Integer(), nullable=False, comment="of the newest row that was forgotten"),
        sa.Column("anchor_hash", sa.Text(), nullable=False, comment="of the newest row that was forgotten"),
        sa.Column("seal", sa.Text(), nullable=False, comment="keyed hash of all this"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_lane")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_audit_entry_account_id"), type_="foreignkey")
        for name, comment in (
            ("surface", "public, field or staff pages, or a command"),
            ("address", "the remote address; of residents only its network"),
            ("reason", "why, where the role must say so"),
        ):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default="", comment=comment))
        batch_op.add_column(
            sa.Column("lane", sa.Integer(), nullable=True, comment="none: a row from before the chain, not yet sealed")
        )
        batch_op.add_column(
            sa.Column("seq", sa.Integer(), nullable=True, comment="its place in the lane, from 1 without a gap")
        )
        batch_op.add_column(
            sa.Column(
                "hash",
                sa.Text(),
                nullable=True,
                comment="keyed hash of this row, its learners and the hash before it",
            )
        )
        batch_op.create_unique_constraint(batch_op.f("uq_audit_entry_lane_seq"), ["lane", "seq"])
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        for name in ("surface", "address", "reason"):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_audit_entry_lane_seq"), type_="unique")
        for name in ("hash", "seq", "lane", "reason", "address", "surface"):
            batch_op.drop_column(name)
        batch_op.create_foreign_key(batch_op.f("fk_audit_entry_account_id"), "account", ["account_id"], ["id"])
    op.drop_table("audit_lane")
