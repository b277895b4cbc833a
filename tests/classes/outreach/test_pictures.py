"""Pictures of a held lecture: what is kept of a photograph, how many, by whose leave, until when."""

from __future__ import annotations

import io
import random
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from supportdesk.accounts.models import AuditEntry
from supportdesk.classes.outreach import stepping
from supportdesk.classes.outreach.errors import StepTaken
from supportdesk.classes.outreach.models import OutreachState
from supportdesk.classes.outreach.office import OUTREACH_PICTURE_YEARS
from supportdesk.classes.outreach.pictures.errors import ConsentMissing, PictureRefused, TooManyPictures
from supportdesk.classes.outreach.pictures.models import OutreachPicture
from supportdesk.classes.outreach.pictures.operations import add_pictures, amend_caption, delete_picture
from supportdesk.classes.outreach.pictures.queries import pictures_of
from supportdesk.classes.outreach.pictures.reading import ReadyPicture, read_picture
from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.extensions import db
from supportdesk.learners.rights.retention import erase_aged, plan_retention
from tests.classes.outreach.making import held_lecture
from tests.classes.outreach.photographs import (
    BLUE,
    HEIC,
    RED,
    SECRET,
    SVG,
    bomb,
    opened,
    photograph,
    two_in_one,
)
from tests.clocks import Clock
from tests.factories import make_account, make_reference
from tests.racing import meet

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def held(context: None, clock: Clock) -> int:
    """A request whose lecture was held just now."""
    make_reference()
    return held_lecture(make_account(Role.INSTRUCTOR).id, clock)


def read(data: bytes) -> ReadyPicture:
    return read_picture(io.BytesIO(data))


def add(request_id: int, number: int = 1, *, caption: str = "", consent: bool = True) -> list[str]:
    """The names of what was added."""
    ready = [read(photograph(size=(60, 40)))] * number
    with transaction():
        return add_pictures(request_id, ready, caption=caption, consent=consent, actor=SYSTEM, now=desk_clock.now())


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(OutreachPicture)) or 0


def looks_like(picture: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    found = picture.getpixel(place)
    assert isinstance(found, tuple)
    return all(abs(one - other) < 40 for one, other in zip(found, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_picture_is_kept_of_a_photograph(kind: str) -> None:
    sent = photograph(kind, orientation=6)
    assert SECRET.encode() in sent
    assert opened(sent).getexif().get_ifd(0x8825)
    ready = read(sent)
    for data in (ready.picture, ready.thumbnail):
        stored = opened(data)
        assert SECRET.encode() not in data
        assert (stored.format, dict(stored.getexif()), stored.info.keys() & {"exif", "comment", "icc_profile"}) == (
            "JPEG", {}, set(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [(1, (800, 400), (9, 200)), (3, (800, 400), (790, 200)), (6, (400, 800), (200, 9)), (8, (400, 800), (200, 790))],
)
def test_a_phone_held_sideways_leaves_an_upright_picture(
    orientation: int, size: tuple[int, int], red: tuple[int, int]
) -> None:
    ready = read(photograph(orientation=orientation))
    stored = opened(ready.picture)
    assert (stored.size, (ready.width, ready.height)) == (size, size)
    assert looks_like(stored, red, RED)
    assert looks_like(stored, (size[0] - red[0], size[1] - red[1]), BLUE)


def test_a_large_photograph_becomes_small() -> None:
    ready = read(photograph(size=(4000, 3000)))
    assert opened(ready.picture).size == (1600, 1200)
    assert opened(ready.thumbnail).size == (400, 300)
    assert read(photograph(size=(30, 20))).width == 30  # what is small stays as it is


def test_what_can_be_seen_through_stands_on_white_and_print_colours_are_turned_to_the_screens() -> None:
    clear, printed = io.BytesIO(), io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(clear, "PNG")
    Image.new("CMYK", (40, 40), (255, 0, 0, 0)).save(printed, "JPEG")
    assert looks_like(opened(read(clear.getvalue()).picture), (20, 20), (255, 255, 255))
    assert opened(read(printed.getvalue()).picture).mode == "RGB"
    assert opened(read(two_in_one()).picture).size == (80, 40)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "JPEG・PNG・WebP"),
        (b"GIF89a" + bytes(100), "JPEG・PNG・WebP"),
        (SVG, "JPEG・PNG・WebP"),
        (b"\xff\xd8\xff\xe0" + SVG, "こわれている"),
        (photograph()[:-400], "こわれている"),
        (photograph("PNG")[:200], "こわれている"),
        (bomb(), "細かすぎて"),
        (bomb(4100, 4000), "細かすぎて"),  # with which Pillow itself would go on
        (bomb(40_000, 40_000), "細かすぎて"),
        (HEIC, "互換性優先"),
    ],
    ids=[
        "nothing",
        "gif",
        "svg",
        "svg as jpeg",
        "cut off",
        "cut off early",
        "bomb",
        "small bomb",
        "large bomb",
        "heic",
    ],
)
def test_what_is_no_picture_or_too_much_of_one_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(PictureRefused) as refusal:
        read(data)
    assert said in str(refusal.value.message)
    assert refusal.value.field == "pictures"


@pytest.mark.filterwarnings("ignore")  # of Pillow, which goes on with what it can read
def test_whatever_is_damaged_is_read_or_refused() -> None:
    by_chance = random.Random(1)
    whole = [photograph(kind, (64, 40), orientation=6) for kind in ("JPEG", "PNG", "WEBP")]
    answers = set()
    for _time in range(400):
        damaged = bytearray(by_chance.choice(whole))
        for _place in range(by_chance.choice((1, 3, 20))):
            damaged[by_chance.randrange(min(len(damaged), by_chance.choice((300, 9999))))] = by_chance.randrange(256)
        try:
            read(bytes(damaged))
            answers.add("read")
        except PictureRefused:
            answers.add("refused")
    assert answers == {"read", "refused"}


def test_a_file_beyond_its_size_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(PictureRefused) as refusal:
        read(photograph() + bytes(10 * 1024 * 1024))
    assert "10MBまで" in str(refusal.value.message)


def test_pictures_are_kept_with_their_lecture_and_noted(held: int) -> None:
    first, second = add(held, 2, caption="地図をさがす")
    assert len({first, second}) == 2 and min(len(first), len(second)) >= 22
    assert [(one.name, one.caption, one.width, one.height) for one in pictures_of(held)] == [
        (first, "地図をさがす", 60, 40),
        (second, "地図をさがす", 60, 40),
    ]
    with transaction():
        amend_caption(held, second, "休けい", actor=SYSTEM, now=desk_clock.now())
        delete_picture(held, first, actor=SYSTEM, now=desk_clock.now())
    assert [(one.name, one.caption) for one in pictures_of(held)] == [(second, "休けい")]
    with pytest.raises(NotFound), transaction():
        delete_picture(held, first, actor=SYSTEM, now=desk_clock.now())
    actions = db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == f"outreach:{held}", AuditEntry.action.contains("picture"))
    ).all()
    assert sorted(actions) == ["add_outreach_picture", "amend_outreach_picture", "delete_outreach_picture"]


def test_no_picture_without_consent_before_the_lecture_or_beyond_the_most(held: int) -> None:
    with pytest.raises(ConsentMissing):
        add(held, consent=False)
    add(held, 3)
    with pytest.raises(TooManyPictures) as refusal:
        add(held, 2)
    assert "4枚まで" in str(refusal.value.message)
    with transaction():
        stepping.step_back(held, OutreachState.HELD, reason="まちがい", actor=SYSTEM, now=desk_clock.now())
    with pytest.raises(StepTaken):
        add(held)
    assert kept() == 3


def test_two_who_add_the_last_picture_at_once(app: Flask, held: int) -> None:
    add(held, 3)
    ready = [read(photograph(size=(60, 40)))]

    def send() -> None:
        add_pictures(held, ready, caption="", consent=True, actor=SYSTEM, now=desk_clock.now())

    db.session.remove()
    assert meet(app, send, send) == ["done", "TooManyPictures"]
    assert kept() == 4


def test_what_fails_leaves_no_picture_behind(held: int) -> None:
    ready = [read(photograph(size=(60, 40)))]

    def fail() -> None:
        with transaction():
            add_pictures(held, ready, caption="", consent=True, actor=SYSTEM, now=desk_clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert kept() == 0


def test_pictures_go_with_the_yearly_run_and_newer_ones_stay(held: int, clock: Clock) -> None:
    add(held)
    later = desk_clock.now() + timedelta(days=366 * OUTREACH_PICTURE_YEARS.get() + 1)
    clock.set(later)
    newer = add(held)
    found = [one for one in plan_retention(later).records if one.title == "出前講座の写真"]
    assert [(one.years, one.rows, one.people, list(one.columns)) for one in found] == [(2, 1, 1, [])]
    with transaction():
        erase_aged(later, actor=SYSTEM, now=later)
    assert [one.name for one in pictures_of(held)] == newer
