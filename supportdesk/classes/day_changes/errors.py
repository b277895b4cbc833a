"""What is refused of changing a day, in words for whoever pressed the button."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.classes.doubts import Doubtful
from supportdesk.classes.errors import PlanRefused
from supportdesk.core.errors import DeskError


class NothingChanges(DeskError):
    """Every meeting was left as it is."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_l("中止にする教室か、別の日に移す教室をえらんでください。"))


class AskedOnceMore(Doubtful):
    """What will happen to whom, before it is done; `digest` stands for it."""

    def __init__(self, consequences: list[str], digest: str) -> None:
        super().__init__(consequences)
        self.digest = digest
        self.message = _l("次のようになります。よければ、チェックを入れて、もう一度送ってください。")


class BeforeTheDraw(PlanRefused):
    """A run whose draw is still to come is called off on its own page, where its entries are told."""

    def __init__(self, meeting_id: int) -> None:
        super().__init__(
            _l("抽選の前の教室です。中止にするときは、その教室のページから中止にしてください。"),
            field=f"what_{meeting_id}",
        )


class CannotBeUndone(DeskError):
    """Somebody was told already, a meeting would have begun, or it was changed again."""

    def __init__(self) -> None:
        super().__init__(
            _l("もう元にもどせません。だれかに連絡したか、始まる時刻をすぎたか、ほかの人がまた変えています。")
        )
