"""Ledgers of several shapes become learners: each row new, duplicate or rejected, and nobody twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from supportdesk.core import clock
from supportdesk.core.database import Base, transaction
from supportdesk.core.japanese import search_key
from supportdesk.core.permissions import SYSTEM
from supportdesk.core.tables import TableError, write_xlsx
from supportdesk.extensions import db
from supportdesk.learners.importing import ImportPlan, plan_import, take_in
from supportdesk.learners.keys import findable, keys_of
from supportdesk.learners.models import Device, Learner, LearnerKey, LearnerPhone, Need
from supportdesk.learners.operations import register_learners
from supportdesk.learners.particulars import BadParticulars
from supportdesk.reference import load_reference
from tests.recording import queries

pytestmark = pytest.mark.usefixtures("context")
LEDGERS = Path(__file__).parent / "ledgers"
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _the_city(context: None) -> None:
    with transaction():
        load_reference()


def plan(data: bytes, name: str = "ledger.csv") -> ImportPlan:
    return plan_import(data, name, today=TODAY)


def written(data: bytes) -> ImportPlan:
    with transaction():
        return take_in(data, "ledger.csv", actor=SYSTEM, now=clock.now())


def rows_of_all_tables() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def ledger() -> bytes:
    return (LEDGERS / "reception_ledger_cp932.csv").read_bytes()


def test_the_paper_ledger_agrees_with_what_is_known_of_it() -> None:
    truth = json.loads((LEDGERS / "reception_ledger_truth.json").read_text("utf-8"))
    planned = plan(ledger())
    assert len(planned.new) == truth["new"]
    assert len(planned.duplicates) == truth["duplicate_of_earlier_row"]
    assert len(planned.rejected) == sum(truth["rejected"].values())
    assert len(planned.warnings) == sum(truth["warnings"].values())
    assert len(planned.new) + len(planned.duplicates) + len(planned.rejected) == truth["people_rows"]
    assert [(problem.row, problem.column) for problem in planned.rejected] == [
        (298, "生年月日"),
        (299, "生年月日"),
        (300, "地区"),
        (301, "氏名"),
        (302, "生年月日"),
    ]


def test_a_plan_changes_no_row_in_any_table() -> None:
    before = rows_of_all_tables()
    plan(ledger())
    assert rows_of_all_tables() == before


def test_the_same_file_twice_adds_nobody() -> None:
    assert len(written(ledger()).new) == 279
    assert db.session.scalar(select(func.count()).select_from(Learner)) == 279
    again = plan(ledger())
    assert (len(again.new), len(again.duplicates), len(again.rejected)) == (0, 296, 5)


def test_a_workbook_with_other_headings() -> None:
    data = write_xlsx(
        ["No.", "お名前", "ふりがな", "誕生日", "携帯電話", "お住まい", "スマホ", "配慮事項"],
        [
            [
                "1",
                "髙橋 花",
                "たかはし はな",
                "昭和15年1月2日",
                "090-1234-5678",
                "中央",
                "らくらくスマートフォン",
                "杖",
            ],
            ["2", "高橋花", "タカハシ ハナ", "1940/1/2", "", "中央地区", "", ""],
            ["3", "高橋 太郎", "たかはし たろう", "", "090-1234-5678", "市外", "", ""],
        ],
        sheet="名簿",
    )
    planned = plan(data, "名簿.xlsx")
    assert [row for row, _ in planned.new] == [2, 4]
    assert planned.duplicates == [3]
    hana, taro = (person for _, person in planned.new)
    assert (hana.device, hana.needs) == (Device.EASY_PHONE, frozenset({Need.WALKING}))
    assert (hana.district_code, taro.outside_city) == ("chuo", True)


def test_a_ledger_of_kana_alone_is_taken_in() -> None:
    planned = plan("フリガナ\t電話\nｻﾄｳ ﾊﾅ\t018-888-1542\nサトウ　ハナ\t0188881542\n".encode(), "list.txt")
    assert (len(planned.new), len(planned.duplicates)) == (1, 1)


def test_a_row_with_several_faults_is_rejected_once_and_says_each() -> None:
    planned = plan("氏名,地区,生年月日\n佐藤 花,月,昭和99年1月2日\n".encode())
    assert [(problem.row, problem.column) for problem in planned.rejected] == [(2, "地区")]
    assert [(problem.row, problem.column) for problem in planned.further] == [(2, "生年月日")]
    assert len(planned.as_json()["rejected"]) == 1


def test_a_second_row_of_somebody_new_names_the_first() -> None:
    data = "氏名,電話番号\n佐藤 花,018-888-1542\n佐藤花,0188881542\n".encode()
    planned = plan(data)
    assert planned.repeats == {3: 2}
    written(data)
    again = plan(data)
    assert (again.duplicates, again.repeats) == ([2, 3], {})


def test_a_couple_on_one_phone_are_two() -> None:
    data = "氏名,電話番号,生年月日\n佐藤 花,018-888-1542,S15.1.2\n佐藤 実,018-888-1542,S14.3.4\n".encode()
    assert len(plan(data).new) == 2


def test_what_is_no_valid_number_is_kept_as_typed() -> None:
    written("氏名,電話番号\n佐藤 花,1234\n".encode())
    assert db.session.execute(select(LearnerPhone.number, LearnerPhone.typed)).all() == [(None, "1234")]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("フリガナ", "佐藤 花"),
        ("メール", "hana@"),
        ("郵便番号", "010-85"),
        ("住所", "暗証番号は1234"),
        ("備考", "マイナンバー 123456789018"),
        ("電話番号", "123456789018"),
        ("氏名カナ", "サ" * 101),
    ],
)
def test_what_no_form_would_take_is_a_rejected_row_that_names_its_column(heading: str, cell: str) -> None:
    planned = plan(f"氏名,{heading}\n佐藤 花,{cell}\n鈴木 一,\n".encode())
    column = "フリガナ" if heading == "氏名カナ" else heading
    assert [(problem.row, problem.column) for problem in planned.rejected] == [(2, column)]
    assert [row for row, _ in planned.new] == [3]


def test_a_name_that_could_never_be_found_is_rejected() -> None:
    assert [(problem.row, problem.column) for problem in plan("氏名,電話\n？？,\n".encode()).rejected] == [(2, "氏名")]


def test_particulars_are_kept_as_a_form_would_keep_them() -> None:
    planned = plan(
        "氏名,電話,携帯,郵便番号,メール\n"
        "さとう はな,018-888-1542,0188881542,０１０８５６０,ｈａｎａ＠example.jp\n鈴木 一,,,108560,なし\n".encode()
    )
    hana, hajime = (person for _row, person in planned.new)
    assert (hana.kana, hana.postal_code, hana.mail) == ("さとう はな", "010-8560", "hana@example.jp")
    assert [phone.typed for phone in hana.phones] == ["018-888-1542"]
    assert (hajime.postal_code, hajime.mail) == ("010-8560", "")


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n\0\0\0", b"hello", b"\xff\xfe\x00\xd8", b"PK\x03\x04 broken"])
def test_what_is_no_ledger_gets_a_message(data: bytes) -> None:
    with pytest.raises(TableError) as refused:
        plan(data)
    assert str(refused.value.message)


def test_many_are_entered_in_a_few_statements_and_each_as_if_alone() -> None:
    planned = plan(ledger())
    with queries() as seen:
        written(ledger())
    assert len(seen.writing()) < 2 * 279, seen  # the audit trail has a row each
    learners = list(db.session.scalars(select(Learner).order_by(Learner.id).options(selectinload("*"))))
    for learner, (_row, person) in zip(learners, planned.new, strict=True):
        assert (learner.name, learner.kana, learner.birth_date) == (person.name, person.kana, person.birth_date)
        assert [(one.typed, one.number) for one in learner.phones] == [(one.typed, one.number) for one in person.phones]
        assert {one.need for one in learner.needs} == person.needs
        held = select(LearnerKey.key).where(LearnerKey.learner_id == learner.id)
        assert set(db.session.scalars(held)) == keys_of(findable([learner.id])[learner.id])
        assert learner.kana_key == search_key(person.kana or person.name)


def test_one_who_cannot_be_entered_keeps_all_others_out() -> None:
    people = [person for _row, person in plan(ledger()).new]
    people[-1] = replace(people[-1], name="", kana="")
    before = rows_of_all_tables()
    with pytest.raises(BadParticulars), transaction():
        register_learners(people, actor=SYSTEM, now=clock.now())
    assert rows_of_all_tables() == before
