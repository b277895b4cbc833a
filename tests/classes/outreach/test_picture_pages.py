"""The pages of a lecture's pictures: sent with the result from a phone, looked at, described, taken away."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from supportdesk.accounts.models import AuditEntry
from supportdesk.classes.outreach.models import OutreachState
from supportdesk.classes.outreach.pictures.models import OutreachPicture
from supportdesk.classes.outreach.pictures.operations import add_pictures
from supportdesk.core import clock as desk_clock
from supportdesk.core.codes import new_token
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.core.pictures import read_picture
from supportdesk.core.security import MEGABYTE
from supportdesk.extensions import db
from tests.classes.outreach.making import SECOND, ask, at, held_lecture, state_of
from tests.classes.outreach.test_public import limit
from tests.clocks import Clock
from tests.factories import make_account
from tests.markup import attribute
from tests.pages import Page, PageClient
from tests.photographs import HEIC, SVG, bomb, opened, photograph
from tests.recording import Statements


@pytest.fixture
def held(app: Flask, city: None, clock: Clock) -> int:
    """A request whose lecture the instructor held just now."""
    with app.app_context():
        return held_lecture(make_account(Role.INSTRUCTOR).id, clock)


@pytest.fixture
def instructor(app: Flask, held: int) -> PageClient:
    client = PageClient(app)
    client.sign_in("instructor")
    return client


def files(*sent: tuple[bytes, str]) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(data), name) for data, name in sent]


def add(app: Flask, request_id: int, number: int = 1, caption: str = "") -> list[str]:
    with app.app_context(), transaction():
        ready = [read_picture(io.BytesIO(photograph()), 10)] * number
        return add_pictures(request_id, ready, caption=caption, consent=True, actor=SYSTEM, now=desk_clock.now())


def kept(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(OutreachPicture)) or 0


def pictures(page: Page) -> list[tuple[str, str]]:
    """(address, what is read aloud) of each."""
    return [(attribute(one, "src"), attribute(one, "alt")) for one in page.all(".pictures img, .picture img")]


def first_picture(client: PageClient, request_id: int) -> Page:
    """The page to which the first picture leads."""
    page = client.get(f"/outreach/{request_id}")
    return client.get(attribute(page.all(".pictures a")[0], "href"))


def test_the_result_is_written_with_pictures_from_the_phone(app: Flask, held: int, instructor: PageClient) -> None:
    page = instructor.get(f"/outreach/{held}/result")
    field = page.field("pictures")
    assert (attribute(field, "accept"), "multiple" in field.attrs) == ("image/*", True)
    sent = {
        "heads": "12",
        "topics": "地図",
        "pictures": files((photograph(orientation=6), "泉花子.jpg"), (photograph("PNG"), "2.png")),
        "caption": "地図をさがす",
    }
    page = instructor.submit(page, "result", sent, expect=422)
    assert "承諾を得てから" in page.error("consent")
    assert "もう一度えらんでください" in page.text  # no page can give a file back
    assert (attribute(page.field("heads"), "value"), page.field("topics").text.strip()) == ("12", "地図")
    page = instructor.submit(page, "result", sent | {"consent": True, "pictures": files(
        (photograph(orientation=6), "泉花子.jpg"), (photograph("PNG"), "2.png"))}, follow=True)  # fmt: skip
    assert "12人" in page.text
    found = pictures(page)
    assert [words for _address, words in found] == ["写真1：地図をさがす", "写真2：地図をさがす"]
    assert "泉" not in found[0][0]
    small = instructor.get(found[0][0])
    assert (opened(small.data).size, small.headers["Content-Type"]) == ((200, 400), "image/jpeg")
    assert small.headers["X-Content-Type-Options"] == "nosniff"
    assert small.headers["Cache-Control"] == "no-store"
    large = instructor.get(pictures(first_picture(instructor, held))[0][0])
    assert opened(large.data).size == (400, 800)
    with app.app_context():
        actions = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"outreach:{held}")))
        assert (actions.count("add_outreach_picture"), actions.count("view_outreach_picture")) == (1, 1)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (SVG, "a.svg", "JPEG・PNG・WebP"),
        (bomb(), "a.png", "細かすぎて"),
        (HEIC, "IMG_1.HEIC", "互換性優先"),
        (photograph()[:-300], "a.jpg", "こわれている"),
    ],
)
def test_a_file_that_cannot_be_kept_is_told_beside_its_field_and_the_rest_is_kept(
    app: Flask, held: int, instructor: PageClient, data: bytes, name: str, said: str
) -> None:
    sent = {"heads": "7", "topics": "写真", "consent": True, "pictures": files((photograph(), "ok.jpg"), (data, name))}
    page = instructor.submit(instructor.get(f"/outreach/{held}/result"), "result", sent, expect=422)
    assert said in page.error("pictures")
    assert name in page.error("pictures")
    assert (attribute(page.field("heads"), "value"), page.field("topics").text.strip()) == ("7", "写真")
    assert "checked" in page.field("consent").attrs
    with app.app_context():
        assert state_of(held) is OutreachState.HELD
    assert kept(app) == 0


def test_what_the_result_is_refused_for_keeps_no_picture(app: Flask, held: int, instructor: PageClient) -> None:
    sent = {"heads": "1", "age_70s": "5", "topics": "地図", "consent": True, "pictures": files((photograph(), "1.jpg"))}
    page = instructor.submit(instructor.get(f"/outreach/{held}/result"), "result", sent, expect=422)
    assert page.error("heads")
    assert "もう一度えらんでください" in page.error("pictures")
    assert kept(app) == 0


def test_added_later_once_however_often_it_is_sent(app: Flask, held: int, instructor: PageClient) -> None:
    page = instructor.get(instructor.get(f"/outreach/{held}").link("写真を加える"))
    instructor.submit(page, "add-pictures", {"consent": True}, expect=422)
    for _time in range(2):
        sent = {"consent": True, "pictures": files((photograph(), "1.jpg"))}
        answer = instructor.submit(page, "add-pictures", sent)
        assert answer.headers["Location"] == f"/outreach/{held}#pictures"
    assert kept(app) == 1
    add(app, held, 3)
    assert "写真を加える" not in instructor.get(f"/outreach/{held}").text
    more = {"consent": True, "pictures": files((photograph(), "1.jpg"))}
    page = instructor.submit(instructor.get(f"/outreach/{held}/pictures/new"), "add-pictures", more, expect=422)
    assert "4枚まで" in page.error("pictures")


def send_packed(client: PageClient, address: str, *sent: bytes) -> TestResponse:
    """Large files, packed here: the test client would leave its own temporary file open."""
    pictures = [FileStorage(io.BytesIO(data), f"{number}.jpg") for number, data in enumerate(sent)]
    fields = {"csrf_token": client._token(), "one_time_token": new_token(), "consent": "1", "pictures": pictures}
    packed, _length, boundary = stream_encode_multipart(fields, use_tempfile=False)
    return client.raw.post(address, data=packed.read(), content_type=f"multipart/form-data; boundary={boundary}")


def test_as_many_as_there_may_be_at_their_largest_fit_into_one_sending(
    app: Flask, held: int, instructor: PageClient
) -> None:
    heavy = photograph() + bytes(9 * MEGABYTE)  # whoever shows a picture passes over what follows it
    address = f"/outreach/{held}/pictures/new"
    assert "10MBまで" in send_packed(instructor, address, heavy + bytes(MEGABYTE)).text
    assert send_packed(instructor, address, heavy, heavy, heavy, heavy).status_code == 303
    assert kept(app) == 4
    refused = send_packed(instructor, address, bytes(70 * MEGABYTE))
    assert refused.status_code == 413
    assert "1枚10MBまで" in refused.text


def test_a_picture_is_described_and_taken_away_when_somebody_asks_for_it(
    app: Flask, held: int, instructor: PageClient
) -> None:
    (name,) = add(app, held)
    page = first_picture(instructor, held)
    page = instructor.submit(page, "caption-form", {"caption": "あ" * 80}, expect=422)
    page = instructor.submit(page, "caption-form", {"caption": "地図をさがす"}, follow=True)
    assert pictures(page)[0][1] == "写真1：地図をさがす"
    page = instructor.get(first_picture(instructor, held).link("この写真を消す"))
    assert "もとにもどせません" in page.text
    page = instructor.submit(page, "写真を消す", follow=True)
    assert pictures(page) == []
    assert kept(app) == 0
    instructor.get(f"/outreach/{held}/pictures/{name}/large.jpg", expect=404)
    instructor.get(f"/outreach/{held}/pictures/{name}", expect=404)


def test_an_office_that_wants_no_pictures_is_not_asked_for_any(app: Flask, held: int, instructor: PageClient) -> None:
    add(app, held)
    limit("outreach_pictures", 0, app)
    assert "写真" not in instructor.get(f"/outreach/{held}/result").text
    page = instructor.get(f"/outreach/{held}")
    assert len(pictures(page)) == 1
    assert "写真を加える" not in page.text
    instructor.get(f"/outreach/{held}/pictures/new", expect=404)


def test_only_who_may_see_the_request_sees_its_pictures(app: Flask, held: int, instructor: PageClient) -> None:
    (name,) = add(app, held)
    with app.app_context():
        make_account(Role.ADVISER)
        make_account(Role.COORDINATOR, districts=("seibu",))
        make_account(Role.INSTRUCTOR, username="another")
        other = ask(group_name="将軍野町内会", choices=(at(SECOND) + timedelta(days=40),))
    addresses = [f"/outreach/{held}/pictures/{name}{end}" for end in ("", "/large.jpg", "/small.jpg", "/delete")]
    for who, status in (("another", 404), ("coordinator", 404), ("adviser", 403), (None, 303)):
        client = PageClient(app)
        if who:
            client.sign_in(who)
        for address in [*addresses, f"/outreach/{held}/pictures/new"]:
            client.get(address, expect=status)
        if who:
            client.post(addresses[-1], expect=status)
    instructor.get(addresses[1].replace("large", "huge"), expect=404)
    with app.app_context():
        make_account(Role.RECEPTION)
    reception = PageClient(app)
    reception.sign_in("reception")
    reception.get(addresses[1])
    for end in ("", "/large.jpg", "/delete"):  # of another request, whatever the name
        reception.get(f"/outreach/{other}/pictures/{name}{end}", expect=404)
    reception.get(f"/outreach/{other}/pictures/new", expect=404)
    assert kept(app) == 1


def test_a_page_with_many_pictures_asks_no_more_than_with_one(
    app: Flask, held: int, instructor: PageClient, queries: Callable[[], AbstractContextManager[Statements]]
) -> None:
    add(app, held)
    with queries() as few:
        instructor.get(f"/outreach/{held}")
    add(app, held, 3)
    with queries() as many:
        instructor.get(f"/outreach/{held}")
    assert len(few) == len(many)
    assert not any("outreach_picture.picture" in one for one in many)  # the bytes stay where they are
