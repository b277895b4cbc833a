"""Pictures as phones take them, with where they were taken, and files that are none."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Final

from PIL import ExifTags, Image

RED, BLUE = (220, 30, 30), (30, 30, 220)
#: What a phone writes into a picture: where it was taken, on which phone, and that it lies on its side.
SECRET: Final = "Akita GPS camera"


def photograph(kind: str = "JPEG", size: tuple[int, int] = (800, 400), *, orientation: int = 1) -> bytes:
    """Its left half is red, its right half blue, as it lies in the file."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, *size))
    out = io.BytesIO()
    options = {"comment": SECRET.encode()} if kind == "JPEG" else {}
    picture.save(out, kind, exif=_metadata(orientation), **options)
    return out.getvalue()


def _metadata(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = SECRET
    exif[ExifTags.IFD.GPSInfo] = {
        ExifTags.GPS.GPSLatitudeRef: "N",
        ExifTags.GPS.GPSLatitude: (39.0, 43.0, 12.0),
        ExifTags.GPS.GPSMapDatum: SECRET,
    }
    return exif


def two_in_one() -> bytes:
    """What phones write that keep a second picture for bright screens behind the first (MPO)."""
    one, other = Image.new("RGB", (80, 40), RED), Image.new("RGB", (40, 20), BLUE)
    out = io.BytesIO()
    one.save(out, "MPO", save_all=True, append_images=[other])
    return out.getvalue()


def bomb(width: int = 10_000, height: int = 10_000) -> bytes:
    """The beginning of a PNG that says it has a hundred million points, and a few bytes for all of them."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(bytes(1000))) + _chunk(b"IEND")


def _chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


HEIC: Final = b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(200)
SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture
