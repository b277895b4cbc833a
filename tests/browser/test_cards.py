"""The operating cards of docs/: all pictures are there, and each prints on one A4 sheet. `--pictures` renews them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import NewContext, SignIn
from tests.browser.pictures import Album
from tests.servers import ROOT

CARDS = sorted((ROOT / "docs" / "cards").glob("*.html"))
#: (who, picture, address) of the pages that the loop does not pass.
OTHER_PAGES = (
    ("coordinator", "plan", "/classes/new"),
    ("admin", "accounts", "/admin/accounts"),
    ("admin", "places", "/admin/places"),
    ("admin", "videos", "/admin/videos"),
    ("admin", "audit", "/admin/audit"),
)


@pytest.mark.parametrize(("who", "picture", "address"), OTHER_PAGES)
def test_the_pages_on_the_cards_open(
    new_context: NewContext, sign_in: SignIn, album: Album, who: str, picture: str, address: str
) -> None:
    page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    sign_in(page, who)
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok
    album.take(page, picture)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_a_card_is_one_sheet_with_all_its_pictures(
    new_context: NewContext, pytestconfig: pytest.Config, tmp_path: Path, card: Path
) -> None:
    page = new_context().new_page()
    page.goto(card.as_uri())
    missing = page.evaluate("[...document.images].filter(image => !image.naturalWidth).map(image => image.src)")
    assert missing == []
    folder = card.parent if pytestconfig.getoption("pictures") else tmp_path
    printed = page.pdf(path=folder / f"{card.stem}.pdf", prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
