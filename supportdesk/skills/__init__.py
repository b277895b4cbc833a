"""The catalogue of skills, what was seen of each learner (evidence), and the level that follows from it."""

from __future__ import annotations

from flask import Flask


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.learners.rooms import LearnerTable, RoomAnswers, answer_for_learners
    from supportdesk.skills.models import SkillEvidence, SkillLevel
    from supportdesk.skills.operations import rebuild_levels
    from supportdesk.skills.record_words import WORDS

    tables = SkillEvidence.metadata.tables
    answer_for_learners(
        app,
        RoomAnswers(
            room="skills",
            tables=(
                LearnerTable(tables[SkillEvidence.__tablename__]),
                LearnerTable(tables[SkillLevel.__tablename__], merged="derived"),
            ),
            derive=rebuild_levels,
            words=WORDS,
        ),
    )
