"""What can go wrong at the desk, in words for whoever pressed the button. Raised by operations, shown by views."""

from __future__ import annotations

from collections.abc import Mapping


class DeskError(Exception):
    """A rule of the desk refused. `message` is (lazy) Japanese; `field` names the form field to show it beside."""

    status = 409

    def __init__(
        self, message: object, *, field: str | None = None, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(str(type(self).__name__))
        self.message = message
        self.field = field
        self.details = details or {}


class NotFound(DeskError):
    """The thing does not exist, or lies outside the actor's scope: the two are not told apart."""

    status = 404

    def __init__(self, message: object = "") -> None:
        super().__init__(message)


class Forbidden(DeskError):
    """The actor lacks the permission."""

    status = 403

    def __init__(self, message: object = "") -> None:
        super().__init__(message)
