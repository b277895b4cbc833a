"""A photograph made fit to be kept: upright, small, and without a word on where, when and with what it was taken.

Called before the transaction begins: nobody waits for it. What is kept is painted anew, never the file that was sent.
"""

from __future__ import annotations

import io
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Final

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps

from supportdesk.core.errors import DeskError
from supportdesk.core.security import MEGABYTE

#: The long side of what is kept and of what a page shows among others, in points.
LONGEST: Final = 1600
LONGEST_SMALL: Final = 400
#: How many points are read at most: 50 million come from telephones, and a JPEG is read at a fraction of its size; the
#: others are unpacked whole.
_MOST_POINTS: Final = {"JPEG": 51_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
#: A JPEG with a second one behind it, for bright screens.
_IN_FACT: Final = {"MPO": "JPEG"}
_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_WHITE: Final = (255, 255, 255)
#: What Pillow raises at files that are not what they begin as.
_BROKEN: Final = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, struct.error)
_TOO_MANY: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class PictureRefused(DeskError):
    """What was chosen is no picture that the desk keeps: why is said in words."""

    status = 422

    def __init__(self, words: object) -> None:
        super().__init__(words, field="pictures")


@dataclass(frozen=True)
class ReadyPicture:
    """What is kept of a photograph: two JPEGs, and the size of the larger."""

    picture: bytes
    thumbnail: bytes
    width: int
    height: int


def read_picture(file: IO[bytes], most: int) -> ReadyPicture:
    """Reads no more than `most` megabytes. Raises PictureRefused."""
    data = file.read(most * MEGABYTE + 1)
    if len(data) > most * MEGABYTE:
        raise PictureRefused(_l("%(most)sMBまでの写真をえらんでください。", most=most))
    try:
        upright = _upright(_opened(data))
    except _TOO_MANY as error:
        raise _too_fine() from error
    except _BROKEN as error:
        raise PictureRefused(_what_else(data)) from error
    picture, thumbnail = _shrunk(upright, LONGEST), _shrunk(upright, LONGEST_SMALL)
    return ReadyPicture(_as_jpeg(picture, 82), _as_jpeg(thumbnail, 75), *picture.size)


def fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    """The size at which a picture is no longer than this on either side."""
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _opened(data: bytes) -> Image.Image:
    """The picture, read at not much more than the size that is kept."""
    found = Image.open(io.BytesIO(data), formats=tuple(_MOST_POINTS))
    kind = str(found.format)
    if found.width * found.height > _MOST_POINTS[_IN_FACT.get(kind, kind)]:
        raise _too_fine()
    found.draft(None, (LONGEST, LONGEST))
    found.load()
    return found


def _upright(picture: Image.Image) -> Image.Image:
    """Turned, shrunk, and painted on a white sheet of its own, to which nothing of the file sticks."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    small = _shrunk(picture if picture.mode == mode else picture.convert(mode), LONGEST)
    with suppress(*_BROKEN):  # what the phone noted cannot always be read: then it stays as it is
        small = ImageOps.exif_transpose(small)
    sheet = Image.new("RGB", small.size, _WHITE)
    sheet.paste(small, mask=small.getchannel("A") if small.mode == "RGBA" else None)
    return sheet


def _shrunk(picture: Image.Image, longest: int) -> Image.Image:
    size = fitted(*picture.size, longest)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _as_jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _too_fine() -> PictureRefused:
    return PictureRefused(
        _l("写真が細かすぎて、読めません。カメラの設定で画素数を下げて撮るか、小さくしてからえらんでください。")
    )


def _what_else(data: bytes) -> object:
    """What is said of a file that could not be read."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return _l(
            "iPhoneの写真の形式（HEIC）は、そのままでは使えません。iPhoneの「設定」の「カメラ」「フォーマット」で"
            "「互換性優先」をえらぶと、次からJPEGで撮れます。もう撮った写真は、「写真」から「ファイル」に保存し、"
            "長く押して「クイックアクション」「画像を変換」「JPEG」とえらぶと、JPEGになります。"
        )
    if data.startswith(_BEGINNINGS):
        return _l("この写真は、こわれているため読めません。もう一度撮るか、別の写真をえらんでください。")
    return _l("JPEG・PNG・WebPの写真をえらんでください。")
