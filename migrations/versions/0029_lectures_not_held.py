"""A group is known by name and district; where the letter is sent; a lecture that did not take place"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_LIVE = sa.text("ended_at IS NULL")
_STATES = (
    "received",
    "checked",
    "found",
    "confirmed",
    "prepared",
    "held",
    "reported",
    "closed",
    "refused",
    "withdrawn",
)
_ENDED = ("closed", "refused", "withdrawn")
_HAS_RUN = ("confirmed", "prepared", "held", "reported", "closed")
_NEW = ("not_held",)


def _among(column: str, states: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(one) for one in states)})"


def _exchange_index(*columns: str) -> None:
    with op.batch_alter_table("outreach_request", schema=None) as batch_op:
        batch_op.drop_index("uq_outreach_request_live", sqlite_where=_LIVE, postgresql_where=_LIVE)
        batch_op.create_index(
            "uq_outreach_request_live", list(columns), unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
        )


def _exchange_states(more: tuple[str, ...]) -> None:
    rules = {
        "ck_outreach_request_state": _among("state", (*_STATES, *more)),
        "ck_outreach_request_ended_has_time": f"({_among('state', (*_ENDED, *more))}) = (ended_at IS NOT NULL)",
        "ck_outreach_request_confirmed_has_run": f"({_among('state', (*_HAS_RUN, *more))}) = (run_id IS NOT NULL)",
    }
    with op.batch_alter_table("outreach_request", schema=None) as batch_op:
        for name, rule in rules.items():
            batch_op.drop_constraint(batch_op.f(name), type_="check")
            batch_op.create_check_constraint(batch_op.f(name), rule)
    with op.batch_alter_table("outreach_step", schema=None) as batch_op:
        for column in ("before", "after"):
            name = f"ck_outreach_step_{column}"
            batch_op.drop_constraint(batch_op.f(name), type_="check")
            batch_op.create_check_constraint(batch_op.f(name), _among(column, (*_STATES, *more)))


def upgrade() -> None:
    with op.batch_alter_table("outreach_request", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "contact_address",
                sa.Text(),
                nullable=False,
                server_default="",
                comment="where the letter of decision is sent",
            )
        )
    with op.batch_alter_table("outreach_request", schema=None) as batch_op:
        batch_op.alter_column("contact_address", server_default=None, existing_type=sa.Text(), existing_nullable=False)
    _exchange_index("group_key", "district_code", "first_day")
    _exchange_states(_NEW)


def _refuse_twins() -> None:
    """Before, a group was known by its name alone: two that are open for one day cannot both be held, and which of them
    is to end is for the office to say.
    """
    twins = op.get_bind().execute(
        sa.text(
            "SELECT first_day, count(*) AS how_many, min(id) AS first_id, max(id) AS last_id FROM outreach_request"
            " WHERE ended_at IS NULL GROUP BY group_key, first_day HAVING count(*) > 1 ORDER BY first_day"
        )
    )
    found = [f"{row.first_day} ({row.how_many} requests, such as {row.first_id} and {row.last_id})" for row in twins]
    if found:
        raise RuntimeError(
            "cannot go down: groups of one name in several districts have open requests for a lecture on the same first"
            f" day: {', '.join(found)}. End all but one of them first; nothing was changed."
        )


def downgrade() -> None:
    _refuse_twins()
    # What did not take place stands as something that was closed without anybody there.
    op.execute("UPDATE outreach_request SET state = 'closed', heads = 0 WHERE state = 'not_held'")
    op.execute("UPDATE outreach_step SET before = 'closed' WHERE before = 'not_held'")
    op.execute("UPDATE outreach_step SET after = 'closed' WHERE after = 'not_held'")
    _exchange_states(())
    _exchange_index("group_key", "first_day")
    with op.batch_alter_table("outreach_request", schema=None) as batch_op:
        batch_op.drop_column("contact_address")
