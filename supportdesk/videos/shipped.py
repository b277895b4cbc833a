"""The clips that come with the desk: put into the library from `data/videos.csv`, for the demo."""

from __future__ import annotations

import csv
from datetime import datetime

from supportdesk.core.permissions import Actor
from supportdesk.videos.media import SHIPPED
from supportdesk.videos.operations import Added, VideoPlan, add_video

LIST = SHIPPED.parent / "videos.csv"


def load_demo_videos(*, actor: Actor, now: datetime) -> list[Added]:
    """Add every shipped clip, with the code in the list, so that a printed sheet outlives the demo it came from."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return [add_video(_plan(row), actor=actor, now=now, code=row["code"]) for row in csv.DictReader(file)]


def _plan(row: dict[str, str]) -> VideoPlan:
    return VideoPlan(
        title=row["title"],
        title_en=row["title_en"],
        summary=row["summary"],
        area_code=row["area_code"],
        skills=tuple(row["skills"].split()),
        file_name=row["file"],
        captions_name=row["captions"],
        seconds=int(row["seconds"]),
    )
