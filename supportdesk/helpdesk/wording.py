"""What learners are told about their consultations. Notices speak Japanese, whatever the screen speaks."""

from __future__ import annotations

from datetime import datetime

from supportdesk.core import clock
from supportdesk.core.wareki import format_short, format_time


def confirmed(desk: str, place: str, starts_at: datetime, code: str) -> str:
    """The learner has a slot."""
    return f"{_which(desk, place, starts_at)}の予約をお取りしました。予約番号は{code}です。"


def moved(desk: str, place: str, starts_at: datetime, code: str) -> str:
    """The learner has another slot than before."""
    return f"相談の予約を、{_which(desk, place, starts_at)}に変更しました。新しい予約番号は{code}です。"


def room_changed(desk: str, place: str, starts_at: datetime, code: str, *, has_room: bool) -> str:
    """The desk sits in another room than the learner was told, or in none that is known yet."""
    ask = "" if has_room else "部屋は、会場の受付でおたずねください。"
    new = _which(desk, place, starts_at)
    return f"相談の部屋が変わりました。新しいご案内は、{new}です。{ask}予約番号は{code}のままです。"


def cancelled(desk: str, place: str, starts_at: datetime) -> str:
    """The learner has the slot no more."""
    return f"{_which(desk, place, starts_at)}の予約は取り消しになりました。別の日をご案内します。"


def application_refused(desk: str, place: str, starts_at: datetime | None) -> str:
    """What was applied for in public cannot be: a time, or a place in the line."""
    what = _which(desk, place, starts_at) if starts_at else f"「{desk}」（{place}）のあき待ち"
    return f"お申し込みいただいた{what}は、お受けできませんでした。お電話でおたずねください。"


def slot_offered(desk: str, place: str, starts_at: datetime, deadline: datetime, *, clashes: bool) -> str:
    """A slot was freed and is held for the learner, who is asked whether they come."""
    warning = "同じ時間にほかの予約がありますので、ご確認ください。" if clashes else ""
    local = clock.local(deadline)
    question = f"予約されますか。{format_short(local.date())}{format_time(local)}までにお返事をください。"
    return f"{_which(desk, place, starts_at)}の相談の枠があきました。{question}{warning}"


def waits(place: str) -> str:
    """The learner waits for a slot."""
    return f"相談のあき待ち（{place}）を受け付けました。あきましたら、順番にご案内します。"


def _which(desk: str, place: str, starts_at: datetime) -> str:
    local = clock.local(starts_at)
    return f"「{desk}」（{format_short(local.date())}{format_time(local)}から・{place}）"
