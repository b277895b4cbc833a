"""The office keeps the library: films and captions handed in, amended, ordered, taken out."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from supportdesk.accounts.models import AuditEntry
from supportdesk.core.permissions import Role
from supportdesk.extensions import db
from supportdesk.videos import queries
from supportdesk.videos.models import Video
from tests.clocks import Clock
from tests.factories import make_account, make_reference
from tests.markup import attribute, inputs_of
from tests.pages import Page, PageClient
from tests.videos.making import ON_SITE, PLAN, make_video
from tests.videos.test_media import MP4, VTT, WEBM

FIELDS = {"title": "写真を撮る", "area_code": "B", "skills": "B3", "seconds": "１：30"}


@pytest.fixture(autouse=True)
def _office(app: Flask, client: PageClient) -> None:
    with app.app_context():
        make_reference()
        make_account(Role.ADMIN)
    client.sign_in("admin")


def hand_in(client: PageClient, page: Page, expect: int = 303, **fields: Any) -> Page:
    """Fill in the form; bytes are a file's contents."""
    given = {
        name: (io.BytesIO(value), f"{name}.dat") if isinstance(value, bytes) else value
        for name, value in {**FIELDS, **fields}.items()
    }
    return client.submit(page, "video", given, expect=expect)


def send_packed(client: PageClient, **fields: Any) -> TestResponse:
    """A large form, packed here: the test client would leave its own temporary file open."""
    packed, _length, boundary = stream_encode_multipart(
        {"csrf_token": client._token(), **FIELDS, **fields}, use_tempfile=False
    )
    return client.raw.post(
        "/admin/videos/new", data=packed.read(), content_type=f"multipart/form-data; boundary={boundary}"
    )


def only_video(app: Flask) -> Video:
    with app.app_context():
        return db.session.scalars(select(Video)).one()


def test_a_film_with_captions_is_added_and_its_sheet_comes_next(app: Flask, client: PageClient) -> None:
    done = hand_in(client, client.get("/admin/videos/new"), film=MP4, captions=VTT)
    video = only_video(app)
    assert done.location == f"/v/{video.code}/sheet"
    assert "動画を登録しました" in client.get(done.location).text
    assert (video.title, video.seconds, video.transcript) == ("写真を撮る", 90, "カメラをひらきます。")
    assert client.get(f"/media/{video.file_name}").data == MP4
    watched = client.get(f"/v/{video.code}")
    assert attribute(watched.one("track"), "src") == f"/media/{video.captions_name}"
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "add_video")).one()
        assert entry.subject == f"video:{video.id}"


def test_a_video_on_a_site_needs_its_address_alone(app: Flask, client: PageClient) -> None:
    page = client.get("/admin/videos/new")
    assert "入力してください" in hand_in(client, page, where="site", expect=422).error("address")
    assert "https://" in hand_in(client, page, where="site", address="http://a.jp/1", expect=422).error("address")
    hand_in(client, page, where="site", address=ON_SITE.address, film=MP4)
    assert (only_video(app).address, only_video(app).file_name) == (ON_SITE.address, "")


@pytest.mark.parametrize("written", ["1:30", "１分３０秒", "1分 30", "1:30 "])
def test_a_length_is_read_in_minutes_and_seconds(app: Flask, client: PageClient, written: str) -> None:
    hand_in(client, client.get("/admin/videos/new"), film=MP4, seconds=written)
    assert only_video(app).seconds == 90
    code = only_video(app).code
    assert attribute(client.get(f"/admin/videos/{code}").field("seconds"), "value") == "1:30"


def test_everything_that_is_wrong_is_said_at_once_and_what_is_needed_is_marked(client: PageClient) -> None:
    page = client.get("/admin/videos/new")
    assert "※必須" in page.one("label[for=seconds]").text
    refused = hand_in(client, page, where="site", address="http://x", seconds="", title="", expect=422)
    assert all(refused.error(field) for field in ("address", "seconds", "title"))


def test_pressed_twice_there_is_one_video(app: Flask, client: PageClient) -> None:
    page = client.get("/admin/videos/new")
    first = hand_in(client, page, film=WEBM)
    assert hand_in(client, page, film=WEBM).location == first.location
    only_video(app)


def test_a_film_that_was_good_need_not_be_sent_again(app: Flask, client: PageClient) -> None:
    page = hand_in(client, client.get("/admin/videos/new"), title=None, film=MP4, captions=VTT, expect=422)
    assert "題名を入力してください" in page.error("title")
    assert "受け取りました" in page.text
    assert page.field("transcript").text.strip() == ""
    client.submit(page, "video", {"title": "写真"})
    video = only_video(app)
    assert client.get(f"/media/{video.file_name}").data == MP4
    assert video.transcript == "カメラをひらきます。"


def test_a_file_of_which_nothing_came_is_gone_after_a_day(app: Flask, client: PageClient, clock: Clock) -> None:
    def hand_in_another(film: bytes) -> None:
        hand_in(client, client.get("/admin/videos/new"), film=film)

    hand_in_another(MP4)
    page = hand_in(client, client.get("/admin/videos/new"), title=None, film=WEBM, expect=422)
    forgotten = page.link("いまの動画をひらく")
    hand_in_another(MP4 + b"a")
    assert client.get(forgotten).data == WEBM
    clock.advance(hours=25)
    client.sign_in("admin")
    hand_in_another(MP4 + b"b")
    client.get(forgotten, expect=404)
    with app.app_context():
        names = db.session.scalars(select(Video.file_name).order_by(Video.id)).all()
    assert [client.get(f"/media/{name}").data for name in names] == [MP4, MP4 + b"a", MP4 + b"b"]


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({}, "film", "ファイルをえらんでください"),
        ({"film": b"GIF89a" + bytes(100)}, "film", "MP4かWebM"),
        ({"film": MP4, "captions": b"1\n00:00:01,000 --> 00:00:02,000\nA"}, "captions", "1行目は「WEBVTT」"),
        ({"film": MP4, "seconds": ""}, "seconds", "長さを入力してください"),
        ({"film": MP4, "seconds": "90"}, "seconds", "分:秒"),
        ({"film": MP4, "seconds": "0:00"}, "seconds", "分:秒"),
        ({"film": MP4, "skills": []}, "skills", "えらんでください"),
        ({"film": MP4, "area_code": ""}, "area_code", "えらんでください"),
        ({"film": MP4, "seconds": "1:75"}, "seconds", "分:秒"),
        ({"film": MP4, "title": "あ" * 101}, "title", "100文字まで"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    app: Flask, client: PageClient, fields: dict[str, Any], field: str, said: str
) -> None:
    page = hand_in(client, client.get("/admin/videos/new"), expect=422, **{"about": "説明", **fields})
    assert said in page.error(field)
    assert "説明" in page.field("about").text
    with app.app_context():
        assert db.session.scalars(select(Video)).all() == []


def test_a_forged_name_of_a_kept_file_is_refused(client: PageClient) -> None:
    data = {**FIELDS, "where": "file", "kept_film": "../../secret_key"}
    assert "見つかりません" in client.post("/admin/videos/new", data, expect=422).error("film")
    data["kept_film"] = "read-qr-code.ja.vtt"
    assert "見つかりません" in client.post("/admin/videos/new", data, expect=422).error("film")


def test_a_film_may_be_larger_than_other_files_but_not_without_end(app: Flask, client: PageClient) -> None:
    film = MP4 + bytes(30_000_000)
    assert send_packed(client, where="file", film=FileStorage(io.BytesIO(film), "film.mp4")).status_code == 303
    kept = Path(app.config["SETTINGS"].instance) / "media" / only_video(app).file_name
    assert kept.stat().st_size == len(film)
    refused = client.raw.post(
        "/admin/videos/new", data=b"", content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "300000000"},
    )  # fmt: skip
    assert refused.status_code == 413
    assert "200MBまで" in refused.get_data(as_text=True)


def test_a_stranger_is_not_let_in_with_more_than_others(app: Flask) -> None:
    stranger = PageClient(app)
    assert send_packed(stranger, film=FileStorage(io.BytesIO(bytes(25_000_000)), "film.mp4")).status_code == 413


def test_amending_shows_what_is_stored_and_keeps_the_code(app: Flask, client: PageClient) -> None:
    with app.app_context():
        added = make_video(title_en="Scanning")
    page = client.get(client.get("/admin/videos").link(PLAN.title))
    assert f"番号 {added.code} は変わりません" in page.text
    assert attribute(page.field("title_en"), "value") == "Scanning"
    assert client.submit(page, "video", {"title": "新しい題名", "captions": (io.BytesIO(VTT), "a.vtt")})
    video = only_video(app)
    assert (video.title, video.code, video.file_name) == ("新しい題名", added.code, PLAN.file_name)
    assert video.transcript == "カメラをひらきます。"


def test_a_transcript_written_by_hand_survives_new_captions(app: Flask, client: PageClient) -> None:
    with app.app_context():
        added = make_video(transcript="わたしが\n書いた文")
    page = client.get(f"/admin/videos/{added.code}")
    client.submit(page, "video", {"captions": (io.BytesIO(VTT), "a.vtt")})
    assert only_video(app).transcript == "わたしが\n書いた文"


def test_videos_are_moved_by_buttons_and_a_double_press_moves_once(app: Flask, client: PageClient) -> None:
    with app.app_context():
        codes = [make_video(title=title).code for title in ("一", "二", "三")]
    page = client.get("/admin/videos")
    button = next(form for form in page.all("form") if "「三」を上へ" in form.html)
    sent = inputs_of(button)
    for _press in range(2):
        client.post(attribute(button, "action"), sent)
    assert client.get("/admin/videos").texts("tbody th a") == ["一", "三", "二"]
    client.post(f"/admin/videos/{codes[0]}/move", {"way": "sideways"})
    assert client.get("/admin/videos").texts("tbody th a") == ["一", "三", "二"]


def test_taking_a_video_out_says_what_happens_and_names_the_one_instead(app: Flask, client: PageClient) -> None:
    with app.app_context():
        old, new = make_video(title="古い動画"), make_video(title="新しい動画")
    page = client.get(f"/admin/videos/{old.code}/retire")
    assert f"配ったQRコード（{old.code}）" in page.text
    done = client.submit(page, "retire", {"successor": str(new.id)}, follow=True)
    assert "公開を終えました" in done.text
    assert "代わりの動画：新しい動画" in done.text
    assert client.get("/videos").texts(".card h3") == ["新しい動画"]
    with app.app_context():
        found = queries.video_by_code(old.code)
    assert found is not None
    assert found.successor is not None
    assert found.successor.code == new.code
    client.submit(client.get(f"/admin/videos/{new.code}/retire"), "retire")
    assert "代わりの動画：" not in client.get("/admin/videos").text.replace("代わりの動画：新しい動画", "")


def test_a_retired_video_gets_another_successor_or_is_put_back(app: Flask, client: PageClient) -> None:
    with app.app_context():
        old, new = make_video(title="古い動画"), make_video(title="新しい動画")
    client.submit(client.get(f"/admin/videos/{old.code}/retire"), "retire")
    page = client.get(client.get("/admin/videos").link("公開にもどす"))
    assert page.h1 == "「古い動画」の代わりの動画を変える"
    assert "代わりの動画を変えました" in client.submit(page, "retire", {"successor": str(new.id)}, follow=True).text
    done = client.submit(page, "公開にもどす", follow=True)
    assert "公開にもどしました" in done.text
    assert client.get("/videos").texts(".card h3") == ["新しい動画", "古い動画"]
    assert client.get(f"/v/{old.code}").h1 == "古い動画"
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "show_video_again")).one()
        assert entry.subject == f"video:{old.id}"
    client.submit(page, "公開にもどす")
    assert client.get("/videos").texts(".card h3") == ["新しい動画", "古い動画"]


def test_a_successor_that_is_gone_is_refused(app: Flask, client: PageClient) -> None:
    with app.app_context():
        old, new = make_video(title="古い動画"), make_video(title="新しい動画")
    page = client.get(f"/admin/videos/{old.code}/retire")
    client.submit(client.get(f"/admin/videos/{new.code}/retire"), "retire")
    refused = client.submit(page, "retire", {"successor": str(new.id)}, expect=422)
    assert "一覧の中からえらんでください" in refused.error("successor")


def test_an_empty_office_says_what_to_do_and_unknown_codes_are_not_found(client: PageClient) -> None:
    assert "最初の動画を登録してください" in client.get("/admin/videos").text
    for code in ("V999999", "%00", "1" * 400):
        client.get(f"/admin/videos/{code}", expect=404)
        client.get(f"/admin/videos/{code}/retire", expect=404)
        client.post(f"/admin/videos/{code}/move", {"way": "up"}, expect=404)


def test_the_menu_leads_from_handing_out_to_the_office(client: PageClient) -> None:
    page = client.get(client.get("/home").link("動画"))
    assert page.link("動画を登録・なおす") == "/admin/videos"
