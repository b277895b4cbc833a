"""The administrator's forms about accounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import (
    DayField,
    DeskForm,
    HiddenField,
    KanaField,
    MailField,
    PhoneField,
    TextField,
    TickField,
    TicksField,
)
from supportdesk.core.permissions import ROLE_LABELS, Role


class AlthoughField(TickField):
    """That somebody's work ahead is known, and stays theirs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_l("これからの担当があっても変える（担当は自動では終わりません）"), **options)


class StaffForm(DeskForm):
    """What an account's holder is called, and what they do where."""

    name = TextField(_l("名前"), max_length=100)
    kana = KanaField(_l("フリガナ"), required=False, max_length=100)
    phone = PhoneField(_l("電話番号"), required=False)
    mail = MailField(_l("メールアドレス"), required=False, max_length=254)
    roles = TicksField(_l("役割"), choices=ROLE_LABELS, coerce=Role, required=True)
    districts = TicksField(_l("担当する地区"), hint=_l("地区担当と地域サポーターだけ。"))
    although = AlthoughField()

    def __init__(self, districts: list[tuple[str, str]], **options: Any) -> None:
        self._districts = districts
        super().__init__(**options)

    def process(self, *arguments: Any, **options: Any) -> None:
        """The city's districts have to be known before what was ticked is read."""
        self.districts.choices = self._districts
        super().process(*arguments, **options)


class NewStaffForm(StaffForm):
    """The same with a user name."""

    username = TextField(
        _l("ユーザー名"),
        max_length=100,
        hint=_l("ログインのときに入力します。あとで変えられません。"),
        render_kw={"autocapitalize": "none", "autocomplete": "off"},
    )


class SwitchForm(DeskForm):
    """Off or on, as it was asked when the page was opened: a second press does not undo the first."""

    wanted = HiddenField()
    although = AlthoughField()


class ServiceForm(DeskForm):
    """From when until when somebody serves: for each role and district that they have, leave, the last day."""

    leave_first = DayField(_l("休職の始めの日"), required=False)
    leave_last = DayField(_l("休職の終わりの日"), required=False)
    ends_on = DayField(_l("最後の日（この日まで使えます）"), required=False)
    although = AlthoughField()


def service_form(roles: Collection[Role], districts: Mapping[str, str], stored: Mapping[str, Any]) -> ServiceForm:
    """The form for these roles and districts (code: name), with what is stored."""
    given: dict[str, object] = {f"role_{role}": role.label for role in roles}
    given |= {f"district_{code}": name for code, name in districts.items()}
    fields: dict[str, object] = {}
    for name, words in given.items():
        fields[f"{name}_first"] = DayField(_l("%(what)s：始めの日", what=words), required=False)
        fields[f"{name}_last"] = DayField(_l("%(what)s：終わりの日", what=words), required=False)
    form: ServiceForm = type("OwnServiceForm", (ServiceForm,), fields)(data=stored)
    return form
