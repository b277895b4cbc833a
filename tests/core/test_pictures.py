"""What is kept of a photograph, of whatever a phone sends."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from supportdesk.core.pictures import PictureRefused, ReadyPicture, read_picture
from tests.photographs import BLUE, HEIC, RED, SECRET, SVG, bomb, opened, photograph, two_in_one

pytestmark = pytest.mark.usefixtures("context")
MEGABYTES = 10


def read(data: bytes) -> ReadyPicture:
    return read_picture(io.BytesIO(data), MEGABYTES)


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
