"""The library's verbs: what may be in it, its order, what becomes of a retired code, what an answer writes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from supportdesk.accounts.models import AuditEntry
from supportdesk.core import clock
from supportdesk.core.activities import describe
from supportdesk.core.database import transaction
from supportdesk.core.errors import NotFound
from supportdesk.core.permissions import SYSTEM
from supportdesk.extensions import db
from supportdesk.learners.rooms import timeline_of
from supportdesk.skills.models import EvidenceSource, SkillEvidence
from supportdesk.skills.queries import levels_of
from supportdesk.videos import queries
from supportdesk.videos.models import Video, VideoAnswer
from supportdesk.videos.operations import (
    BadSuccessor,
    BadVideo,
    VideoPlan,
    VideoRetired,
    answer_video,
    count_view,
    move_video,
    retire_video,
    save_video,
)
from tests.clocks import Clock
from tests.factories import make_decliner, make_learner, make_reference
from tests.videos.making import ON_SITE, PLAN, make_video

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def city(context: None) -> None:
    make_reference()


def titles(area_code: str = "") -> list[str]:
    return [row.title for row in queries.shown_videos(area_code)]


def retire(video_id: int, successor_id: int | None = None) -> None:
    with transaction():
        retire_video(video_id, successor_id, actor=SYSTEM, now=clock.now())


def move(video_id: int, steps: int) -> None:
    with transaction():
        move_video(video_id, steps, actor=SYSTEM, now=clock.now())


def answer(video_id: int, learner_id: int | None, can_do: bool, activity: str = "") -> None:
    with transaction():
        answer_video(video_id, learner_id, can_do, activity=activity, now=clock.now())


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (replace(ON_SITE, address="http://films.example.jp/1"), "address"),
        (replace(ON_SITE, address="https://films.example.jp/ 1"), "address"),
        (replace(ON_SITE, address="https://someone@films.example.jp/1"), "address"),
        (replace(ON_SITE, address="https://films.example.jp:99999/1"), "address"),
        (replace(ON_SITE, address="https://[films/1"), "address"),
        (replace(ON_SITE, address="https:films.example.jp"), "address"),
        (replace(ON_SITE, address="https://localhost/1"), "address"),
        (replace(ON_SITE, address="javascript:alert(1)"), "address"),
        (replace(PLAN, address="https://films.example.jp/1"), "film"),
        (replace(ON_SITE, address=""), "film"),
        (replace(PLAN, file_name="nothing.mp4"), "film"),
        (replace(PLAN, captions_name="nothing.vtt"), "captions"),
        (replace(PLAN, seconds=0), "seconds"),
        (replace(PLAN, area_code="Z"), "area_code"),
        (replace(PLAN, skills=("Z9",)), "skills"),
    ],
)
def test_what_cannot_be_shown_is_refused_beside_its_field(plan: VideoPlan, field: str) -> None:
    with pytest.raises(BadVideo) as refused:
        make_video(plan)
    assert refused.value.field == field
    assert titles() == []


def test_an_empty_transcript_is_filled_from_the_captions_and_a_written_one_is_kept() -> None:
    assert "カメラのアプリをひらきます" in db.session.get_one(Video, make_video().id).transcript
    assert db.session.get_one(Video, make_video(transcript="わたしが書いた文").id).transcript == "わたしが書いた文"


def test_every_video_gets_a_code_of_its_own() -> None:
    codes = {make_video().code for _ in range(5)}
    assert len(codes) == 5
    assert all(code.startswith("V") and len(code) == 7 for code in codes)


def test_amending_keeps_the_code_and_changes_what_is_found() -> None:
    video = make_video()
    with transaction():
        save_video(video.id, replace(ON_SITE, title="写真を撮る", skills=("B3", "B4")), actor=SYSTEM, now=clock.now())
    found = queries.video_by_code(video.code)
    assert found is not None
    assert (found.row.title, found.address, found.file_name) == ("写真を撮る", ON_SITE.address, "")
    assert [code for code, _name in found.skills] == ["B3", "B4"]
    assert [row.code for row in queries.videos_for(["B4"])] == [video.code]
    assert queries.videos_for(["B5"]) == []


def test_videos_for_skills_name_those_that_help_with_most_first() -> None:
    make_video(title="ひとつ", skills=("B3",))
    make_video(title="ふたつ", skills=("B3", "B4"))
    retire(make_video(title="古い", skills=("B3", "B4")).id)
    assert [row.title for row in queries.videos_for(["B3", "B4"])] == ["ふたつ", "ひとつ"]
    assert queries.videos_for([]) == []


def test_a_retired_code_leads_to_the_newest_successor() -> None:
    first, second, third = make_video(), make_video(title="二番目"), make_video(title="三番目")
    retire(first.id, second.id)
    retire(second.id, third.id)
    for code in (first.code, second.code):
        found = queries.video_by_code(code)
        assert found is not None
        assert found.retired
        assert found.successor is not None
        assert found.successor.id == third.id
    retire(third.id)
    found = queries.video_by_code(first.code)
    assert found is not None
    assert found.successor is None


def test_a_successor_is_another_video_that_is_shown() -> None:
    old, other = make_video(), make_video()
    retire(other.id)
    for successor in (old.id, other.id):
        with pytest.raises(BadSuccessor):
            retire(old.id, successor)
    for missing in ((999999, None), (old.id, 999999)):
        with pytest.raises(NotFound):
            retire(*missing)


def test_videos_are_ordered_within_their_area() -> None:
    first, second, third = (make_video(title=title) for title in ("一", "二", "三"))
    make_video(title="別の分野", area_code="A", skills=("A1",))
    move(third.id, -1)
    assert titles("B") == ["一", "三", "二"]
    move(first.id, -1)
    move(second.id, 1)
    assert titles("B") == ["一", "三", "二"]
    move(first.id, 1)
    assert titles() == ["別の分野", "三", "一", "二"]


def test_a_learners_answer_is_a_self_check_of_the_videos_skills(clock: Clock) -> None:
    learner_id, video = make_learner(), make_video(skills=("B3", "B5"))
    answer(video.id, learner_id, False, activity="meeting:1")
    assert {code: row.self_level for code, row in levels_of(learner_id).items()} == {"B3": 0, "B5": 0}
    clock.advance(minutes=5)
    answer(video.id, learner_id, True)
    levels = levels_of(learner_id)
    assert {code: row.shown for code, row in levels.items()} == {"B3": 2, "B5": 2}
    evidence = db.session.scalars(select(SkillEvidence)).all()
    assert {(one.source, one.activity, one.observer_id) for one in evidence} == {
        (EvidenceSource.SELF_CHECK, f"video:{video.id}", None)
    }


def test_an_answer_of_who_wants_no_record_is_counted_and_no_level_is_kept() -> None:
    decliner, video = make_decliner(), make_video(skills=("B3",))
    answer(video.id, decliner, True)
    assert db.session.scalars(select(VideoAnswer.can_do)).all() == [True]
    assert db.session.scalars(select(SkillEvidence)).all() == []
    assert levels_of(decliner) == {}


def test_a_retired_video_takes_no_answer() -> None:
    video, learner_id = make_video(), make_learner()
    retire(video.id)
    for person in (learner_id, None):
        with pytest.raises(VideoRetired):
            answer(video.id, person, True)
    assert db.session.scalars(select(VideoAnswer)).all() == []
    assert db.session.scalars(select(SkillEvidence)).all() == []


def test_nobodys_answer_is_counted_and_writes_nothing_about_anybody() -> None:
    video = make_video()
    before = len(db.session.scalars(select(AuditEntry.id)).all())
    answer(video.id, None, True)
    with transaction():
        count_view(video.id, None, now=clock.now())
    assert db.session.scalars(select(SkillEvidence)).all() == []
    assert len(db.session.scalars(select(AuditEntry.id)).all()) == before
    row = queries.office_page(1).rows[0]
    assert (row.views, row.can, row.not_yet) == (1, 1, 0)


def test_a_timeline_tells_what_was_watched_and_answered(clock: Clock) -> None:
    learner_id, video = make_learner(), make_video()
    with transaction():
        count_view(video.id, learner_id, activity="", now=clock.advance(minutes=1))
        count_view(video.id, None, activity="", now=clock.advance(minutes=1))
    answer(video.id, learner_id, False)
    entries = [entry for entry in timeline_of(learner_id) if entry.kind == "video"]
    assert [(entry.title, entry.text, entry.activity, entry.url) for entry in entries] == [
        (PLAN.title, "「まだ」と答えました。", f"video:{video.id}", f"/v/{video.code}"),
        (PLAN.title, "動画を見ました。", f"video:{video.id}", f"/v/{video.code}"),
    ]
    assert describe([f"video:{video.id}"])[f"video:{video.id}"].title == PLAN.title
