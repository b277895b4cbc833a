"""The public classes as iCalendar (RFC 5545), for whoever subscribes. Called by the schedule's views."""

from __future__ import annotations

from collections.abc import Iterable

from icalendar import Calendar, Event

from supportdesk.classes.models import RunState
from supportdesk.classes.schedule import FeedMeeting

PRODUCT = "-//Support Desk//Classes//JA"


def as_calendar(meetings: Iterable[FeedMeeting], *, name: str, base_url: str) -> bytes:
    """The feed's bytes. Times are UTC; a meeting keeps its UID for ever, and one called off says CANCELLED."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Tokyo")
    for meeting in meetings:
        calendar.add_component(_event(meeting, base_url.rstrip("/")))
    return calendar.to_ical()


def _event(meeting: FeedMeeting, base_url: str) -> Event:
    event = Event()
    host = base_url.partition("://")[2] or base_url
    event.add("uid", f"meeting-{meeting.id}@{host}")
    event.add("dtstamp", meeting.created_at)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at)
    event.add("summary", meeting.title)
    event.add("location", f"{meeting.venue} {meeting.address}".strip())
    event.add("url", f"{base_url}/schedule/{meeting.run_id}")
    event.add("status", "CONFIRMED" if meeting.state is RunState.OPEN else "CANCELLED")
    return event
