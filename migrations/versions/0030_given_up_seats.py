"""Whether what was cancelled was a seat; applications are closed with their class"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_BEFORE = ("no_contact", "gave_up", "not_served", "prank", "twice")
_AFTER = (*_BEFORE, "over")
#: Of what was cancelled before: what is known to have been a seat.
_HAD_ONE = """
    UPDATE enrolment SET had_seat = given_up_late OR EXISTS (
        SELECT 1 FROM offer WHERE offer.place_in_line = 'enrolment:' || enrolment.id AND offer.state = 'accepted'
    )
    WHERE state = 'cancelled'
"""


def _exchange(reasons: tuple[str, ...]) -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_application_refused_because"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_application_refused_because"),
            f"refused_because IN ({', '.join(repr(one) for one in reasons)})",
        )


def upgrade() -> None:
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "had_seat",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="of one that is cancelled: it was a seat",
            )
        )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.alter_column("had_seat", server_default=None)
    op.execute(_HAD_ONE)
    _exchange(_AFTER)


def downgrade() -> None:
    op.execute("UPDATE application SET refused_because = 'gave_up' WHERE refused_because = 'over'")
    _exchange(_BEFORE)
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_column("had_seat")
