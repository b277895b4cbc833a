"""A series of runs that were planned at once, and on how many dates a course is usually held"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

#: As in the city's list of courses; each of the others is one date.
_USUALLY = {"S01": 3, "P01": 2}


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False, comment="the course's, as it was that day"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_series_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("series_id", sa.Integer(), nullable=True, comment="with which runs it was planned at once")
        )
        batch_op.create_foreign_key(batch_op.f("fk_run_series_id"), "series", ["series_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_run_series_id"), ["series_id"], unique=False)
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "meetings",
                sa.Integer(),
                nullable=False,
                server_default="1",
                comment="on how many dates it is usually held",
            )
        )
        batch_op.create_check_constraint(batch_op.f("ck_course_meetings_range"), "meetings BETWEEN 1 AND 60")
    course = sa.table("course", sa.column("code"), sa.column("meetings"))
    for code, meetings in _USUALLY.items():
        op.execute(course.update().where(course.c.code == code).values(meetings=meetings))
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.alter_column("meetings", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_course_meetings_range"), type_="check")
        batch_op.drop_column("meetings")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_series_id"))
        batch_op.drop_constraint(batch_op.f("fk_run_series_id"), type_="foreignkey")
        batch_op.drop_column("series_id")
    op.drop_table("series")
