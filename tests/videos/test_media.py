"""Files: kept by what they are, found by name alone, and handed out in pieces to phones that jump about."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask

from supportdesk.core.errors import DeskError
from supportdesk.videos import media, media_views
from supportdesk.videos.captions import BadCaptions
from supportdesk.videos.media import NoFilm, TooLarge, keep_captions, keep_film, media_file, spoken_in
from tests.pages import PageClient

FTYP = b"\0\0\0\x18ftypmp42" + bytes(12)
FREE = b"\0\0\0\x01free\0\0\0\0\0\0\0\x10"
MP4 = FTYP + b"\0\0\0\x08moov" + b"\0\0\0\x54mdat" + bytes(76)
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(100)
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nカメラをひらきます。\n".encode()
CLIP = "/media/read-qr-code.mp4"


def folder(app: Flask) -> Path:
    return Path(app.config["SETTINGS"].instance) / "media"


@pytest.mark.parametrize(("film", "ending"), [(MP4, ".mp4"), (FTYP + FREE + MP4[24:], ".mp4"), (WEBM, ".webm")])
@pytest.mark.usefixtures("context")
def test_a_film_is_kept_under_a_name_of_its_contents(app: Flask, film: bytes, ending: str) -> None:
    name = keep_film(io.BytesIO(film))
    assert name.endswith(ending)
    path = media_file(name)
    assert path is not None
    assert path.read_bytes() == film
    assert keep_film(io.BytesIO(film)) == name
    assert [one.name for one in folder(app).iterdir()] == [name]


@pytest.mark.parametrize(
    ("film", "said"),
    [
        (b"", "MP4かWebM"),
        (b"GIF89a" + bytes(100), "MP4かWebM"),
        (b"\0\0\0\x14ftypqt  " + bytes(8) + MP4[24:], "MOVの動画は"),
        (b"<!--ftyp--><script>alert(1)</script>" + bytes(100), "MP4かWebM"),
        (b"\0\0\0\x18ftypmp42" + bytes(100), "MP4かWebM"),
        (FTYP + b"<html>moov</html>", "MP4かWebM"),
        (FTYP, "MP4かWebM"),
    ],
)
@pytest.mark.usefixtures("context")
def test_what_no_phone_plays_is_refused(film: bytes, said: str) -> None:
    with pytest.raises(NoFilm) as refused:
        keep_film(io.BytesIO(film))
    assert said in str(refused.value.message)


@pytest.mark.usefixtures("context")
def test_a_film_beyond_the_limit_leaves_nothing_behind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "LARGEST_FILM", 64)
    with pytest.raises(TooLarge):
        keep_film(io.BytesIO(MP4))
    assert list(folder(app).iterdir()) == []


@pytest.mark.usefixtures("context")
def test_captions_are_read_before_they_are_kept() -> None:
    assert spoken_in(keep_captions(io.BytesIO(VTT))) == "カメラをひらきます。"
    with pytest.raises(BadCaptions):
        keep_captions(io.BytesIO(b"1\n00:01,000"))
    with pytest.raises(DeskError, match="TooLarge"):
        keep_captions(io.BytesIO(VTT + b" " * media.LARGEST_CAPTIONS))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("read-qr-code.mp4", "video/mp4"), ("read-qr-code.ja.vtt", "text/vtt; charset=utf-8")],
)
def test_a_file_says_what_it_is_and_may_be_kept_for_a_year(client: PageClient, name: str, kind: str) -> None:
    answer = client.get(f"/media/{name}")
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "public" in answer.headers["Cache-Control"]
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_an_iphone_gets_the_piece_it_asks_for(client: PageClient) -> None:
    whole = client.get(CLIP).data
    first = client.get(CLIP, expect=206, headers={"Range": "bytes=0-1"})
    assert first.data == whole[:2]
    assert first.headers["Content-Range"] == f"bytes 0-1/{len(whole)}"
    assert first.headers["Content-Length"] == "2"
    rest = client.get(CLIP, expect=206, headers={"Range": "bytes=1000-"})
    assert rest.data == whole[1000:]
    client.get(CLIP, expect=416, headers={"Range": f"bytes={len(whole)}-"})


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=1000-9000000"])
def test_a_phone_that_asks_for_all_the_rest_gets_a_piece_at_a_time(app: Flask, client: PageClient, asked: str) -> None:
    film = MP4 + bytes(media_views.PIECE * 2)
    with app.app_context():
        name = keep_film(io.BytesIO(film))
    piece = client.get(f"/media/{name}", expect=206, headers={"Range": asked})
    last = 1000 + media_views.PIECE - 1
    assert piece.headers["Content-Range"] == f"bytes 1000-{last}/{len(film)}"
    assert piece.data == film[1000 : last + 1]
    tail = client.get(f"/media/{name}", expect=206, headers={"Range": "bytes=-500"})
    assert tail.data == film[-500:]


@pytest.mark.parametrize("asked", ["bytes=x", "bytes=5-2", "lines=1-2", "bytes=0-1,5-6", "bytes=" + "9" * 400 + "-"])
def test_a_range_that_cannot_be_is_no_error_of_ours(client: PageClient, asked: str) -> None:
    assert client.raw.get(CLIP, headers={"Range": asked}).status_code in (200, 206, 416)


def test_what_the_phone_has_is_not_sent_again(client: PageClient) -> None:
    tag = client.get(CLIP).headers["ETag"]
    assert client.get(CLIP, expect=304, headers={"If-None-Match": tag}).data == b""


@pytest.mark.parametrize(
    "name",
    ["nothing.mp4", "..%2fskills.csv", "..%2f..%2fcli.py", "%2e%2e", ".mp4", "read-qr-code.mp4%00", "secret_key",
     "READ-QR-CODE.MP4", "%E5%8B%95%E7%94%BB.mp4", "x" * 5000 + ".mp4"],
)  # fmt: skip
def test_no_name_leads_out_of_the_folder(app: Flask, client: PageClient, name: str) -> None:
    folder(app).mkdir(parents=True)
    client.get(f"/media/{name}", expect=404)


def test_a_kept_film_is_served(app: Flask, client: PageClient) -> None:
    with app.app_context():
        name = keep_film(io.BytesIO(WEBM))
    answer = client.get(f"/media/{name}")
    assert answer.data == WEBM
    assert answer.headers["Content-Type"] == "video/webm"
