"""What stands for a photograph in the demo: a room with a screen and people, drawn. Nobody can be seen on it."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

_SIZE: Final = (960, 720)
_WALL, _FLOOR, _SCREEN, _LINE = "#f3ead7", "#c9a97c", "#ffffff", "#6b5a45"
_MAP, _ROAD, _PIN = "#cfe6c8", "#f6d978", "#c0392b"
_HAIR: Final = ("#8d8d8d", "#d9d9d9", "#5a5048", "#b9b2a8")
_CLOTHES: Final = ("#4a6fa5", "#7a9e7e", "#a5546a", "#7c6f9c", "#b0793f")


def lecture_seen_from_behind(people: int) -> bytes:
    """A JPEG of so many people before a screen with a map on it."""
    picture = Image.new("RGB", _SIZE, _WALL)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 480, *_SIZE), fill=_FLOOR)
    draw.rectangle((250, 70, 710, 350), fill=_SCREEN, outline=_LINE, width=6)
    draw.rectangle((270, 90, 690, 330), fill=_MAP)
    draw.line((270, 250, 480, 200, 690, 270), fill=_ROAD, width=16)
    draw.line((430, 90, 480, 200, 560, 330), fill=_ROAD, width=12)
    draw.ellipse((465, 160, 495, 190), fill=_PIN)
    draw.polygon(((466, 180), (494, 180), (480, 212)), fill=_PIN)
    for number in range(people):
        across = (number + 1) * _SIZE[0] // (people + 1)
        down = 470 + 60 * (number % 2)
        draw.rounded_rectangle((across - 60, down + 50, across + 60, down + 300), 50, fill=_pick(_CLOTHES, number))
        draw.ellipse((across - 40, down - 30, across + 40, down + 65), fill=_pick(_HAIR, number))
    out = BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def _pick(colours: tuple[str, ...], number: int) -> str:
    return colours[number % len(colours)]
