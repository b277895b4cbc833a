"""What learners are told about their tutors. Notices speak Japanese, whatever language the staff's screen has."""

from __future__ import annotations


def matched(tutor: str) -> str:
    """A neighbour will help the learner."""
    return f"地域サポーターの{tutor}さんが、スマートフォンの練習をお手伝いします。{tutor}さんからお電話があります。"


def ended(tutor: str) -> str:
    """The neighbour helps no more."""
    return f"地域サポーターの{tutor}さんのお手伝いは終わりになりました。続けたいときは、この電話でお知らせください。"
