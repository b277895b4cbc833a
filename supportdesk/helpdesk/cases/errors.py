"""What a case refuses, in words for whoever pressed the button."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.errors import DeskError


class NotYet(DeskError):
    """Only what has happened can be recorded as having happened."""

    def __init__(self) -> None:
        super().__init__(_l("まだ相談の日になっていません。相談のあとで記録してください。"))


class CaseClosed(DeskError):
    """The case is closed; it is opened again before it is changed."""

    def __init__(self) -> None:
        super().__init__(_l("この相談の記録は、もう終わっています。なおすときは「記録をなおす」をおしてください。"))


class CaseChanged(DeskError):
    """Another screen saved the case since this form was drawn. What both typed is kept."""

    def __init__(self) -> None:
        super().__init__(_l("ほかの画面でこの記録が変わりました。下の内容とくらべて、よければもう一度おしてください。"))


class TooManyAsides(DeskError):
    """So many texts of other screens wait to be read that no more is kept."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "ほかの画面で入力された内容が、たくさん残っています。読んで「読んだので、けす」をおしてから、もう一度保存してください。"
            )
        )


class ResultMissing(DeskError):
    """A case is closed with a result."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("相談の結果をえらんでください。"), field="result")


class ReferralMissing(DeskError):
    """Whoever is referred to another office is referred to one that has a name."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("どの窓口につないだかを入力してください。"), field="referral")


class NoColleague(DeskError):
    """A case goes only to somebody who keeps hours at its desk, and never to oneself."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("この窓口の、ほかの相談員をえらんでください。"), field="to")


class BadMinutes(DeskError):
    """No consultation takes so long, or no time at all."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("かかった時間は、1分から480分までで入力してください。"), field="minutes")


class UnknownArea(DeskError):
    """A field of skills that there is not."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("一覧の中からえらんでください。"), field="areas")
