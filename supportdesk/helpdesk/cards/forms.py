"""The forms of answer cards: one card, and taking one out."""

from __future__ import annotations

import re
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form
from wtforms.validators import ValidationError

from supportdesk.core.fields import (
    ChoiceField,
    DeskForm,
    FileField,
    HiddenField,
    NoteField,
    SelectField,
    TextField,
    TickField,
    TicksField,
)
from supportdesk.core.fields.note import refuse_what_must_not_be_kept
from supportdesk.core.pictures import PictureRefused, ReadyPicture, read_picture
from supportdesk.helpdesk.cards.models import CardDevice
from supportdesk.helpdesk.cards.operations import CardPlan
from supportdesk.helpdesk.cards.pictures import MOST_MEGABYTES
from supportdesk.helpdesk.cards.queries import CardDetails
from supportdesk.helpdesk.cards.words import CARD_DEVICES
from supportdesk.skills.queries import areas, skill_choices

LONGEST_CARD_QUESTION: Final = 100
LONGEST_STEPS: Final = 2000
MOST_STEPS: Final = 12


def _few_lines(_form: Form, field: NoteField) -> None:
    if len(str(field.data).splitlines()) > MOST_STEPS:
        raise ValidationError(_("手順は%(most)s行までにしてください。", most=MOST_STEPS))


class CardForm(DeskForm):
    """One card."""

    version = HiddenField(max_length=12)
    question = TextField(
        _l("質問"),
        max_length=LONGEST_CARD_QUESTION,
        hint=_l("例：LINEで写真を送るには"),
        validators=[refuse_what_must_not_be_kept],
    )
    also_asked = TextField(
        _l("ほかの聞き方"),
        max_length=200,
        required=False,
        hint=_l("市民がふだん使う言い方を「、」でくぎって書くと、それでも見つかります（例：写メ、孫に写真）。"),
        validators=[refuse_what_must_not_be_kept],
    )
    steps = NoteField(
        _l("手順（1行に1つ）"),
        required=True,
        max_length=LONGEST_STEPS,
        rows=8,
        hint=_l("3〜6行が読みやすいです。名前など、人のことは書かないでください。"),
        validators=[_few_lines],
    )
    device = ChoiceField(_l("機種"), choices=CARD_DEVICES, coerce=CardDevice, default=CardDevice.BOTH)
    area_code = SelectField(_l("分野"))
    skills = TicksField(_l("練習できるスキル"))
    videos = TextField(
        _l("いっしょに見る動画の番号"),
        max_length=100,
        required=False,
        hint=_l("いくつもあるときは、間をあけて入力します（例：V7HKNWC V9PFMXT）。"),
    )
    public = TickField(_l("市民のページ（よくある質問）にものせる"), default=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices={
                "area_code": [(area.code, f"{area.code} {area.name}") for area in areas()],
                "skills": skill_choices(),
            },
            **options,
        )

    def plan(self) -> CardPlan:
        """What was typed. Empty lines are no steps."""
        lines = (line.strip() for line in str(self.steps.data).splitlines())
        return CardPlan(
            question=self.question.data,
            also_asked=self.also_asked.data,
            steps="\n".join(line for line in lines if line),
            device=self.device.data or CardDevice.BOTH,
            area_code=str(self.area_code.data),
            skills=tuple(sorted(self.skills.data or ())),
            public=bool(self.public.data),
            videos=tuple(re.split(r"[\s、,]+", self.videos.data)) if self.videos.data else (),
        )

    @property
    def drawn_from(self) -> int:
        """The version of the card that the form showed."""
        return int(self.version.data) if str(self.version.data).isdecimal() else 0


def stored_values(card: CardDetails) -> dict[str, object]:
    """What the form shows of a card."""
    return {
        "version": str(card.version),
        "question": card.question,
        "also_asked": card.also_asked,
        "steps": "\n".join(card.steps),
        "device": card.device,
        "area_code": card.area_code,
        "skills": frozenset(code for code, _name in card.skills),
        "videos": " ".join(video.code for video in card.videos),
        "public": card.public,
    }


class RetireCardForm(DeskForm):
    """Taking a card out: which one is read in its place."""

    successor = TextField(
        _l("代わりに見てもらうカードの番号"),
        max_length=20,
        required=False,
        hint=_l("なければ、空けておきます。"),
    )


class PictureField(FileField):
    """One picture; `ready` is what is kept of it once it was found good."""

    def __init__(self, label: object, **options: Any) -> None:
        # Any kind of picture: phones then offer the camera beside the album.
        super().__init__(label, accept="image/*", validators=[_is_picture], **options)
        self.ready: ReadyPicture | None = None

    def missing_message(self) -> str:
        return _("写真をえらんでください。")


def _is_picture(_form: Form, field: PictureField) -> None:
    assert field.data is not None  # a missing one has been asked for
    try:
        field.ready = read_picture(field.data.stream, MOST_MEGABYTES)
    except PictureRefused as error:
        raise ValidationError(str(error.message)) from error


class CardPictureForm(DeskForm):
    """A picture with what it shows, which is read out to those who cannot see it."""

    pictures = PictureField(_l("写真"))
    caption = TextField(
        _l("写真の説明"),
        max_length=60,
        hint=_l("例：「共有」のマークは、四角から矢印が出た形です"),
        validators=[refuse_what_must_not_be_kept],
    )
