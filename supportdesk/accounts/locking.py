"""An account's own row, locked by whoever looks at what its holder has and then writes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select

from supportdesk.accounts.models import Account
from supportdesk.core.database import connection, table_of
from supportdesk.core.errors import NotFound

_ACCOUNT: Final = table_of(Account)
_OWN_ROW: Final = select(_ACCOUNT.c.id).where(_ACCOUNT.c.id == bindparam("wanted")).with_for_update(key_share=True)


def lock_account(account_id: int) -> None:
    """Wait for the account's own row and keep it until the transaction ends. Raises NotFound."""
    if connection().scalar(_OWN_ROW, {"wanted": account_id}) is None:
        raise NotFound
