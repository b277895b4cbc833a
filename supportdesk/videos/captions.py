"""Captions in WebVTT: read, refused where a browser would show nothing, and turned into a transcript.

Called when a film's captions are handed in. After the W3C's "WebVTT: The Web Video Text Tracks Format", stricter where
that lets a browser drop a caption in silence.
"""

from __future__ import annotations

import html
import re
from typing import Final, NamedTuple

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError

_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_TIME: Final = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING: Final = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+\S.*)?")
_COMMA: Final = re.compile(r"\d,\d{3}")
_TAG: Final = re.compile(r"<[^>]*>")
_NO_CAPTION: Final = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")


class Cue(NamedTuple):
    """One caption: when it is shown, in seconds, and its text."""

    start: float
    end: float
    text: str


class BadCaptions(DeskError):
    """The captions are no WebVTT. The message says in which line, and what is wrong there."""

    status = 422

    def __init__(self, message: object) -> None:
        super().__init__(message, field="captions")


def read_captions(data: bytes) -> list[Cue]:
    """The captions of a WebVTT file, in order. Raises BadCaptions."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadCaptions(_l("字幕のファイルは、UTF-8で保存してください。")) from None
    lines = _LINE_BREAK.split(text.replace("\0", ""))
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise BadCaptions(_l("字幕のファイルの1行目は「WEBVTT」です。字幕ソフトで、WebVTT形式で保存してください。"))
    cues: list[Cue] = []
    for number, block in _blocks(lines):
        cue = _cue(number, block)
        if cue is None:
            continue
        if cues and cue.start < cues[-1].start:
            raise BadCaptions(_l("字幕の%(line)s行目: 前の字幕より早い時刻です。", line=number))
        cues.append(cue)
    if not cues:
        raise BadCaptions(_l("字幕が1つも入っていません。"))
    return cues


def transcript_of(cues: list[Cue]) -> str:
    """What is said, a caption to a line; a caption that stays on screen is said once."""
    said: list[str] = []
    for cue in cues:
        if not said or said[-1] != cue.text:
            said.append(cue.text)
    return "\n".join(said)


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """What stands between empty lines, with the number of its first line; the file's own heading left out."""
    blocks: list[tuple[int, list[str]]] = []
    start = 0
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            continue
        if start:
            blocks.append((start + 1, lines[start : number - 1]))
        start = number
    return [(number, block) for number, block in blocks if block]


def _cue(number: int, block: list[str]) -> Cue | None:
    """The caption of one block; None of a note or a style. Raises BadCaptions."""
    if _NO_CAPTION.fullmatch(block[0]):
        return None
    timing = 0 if "-->" in block[0] else 1
    if timing >= len(block) or "-->" not in block[timing]:
        raise BadCaptions(_l("字幕の%(line)s行目: 「00:01.000 --> 00:04.000」の形の時刻がありません。", line=number))
    start, end = _times(number + timing, block[timing])
    said = block[timing + 1 :]
    if any("-->" in line for line in said):
        raise BadCaptions(_l("字幕の%(line)s行目: 次の字幕との間に、空の行を入れてください。", line=number))
    text = " ".join(html.unescape(_TAG.sub("", line)).strip() for line in said).strip()
    if not text:
        raise BadCaptions(_l("字幕の%(line)s行目: 字幕の文がありません。", line=number))
    return Cue(start, end, text)


def _times(number: int, line: str) -> tuple[float, float]:
    match = _TIMING.fullmatch(line.strip())
    if match is None and _COMMA.search(line):
        raise BadCaptions(
            _l("字幕の%(line)s行目: 秒の小数は「.」で書きます（SRT形式ではなく、WebVTT形式）。", line=number)
        )
    if match is None:
        raise BadCaptions(
            _l("字幕の%(line)s行目: 時刻は「00:01.000 --> 00:04.000」の形で書いてください。", line=number)
        )
    start, end = _seconds(*match.groups()[:4]), _seconds(*match.groups()[4:])
    if end <= start:
        raise BadCaptions(_l("字幕の%(line)s行目: 終わりの時刻が、始まりより後ではありません。", line=number))
    return start, end


def _seconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths) / 1000
