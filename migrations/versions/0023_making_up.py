"""Somebody may be expected at a meeting to make up for one that they missed"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_BEFORE = ("present", "late", "absent", "absent_notified", "walk_in", "unmarked")
_AFTER = ("present", "late", "absent", "absent_notified", "walk_in", "making_up", "unmarked")


def _states(*states: str) -> str:
    return f"state IN ({', '.join(repr(one) for one in states)})"


def _exchange(states: tuple[str, ...]) -> None:
    with op.batch_alter_table("attendance_mark", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_attendance_mark_state"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_attendance_mark_state"), _states(*states))


def upgrade() -> None:
    _exchange(_AFTER)


def downgrade() -> None:
    # Who was only to come stands as somebody of whom nothing was seen.
    op.execute("UPDATE attendance_mark SET state = 'unmarked' WHERE state = 'making_up'")
    _exchange(_BEFORE)
