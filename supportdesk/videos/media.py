"""The films and captions themselves: taken in, found again by name. Called by the operations and by /media.

What staff hand in is kept in the instance folder, named after its contents; the demo's clips are part of the package.
A name therefore always stands for the same contents, and phones may keep them for a year.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from flask import current_app
from flask_babel import lazy_gettext as _l

from supportdesk.core import clock
from supportdesk.core.errors import DeskError
from supportdesk.videos.captions import read_captions, transcript_of

SHIPPED: Final = Path(__file__).resolve().parent.parent / "data" / "media"
MIME_TYPES: Final = {".mp4": "video/mp4", ".webm": "video/webm", ".vtt": "text/vtt"}
MEGABYTE: Final = 1024 * 1024
FILMS: Final = (".mp4", ".webm")
CAPTIONS: Final = (".vtt",)
LARGEST_FILM: Final = 200 * MEGABYTE
LARGEST_CAPTIONS: Final = MEGABYTE
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,60}(?:\.[a-z]{2})?(\.mp4|\.webm|\.vtt)")
_PIECE: Final = 1024 * 1024
_FILM_BOXES: Final = (b"moov", b"mdat", b"moof")
#: Phones put a few small boxes (free, wide, uuid, sidx) before them.
_BOXES_BEFORE_FILM: Final = 32
#: In place of a size: it does not fit into four bytes and stands behind the name.
_LARGE: Final = b"\0\0\0\1"


class NoFilm(DeskError):
    """What was handed in is no film that every phone plays."""

    status = 422

    def __init__(self, message: object = "") -> None:
        super().__init__(message or _l("MP4かWebMの動画ファイルをえらんでください。"), field="film")


class TooLarge(DeskError):
    """A file beyond its limit."""

    status = 422

    def __init__(self, most: int, field: str) -> None:
        super().__init__(_l("%(most)sMBまでのファイルをえらんでください。", most=most // MEGABYTE), field=field)


def media_file(name: str) -> Path | None:
    """Where the file of that name lies; None when there is none. No name leads out of the two folders."""
    if not _NAME.fullmatch(name):
        return None
    for folder in (_folder(), SHIPPED):
        path = folder / name
        if path.is_file():
            return path
    return None


def keep_film(film: IO[bytes]) -> str:
    """Keep a film for good and return its name. Raises NoFilm, TooLarge."""
    return _keep(film, _film_ending(film), LARGEST_FILM, "film")


def keep_captions(captions: IO[bytes]) -> str:
    """Keep captions for good and return their name. Raises BadCaptions, TooLarge."""
    data = captions.read(LARGEST_CAPTIONS + 1)
    if len(data) > LARGEST_CAPTIONS:
        raise TooLarge(LARGEST_CAPTIONS, "captions")
    read_captions(data)
    captions.seek(0)
    return _keep(captions, ".vtt", LARGEST_CAPTIONS, "captions")


def drop_files(*, before: datetime, but: Collection[str]) -> None:
    """Remove what was kept before that time and bears none of these names."""
    for path in _folder().glob("*"):
        if path.name not in but and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def spoken_in(captions_name: str) -> str:
    """The transcript that kept captions hold; empty without captions."""
    path = media_file(captions_name) if captions_name else None
    return transcript_of(read_captions(path.read_bytes())) if path else ""


def _folder() -> Path:
    return Path(current_app.config["SETTINGS"].instance) / "media"


def _film_ending(film: IO[bytes]) -> str:
    """What kind of film it is, by its contents: names are whatever a telephone called it."""
    start = film.read(64)
    film.seek(0)
    if start[4:8] == b"ftyp" and _has_pictures(film):
        if start[8:12] == b"qt  ":
            raise NoFilm(_l("MOVの動画は、見られないスマートフォンがあります。MP4に変えてからえらんでください。"))
        return ".mp4"
    if start[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in start:
        return ".webm"
    raise NoFilm


def _has_pictures(film: IO[bytes]) -> bool:
    """Whether box follows box up to one that holds a film (ISO 14496-12, 4.2): a page may have "ftyp" in it as well."""
    end, place = film.seek(0, os.SEEK_END), 0
    try:
        for _box in range(_BOXES_BEFORE_FILM):
            film.seek(place)
            head = film.read(16)
            if head[4:8] in _FILM_BOXES:
                return True
            size = int.from_bytes(head[8:16] if head[:4] == _LARGE else head[:4])
            if size < 8 or place + size > end:
                return False
            place += size
        return False
    finally:
        film.seek(0)


def _keep(file: IO[bytes], ending: str, most: int, field: str) -> str:
    """Copy to a nameless file while counting and hashing; it gets its name when it is whole."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
        try:
            while piece := file.read(_PIECE):
                size += len(piece)
                if size > most:
                    raise TooLarge(most, field)
                digest.update(piece)
                copy.write(piece)
            name = digest.hexdigest()[:32] + ending
            copy.close()
            Path(copy.name).chmod(0o644)
            os.utime(copy.name, (clock.now().timestamp(),) * 2)
            os.replace(copy.name, folder / name)  # noqa: PTH105  # of two who keep the same, either may win
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise
    return name
