"""What somebody's device is called, so that they know it again in the list of their sessions.

System and browser by name, from what the browser says of itself: no version and no address is kept. Whoever pretends
to be another browser is listed as that one: the list is for its owner, and nothing is decided by it.
"""

from __future__ import annotations

from typing import Final

#: In this order: an iPad says that it is a Mac too, Edge that it is Chrome, and Chrome that it is Safari.
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_of(user_agent: str) -> str:
    """「Windows・Edge」; empty where neither is known."""
    known = (next((name for mark, name in names if mark in user_agent), None) for names in (_SYSTEMS, _BROWSERS))
    return "・".join(name for name in known if name)
