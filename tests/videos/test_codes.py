"""QR codes of videos, and the sheets they are printed on."""

from __future__ import annotations

import pytest
from flask import Flask

from supportdesk.core import clock as desk_clock
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM, Role
from supportdesk.core.qr import qr_png, qr_svg
from supportdesk.videos.operations import Added, retire_video
from tests.factories import make_account, make_reference
from tests.markup import attribute
from tests.pages import PageClient
from tests.videos.making import PLAN, make_video


@pytest.fixture
def video(app: Flask, client: PageClient) -> Added:
    """A video, and an instructor who hands it out."""
    with app.app_context():
        make_reference()
        make_account(Role.INSTRUCTOR)
        added = make_video()
    client.sign_in("instructor")
    return added


def test_the_codes_say_the_videos_address(client: PageClient, video: Added) -> None:
    address = f"http://desk.test/v/{video.code}"
    svg, png = client.get(f"/v/{video.code}/code.svg"), client.get(f"/v/{video.code}/code.png")
    assert (svg.data, svg.headers["Content-Type"]) == (qr_svg(address), "image/svg+xml; charset=utf-8")
    assert (png.data, png.headers["Content-Type"]) == (qr_png(address), "image/png")
    assert "max-age" in svg.headers["Cache-Control"]
    for picture in ("code.svg", "code.png"):
        client.get(f"/v/V999999/{picture}", expect=404)


def test_a_sheet_shows_one_video_large(client: PageClient, video: Added) -> None:
    page = client.get(client.get("/videos/handouts").link(PLAN.title))
    assert page.h1 == PLAN.title
    assert attribute(page.one(".video-sheet img"), "src") == f"/v/{video.code}/code.svg"
    assert f"http://desk.test/v/{video.code}" in page.text
    client.get("/v/V999999/sheet", expect=404)


def test_sheets_show_all_videos_of_an_area(app: Flask, client: PageClient, video: Added) -> None:
    with app.app_context():
        make_video(title="写真を撮る", skills=("B3",))
        make_video(title="音量", area_code="A", skills=("A4",))
    page = client.get(client.get("/videos/handouts").link("電話とカメラをまとめて印刷する"))
    assert page.texts(".video-cards h2") == [PLAN.title, "写真を撮る"]
    assert len(client.get("/videos/sheets").all(".video-cards li")) == 3
    assert "まだありません" in client.get("/videos/sheets?area=C").text
    assert "まだありません" in client.get("/videos/sheets?area=%00").text


def test_a_retired_video_is_handed_out_no_more(app: Flask, client: PageClient, video: Added) -> None:
    with app.app_context(), transaction():
        retire_video(video.id, None, actor=SYSTEM, now=desk_clock.now())
    assert "動画はまだありません" in client.get("/videos/handouts").text
    client.get(f"/v/{video.code}/sheet", expect=404)
