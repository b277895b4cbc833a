"""A learner may see everything the desk holds about them."""

from __future__ import annotations

import json
from datetime import date

import pytest

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import Actor
from supportdesk.learners.consents import record_consent
from supportdesk.learners.export import export_learner
from supportdesk.learners.models import ConsentKind, Need
from supportdesk.learners.passes import issue_pass
from supportdesk.learners.rooms import tables_with_learners
from tests.factories import make_learner


def test_the_export_holds_rows_of_every_table_and_no_one_elses(reception: Actor) -> None:
    learner_id = make_learner(
        "タカハシ ハナコ", phone="018-888-1542", birth_date=date(1940, 1, 2), needs=frozenset({Need.SIGHT})
    )
    make_learner("スズキ ウメ", phone="018-888-9999")
    with transaction():
        issued = issue_pass(learner_id, actor=reception, now=clock.now())
        record_consent(learner_id, ConsentKind.KEEP_RECORD, True, "ことば", actor=reception, now=clock.now())
    export = export_learner(learner_id)
    written = json.dumps(export, ensure_ascii=False)
    assert export["learner"]["birth_date"] == "1940-01-02"
    assert [row["typed"] for row in export["tables"]["learner_phone"]] == ["018-888-1542"]
    assert [row["need"] for row in export["tables"]["learner_need"]] == ["sight"]
    assert [row["wording"] for row in export["tables"]["consent"]] == ["ことば"]
    assert set(export["tables"]) == {answer.table.name for answer in tables_with_learners()} - {"learner"}
    assert "9999" not in written
    assert issued.code in written and issued.token not in written


def test_nobody_has_no_export(context: None) -> None:
    with pytest.raises(NotFound):
        export_learner(999999)
