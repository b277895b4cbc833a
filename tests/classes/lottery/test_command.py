"""`supportdesk redraw`: anybody with the database proves the draw, and exit status says how it came out."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask
from sqlalchemy import update

from supportdesk.classes.lottery.models import Draw
from supportdesk.core.database import transaction
from supportdesk.extensions import db
from tests.classes.lottery.drawing import draw, enter_sixty, make_lottery
from tests.factories import make_reference
from tests.house.test_commands import run


def test_redraw_proves_the_draw_of_sixty_and_finds_another_seed(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context():
        make_reference()
        run_id = make_lottery(capacity=20)
        enter_sixty(run_id)
        draw(run_id)
        db.session.remove()

    done = run(tmp_path, "redraw", str(run_id), DATABASE_URL=database_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "same as drawn"
    answer = json.loads(run(tmp_path, "redraw", str(run_id), "--json", DATABASE_URL=database_url).stdout)
    assert answer["same"]
    assert len(answer["places"]) == 60
    assert sum(one["people"] for one in answer["places"] if one["seated"]) == 20

    with app.app_context(), transaction():
        db.session.execute(update(Draw).values(seed="0" * 64))
    refused = run(tmp_path, "redraw", str(run_id), DATABASE_URL=database_url)
    assert refused.returncode == 1
    assert "NOT the same" in refused.stdout
    assert run(tmp_path, "redraw", "999999", DATABASE_URL=database_url).stderr == "Error: run 999999 was never drawn\n"
    assert run(tmp_path, "redraw", "x", DATABASE_URL=database_url).returncode == 2
