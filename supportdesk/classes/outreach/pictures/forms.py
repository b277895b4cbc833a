"""The fields with which pictures are chosen, beside a result or by themselves, and what is said of one."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import Form
from wtforms.validators import ValidationError

from supportdesk.classes.outreach.office import OUTREACH_PICTURE_MEGABYTES, OUTREACH_PICTURES
from supportdesk.classes.outreach.pictures.errors import ConsentMissing, TooManyPictures
from supportdesk.core.errors import DeskError
from supportdesk.core.fields import DeskForm, TextField, TickField
from supportdesk.core.fields.base import DeskField
from supportdesk.core.fields.note import refuse_what_must_not_be_kept
from supportdesk.core.pictures import PictureRefused, ReadyPicture, read_picture


class PicturesField(DeskField):
    """Several photographs from a phone; `data` is a list of files, or None, and `ready` what is kept of them once they
    were found good.
    """

    kind = "file"

    def __init__(self, label: object, **options: Any) -> None:
        # Any kind of picture: phones then offer the camera beside the album. What the desk keeps is said afterwards.
        options["render_kw"] = {"accept": "image/*", "multiple": ""}
        super().__init__(label, validators=[_are_pictures], **options)
        self.ready: list[ReadyPicture] = []

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = [file for file in valuelist if isinstance(file, FileStorage) and file.filename] or None

    def missing_message(self) -> str:
        return _("写真をえらんでください。")


def _are_pictures(_form: Form, field: PicturesField) -> None:
    most, files = OUTREACH_PICTURES.get(), field.data or []
    if len(files) > most:
        raise ValidationError(str(TooManyPictures(most).message))
    for file in files:
        try:
            field.ready.append(read_picture(file.stream, OUTREACH_PICTURE_MEGABYTES.get()))
        except PictureRefused as error:
            words = str(error.message)
            raise ValidationError(
                words if len(files) == 1 else _("%(name)s：%(words)s", name=file.filename, words=words)
            ) from error


class CaptionField(TextField):
    """What a picture shows, in a few words."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            _l("写真の説明"), required=False, max_length=60, validators=[refuse_what_must_not_be_kept], **options
        )


class PictureFields(DeskForm):
    """Pictures that may be left out, and the consent of whoever can be seen."""

    consent = TickField(_l("写っている方の承諾を得ました"))
    pictures = PicturesField(_l("写真"), required=False)
    caption = CaptionField(hint=_l("例：地図をさがす練習（えらんだ写真すべてに付きます。あとで1枚ずつ直せます。）"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field; pictures want consent. Whatever was wrong, files have to be chosen again."""
        valid = bool(super().validate(extra_validators))
        if self.pictures.ready and not self.consent.data:
            self.consent.errors = [str(ConsentMissing().message)]
            valid = False
        if not valid:
            self._ask_again()
        return valid

    def refuse(self, error: DeskError) -> None:
        super().refuse(error)
        self._ask_again()

    def _ask_again(self) -> None:
        """No page can give a file back to the browser that sent it."""
        if self.pictures.data and not self.pictures.errors:
            self.pictures.errors = [_("写真は、もう一度えらんでください。ほかの欄は、入れたまま残っています。")]

    @property
    def most(self) -> int:
        """How many a lecture has at most, for the page."""
        return OUTREACH_PICTURES.get()

    @property
    def about_pictures(self) -> str:
        """What can be chosen, for the page."""
        return _(
            "%(most)s枚まで、1枚%(megabytes)sMBまで（JPEG・PNG・WebP）。撮った場所などの記録は、消してから保存します。",
            most=self.most,
            megabytes=OUTREACH_PICTURE_MEGABYTES.get(),
        )


class AddPicturesForm(PictureFields):
    """Pictures by themselves, after the result was written."""

    pictures = PicturesField(_l("写真"))


class CaptionForm(DeskForm):
    """What a picture shows."""

    caption = CaptionField(hint=_l("例：地図をさがす練習"))
