"""What is known of a learner before there is a row: as a form or a line of a ledger gives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from supportdesk.core.japanese import search_key
from supportdesk.learners.models import AgeBand, Channel, Device, Need, Sex


@dataclass(frozen=True)
class Telephone:
    """A telephone as typed, with its E.164 number where it is a valid one."""

    typed: str
    number: str | None


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """A learner's particulars. `name` or `kana` is given; every text is tidy. `helper_phone` is as Learner holds it."""

    name: str = ""
    kana: str = ""
    birth_date: date | None = None
    birth_year: int | None = None
    age_band: AgeBand | None = None
    sex: Sex | None = None
    district_code: str | None = None
    outside_city: bool = False
    postal_code: str = ""
    address: str = ""
    mail: str = ""
    phones: tuple[Telephone, ...] = ()
    device: Device | None = None
    channel: Channel = Channel.PHONE
    needs: frozenset[Need] = field(default_factory=frozenset)
    helper_name: str = ""
    helper_relation: str = ""
    helper_phone: str = ""
    note: str = ""

    @property
    def name_keys(self) -> frozenset[str]:
        """The folded kana and the folded written name: two of one person share one of them."""
        return frozenset(key for key in (search_key(self.kana), search_key(self.name)) if key)

    @property
    def numbers(self) -> frozenset[str]:
        """The valid telephone numbers, E.164."""
        return frozenset(phone.number for phone in self.phones if phone.number)
