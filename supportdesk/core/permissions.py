"""Who may do what: roles, permissions, and the marks (`requires`, `public`, `door`) that every view bears one of.

A view without a mark is refused to everybody, and `create_app` will not start with one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeVar

from flask_babel import lazy_gettext as _l

Surface = Literal["public", "field", "staff"]
View = TypeVar("View", bound=Callable[..., object])


class Role(StrEnum):
    RECEPTION = "reception"
    INSTRUCTOR = "instructor"
    ADVISER = "adviser"
    TUTOR = "tutor"
    COORDINATOR = "coordinator"
    ADMIN = "admin"

    @property
    def label(self) -> object:
        return ROLE_LABELS[self]


ROLE_LABELS: Final = {
    Role.RECEPTION: _l("受付"),
    Role.INSTRUCTOR: _l("講師"),
    Role.ADVISER: _l("相談員"),
    Role.TUTOR: _l("地域サポーター"),
    Role.COORDINATOR: _l("地区担当"),
    Role.ADMIN: _l("管理者"),
}


class Permission(StrEnum):
    OWN_ACCOUNT = "own_account"
    USE_DESK = "use_desk"
    SEE_LEARNERS = "see_learners"
    EDIT_LEARNERS = "edit_learners"
    MERGE_LEARNERS = "merge_learners"
    TAKE_REQUESTS = "take_requests"
    HANDLE_RIGHTS = "handle_rights"
    IMPORT_LEARNERS = "import_learners"
    ISSUE_PASS = "issue_pass"
    ADMIT_PHONE = "admit_phone"
    RECORD_CONSENT = "record_consent"
    SEE_CLASSES = "see_classes"
    MANAGE_CLASSES = "manage_classes"
    DECIDE_RUN = "decide_run"
    RECORD_LECTURE = "record_lecture"
    SEE_OUTREACH = "see_outreach"
    WORK_OUTREACH = "work_outreach"
    BOOK_CLASS = "book_class"
    DRAW_LOTS = "draw_lots"
    TAKE_ATTENDANCE = "take_attendance"
    CONFIRM_LEVELS = "confirm_levels"
    TYPE_FEEDBACK = "type_feedback"
    SEE_HELPDESK = "see_helpdesk"
    BOOK_CONSULTATION = "book_consultation"
    HOLD_CONSULTATION = "hold_consultation"
    CLOSE_DESK = "close_desk"
    MANAGE_HELPDESK = "manage_helpdesk"
    MANAGE_DISPLAYS = "manage_displays"
    SEE_CARDS = "see_cards"
    WRITE_CARDS = "write_cards"
    SEE_VIDEOS = "see_videos"
    MANAGE_VIDEOS = "manage_videos"
    LOG_PEER_SESSION = "log_peer_session"
    MATCH_TUTORS = "match_tutors"
    SEE_TUTOR_FIGURES = "see_tutor_figures"
    WORK_CALL_LIST = "work_call_list"
    MANAGE_PLACES = "manage_places"
    MANAGE_SKILLS = "manage_skills"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_OFFICE = "manage_office"
    SEE_AUDIT = "see_audit"
    SAY_WHY = "say_why"


P = Permission
_STAFF = frozenset({P.OWN_ACCOUNT, P.SEE_VIDEOS, P.SEE_CARDS})

ROLE_PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.RECEPTION: _STAFF
    | {
        P.USE_DESK, P.SEE_LEARNERS, P.EDIT_LEARNERS, P.MERGE_LEARNERS, P.TAKE_REQUESTS,
        P.IMPORT_LEARNERS, P.ISSUE_PASS, P.ADMIT_PHONE,
        P.RECORD_CONSENT, P.SEE_CLASSES, P.DECIDE_RUN, P.BOOK_CLASS, P.SEE_HELPDESK, P.BOOK_CONSULTATION,
        P.CLOSE_DESK, P.WORK_CALL_LIST, P.SEE_OUTREACH, P.WORK_OUTREACH, P.TYPE_FEEDBACK,
    },
    Role.INSTRUCTOR: _STAFF
    | {
        P.SEE_LEARNERS, P.ADMIT_PHONE, P.RECORD_CONSENT, P.SEE_CLASSES, P.TAKE_ATTENDANCE, P.CONFIRM_LEVELS,
        P.RECORD_LECTURE, P.SEE_OUTREACH, P.TYPE_FEEDBACK,
    },
    Role.ADVISER: _STAFF
    | {
        P.SEE_LEARNERS, P.ADMIT_PHONE, P.RECORD_CONSENT, P.SEE_CLASSES, P.BOOK_CLASS, P.SEE_HELPDESK,
        P.BOOK_CONSULTATION, P.HOLD_CONSULTATION, P.WRITE_CARDS,
    },
    Role.TUTOR: frozenset({P.OWN_ACCOUNT, P.LOG_PEER_SESSION}),
    Role.COORDINATOR: _STAFF
    | {
        P.SEE_LEARNERS, P.SEE_CLASSES, P.MANAGE_CLASSES, P.DECIDE_RUN, P.RECORD_LECTURE, P.MATCH_TUTORS,
        P.SEE_TUTOR_FIGURES, P.WORK_CALL_LIST, P.MANAGE_DISPLAYS, P.SEE_OUTREACH, P.WORK_OUTREACH, P.TYPE_FEEDBACK,
    },
    Role.ADMIN: frozenset(P) - {P.TAKE_ATTENDANCE, P.CONFIRM_LEVELS, P.HOLD_CONSULTATION, P.LOG_PEER_SESSION},
}  # fmt: skip

#: Those who look after the desk and not after learners: they say why before they open anybody's record.
SAY_WHY: Final = frozenset({Role.ADMIN})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: handed to every operation. The system itself acts with no account."""

    account_id: int | None
    person_id: int | None
    name: str
    roles: frozenset[Role] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether one of the actor's roles grants the permission. The system may do everything."""
        return self.account_id is None or any(permission in ROLE_PERMISSIONS[role] for role in self.roles)

    def must_say_why(self, permission: Permission) -> bool:
        """Whether they have the permission only by roles that must say why they use it."""
        granted = {role for role in self.roles if permission in ROLE_PERMISSIONS[role]}
        return bool(granted) and granted <= SAY_WHY


SYSTEM: Final = Actor(account_id=None, person_id=None, name="system")


@dataclass(frozen=True)
class Access:
    """The mark on a view: the permissions of which one is enough (none: public), and the surface that serves it."""

    permissions: frozenset[Permission]
    surface: Surface


def requires(*permissions: Permission, surface: Surface = "staff") -> Callable[[View], View]:
    """Mark a view as open to whoever has one of the permissions. Surface "field" is what phones in the field need."""
    if not permissions:
        raise ValueError("requires() names at least one permission; a page for everybody is marked public()")
    return _mark(Access(frozenset(permissions), surface))


def public(view: View) -> View:
    """Mark a view as open to everybody without log-in."""
    return _mark(Access(frozenset(), "public"))(view)


def door(view: View) -> View:
    """Mark the log-in: open to everybody, wherever there is something to log in to."""
    return _mark(Access(frozenset(), "field"))(view)


def access_of(view: Callable[..., object]) -> Access | None:
    """The mark a view bears, if any."""
    return getattr(view, "__access__", None)


def _mark(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__access__ = access  # type: ignore[attr-defined]  # a view function carries its own mark
        return view

    return mark
