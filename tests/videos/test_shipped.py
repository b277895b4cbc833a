"""The clips that come with the desk: small, playable everywhere, captioned to their end, and in the demo's library."""

from __future__ import annotations

import csv

import pytest

from supportdesk.core import clock
from supportdesk.core.codes import ALPHABET
from supportdesk.core.database import transaction
from supportdesk.core.permissions import SYSTEM
from supportdesk.videos import queries
from supportdesk.videos.captions import read_captions
from supportdesk.videos.media import SHIPPED
from supportdesk.videos.shipped import LIST, load_demo_videos
from tests.factories import make_reference


def clips() -> list[dict[str, str]]:
    with LIST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("clip", clips(), ids=lambda clip: clip["file"])
def test_a_clip_is_small_starts_at_once_and_is_captioned_to_its_end(clip: dict[str, str]) -> None:
    film = (SHIPPED / clip["file"]).read_bytes()
    assert len(film) < 600_000
    assert film[4:8] == b"ftyp"
    assert film.index(b"moov") < film.index(b"mdat")  # the index first: an iPhone need not wait for the end
    assert 20 <= int(clip["seconds"]) <= 40
    cues = read_captions((SHIPPED / clip["captions"]).read_bytes())
    assert cues[0].start == 0
    assert cues[-1].end == int(clip["seconds"])
    assert set(clip["code"][1:]) <= set(ALPHABET)


@pytest.mark.usefixtures("context")
def test_the_demos_library_holds_every_clip_under_its_printed_code() -> None:
    make_reference()
    with transaction():
        added = load_demo_videos(actor=SYSTEM, now=clock.now())
    assert [one.code for one in added] == [clip["code"] for clip in clips()]
    for one in added:
        video = queries.video_by_code(one.code)
        assert video is not None
        assert video.skills
        assert video.transcript
    assert len(queries.videos_for(["A1", "A3", "B5"])) == 3
