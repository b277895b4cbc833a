"""The demo's groups that ask for a lecture: one for each step, one that is overdue, one withdrawn, one closed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Final, NamedTuple

from supportdesk.classes.enrolment import enrol_learner
from supportdesk.classes.outreach import stepping
from supportdesk.classes.outreach.applying import Application, take_application
from supportdesk.classes.outreach.finding import FoundDay, find_day, options
from supportdesk.classes.outreach.models import Door, GroupKind, OutreachRequest, OutreachState
from supportdesk.classes.outreach.office import OUTREACH_PICTURE_MEGABYTES
from supportdesk.classes.outreach.pictures.operations import add_pictures
from supportdesk.classes.outreach.queries import items_of
from supportdesk.classes.outreach.reporting import Result, report_result
from supportdesk.classes.outreach.steps import ON_THE_WAY
from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.core.permissions import SYSTEM, Actor, Role
from supportdesk.core.pictures import read_picture
from supportdesk.demo.drawing import lecture_seen_from_behind
from supportdesk.demo.people import Cast
from supportdesk.extensions import db
from supportdesk.learners.caller import THE_LEARNER
from supportdesk.learners.models import AgeBand

S = OutreachState
_TRAVEL: Final = 30
_LENGTH: Final = 60


class _Wish(NamedTuple):
    """Who asked so many days ago, for a lecture in so many days (or that many ago), and how far it has come."""

    group_name: str
    kind: GroupKind
    district_code: str
    place: str
    course_code: str | None
    people: int
    asked: int
    held: int
    state: OutreachState
    contact: tuple[str, str]


_WISHES: Final = (
    _Wish(
        "将軍野町内会",
        GroupKind.NEIGHBOURHOOD,
        "hokubu",
        "将軍野会館",
        "K06",
        15,
        5,
        36,
        S.RECEIVED,
        ("佐々木 茂", "ささき しげる"),
    ),
    _Wish(
        "手形老人クラブ",
        GroupKind.SENIORS,
        "chuo",
        "手形会館",
        None,
        18,
        0,
        40,
        S.RECEIVED,
        ("加藤 ヨシ", "かとう よし"),
    ),
    _Wish(
        "広面サロンひまわり",
        GroupKind.WELFARE,
        "tobu",
        "広面会館",
        "K08",
        12,
        18,
        14,
        S.CHECKED,
        ("伊藤 和子", "いとう かずこ"),
    ),
    _Wish(
        "土崎南町内会",
        GroupKind.NEIGHBOURHOOD,
        "hokubu",
        "土崎南会館",
        "K04",
        20,
        15,
        16,
        S.FOUND,
        ("高橋 昭", "たかはし あきら"),
    ),
    _Wish(
        "泉長寿会", GroupKind.SENIORS, "chuo", "泉会館", "K08", 14, 24, 9, S.CONFIRMED, ("渡辺 キヨ", "わたなべ きよ")
    ),
    _Wish(
        "山王商事",
        GroupKind.COMPANY,
        "chuo",
        "山王商事 会議室",
        "K07",
        10,
        28,
        3,
        S.PREPARED,
        ("三浦 健", "みうら けん"),
    ),
    _Wish(
        "桜ガ丘町内会",
        GroupKind.NEIGHBOURHOOD,
        "tobu",
        "桜ガ丘会館",
        "K06",
        16,
        35,
        -1,
        S.HELD,
        ("工藤 トシ", "くどう とし"),
    ),
    _Wish(
        "楢山老人クラブ",
        GroupKind.SENIORS,
        "chuo",
        "楢山会館",
        "K08",
        22,
        50,
        -9,
        S.REPORTED,
        ("佐藤 正", "さとう ただし"),
    ),
    _Wish(
        "飯島町内会",
        GroupKind.NEIGHBOURHOOD,
        "hokubu",
        "飯島会館",
        "K20",
        13,
        60,
        -20,
        S.CLOSED,
        ("斎藤 信子", "さいとう のぶこ"),
    ),
    _Wish(
        "旭南町内会",
        GroupKind.NEIGHBOURHOOD,
        "chuo",
        "旭南会館",
        None,
        8,
        12,
        35,
        S.WITHDRAWN,
        ("鈴木 弘", "すずき ひろし"),
    ),
)


def play(cast: Cast, now: datetime) -> None:
    """Each is taken as far as its state, a step a day."""
    for wish in _WISHES:
        _take_as_far(wish, cast, now)


def _take_as_far(wish: _Wish, cast: Cast, now: datetime) -> None:
    clerk, at = cast.staff["reception"], now - timedelta(days=wish.asked)
    request_id = take_application(_application(wish, now), door=Door.FORM, actor=SYSTEM, now=at).request_id
    if wish.state is S.WITHDRAWN:
        day_after = at + timedelta(days=1)
        stepping.end_request(
            request_id, S.WITHDRAWN, S.RECEIVED, reason="人が集まらなかった", actor=clerk, now=day_after
        )
        return
    done = len(ON_THE_WAY) if wish.state is S.CLOSED else ON_THE_WAY.index(wish.state)
    held_at = _date(now, wish.held)
    for step in ON_THE_WAY[:done]:
        at = (
            max(at + timedelta(days=1), held_at + timedelta(hours=2)) if step in _AFTERWARDS else at + timedelta(days=1)
        )
        _take_step(step, request_id, wish, cast, min(at, now), now)
    if wish.state is S.PREPARED:
        _enrol_neighbours(request_id, wish, cast, at)
    if wish.state is S.CONFIRMED:
        for item in items_of(request_id)[:2]:
            stepping.tick_item(request_id, item.number, done=True, actor=clerk, now=min(at, now))


def _enrol_neighbours(request_id: int, wish: _Wish, cast: Cast, at: datetime) -> None:
    """Some who are known already have themselves put down by name."""
    run_id = db.session.get_one(OutreachRequest, request_id).run_id
    assert run_id is not None
    for person in cast.in_district(wish.district_code)[-3:]:
        try:
            with db.session.begin_nested():
                enrol_learner(run_id, person.id, caller=THE_LEARNER, told=True, actor=cast.staff["reception"], now=at)
        except DeskError:
            continue  # they have something else at that time


#: What is done when the lecture is over.
_AFTERWARDS: Final = frozenset({S.PREPARED, S.HELD, S.REPORTED})


def _take_step(step: OutreachState, request_id: int, wish: _Wish, cast: Cast, at: datetime, now: datetime) -> None:
    """The step that is taken in this state."""
    clerk, instructor = cast.staff["reception"], cast.of(Role.INSTRUCTOR)[0]
    if step is S.RECEIVED:
        stepping.check_request(request_id, actor=clerk, now=at)
    elif step is S.CHECKED:
        find_day(request_id, _found_day(request_id, wish, instructor, now), although=True, actor=clerk, now=at)
    elif step is S.FOUND:
        stepping.confirm_request(request_id, actor=clerk, now=at)
    elif step is S.CONFIRMED:
        for item in items_of(request_id):
            stepping.tick_item(request_id, item.number, done=True, actor=instructor, now=at)
        stepping.prepare_lecture(request_id, actor=instructor, now=at)
    elif step is S.PREPARED:
        stepping.hold_lecture(request_id, actor=instructor, now=at)
    elif step is S.HELD:
        report_result(request_id, _result(wish), actor=instructor, now=at)
        _add_pictures(request_id, instructor, at)
    else:
        stepping.close_request(request_id, actor=clerk, now=at)


def _add_pictures(request_id: int, instructor: Actor, at: datetime) -> None:
    """Nobody is on them: they are drawn."""
    for people, caption in ((7, "地図をさがす練習"), (4, "")):
        ready = read_picture(BytesIO(lecture_seen_from_behind(people)), OUTREACH_PICTURE_MEGABYTES.get())
        add_pictures(request_id, [ready], caption=caption, consent=True, actor=instructor, now=at)


def _found_day(request_id: int, wish: _Wish, instructor: Actor, now: datetime) -> FoundDay:
    """The first preferred date on which somebody is free: whoever logs in where they are, else the first who is."""
    dates = options(request_id, enumerate(_dates(wish, now), 1), _LENGTH, _TRAVEL, wish.district_code)
    date_found = next(one for one in dates if one.free)
    ids = [one.account_id for one in date_found.free]
    account_id = instructor.account_id if instructor.account_id in ids else ids[0]
    return FoundDay(
        course_code=wish.course_code or "K08",
        starts_at=date_found.starts_at,
        ends_at=date_found.ends_at,
        travel_minutes=_TRAVEL,
        staff=(account_id or 0,),
    )


def _application(wish: _Wish, now: datetime) -> Application:
    return Application(
        group_kind=wish.kind,
        group_name=wish.group_name,
        course_code=wish.course_code,
        theme="" if wish.course_code else "孫と写真のやりとりをしたい",
        choices=tuple(_dates(wish, now)),
        minutes=_LENGTH,
        people=wish.people,
        at_city=False,
        place=wish.place,
        address="",
        district_code=wish.district_code,
        room_for=wish.people + 10,
        has_screen=wish.kind is GroupKind.COMPANY,
        has_wifi=wish.kind is GroupKind.COMPANY,
        has_parking=True,
        contact_name=wish.contact[0],
        contact_kana=wish.contact[1],
        contact_phone="+81188885643",
        contact_address="秋田市山王1-1-1" if wish.held < 30 else "",
        note="",
    )


def _result(wish: _Wish) -> Result:
    return Result(
        heads=wish.people,
        by_age={AgeBand.SEVENTIES: wish.people - 6, AgeBand.EIGHTIES: 4},
        topics="地図の使い方と、迷惑メールの見分け方",
        next_class=True,
        next_tutor=wish.state is S.CLOSED,
        next_note="春にもう一度、教室を開いてほしい",
    )


def _dates(wish: _Wish, now: datetime) -> list[datetime]:
    """Three preferred dates on working days: in the evening of the last somebody is always free."""
    return [_date(now, wish.held), _date(now, wish.held, time(16, 30)), _date(now, wish.held, time(18))]


def _date(now: datetime, days: int, start: time = time(10)) -> datetime:
    """So many days from now (or ago), on a working day; what is past goes back to one."""
    day: date = clock.local(now).date() + timedelta(days=days)
    while day.weekday() > 4:
        day += timedelta(days=1 if days > 0 else -1)
    return clock.at(day, start)
