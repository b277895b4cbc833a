"""Pictures of pages for docs/, taken while the browser tests go by when they are asked for (`make pictures`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page


@dataclass(frozen=True)
class Album:
    """Where pictures are kept; without a folder, none are."""

    folder: Path | None

    def take(self, page: Page, name: str, *, whole: bool = False) -> None:
        """Keep the screen, or the whole page, as name.png."""
        if self.folder is None:
            return
        page.mouse.move(0, 0)
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        page.screenshot(path=self.folder / f"{name}.png", full_page=whole)
