"""Mail addresses as people write them. Called by whoever keeps one."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from supportdesk.core.japanese import half_width


def tidy_mail(written: str) -> str:
    """In half width and without the spaces that slip in."""
    return half_width(written).replace(" ", "")


def is_mail_address(mail: str) -> bool:
    """Whether it has the shape of one; whether anything arrives there is not asked."""
    try:
        validate_email(mail, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
