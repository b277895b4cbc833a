"""What is known of a learner before there is a row, as a form or a line of a ledger gives it; and what it has to be.

The register's operations take particulars through `checked`; forms and the ledger's reader ask beforehand, to say what
is wrong beside the field or the column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError
from supportdesk.core.japanese import half_width, is_kana, search_key
from supportdesk.core.mail_addresses import is_mail_address, tidy_mail
from supportdesk.core.phones import digits_of
from supportdesk.core.unkept import reason_not_to_keep
from supportdesk.learners.models import AgeBand, Channel, Device, Need, Sex

#: How many characters a text may have.
LONGEST: Final[Mapping[str, int]] = {
    "name": 100, "kana": 100, "mail": 254, "address": 300, "helper_name": 100, "helper_relation": 50, "note": 2000,
}  # fmt: skip
_POSTAL_CODE = re.compile(r"〒? ?[0-9]{3}[ ‐‑–—―−ー-]?[0-9]{4}")


def name_keys(name: str, kana: str) -> frozenset[str]:
    """The folded written name and the folded kana, as far as there are any."""
    return frozenset(key for key in (search_key(name), search_key(kana)) if key)


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
        return name_keys(self.name, self.kana)

    @property
    def numbers(self) -> frozenset[str]:
        """The valid telephone numbers, E.164."""
        return frozenset(phone.number for phone in self.phones if phone.number)


def as_json(particulars: Particulars) -> dict[str, Any]:
    """The particulars as JSON can write them."""
    return {
        **asdict(particulars),
        "birth_date": particulars.birth_date and particulars.birth_date.isoformat(),
        "phones": [[phone.typed, phone.number] for phone in particulars.phones],
        "needs": sorted(particulars.needs),
    }


def from_json(written: Mapping[str, Any]) -> Particulars:
    """The particulars that `as_json` wrote."""
    enums = {"age_band": AgeBand, "sex": Sex, "device": Device, "channel": Channel}
    read = {name: kind(written[name]) if written[name] else None for name, kind in enums.items()}
    return Particulars(
        **{
            **written,
            **read,
            "birth_date": date.fromisoformat(written["birth_date"]) if written["birth_date"] else None,
            "phones": tuple(Telephone(typed, number) for typed, number in written["phones"]),
            "needs": frozenset(map(Need, written["needs"])),
        }
    )


class BadParticulars(DeskError):
    """Something in the particulars cannot be kept as it is; `field` is theirs, a telephone's is phone_1 and so on."""

    status = 422


def checked(particulars: Particulars) -> Particulars:
    """The particulars as the register keeps them. Raises the first of their faults.

    The most exact of birth date, year and age band is kept, each telephone once, a mail address without spaces and a
    postal code as 010-8560; a name written in kana is its own reading.
    """
    for fault in faults(particulars):
        raise fault
    born, year = particulars.birth_date, particulars.birth_year
    return replace(
        particulars,
        kana=particulars.kana or (particulars.name if is_kana(particulars.name) else ""),
        birth_year=None if born else year,
        age_band=None if born or year else particulars.age_band,
        mail=tidy_mail(particulars.mail),
        postal_code=_postal_code(particulars.postal_code),
        phones=_each_once(particulars.phones),
    )


def faults(particulars: Particulars) -> Iterator[BadParticulars]:
    """Everything that keeps these particulars from being taken in, field by field."""
    yield from _faults_of_the_name(particulars.name, particulars.kana)
    if particulars.mail and not is_mail_address(tidy_mail(particulars.mail)):
        yield BadParticulars(_l("メールアドレスの形がちがうようです（例：hanako@example.jp）。"), field="mail")
    if particulars.postal_code and not _POSTAL_CODE.fullmatch(half_width(particulars.postal_code)):
        yield BadParticulars(_l("郵便番号は数字7けたで入力してください（例：010-8560）。"), field="postal_code")
    for name, most in LONGEST.items():
        if len(getattr(particulars, name)) > most:
            yield BadParticulars(_l("%(most)s文字までで入力してください。", most=most), field=name)
    for name, text in _free_texts(particulars):
        reason = reason_not_to_keep(text)
        if reason is not None:
            yield BadParticulars(reason, field=name)


def _faults_of_the_name(name: str, kana: str) -> Iterator[BadParticulars]:
    if not name and not kana:
        yield BadParticulars(_l("氏名かフリガナを入力してください。"), field="kana")
    if name and not search_key(name):  # it could never be found again
        yield BadParticulars(_l("氏名を文字で入力してください。"), field="name")
    if kana and not is_kana(kana):
        yield BadParticulars(_l("ひらがなかカタカナで入力してください。"), field="kana")


def _free_texts(particulars: Particulars) -> Iterator[tuple[str, str]]:
    """Wherever somebody might write what must not be kept."""
    for name in ("name", "address", "helper_name", "helper_relation", "note"):
        yield name, getattr(particulars, name)
    for position, phone in enumerate(particulars.phones, start=1):
        if phone.number is None:
            yield f"phone_{position}", phone.typed


def _each_once(phones: Iterable[Telephone]) -> tuple[Telephone, ...]:
    kept: dict[str, Telephone] = {}
    for phone in phones:
        kept.setdefault(phone.number or phone.typed, phone)
    return tuple(kept.values())


def _postal_code(written: str) -> str:
    digits = digits_of(written)
    return f"{digits[:3]}-{digits[3:]}" if digits else ""
