"""What learners are told about their classes. Notices speak Japanese, whatever language the staff's screen has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from supportdesk.classes.locking import LockedRun
from supportdesk.core import clock
from supportdesk.core.wareki import format_short, format_time

#: The kinds of notices that this room queues.
CONFIRMED: Final = "enrolment_confirmed"
WAITING: Final = "enrolment_waiting"
CANCELLED: Final = "enrolment_cancelled"
CALLED_OFF: Final = "run_cancelled"
CHANGED: Final = "run_changed"
ENTERED: Final = "lottery_entered"
WITHDRAWN: Final = "lottery_withdrawn"
WON: Final = "lottery_won"
LOST: Final = "lottery_lost"


def confirmed(run: LockedRun, code: str) -> str:
    """The learner has a seat."""
    return f"{_which(run)}の席をご用意しました。予約番号は{code}です。"


def waiting(run: LockedRun, code: str, line: int) -> str:
    """The learner waits for one."""
    place = f"キャンセル待ちの{line}番目です。席があきましたらお知らせします。"
    return f"{_which(run)}は満席のため、{place}予約番号は{code}です。"


def offered(run: LockedRun, code: str, deadline: datetime, *, clashes: bool) -> str:
    """A seat was freed and is held for the learner, who is asked whether they come."""
    warning = "同じ時間にほかの予約がありますので、ご確認ください。" if clashes else ""
    question = f"参加されますか。{_when(deadline)}までにお返事をください。"
    return f"{_which(run)}の席があきました。{question}予約番号は{code}です。{warning}"


def cancelled(run: LockedRun) -> str:
    """The learner's place was given up."""
    return f"{_which(run)}の申し込みを取り消しました。"


def changed(
    before: LockedRun, after: LockedRun, code: str, to_come: Sequence[datetime], *, seated: bool, clashes: bool
) -> str:
    """The run is held at another time, or at another place. It says all that earlier notices would have said."""
    warning = "同じ時間にほかの予約がありますので、ご確認ください。" if clashes else ""
    stands = "席はそのままです。" if seated else "キャンセル待ちはそのままです。"
    return f"{_new_times(before, after, to_come)}{stands}予約番号は{code}です。{warning}"


def changed_before_draw(before: LockedRun, after: LockedRun, to_come: Sequence[datetime]) -> str:
    """The same for whoever is in the draw."""
    return f"{_new_times(before, after, to_come)}抽選の申し込みはそのままです。"


def _new_times(before: LockedRun, after: LockedRun, to_come: Sequence[datetime]) -> str:
    dates = "、".join(_when(starts_at) for starts_at in to_come)
    place = f"、会場は{after.place}" if after.place else ""
    return f"{_which(before)}の予定が変わりました。これからは、{dates}から{place}です。"


def entered(run: LockedRun, number: int) -> str:
    """The learner is in the draw."""
    until = f"{_when(run.apply_until)}に締め切り、" if run.apply_until else ""
    return f"{_which(run)}の抽選に申し込みました。抽選番号は{number}番です。{until}結果をお知らせします。"


def paired(run: LockedRun, number: int) -> str:
    """Two who entered one by one are one entry, with the number of one of them."""
    return f"{_which(run)}の抽選は、おふたりで1つの申し込みにしました。抽選番号は{number}番になりました。"


def withdrawn(run: LockedRun) -> str:
    """The learner is in the draw no more."""
    return f"{_which(run)}の抽選の申し込みを取り消しました。"


def won(run: LockedRun, code: str, *, clashes: bool) -> str:
    """The draw gave the learner a seat."""
    warning = "同じ時間にほかの予約がありますので、ご確認ください。" if clashes else ""
    return f"{_which(run)}の抽選に当たりました。席をご用意しました。予約番号は{code}です。{warning}"


def lost(run: LockedRun, code: str, line: int) -> str:
    """The draw gave the learner a place in line."""
    place = f"キャンセル待ちの{line}番目です。席があきましたらお知らせします。"
    again = "次の抽選では、当たりやすくなります。"
    return f"{_which(run)}の抽選は、残念ながら外れました。{place}予約番号は{code}です。{again}"


def called_off(run: LockedRun) -> str:
    """The run will not be held."""
    return f"{_which(run)}は中止になりました。申し訳ございません。別の日をご案内します。"


def _which(run: LockedRun) -> str:
    when = _when(run.starts_at)
    more = f"から全{len(run.claims)}回" if len(run.claims) > 1 else "から"
    place = f"・{run.place}" if run.place else ""
    return f"「{run.title}」（{when}{more}{place}）"


def _when(moment: datetime) -> str:
    starts_at = clock.local(moment)
    return f"{format_short(starts_at.date())}{format_time(starts_at)}"
