"""The office's forms for the library: one video, and taking one out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import (
    AreaField,
    ChoiceField,
    DeskForm,
    FileField,
    HiddenField,
    SelectField,
    TextField,
    TicksField,
)
from supportdesk.core.fields.base import DeskField
from supportdesk.core.japanese import half_width, tidy
from supportdesk.videos.models import Video
from supportdesk.videos.operations import NO_ADDRESS, VideoPlan, is_https

FILE, SITE = "file", "site"
WHERE = {FILE: _l("動画のファイルを、ここに置く"), SITE: _l("動画サイトにある（YouTubeなど）")}
Choices = Sequence[tuple[str, str]]
_MINUTE = 60
#: 3:25, 3分25秒, 3分, 45秒.
_LENGTH = re.compile(r"(?:(?P<minutes>[0-9]{1,3})(?::(?=[0-9])|分))?(?:(?P<seconds>[0-9]{1,2})秒?)?")


class LengthField(DeskField):
    """How long a film is, typed 3:25 or 3分25秒; `data` is in seconds, or None. A bare number may mean either."""

    width = "s"

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        written = half_width(tidy(str(valuelist[0]))).replace(" ", "") if valuelist else ""
        if not written:
            return
        self.data = _length_of(written)
        if not self.data:
            raise ValueError(_("動画の長さは 3:25 のように、分:秒で入力してください。"))

    @property
    def value(self) -> str:
        return self.typed or (f"{self.data // _MINUTE}:{self.data % _MINUTE:02}" if self.data else "")


def _length_of(written: str) -> int | None:
    match = None if written.isdecimal() else _LENGTH.fullmatch(written)
    if match is None:
        return None
    minutes, seconds = int(match["minutes"] or 0), int(match["seconds"] or 0)
    return minutes * _MINUTE + seconds if seconds < _MINUTE else None


class VideoForm(DeskForm):
    """One video. Files that were good are kept at once and named in hidden fields, so that none is sent twice."""

    title = TextField(_l("題名"), max_length=100)
    title_en = TextField(_l("英語の題名"), max_length=100, required=False)
    about = AreaField(_l("どんな動画か"), max_length=300, rows=2, required=False)
    area_code = SelectField(_l("分野"))
    skills = TicksField(
        _l("練習できるスキル"), required=True, hint=_l("「できた」「まだ」の答えが、このスキルの記録になります。")
    )
    where = ChoiceField(_l("動画のある場所"), choices=WHERE, default=FILE)
    film = FileField(_l("動画のファイル"), accept="video/mp4,video/webm", required=False)
    address = TextField(
        _l("動画サイトのアドレス"), max_length=500, required=False, hint=_l("「https://」で始まるアドレス。")
    )
    captions = FileField(_l("字幕のファイル"), accept=".vtt,text/vtt", required=False)
    seconds = LengthField(_l("長さ"), hint=_l("分:秒で入力してください（例：3分25秒は 3:25）。"))
    transcript = AreaField(_l("動画で話していること"), max_length=50_000, rows=8, required=False)
    kept_film = HiddenField(max_length=100)
    kept_captions = HiddenField(max_length=100)

    def __init__(self, areas: Choices, skills: Choices, **options: Any) -> None:
        super().__init__(choices={"area_code": areas, "skills": skills}, **options)

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field; a film or an address, as was said."""
        valid = bool(super().validate(extra_validators))
        if self.where.data == FILE and not (self.film.data or self.kept_film.data or self.film.errors):
            self.film.errors = [self.film.missing_message()]
            valid = False
        if self.where.data == SITE and not self.address.errors and not is_https(self.address.data):
            self.address.errors = [str(NO_ADDRESS) if self.address.data else self.address.missing_message()]
            valid = False
        return valid

    def plan(self) -> VideoPlan:
        """What was said. Of the two places only the one chosen counts."""
        on_site = self.where.data == SITE
        return VideoPlan(
            title=self.title.data,
            title_en=self.title_en.data,
            summary=self.about.data,
            area_code=str(self.area_code.data),
            skills=tuple(sorted(self.skills.data or ())),
            seconds=self.seconds.data or 0,
            address=self.address.data if on_site else "",
            file_name="" if on_site else self.kept_film.data,
            captions_name=self.kept_captions.data,
            transcript=self.transcript.data,
        )


def stored_values(video: Video, skill_codes: frozenset[str]) -> dict[str, object]:
    """What the form shows of a video that is in the library."""
    return {
        "title": video.title,
        "title_en": video.title_en,
        "about": video.summary,
        "area_code": video.area_code,
        "skills": skill_codes,
        "where": SITE if video.address else FILE,
        "address": video.address,
        "seconds": video.seconds,
        "transcript": video.transcript,
        "kept_film": video.file_name,
        "kept_captions": video.captions_name,
    }


class RetireForm(DeskForm):
    """Taking a video out: which one has come in its place."""

    successor = SelectField(_l("代わりに見てもらう動画"), required=False, coerce=int, empty=_l("代わりの動画はない"))

    def __init__(self, others: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(choices={"successor": others}, **options)
