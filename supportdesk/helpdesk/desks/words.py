"""Hours of a desk in the words of posters."""

from __future__ import annotations

from flask_babel import gettext as _

from supportdesk.core.moments import WEEKDAYS, short_day
from supportdesk.helpdesk.patterns import EVERY_WEEK, Pattern


def days_in_words(pattern: Pattern) -> str:
    """On which days hours are kept: 毎週木曜日, 1週おきの木曜日, 第1・第3木曜日, with the first and last day if any."""
    first, last = pattern.first_day, pattern.last_day
    if first and first == last:
        return _("%(day)sだけ", day=short_day(first))
    weekday = str(WEEKDAYS[pattern.weekday])
    if pattern.month_weeks:
        weeks = "・".join(_("第%(number)s", number=number) for number in pattern.month_weeks)
        said = _("%(weeks)s%(weekday)s", weeks=weeks, weekday=weekday)
    elif pattern.every == EVERY_WEEK:
        said = weekday
    else:
        said = _("1週おきの%(weekday)s", weekday=weekday)
    if first:
        said = _("%(days)s（%(first)sから）", days=said, first=short_day(first))
    return _("%(days)s（%(last)sまで）", days=said, last=short_day(last)) if last else said
