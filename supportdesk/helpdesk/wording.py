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


def cancelled(desk: str, place: str, starts_at: datetime) -> str:
    """The learner has the slot no more."""
    return f"{_which(desk, place, starts_at)}の予約は取り消しになりました。別の日をご案内します。"


def application_refused(desk: str, place: str, starts_at: datetime) -> str:
    """What was applied for in public cannot be."""
    return f"お申し込みいただいた{_which(desk, place, starts_at)}は、お受けできませんでした。お電話でおたずねください。"


def _which(desk: str, place: str, starts_at: datetime) -> str:
    local = clock.local(starts_at)
    return f"「{desk}」（{format_short(local.date())}{format_time(local)}から・{place}）"
