"""What answer cards refuse, in words for whoever pressed the button."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError


class BadCard(DeskError):
    """Something in the card cannot be; `field` says what."""

    status = 422

    @classmethod
    def unknown(cls, field: str) -> BadCard:
        return cls(_l("一覧の中からえらんでください。"), field=field)

    @classmethod
    def no_such_video(cls, code: str) -> BadCard:
        return cls(_l("「%(code)s」という番号の動画はありません。", code=code), field="videos")

    @classmethod
    def too_many_videos(cls, most: int) -> BadCard:
        return cls(_l("動画は%(most)s本までです。", most=most), field="videos")


class NamesLearner(BadCard):
    """The text holds something by which the learner of the case can be known."""

    def __init__(self, found: str, field: str) -> None:
        super().__init__(
            _l("相談した人のことがわかる「%(found)s」が入っています。けしてください。", found=found), field=field
        )


class TooManyCardPictures(BadCard):
    """A card is one sheet of paper."""

    def __init__(self, most: int) -> None:
        super().__init__(_l("写真は、1枚のカードに%(most)s枚までです。", most=most), field="pictures")


class CardChanged(DeskError):
    """Somebody else changed the card since the form was drawn."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "入力しているあいだに、ほかの人がこのカードをなおしました。下に今の内容があります。"
                "入力した内容はまだ保存していません。見くらべてから、もう一度保存してください。"
            )
        )


class CardRetired(DeskError):
    """A retired card is not looked through any more."""

    def __init__(self) -> None:
        super().__init__(_l("このカードは、使うのをやめています。"))


class BadSuccessorCard(DeskError):
    """The successor is the card itself, or is no longer used."""

    def __init__(self) -> None:
        super().__init__(_l("ほかの、いま使っているカードの番号を入力してください。"), field="successor")
