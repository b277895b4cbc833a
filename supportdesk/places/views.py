"""The administrator's pages about the map: venues with their rooms and closures, and the things that are lent."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from supportdesk.accounts.sign_in import current_actor
from supportdesk.core import clock
from supportdesk.core.answers import Answer, answer_form, answer_press
from supportdesk.core.fields import DeskForm
from supportdesk.core.permissions import Permission, requires
from supportdesk.places import queries, upkeep
from supportdesk.places.choices import district_choices, venue_choices
from supportdesk.places.forms import EQUIPMENT_KINDS, ClosureForm, EquipmentForm, RoomForm, VenueForm

blueprint = Blueprint("places", __name__, url_prefix="/admin/places", template_folder="templates")
VENUE = "/<int:venue_id>"


@blueprint.get("/")
@requires(Permission.MANAGE_PLACES)
def index() -> str:
    """All venues by district, and the things that are lent."""
    return render_template(
        "places/index.html", venues=queries.venues(), equipment=queries.equipment(), kinds=EQUIPMENT_KINDS
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def new() -> Answer:
    """Register a venue."""
    form = VenueForm(district_choices())
    return _venue_form(form, None, _("会場を登録しました。つぎに、部屋を登録してください。"))


@blueprint.get(VENUE)
@requires(Permission.MANAGE_PLACES)
def venue(venue_id: int) -> str:
    """A venue with its rooms and the closures that are not over."""
    return render_template(
        "places/venue.html",
        venue=queries.venue(venue_id),
        rooms=queries.rooms_of(venue_id),
        closures=queries.closures_of(venue_id, clock.today()),
        form=DeskForm(),
    )


@blueprint.route(f"{VENUE}/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def edit(venue_id: int) -> Answer:
    """Change a venue's particulars."""
    form = VenueForm(district_choices(), data=queries.venue(venue_id)._asdict())
    return _venue_form(form, venue_id, _("変更を保存しました。"))


def _venue_form(form: VenueForm, venue_id: int | None, said: str) -> Answer:
    actor, now = current_actor(), clock.now()
    fields = ("name", "kana", "nickname", "district_code", "address", "phone", "wifi_ssid")

    def act() -> str:
        given: dict[str, Any] = {name: form[name].data or "" for name in fields}
        return url_for("places.venue", venue_id=upkeep.save_venue(venue_id, **given, actor=actor, now=now))

    return answer_form(form, lambda: render_template("places/venue_form.html", form=form, venue_id=venue_id), act, said)


@blueprint.route(f"{VENUE}/rooms/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def new_room(venue_id: int) -> Answer:
    """Register a room."""
    return _room_form(RoomForm(), venue_id, None)


@blueprint.route(f"{VENUE}/rooms/<int:room_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def room(venue_id: int, room_id: int) -> Answer:
    """Change a room."""
    return _room_form(RoomForm(data=queries.room(venue_id, room_id)._asdict()), venue_id, room_id)


def _room_form(form: RoomForm, venue_id: int, room_id: int | None) -> Answer:
    actor, now = current_actor(), clock.now()
    venue = queries.venue(venue_id)

    def act() -> str:
        upkeep.save_room(room_id, venue_id, name=form.name.data or "", seats=form.seats.data, actor=actor, now=now)
        return url_for("places.venue", venue_id=venue_id)

    return answer_form(
        form,
        lambda: render_template("places/room_form.html", form=form, venue=venue, room_id=room_id),
        act,
        _("部屋を保存しました。"),
    )


@blueprint.route(f"{VENUE}/closures/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def new_closure(venue_id: int) -> Answer:
    """Shut a venue for some days; what is booked there is shown before."""
    actor, now = current_actor(), clock.now()
    venue, form = queries.venue(venue_id), ClosureForm()

    def page() -> str:
        booked = form.refusal.booked if isinstance(form.refusal, upkeep.StandsInTheWay) else []
        return render_template("places/closure_form.html", form=form, venue=venue, booked=booked)

    def act() -> str:
        assert form.first_day.data is not None and form.last_day.data is not None  # the form demands both
        upkeep.add_closure(
            venue_id,
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            reason=form.reason.data or "",
            although=form.although.data,
            actor=actor,
            now=now,
        )
        return url_for("places.venue", venue_id=venue_id)

    return answer_form(form, page, act, _("休館日を登録しました。"))


@blueprint.post(f"{VENUE}/closures/<int:closure_id>/remove")
@requires(Permission.MANAGE_PLACES)
def remove_closure(venue_id: int, closure_id: int) -> Response:
    """The venue is open after all."""
    actor, now = current_actor(), clock.now()

    def act() -> str:
        upkeep.remove_closure(venue_id, closure_id, actor=actor, now=now)
        return url_for("places.venue", venue_id=venue_id)

    return answer_press(act, _("休館日をけしました。"))


@blueprint.route("/equipment/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def new_equipment() -> Answer:
    """Register a thing that is lent."""
    return _equipment_form(EquipmentForm(venue_choices()), None)


@blueprint.route("/equipment/<int:equipment_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PLACES)
def equipment(equipment_id: int) -> Answer:
    """Change a thing that is lent."""
    stored = queries.thing(equipment_id)._asdict()
    return _equipment_form(EquipmentForm(venue_choices(), data=stored), equipment_id)


def _equipment_form(form: EquipmentForm, equipment_id: int | None) -> Answer:
    actor, now = current_actor(), clock.now()

    def act() -> str:
        given: dict[str, Any] = {name: form[name].data for name in ("kind", "name", "venue_id")}
        upkeep.save_equipment(equipment_id, **given, actor=actor, now=now)
        return url_for("places.index")

    return answer_form(
        form,
        lambda: render_template("places/equipment_form.html", form=form, equipment_id=equipment_id),
        act,
        _("保存しました。"),
    )
