"""The words that pages have for this room's enumerations. Called by views and forms."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.classes.models import AttendanceState, Edition, EnrolmentState, Filling, RunKind, RunState

EDITIONS: Final = {
    Edition.IPHONE: _l("iPhone向け"),
    Edition.ANDROID: _l("Android向け"),
    Edition.BOTH: _l("iPhone・Androidどちらも"),
}
KINDS: Final = {RunKind.CLASS: _l("教室"), RunKind.LECTURE: _l("出前講座")}
FILLINGS: Final = {
    Filling.FIRST_COME: _l("先着順"),
    Filling.LOTTERY: _l("抽選"),
    Filling.INVITATION: _l("役所から声をかける（市民からは申し込めない）"),
}
RUN_STATES: Final = {RunState.OPEN: _l("開催"), RunState.CANCELLED: _l("中止")}
ENROLMENT_STATES: Final = {
    EnrolmentState.SEATED: _l("席あり"),
    EnrolmentState.OFFERED: _l("席を案内中（返事待ち）"),
    EnrolmentState.WAITING: _l("キャンセル待ち"),
    EnrolmentState.CANCELLED: _l("取り消し"),
}
ATTENDANCE: Final = {
    AttendanceState.PRESENT: _l("出席"),
    AttendanceState.LATE: _l("遅刻"),
    AttendanceState.ABSENT: _l("欠席"),
    AttendanceState.ABSENT_NOTIFIED: _l("連絡あり欠席"),
    AttendanceState.WALK_IN: _l("飛び入り"),
    AttendanceState.MAKING_UP: _l("補講の予定"),
    AttendanceState.UNMARKED: _l("取り消し"),
}
