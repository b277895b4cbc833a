"""One person as they wrote themselves down when they applied, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from supportdesk.core.japanese import search_key
from supportdesk.learners.applying.matching import channel_differs, learner_like
from supportdesk.learners.models import Channel, Device, Need


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One person as they wrote themselves down. `phone` is E.164."""

    kana: str
    phone: str
    name: str = ""
    residence: str = ""
    birth_year: int | None = None
    device: Device | None = None
    needs: frozenset[Need] = frozenset()
    channel: Channel = Channel.PHONE

    @property
    def key(self) -> tuple[str, str]:
        """By this the same person is known in another application."""
        return self.phone, search_key(self.kana)


def written_down(one: Wish, *, asked: bool = True) -> dict[str, Any]:
    """The columns of `WrittenDown`, with the learner whom it is beyond doubt. `asked`: how they wish to be told."""
    phone, kana_key = one.key
    learner_id = learner_like(kana_key, phone, one.birth_year)
    return {
        "learner_id": learner_id,
        "name": one.name,
        "kana": one.kana,
        "kana_key": kana_key,
        "phone": phone,
        "residence": one.residence,
        "birth_year": one.birth_year,
        "device": one.device,
        "needs": ",".join(sorted(one.needs)),
        "channel": one.channel,
        "channel_differs": learner_id is not None and asked and channel_differs(learner_id, one.channel),
    }
