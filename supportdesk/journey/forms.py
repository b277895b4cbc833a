"""What a learner answers to make a phone their own."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from supportdesk.core.fields import DateField, DeskForm, TextField


class OwnPhoneForm(DeskForm):
    """Two answers that the card alone does not give away."""

    birth_date = DateField(_l("生まれた日"))
    digits = TextField(
        _l("届け出た電話番号の下4けた"),
        max_length=20,
        width="s",
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
