"""A learner who takes back that their views are kept: nothing of what they watched is theirs any more."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from supportdesk.core import clock
from supportdesk.core.database import transaction
from supportdesk.extensions import db
from supportdesk.learners.consents import consents_of
from supportdesk.skills.queries import levels_of
from supportdesk.videos.models import VideoAnswer, VideoView
from supportdesk.videos.operations import answer_video, count_view
from tests.factories import make_learner, make_reference
from tests.videos.making import agree, make_video

pytestmark = pytest.mark.usefixtures("context")


def test_views_and_answers_are_untied_and_counted_all_the_same() -> None:
    make_reference()
    learner, other = make_learner(), make_learner()
    video = make_video().id
    for one in (learner, other):
        agree(one)
        with transaction():
            count_view(video, one, now=clock.now())
            answer_video(video, one, True, now=clock.now())
    agree(learner, False)
    for table in (VideoView, VideoAnswer):
        assert set(db.session.scalars(select(table.learner_id))) == {None, other}
        assert db.session.scalar(select(func.count()).select_from(table)) == 2
    assert levels_of(learner) == {}
    assert levels_of(other)["B5"].shown == 2
    assert [row.given for row in consents_of(learner)] == [False, True]  # both answers stay
