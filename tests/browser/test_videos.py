"""The demo's clips in a real browser: they play, they can be jumped about in, their captions show."""

from __future__ import annotations

import csv

import pytest
from playwright.sync_api import Page, expect

from supportdesk.videos.shipped import LIST
from tests.browser.conftest import NewContext

_PLAYED = """async () => {
    const film = document.querySelector('video');
    film.muted = true;
    await film.play();
    await new Promise(resolve => film.addEventListener('timeupdate', () => film.currentTime > 0.5 && resolve()));
    const played = film.currentTime;
    await new Promise(resolve => {
        film.addEventListener('seeked', resolve, {once: true});
        film.currentTime = film.duration - 4;
    });
    await new Promise(resolve => setTimeout(resolve, 500));
    const captions = film.textTracks[0];
    return {
        played, duration: film.duration, at: film.currentTime, mode: captions.mode,
        cues: captions.cues.length, said: [...captions.activeCues].map(cue => cue.text).join(''),
    };
}"""


def _clips() -> list[dict[str, str]]:
    with LIST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("clip", _clips(), ids=lambda clip: clip["file"])
def test_a_clip_plays_and_its_captions_show(page: Page, clip: dict[str, str]) -> None:
    page.goto(f"/v/{clip['code']}")
    assert page.evaluate("document.querySelector('video').paused"), "nothing starts by itself"
    seen = page.evaluate(_PLAYED)
    assert seen["played"] > 0.5
    assert round(seen["duration"]) == int(clip["seconds"])
    assert seen["at"] > seen["duration"] - 4.5
    assert (seen["mode"], bool(seen["cues"]), bool(seen["said"])) == ("showing", True, True)


def test_not_yet_can_be_pressed_without_scripts(new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": 390, "height": 900}).new_page()
    page.goto(f"/v/{_clips()[0]['code']}")
    page.get_by_role("button", name="まだ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("「まだ」を受け取りました")
