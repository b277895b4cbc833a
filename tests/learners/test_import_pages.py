"""A ledger taken in by hand: looked at first, written when told, nothing half."""

from __future__ import annotations

import json
import random
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from supportdesk.core.permissions import Role
from supportdesk.core.tables import read_table, write_xlsx
from supportdesk.extensions import db
from supportdesk.learners.models import Learner
from tests.factories import make_account, make_reference
from tests.markup import attribute, text_of
from tests.pages import Page, PageClient

LEDGERS = Path(__file__).parent / "ledgers"
PAPER = (LEDGERS / "reception_ledger_cp932.csv").read_bytes()
TRUTH = json.loads((LEDGERS / "reception_ledger_truth.json").read_text("utf-8"))
SMALL = (
    "氏名,フリガナ,電話番号,地区,生年月日\n"
    "佐藤 うめ,サトウ ウメ,018-888-1542,中央,昭和15年1月2日\n,,,,\n鈴木 一,スズキ ハジメ,,月,\n"
)


@pytest.fixture
def desk(app: Flask, client: PageClient) -> PageClient:
    with app.app_context():
        make_reference()
        make_account(Role.RECEPTION)
    client.sign_in("reception")
    return client


def upload(desk: PageClient, data: bytes, name: str = "ledger.csv", expect: int = 200) -> Page:
    page = desk.get("/learners/import")
    return desk.submit(page, "upload", {"ledger": (BytesIO(data), name)}, expect=expect)


def hand_in(desk: PageClient, data: bytes, *, expect: int) -> Page:
    """A large file, packed here: the test client would leave its own temporary file open."""
    parts = (('name="csrf_token"', desk._token().encode()), ('name="ledger"; filename="big.csv"', data))
    body = b"".join(
        f"--cut\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + part + b"\r\n" for name, part in parts
    )
    answer = desk.raw.post(
        "/learners/import", data=body + b"--cut--\r\n", content_type="multipart/form-data; boundary=cut"
    )
    page = Page(answer, "POST", "/learners/import")
    assert page.status == expect
    return page


def rows_of(page: Page, caption: str) -> list[str]:
    """The rows of one table of the preview."""
    tables = [table for table in page.all("table") if table.select("caption")[0].text == caption]
    return [text_of(row) for table in tables for row in table.select("tbody tr")]


def learners(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Learner)) or 0


def test_the_preview_tells_each_rows_fate_and_writes_nothing(app: Flask, desk: PageClient) -> None:
    page = upload(desk, SMALL.encode())
    (refused,), (new,) = rows_of(page, "受け付けない行"), rows_of(page, "新しい人")
    assert new.startswith("2 佐藤 うめ サトウ ウメ")
    assert refused.startswith("4 鈴木 一 スズキ ハジメ")
    assert "地区：「月」という地区はありません" in refused
    assert learners(app) == 0


def test_confirmed_the_same_file_is_written_and_a_second_time_adds_nobody(app: Flask, desk: PageClient) -> None:
    page = upload(desk, SMALL.encode())
    after = desk.submit(page, "1人を登録する", follow=True)
    assert "1人を登録しました" in after.text
    desk.submit(page, "1人を登録する")
    assert learners(app) == 1
    again = upload(desk, SMALL.encode())
    assert rows_of(again, "もう登録されている行") == ["2 佐藤 うめ サトウ ウメ"]
    assert "新しく登録する人はいません" in again.text


def test_the_paper_ledger_agrees_with_its_truth(app: Flask, desk: PageClient) -> None:
    page = upload(desk, PAPER)
    expected = (TRUTH["new"], TRUTH["duplicate_of_earlier_row"], sum(TRUTH["rejected"].values()))
    counts = ("新しい人 {}人", "もう登録されている行 {}行", "受け付けない行 {}行")
    assert all(page.link(words.format(count)) for words, count in zip(counts, expected, strict=True))
    new = len(rows_of(page, "新しい人")) + len(rows_of(page, "たしかめてほしい人"))
    assert (new, len(rows_of(page, "もう登録されている行")), len(rows_of(page, "受け付けない行"))) == expected
    desk.submit(page, "confirm")
    assert learners(app) == expected[0]


FAULTY = (
    "氏名,フリガナ,電話番号,地区,生年月日,機種,連絡方法\n"
    "佐藤 うめ,サトウ ウメ,018-888-1542,中央,昭和15年1月2日,スマホ,伝書鳩\n"
    "佐藤 梅,サトウ ウメ,018-888-1542,中央,昭和15年1月2日,,\n"
    ",スズキ ハジメ,018-888-1543,月,昭和99年1月2日,,\n"
)


def test_what_is_wrong_stands_first_and_each_row_says_everything(desk: PageClient) -> None:
    page = upload(desk, FAULTY.encode())
    assert page.texts("h2")[0] == "受け付けない行"
    (refused,) = rows_of(page, "受け付けない行")
    assert all(column in refused for column in ("地区：", "氏名：", "生年月日："))
    (doubtful,) = rows_of(page, "たしかめてほしい人")
    assert "機種：「スマホ」" in doubtful
    assert "連絡方法：「伝書鳩」" in doubtful
    assert rows_of(page, "もう登録されている行") == ["3 佐藤 梅 サトウ ウメ 2行目と同じ人"]
    assert page.link("受け付けない行 1行") == "#rejected"


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_rejected_rows_are_taken_away_with_their_reasons_and_can_be_read_again(desk: PageClient, kind: str) -> None:
    held = attribute(upload(desk, FAULTY.encode()).field("held"), "value")
    answer = desk.raw.post("/learners/import/refused", data={"held": held, "kind": kind, "csrf_token": desk._token()})
    assert f".{kind}" in answer.headers["Content-Disposition"]
    headings, row = read_table(answer.data, f"refused.{kind}")
    assert headings.cells[-1] == "受け付けない理由"
    assert row.cells[1:4] == ("スズキ ハジメ", "018-888-1543", "月")
    assert "「月」という地区はありません" in row.cells[-1]
    assert rows_of(upload(desk, answer.data, f"refused.{kind}"), "受け付けない行")[0].startswith("2 スズキ ハジメ")


def test_what_must_not_be_kept_is_refused_on_paper_too(app: Flask, desk: PageClient) -> None:
    page = upload(desk, "氏名,備考\n佐藤 うめ,マイナンバー 123456789018\n鈴木 一,左の耳が遠い\n".encode())
    assert rows_of(page, "受け付けない行")[0].startswith("2 佐藤 うめ 備考：マイナンバー")
    assert rows_of(page, "たしかめてほしい人")[0].startswith("3 鈴木 一")
    assert "123456789018" not in page.text


def test_a_workbook_is_read_as_well(app: Flask, desk: PageClient) -> None:
    page = upload(desk, write_xlsx(["氏名", "電話番号"], [["佐藤 うめ", "018-888-1542"]], sheet="名簿"), "名簿.xlsx")
    desk.submit(page, "confirm")
    assert learners(app) == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.csv"),
        (b"%PDF-1.7", "ledger.csv"),
        (b"\x89PNG\r\n\x1a\n", "ledger.xlsx"),
        (b"PK\x03\x04 broken", "ledger.xlsx"),
        (b"\x81\x00\xff\xfe\x00\x81\x82", "ledger.csv"),
        ("何かの文章です。".encode(), "letter.txt"),
    ],
)
def test_a_file_that_is_no_ledger_gets_a_clear_message(app: Flask, desk: PageClient, data: bytes, name: str) -> None:
    page = upload(desk, data, name, expect=422)
    assert page.error("ledger")
    assert learners(app) == 0


def test_no_file_is_asked_for(desk: PageClient) -> None:
    assert "えらんでください" in desk.submit(desk.get("/learners/import"), "upload", expect=422).error("ledger")


def test_fifty_megabytes_are_refused(desk: PageClient) -> None:
    assert "20MB" in hand_in(desk, b"a" * 50_000_000, expect=413).text


@pytest.mark.only_on("sqlite")  # it is refused before anything is written
def test_a_ledger_too_large_to_look_at_is_told_so(app: Flask, desk: PageClient) -> None:
    noise = random.Random(1)
    rows = [[f"佐藤 {noise.randrange(10**9)}", f"備考{noise.getrandbits(7600):x}"] for _ in range(2000)]
    data = "氏名,備考\n" + "\n".join(",".join(row) for row in rows)
    page = hand_in(desk, data.encode(), expect=422)
    assert "分けてください" in page.error("ledger")


@pytest.mark.parametrize("held", ["", "forged", "a.b.c", "é"])
def test_a_forged_preview_writes_nothing(app: Flask, desk: PageClient, held: str) -> None:
    page = desk.post("/learners/import", {"held": held}, expect=422)
    assert "もう一度ファイルをえらんでください" in page.text
    assert learners(app) == 0


def test_somebody_elses_preview_cannot_be_confirmed(app: Flask, desk: PageClient) -> None:
    held = attribute(upload(desk, SMALL.encode()).field("held"), "value")
    with app.app_context():
        make_account(Role.RECEPTION, username="another")
    desk.another_device()
    desk.sign_in("another")
    desk.post("/learners/import", {"held": held}, expect=422)
    assert learners(app) == 0
