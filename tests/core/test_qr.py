"""The pictures of QR codes: both formats draw the same code, with the margin that readers need."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from supportdesk.core.qr import qr_png, qr_svg

ADDRESS = "http://desk.test/p/Zq3vZ1q0x8s7b2m5k9t4wA"
QUIET = 4


def _dark_modules_of_svg(picture: bytes) -> set[tuple[int, int]]:
    root = ElementTree.fromstring(picture)
    path = next(element.attrib["d"] for element in root.iter() if element.tag.endswith("path"))
    return {(int(x), int(y)) for x, y in re.findall(r"M(\d+),(\d+)H", path)}


def _dark_modules_of_png(picture: bytes) -> tuple[set[tuple[int, int]], int]:
    image = Image.open(BytesIO(picture)).convert("L")
    size = image.width // 10
    dark = {(x, y) for x in range(size) for y in range(size) if image.getpixel((x * 10 + 5, y * 10 + 5)) == 0}
    return dark, size


def test_both_pictures_show_the_same_code() -> None:
    dark, _size = _dark_modules_of_png(qr_png(ADDRESS))
    assert dark == _dark_modules_of_svg(qr_svg(ADDRESS))


def test_the_code_has_its_three_corner_marks_and_a_quiet_margin() -> None:
    dark, size = _dark_modules_of_png(qr_png(ADDRESS))
    last = size - QUIET - 1
    assert min(x for x, _ in dark) == min(y for _, y in dark) == QUIET
    assert max(x for x, _ in dark) == max(y for _, y in dark) == last
    ring = {(0, step) for step in range(7)} | {(step, 6) for step in range(7)} | {(3, 3)}
    for left, top in ((QUIET, QUIET), (last - 6, QUIET), (QUIET, last - 6)):
        assert {(left + x, top + y) for x, y in ring} <= dark


def test_two_addresses_give_two_codes() -> None:
    assert qr_svg(ADDRESS) != qr_svg(ADDRESS + "B")


@pytest.mark.parametrize("make", [qr_svg, qr_png])
def test_the_same_text_gives_the_same_bytes(make: object) -> None:
    assert callable(make)
    assert make(ADDRESS) == make(ADDRESS)
