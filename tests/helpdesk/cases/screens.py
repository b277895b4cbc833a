"""What the page of a case sends by itself while somebody types."""

from __future__ import annotations

import json
from typing import Any

from tests.markup import attribute
from tests.pages import Page, PageClient


def autosave(client: PageClient, page: Page, typed: dict[str, str], *, expect: int = 200) -> dict[str, Any]:
    """What the page's script sends: the form as it stands, to the address the form names."""
    form = page.form("case")
    fields = {
        attribute(control, "name"): attribute(control, "value") for control in form.select('input[type="hidden"]')
    }
    fields["asked"] = page.field("asked").text
    fields["done"] = page.field("done").text
    answer = client.post(attribute(form, "data-autosave"), {**fields, **typed}, expect=expect)
    told: dict[str, Any] = json.loads(answer.data)
    return told
