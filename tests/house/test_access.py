"""Every surface × route × role × method: exactly the allowed ones answer.

A route that is not in this table fails the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from turbohtml import parse
from werkzeug.test import TestResponse

from supportdesk import create_app
from supportdesk.accounts.operations import create_account
from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.core.security import refuse_unmarked_views
from tests.conftest import settings_for
from tests.markup import attribute
from tests.pages import PageClient

pytestmark = pytest.mark.only_on("sqlite")  # who may call what stands in the code, not in the database

EVERYBODY = frozenset({None, *Role})
SIGNED_IN = frozenset(Role)
COUNTER = frozenset({Role.RECEPTION, Role.ADMIN})
MEET_LEARNERS = COUNTER | {Role.INSTRUCTOR, Role.ADVISER}
SEE_LEARNERS = MEET_LEARNERS | {Role.COORDINATOR}
BOOK_CLASS = COUNTER | {Role.ADVISER}
MANAGE_CLASSES = frozenset({Role.COORDINATOR, Role.ADMIN})
DECIDE_RUN = COUNTER | MANAGE_CLASSES
DRAW_LOTS = frozenset({Role.ADMIN})
SEE_CLASSES = BOOK_CLASS | MANAGE_CLASSES | {Role.INSTRUCTOR}
SEE_VIDEOS = frozenset(Role) - {Role.TUTOR}
MANAGE_VIDEOS = frozenset({Role.ADMIN})
WORK_CALL_LIST = COUNTER | {Role.COORDINATOR}
TAKE_ATTENDANCE = frozenset({Role.INSTRUCTOR})
HOLD_MEETINGS = TAKE_ATTENDANCE | MANAGE_CLASSES  # the latter for lectures, and administrators to correct
TYPE_FEEDBACK = SEE_CLASSES - {Role.ADVISER}
WORK_OUTREACH = COUNTER | {Role.COORDINATOR}
SEE_OUTREACH = WORK_OUTREACH | {Role.INSTRUCTOR}
SEE_HELPDESK = COUNTER | {Role.ADVISER}
HOLD_CONSULTATION = frozenset({Role.ADVISER})
MANAGE_HELPDESK = frozenset({Role.ADMIN})
MATCH_TUTORS = frozenset({Role.COORDINATOR, Role.ADMIN})
MANAGE_ACCOUNTS = frozenset({Role.ADMIN})
MANAGE_OFFICE = frozenset({Role.ADMIN})
MANAGE_PLACES = frozenset({Role.ADMIN})
SEE_AUDIT = frozenset({Role.ADMIN})
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SURFACES = ("all", "public", "field", "staff")

#: endpoint → (an address of it, its methods, who may call it; None is somebody not signed in)
ROUTES: dict[str, tuple[str, set[str], frozenset[Role | None]]] = {
    "static": ("/static/css/base.css", {"GET"}, EVERYBODY),
    "language.choose": ("/language/en", {"GET"}, EVERYBODY),
    "health.alive": ("/healthz", {"GET"}, EVERYBODY),
    "health.ready": ("/readyz", {"GET"}, EVERYBODY),
    "home.front": ("/", {"GET"}, EVERYBODY),
    "home.home": ("/home", {"GET"}, SIGNED_IN),
    "accounts.login": ("/login", {"GET", "POST"}, EVERYBODY),
    "factor.enter_code": ("/login/code", {"GET", "POST"}, EVERYBODY),
    "factor.set_up": ("/account/second-factor", {"GET", "POST"}, SIGNED_IN),
    "factor.renew": ("/account/second-factor/codes?999999", {"POST"}, SIGNED_IN),
    "invited.accept": ("/invited/999999", {"GET", "POST"}, EVERYBODY),
    "audit.trail": ("/admin/audit", {"GET"}, SEE_AUDIT),
    "audit.of_learner": ("/admin/audit/learner/9", {"GET"}, SEE_AUDIT),
    "audit.of_account": ("/admin/audit/account/999999", {"GET"}, SEE_AUDIT),
    "audit.learner_file": ("/admin/audit/learner/9/csv", {"GET"}, SEE_AUDIT),
    "audit.account_file": ("/admin/audit/account/999999/csv", {"GET"}, SEE_AUDIT),
    "audit.unusual_looks": ("/admin/audit/unusual", {"GET"}, SEE_AUDIT),
    "why.say": ("/account/why/9", {"GET", "POST"}, frozenset({Role.ADMIN})),
    "office.index": ("/admin/settings/", {"GET"}, MANAGE_OFFICE),
    "office.edit": ("/admin/settings/999999", {"GET", "POST"}, MANAGE_OFFICE),
    "office.reset": ("/admin/settings/999999/reset", {"POST"}, MANAGE_OFFICE),
    "classes.index": ("/classes/", {"GET"}, SEE_CLASSES),
    "classes.plan": ("/classes/new", {"GET", "POST"}, MANAGE_CLASSES),
    "series.new": ("/classes/series/new", {"GET", "POST"}, MANAGE_CLASSES),
    "series.dates": ("/classes/series/dates", {"GET", "POST"}, MANAGE_CLASSES),
    "series.series": ("/classes/series/999999", {"GET"}, SEE_CLASSES),
    "classes.run": ("/classes/999999", {"GET"}, SEE_CLASSES),
    "classes.change": ("/classes/999999/change", {"GET", "POST"}, MANAGE_CLASSES),
    "classes.copy": ("/classes/999999/copy", {"GET", "POST"}, MANAGE_CLASSES),
    "classes.staff": ("/classes/meetings/999999/staff", {"GET", "POST"}, MANAGE_CLASSES),
    "classes.phones": ("/classes/meetings/999999/phones", {"GET", "POST"}, MANAGE_CLASSES),
    "classes.to_decide": ("/classes/to-decide", {"GET"}, DECIDE_RUN),
    "classes.hold": ("/classes/999999/hold", {"POST"}, DECIDE_RUN),
    "classes.make_up_meeting": ("/classes/enrolments/999999/make-up/999999", {"GET", "POST"}, BOOK_CLASS),
    "classes.cancel": ("/classes/999999/cancel", {"GET", "POST"}, MANAGE_CLASSES),
    "classes.week": ("/classes/week", {"GET"}, SEE_CLASSES),
    "classes.my_week": ("/classes/my-week", {"GET"}, TAKE_ATTENDANCE),
    "classes.day": ("/classes/day", {"GET", "POST"}, MANAGE_CLASSES),
    "classes.day_change": ("/classes/day-changes/999999", {"GET"}, MANAGE_CLASSES | WORK_CALL_LIST),
    "classes.undo_day": ("/classes/day-changes/999999/undo", {"POST"}, MANAGE_CLASSES),
    "classes.who": ("/classes/999999/who", {"GET", "POST"}, BOOK_CLASS),
    "classes.enrol": ("/classes/999999/enrol", {"GET", "POST"}, BOOK_CLASS),
    "classes.enrol_both": ("/classes/999999/enrol-both", {"GET", "POST"}, BOOK_CLASS),
    "classes.both": ("/classes/enrolments/999999/both/999999", {"GET"}, BOOK_CLASS),
    "classes.both_slips": ("/classes/enrolments/999999/both/999999/slips", {"GET"}, BOOK_CLASS),
    "classes.end_make_up": ("/classes/enrolments/999999/make-up/999999/end", {"POST"}, BOOK_CLASS),
    "classes.lottery": ("/classes/999999/lottery", {"GET"}, SEE_CLASSES),
    "classes.try_draw": ("/classes/999999/lottery/try", {"GET"}, DRAW_LOTS),
    "classes.draw_lots": ("/classes/999999/lottery/draw", {"GET", "POST"}, DRAW_LOTS),
    "classes.enter_lottery": ("/classes/999999/lottery/enter", {"GET", "POST"}, BOOK_CLASS),
    "classes.lottery_entry": ("/classes/lottery/entries/999999", {"GET"}, BOOK_CLASS),
    "classes.pair_entries": ("/classes/lottery/entries/999999/pair", {"GET", "POST"}, BOOK_CLASS),
    "classes.withdraw_entrant": ("/classes/lottery/entrants/999999/withdraw", {"GET", "POST"}, BOOK_CLASS),
    "classes.enrolment": ("/classes/enrolments/999999", {"GET"}, SEE_CLASSES),
    "classes.answer_of": ("/classes/enrolments/999999/answer", {"POST"}, BOOK_CLASS),
    "classes.give_seat": ("/classes/enrolments/999999/seat", {"POST"}, BOOK_CLASS),
    "classes.slip": ("/classes/enrolments/999999/slip", {"GET"}, SEE_CLASSES),
    "classes.cancel_enrolment": ("/classes/enrolments/999999/cancel", {"GET", "POST"}, BOOK_CLASS),
    "classes.move": ("/classes/enrolments/999999/move", {"GET", "POST"}, BOOK_CLASS),
    "classes.feedback": ("/classes/999999/feedback", {"GET"}, SEE_CLASSES),
    "classes.ask_feedback": ("/classes/999999/feedback/asked", {"POST"}, MANAGE_CLASSES),
    "classes.feedback_papers": ("/classes/meetings/999999/feedback/papers", {"GET"}, SEE_CLASSES),
    "classes.type_feedback": ("/classes/meetings/999999/feedback/type", {"GET", "POST"}, TYPE_FEEDBACK),
    "feedback.answer": ("/m/M999999/feedback", {"GET", "POST"}, EVERYBODY),
    "feedback.thanks": ("/m/M999999/feedback/thanks", {"GET"}, EVERYBODY),
    "schedule.index": ("/schedule", {"GET"}, EVERYBODY),
    "schedule.run": ("/schedule/999999", {"GET"}, EVERYBODY),
    "apply.rule": ("/apply/rule", {"GET"}, EVERYBODY),
    "apply.apply": ("/apply/999999", {"GET", "POST"}, EVERYBODY),
    "apply.receipt": ("/apply/receipt/A999999", {"GET"}, EVERYBODY),
    "apply.withdraw": ("/apply/withdraw", {"GET", "POST"}, EVERYBODY),
    "classes.applications": ("/classes/applications", {"GET"}, COUNTER),
    "classes.application": ("/classes/applications/999999", {"GET"}, COUNTER),
    "classes.say_who": ("/classes/applications/999999/who", {"POST"}, COUNTER),
    "classes.place_application": ("/classes/applications/999999/place", {"GET", "POST"}, COUNTER),
    "classes.refuse_application": ("/classes/applications/999999/refuse", {"GET", "POST"}, COUNTER),
    "schedule.calendar": ("/calendar.ics", {"GET"}, EVERYBODY),
    "home.meeting_videos": ("/m/999999", {"GET"}, EVERYBODY),
    "desk.index": ("/desk", {"GET", "POST"}, COUNTER),
    "desk.learner": ("/desk/999999", {"GET"}, COUNTER),
    "pack.pack": ("/desk/pack", {"GET"}, COUNTER),
    "passes.open_pass": ("/p/999999", {"GET"}, EVERYBODY),
    "passes.own": ("/p/999999/own", {"GET", "POST"}, EVERYBODY),
    "passes.admit": ("/p/999999/admit", {"POST"}, EVERYBODY),
    "passes.answer": ("/p/999999/offers/999999", {"POST"}, EVERYBODY),
    "passes.cancel": ("/p/999999/enrolments/999999/cancel", {"GET", "POST"}, EVERYBODY),
    "passes.check_in": ("/p/999999/check-in", {"POST"}, frozenset({Role.INSTRUCTOR})),
    "offline.worker": ("/sw.js", {"GET"}, EVERYBODY),
    "dropbox.drop": ("/dropbox", {"POST"}, EVERYBODY),
    "dropbox.key": ("/dropbox/key", {"POST"}, SIGNED_IN),
    "dropbox.held": ("/dropbox/held", {"GET"}, SIGNED_IN),
    "dropbox.record": ("/dropbox/held/999999/record", {"POST"}, SIGNED_IN),
    "dropbox.dismiss": ("/dropbox/held/999999/dismiss", {"POST"}, SIGNED_IN),
    "journey.learner": ("/learners/999999", {"GET"}, SEE_LEARNERS),
    "learners.index": ("/learners/", {"GET"}, SEE_LEARNERS),
    "learners.search": ("/learners/search", {"GET", "POST"}, SEE_LEARNERS),
    "learners.provisional": ("/learners/provisional", {"GET"}, COUNTER),
    "learners.new": ("/learners/new", {"GET", "POST"}, COUNTER),
    "learners.edit": ("/learners/999999/edit", {"GET", "POST"}, COUNTER),
    "learners.status": ("/learners/999999/status", {"GET", "POST"}, COUNTER),
    "learners.consents": ("/learners/999999/consents", {"GET", "POST"}, MEET_LEARNERS),
    "learners.family": ("/learners/999999/family", {"GET", "POST"}, COUNTER),
    "learners.link": ("/learners/999999/links", {"POST"}, COUNTER),
    "learners.unlink": ("/learners/999999/links/999999/remove", {"POST"}, COUNTER),
    "learners.duplicates": ("/learners/duplicates", {"GET"}, COUNTER),
    "learners.apart": ("/learners/999999/apart/999999", {"POST"}, COUNTER),
    "learners.same": ("/learners/999999/same", {"GET", "POST"}, COUNTER),
    "learners.merge": ("/learners/999999/merge/999999", {"GET", "POST"}, COUNTER),
    "learners.split": ("/learners/999999/split", {"GET", "POST"}, COUNTER),
    "learners.hand_overs": ("/learners/hand-overs", {"GET"}, COUNTER),
    "learners.hand_over": ("/learners/hand-overs/999999", {"GET"}, COUNTER),
    "learners.undo": ("/learners/hand-overs/999999/undo", {"POST"}, COUNTER),
    "learners.record": ("/learners/999999/record", {"GET"}, frozenset({Role.ADMIN})),
    "learners.record_json": ("/learners/999999/record.json", {"GET"}, frozenset({Role.ADMIN})),
    "learners.erase": ("/learners/999999/erase", {"GET", "POST"}, frozenset({Role.ADMIN})),
    "learners.requests": ("/learners/requests", {"GET"}, COUNTER),
    "learners.new_request": ("/learners/999999/requests/new", {"GET", "POST"}, COUNTER),
    "learners.retention": ("/learners/retention", {"GET", "POST"}, frozenset({Role.ADMIN})),
    "learners.settle_request": ("/learners/requests/999999", {"GET", "POST"}, frozenset({Role.ADMIN})),
    "learners.consent_sheet": ("/learners/999999/consents/sheet", {"GET"}, MEET_LEARNERS),
    "learners.pass_card": ("/learners/999999/pass", {"GET"}, COUNTER),
    "learners.pass_svg": ("/learners/999999/pass.svg", {"GET"}, COUNTER),
    "learners.issue": ("/learners/999999/pass/issue", {"POST"}, COUNTER),
    "learners.revoke": ("/learners/999999/pass/revoke", {"GET", "POST"}, COUNTER),
    "learners.reissue": ("/learners/999999/pass/reissue", {"GET", "POST"}, COUNTER),
    "learners.admit_phone": ("/learners/999999/admit", {"POST"}, MEET_LEARNERS),
    "learners.cut_off": ("/learners/999999/phones/cut-off", {"POST"}, MEET_LEARNERS),
    "learners.import_ledger": ("/learners/import", {"GET", "POST"}, COUNTER),
    "learners.import_refused": ("/learners/import/refused", {"POST"}, COUNTER),
    "videos.index": ("/videos", {"GET"}, EVERYBODY),
    "videos.watch": ("/v/999999", {"GET"}, EVERYBODY),
    "videos.who": ("/v/999999/who", {"POST"}, EVERYBODY),
    "videos.answer": ("/v/999999/answer", {"POST"}, EVERYBODY),
    "videos.thanks": ("/v/999999/thanks", {"GET"}, EVERYBODY),
    "videos.media": ("/media/999999.mp4", {"GET"}, EVERYBODY),
    "videos.code_svg": ("/v/999999/code.svg", {"GET"}, EVERYBODY),
    "videos.code_png": ("/v/999999/code.png", {"GET"}, EVERYBODY),
    "videos.sheet": ("/v/999999/sheet", {"GET"}, SEE_VIDEOS),
    "videos.sheets": ("/videos/sheets", {"GET"}, SEE_VIDEOS),
    "videos.hand_outs": ("/videos/handouts", {"GET"}, SEE_VIDEOS),
    "notices.calls": ("/calls", {"GET"}, WORK_CALL_LIST),
    "notices.today": ("/calls/today", {"GET"}, WORK_CALL_LIST),
    "notices.answer": ("/calls/offers/999999", {"POST"}, WORK_CALL_LIST),
    "notices.settle": ("/calls/999999", {"POST"}, WORK_CALL_LIST),
    "notices.undo": ("/calls/999999/undo", {"POST"}, WORK_CALL_LIST),
    "classes.today": ("/classes/today", {"GET"}, TAKE_ATTENDANCE),
    "classes.attendance": ("/classes/meetings/999999", {"GET", "POST"}, HOLD_MEETINGS),
    "classes.roll": ("/classes/meetings/999999/roll", {"GET"}, HOLD_MEETINGS),
    "classes.roll_shell": ("/classes/roll", {"GET"}, HOLD_MEETINGS),
    "classes.roll_data": ("/classes/meetings/999999/roll.json", {"GET"}, HOLD_MEETINGS),
    "classes.back_entry": ("/classes/meetings/999999/back-entry", {"GET", "POST"}, HOLD_MEETINGS),
    "classes.name_tags": ("/classes/meetings/999999/name-tags", {"GET"}, SEE_CLASSES),
    "booking_codes.scan": ("/b/E0000000", {"GET"}, EVERYBODY),
    "classes.newcomer": ("/classes/meetings/999999/newcomer", {"GET", "POST"}, HOLD_MEETINGS),
    "classes.walk_in": ("/classes/meetings/999999/walk-in", {"GET", "POST"}, HOLD_MEETINGS),
    "classes.heads": ("/classes/meetings/999999/heads", {"POST"}, HOLD_MEETINGS),
    "classes.levels": ("/classes/meetings/999999/levels", {"GET", "POST"}, HOLD_MEETINGS),
    "classes.paper_roster": ("/classes/meetings/999999/roster", {"GET"}, SEE_CLASSES),
    "classes.meeting_code": ("/classes/meetings/999999/code", {"GET"}, SEE_CLASSES),
    "classes.meeting_code_svg": ("/classes/meetings/999999/code.svg", {"GET"}, SEE_CLASSES),
    "classes.meeting_code_png": ("/classes/meetings/999999/code.png", {"GET"}, SEE_CLASSES),
    "videos.manage": ("/admin/videos", {"GET"}, MANAGE_VIDEOS),
    "videos.new": ("/admin/videos/new", {"GET", "POST"}, MANAGE_VIDEOS),
    "videos.edit": ("/admin/videos/999999", {"GET", "POST"}, MANAGE_VIDEOS),
    "videos.retire": ("/admin/videos/999999/retire", {"GET", "POST"}, MANAGE_VIDEOS),
    "videos.show_again": ("/admin/videos/999999/show-again", {"POST"}, MANAGE_VIDEOS),
    "videos.move": ("/admin/videos/999999/move", {"POST"}, MANAGE_VIDEOS),
    "helpdesk.index": ("/helpdesk/", {"GET"}, SEE_HELPDESK),
    "helpdesk.today": ("/helpdesk/today", {"GET"}, HOLD_CONSULTATION),
    "helpdesk.who": ("/helpdesk/who", {"GET", "POST"}, SEE_HELPDESK),
    "helpdesk.book": ("/helpdesk/book", {"GET", "POST"}, SEE_HELPDESK),
    "helpdesk.booking": ("/helpdesk/bookings/999999", {"GET"}, SEE_HELPDESK),
    "helpdesk.slip": ("/helpdesk/bookings/999999/slip", {"GET"}, SEE_HELPDESK),
    "helpdesk.cancel": ("/helpdesk/bookings/999999/cancel", {"GET", "POST"}, SEE_HELPDESK),
    "helpdesk.move": ("/helpdesk/bookings/999999/move", {"GET", "POST"}, SEE_HELPDESK),
    "helpdesk.case": ("/helpdesk/bookings/999999/case", {"GET", "POST"}, HOLD_CONSULTATION),
    "helpdesk.save_case": ("/helpdesk/bookings/999999/case/save", {"POST"}, HOLD_CONSULTATION),
    "helpdesk.no_show": ("/helpdesk/bookings/999999/case/no-show", {"POST"}, HOLD_CONSULTATION),
    "helpdesk.reopen_case": ("/helpdesk/bookings/999999/case/reopen", {"POST"}, HOLD_CONSULTATION),
    "helpdesk.drop_asides": ("/helpdesk/bookings/999999/case/drop-asides", {"POST"}, HOLD_CONSULTATION),
    "helpdesk.desk_list": ("/helpdesk/desks", {"GET"}, MANAGE_HELPDESK),
    "helpdesk.new_desk": ("/helpdesk/desks/new", {"GET", "POST"}, MANAGE_HELPDESK),
    "helpdesk.desk": ("/helpdesk/desks/999999", {"GET", "POST"}, MANAGE_HELPDESK),
    "helpdesk.edit_desk": ("/helpdesk/desks/999999/edit", {"GET", "POST"}, MANAGE_HELPDESK),
    "helpdesk.switch_desk": ("/helpdesk/desks/999999/switch", {"GET", "POST"}, MANAGE_HELPDESK),
    "helpdesk.remove_hours": ("/helpdesk/desks/999999/hours/999999/remove", {"POST"}, MANAGE_HELPDESK),
    "lectures.index": ("/outreach/lectures/", {"GET"}, HOLD_MEETINGS),
    "lectures.record": ("/outreach/lectures/new", {"GET", "POST"}, HOLD_MEETINGS),
    "outreach_public.ask": ("/outreach/request", {"GET", "POST"}, EVERYBODY),
    "outreach_public.received": ("/outreach/received/999999", {"GET"}, EVERYBODY),
    "outreach.board": ("/outreach/", {"GET"}, SEE_OUTREACH),
    "outreach.new": ("/outreach/new", {"GET", "POST"}, WORK_OUTREACH),
    "outreach.request_page": ("/outreach/999999", {"GET"}, SEE_OUTREACH),
    "outreach.edit": ("/outreach/999999/edit", {"GET", "POST"}, WORK_OUTREACH),
    "outreach.contact": ("/outreach/999999/contact", {"GET", "POST"}, WORK_OUTREACH),
    "outreach.advance": ("/outreach/999999/advance", {"POST"}, SEE_OUTREACH),
    "outreach.tick": ("/outreach/999999/items/999999", {"POST"}, SEE_OUTREACH),
    "outreach.find": ("/outreach/999999/find", {"GET", "POST"}, WORK_OUTREACH),
    "outreach.letter": ("/outreach/999999/letter", {"GET"}, SEE_OUTREACH),
    "outreach.result": ("/outreach/999999/result", {"GET", "POST"}, SEE_OUTREACH),
    "outreach.back": ("/outreach/999999/back", {"GET", "POST"}, WORK_OUTREACH),
    "outreach.end": ("/outreach/999999/end", {"GET", "POST"}, WORK_OUTREACH),
    "tutors.index": ("/tutors/", {"GET"}, MATCH_TUTORS | {Role.TUTOR}),
    "tutors.log": ("/tutors/log?learner=999999", {"GET", "POST"}, frozenset({Role.TUTOR})),
    "tutors.session": ("/tutors/sessions/999999", {"GET"}, MATCH_TUTORS | {Role.TUTOR}),
    "tutors.correct": ("/tutors/sessions/999999/correct", {"GET", "POST"}, MATCH_TUTORS | {Role.TUTOR}),
    "tutors.withdraw": ("/tutors/sessions/999999/withdraw", {"GET", "POST"}, MATCH_TUTORS | {Role.TUTOR}),
    "tutors.sessions": ("/tutors/sessions", {"GET"}, frozenset({Role.TUTOR})),
    "tutors.matches": ("/tutors/matches", {"GET"}, MATCH_TUTORS),
    "tutors.who": ("/tutors/matches/who", {"GET", "POST"}, MATCH_TUTORS),
    "tutors.match": ("/tutors/matches/new?learner=999999", {"GET", "POST"}, MATCH_TUTORS),
    "tutors.end": ("/tutors/matches/999999/end", {"GET", "POST"}, MATCH_TUTORS),
    "tutors.people": ("/tutors/people", {"GET"}, MATCH_TUTORS),
    "tutors.appoint": ("/tutors/people/999999", {"GET", "POST"}, MATCH_TUTORS),
    "tutors.figures": ("/tutors/figures", {"GET"}, MATCH_TUTORS),
    "tutors.district": ("/tutors/figures/999999", {"GET"}, MATCH_TUTORS),
    "tutors.figures_file": ("/tutors/figures/file/csv", {"GET"}, MATCH_TUTORS),
    "own.index": ("/account/", {"GET"}, SIGNED_IN),
    "own.password": ("/account/password", {"GET", "POST"}, SIGNED_IN),
    "proof.prove_again": ("/account/prove", {"GET", "POST"}, SIGNED_IN),
    "own.sessions": ("/account/sessions", {"GET"}, SIGNED_IN),
    "own.end_session": ("/account/sessions/end?999999", {"POST"}, SIGNED_IN),
    "own.end_others": ("/account/sessions/end-others", {"POST"}, SIGNED_IN),
    "staff.index": ("/admin/accounts/", {"GET", "POST"}, MANAGE_ACCOUNTS),
    "staff.new": ("/admin/accounts/new", {"GET", "POST"}, MANAGE_ACCOUNTS),
    "staff.account": ("/admin/accounts/999999", {"GET", "POST"}, MANAGE_ACCOUNTS),
    "staff.switch": ("/admin/accounts/999999/switch", {"GET", "POST"}, MANAGE_ACCOUNTS),
    "staff.invite": ("/admin/accounts/999999/invite", {"GET", "POST"}, MANAGE_ACCOUNTS),
    "staff.service": ("/admin/accounts/999999/service", {"GET", "POST"}, MANAGE_ACCOUNTS),
    "staff.factor": ("/admin/accounts/999999/second-factor", {"GET", "POST"}, MANAGE_ACCOUNTS),
    "staff.revoke": ("/admin/accounts/999999/invite/revoke", {"POST"}, MANAGE_ACCOUNTS),
    "staff.standing": ("/admin/accounts/invitations", {"GET"}, MANAGE_ACCOUNTS),
    "places.index": ("/admin/places/", {"GET"}, MANAGE_PLACES),
    "places.new": ("/admin/places/new", {"GET", "POST"}, MANAGE_PLACES),
    "places.venue": ("/admin/places/999999", {"GET"}, MANAGE_PLACES),
    "places.edit": ("/admin/places/999999/edit", {"GET", "POST"}, MANAGE_PLACES),
    "places.new_room": ("/admin/places/999999/rooms/new", {"GET", "POST"}, MANAGE_PLACES),
    "places.room": ("/admin/places/999999/rooms/999999", {"GET", "POST"}, MANAGE_PLACES),
    "places.new_closure": ("/admin/places/999999/closures/new", {"GET", "POST"}, MANAGE_PLACES),
    "places.remove_closure": ("/admin/places/999999/closures/999999/remove", {"POST"}, MANAGE_PLACES),
    "places.new_equipment": ("/admin/places/equipment/new", {"GET", "POST"}, MANAGE_PLACES),
    "places.equipment": ("/admin/places/equipment/999999", {"GET", "POST"}, MANAGE_PLACES),
    "accounts.logout": ("/logout", {"POST"}, SIGNED_IN),  # last: nobody is signed in after it
}
#: What phones in the field need beside the residents' pages.
FIELD = frozenset({
    "accounts.login", "accounts.logout", "factor.enter_code", "factor.set_up", "factor.renew",
    "invited.accept", "own.index", "own.password", "own.sessions",
    "own.end_session", "own.end_others", "proof.prove_again", "home.home", "journey.learner", "passes.check_in",
    "learners.consents", "learners.consent_sheet", "learners.admit_phone", "learners.cut_off", "videos.sheet",
    "videos.sheets", "why.say",
    "videos.hand_outs", "classes.index", "classes.run", "classes.enrolment", "classes.today", "classes.attendance",
    "classes.back_entry", "classes.name_tags", "classes.roll", "classes.roll_shell", "classes.roll_data",
    "classes.my_week", "classes.newcomer", "classes.feedback", "classes.feedback_papers", "classes.type_feedback",
    "dropbox.drop", "dropbox.key", "dropbox.held", "dropbox.record", "dropbox.dismiss",
    "classes.walk_in", "classes.heads", "classes.levels", "classes.paper_roster", "classes.meeting_code",
    "classes.meeting_code_svg", "classes.meeting_code_png", "lectures.index", "lectures.record",
    "outreach.board", "outreach.request_page", "outreach.advance", "outreach.tick", "outreach.result", "tutors.index",
    "tutors.log", "tutors.session", "tutors.sessions", "tutors.correct", "tutors.withdraw",
})  # fmt: skip
RESIDENTS = frozenset(endpoint for endpoint, (_, _, who) in ROUTES.items() if None in who) - FIELD
SERVED = {"public": RESIDENTS, "field": RESIDENTS | FIELD, "staff": frozenset(ROUTES), "all": frozenset(ROUTES)}


@pytest.fixture
def surface() -> str:
    """What the process serves, unless the test says otherwise."""
    return "all"


@pytest.fixture
def open_app(database_url: str, tmp_path: Path, surface: str) -> Iterator[Flask]:
    """The application with CSRF off: here the question is who may knock, not with what in hand."""
    app = create_app(settings_for(database_url, tmp_path, SURFACE=surface))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), transaction():
        for role in Role:
            create_account(
                username=role.value, name=role.value, password="akita-demo", roles=[role], actor=SYSTEM, now=clock.now()
            )
    yield app
    with app.app_context():
        from supportdesk.extensions import db

        db.engine.dispose()


def test_every_route_is_in_the_table(app: Flask) -> None:
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        methods.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    assert methods == {endpoint: allowed for endpoint, (_, allowed, _) in ROUTES.items()}


@pytest.mark.parametrize(
    ("surface", "role"),
    [("public", None), *((surface, role) for surface in ("all", "field") for role in (None, *Role))],
    ids=lambda one: one or "stranger",
)
def test_exactly_the_allowed_are_answered(open_app: Flask, surface: str, role: Role | None) -> None:
    client = open_app.test_client()
    if role is not None:
        client.post("/login", data={"username": role.value, "password": "akita-demo"})
    wrong = []
    for endpoint, (address, methods, allowed) in ROUTES.items():
        # The allowed ones last. What the address does not take is refused before it is asked who sends it.
        for method in sorted(METHODS if role is None else methods, key=methods.__contains__):
            answer = client.open(address, method=method)
            answer.close()
            if method not in methods:
                right = answer.status_code == 405
            elif endpoint not in SERVED[surface]:
                right = answer.status_code == 404
            elif role in allowed:
                # No row has the id 999999: whoever may knock there is told so, and only they.
                right = answer.status_code in ((404,) if "999999" in address else (200, 303, 400, 422))
            elif role is None:
                right = _asks_for_the_log_in(answer, method)
            else:
                right = answer.status_code == 403
            if not right:
                wrong.append(f"{method} {endpoint}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("surface", SURFACES)
def test_the_front_page_leads_to_the_log_in_where_there_is_one(open_app: Flask, surface: str) -> None:
    leads = 'href="/login"' in open_app.test_client().get("/").text
    assert leads == (surface != "public")


@pytest.mark.parametrize("surface", ["field", "staff"])
@pytest.mark.parametrize("role", Role)
def test_the_menu_leads_to_pages_that_are_served(open_app: Flask, role: Role, surface: str) -> None:
    client = open_app.test_client()
    client.post("/login", data={"username": role.value, "password": "akita-demo"})
    page = parse(client.get("/home").text)
    ways = [attribute(link, "href") for link in page.select(".menu a, .choices a")]
    assert ways
    assert {way: client.get(way).status_code for way in ways} == dict.fromkeys(ways, 200)


def _asks_for_the_log_in(answer: TestResponse, method: str) -> bool:
    """A page leads there and back; a form is answered with the log-in that keeps what was typed."""
    if method == "POST":
        return answer.status_code == 401
    return answer.status_code == 303 and answer.headers["Location"].startswith("/login")


def test_a_view_without_a_mark_stops_the_start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "forgotten", lambda: "open to all")
    with pytest.raises(RuntimeError, match="forgotten"):
        refuse_unmarked_views(app)


def test_an_unknown_address_is_a_friendly_page(client: PageClient) -> None:
    assert "ページが見つかりません" in client.get("/no/such/page", expect=404).h1


def test_security_headers_are_on_every_answer(client: PageClient) -> None:
    for address, status in (("/", 200), ("/login", 200), ("/nowhere", 404), ("/healthz", 200)):
        headers = client.get(address, expect=status).headers
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
