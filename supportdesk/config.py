"""The settings of one process, read once from SUPPORTDESK_* environment variables by `create_app` and the commands."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "SUPPORTDESK_"
SECOND_FACTORS = ("required", "offered")
SURFACES = ("all", "public", "field", "staff")

#: Settings that tests and tools outside the web process read for themselves.
FOREIGN = frozenset({"SUPPORTDESK_TEST_POSTGRES_URL", "SUPPORTDESK_CHROMIUM"})

#: Named in the design for later parts of the house; accepted so that one environment file serves every release.
RESERVED = frozenset(
    {"SMTP_URL", "LINE_CHANNEL_SECRET", "LINE_CHANNEL_TOKEN", "LINE_API_HOST"},
)
#: Every setting, without its prefix; docs/operation.md explains each.
KNOWN = RESERVED | {
    "DATABASE_URL",
    "INSTANCE",
    "SECRET_KEY",
    "BASE_URL",
    "HOST",
    "PORT",
    "SURFACE",
    "PROXIES",
    "SECOND_FACTOR",
    "NOW",
}


class SettingError(ValueError):
    """A setting is unknown or wrong; the text is one line for the person who starts the process."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a process is told from outside. Office numbers (periods, limits) do not belong here."""

    database_url: str
    instance: Path
    secret_key: str = field(repr=False)
    base_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    proxies: int = 0
    surface: str = "all"
    second_factor: str = "required"
    frozen_now: datetime | None = None
    demo: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read and check the settings. Raises SettingError with one clear line."""
        environment = os.environ if environment is None else environment
        given = {
            name.removeprefix(PREFIX): value.strip()
            for name, value in environment.items()
            if name.startswith(PREFIX) and name not in FOREIGN
        }
        for name in sorted(given.keys() - KNOWN):
            raise SettingError(f"unknown setting {PREFIX}{name}")
        instance = Path(given.get("INSTANCE") or "instance").absolute()
        host, port = given.get("HOST") or "127.0.0.1", _port(given.get("PORT") or "8000")
        return cls(
            database_url=_database_url(given.get("DATABASE_URL") or f"sqlite:///{instance / 'supportdesk.sqlite3'}"),
            instance=instance,
            secret_key=given.get("SECRET_KEY") or _kept_secret(instance),
            base_url=_base_url(given.get("BASE_URL") or f"http://{host}:{port}"),
            host=host,
            port=port,
            proxies=_proxies(given.get("PROXIES") or "0"),
            surface=_surface(given.get("SURFACE") or "all"),
            # A frozen clock is the demo's or a test's: phones would show other codes.
            second_factor=_second_factor(given.get("SECOND_FACTOR") or ("offered" if given.get("NOW") else "required")),
            frozen_now=_instant(given["NOW"]) if given.get("NOW") else None,
        )


def _database_url(url: str) -> str:
    scheme = url.partition(":")[0]
    if scheme in {"postgres", "postgresql"}:
        return "postgresql+psycopg:" + url.partition(":")[2]
    if scheme not in {"sqlite", "postgresql+psycopg"}:
        raise SettingError(f"{PREFIX}DATABASE_URL must begin with sqlite: or postgresql:")
    return url


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise SettingError(f"{PREFIX}BASE_URL must be an http or https address")
    return url.rstrip("/")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingError(f"{PREFIX}PORT must be a number from 1 to 65535")
    return int(text)


def _proxies(text: str) -> int:
    if text not in set("0123456789"):
        raise SettingError(f"{PREFIX}PROXIES must be a number from 0 to 9")
    return int(text)


def _surface(text: str) -> str:
    if text not in SURFACES:
        raise SettingError(f"{PREFIX}SURFACE must be one of {', '.join(SURFACES)}")
    return text


def _second_factor(text: str) -> str:
    if text not in SECOND_FACTORS:
        raise SettingError(f"{PREFIX}SECOND_FACTOR must be one of {', '.join(SECOND_FACTORS)}")
    return text


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise SettingError(f"{PREFIX}NOW must be a time with its zone, such as 2026-11-23T10:00:00+09:00")
    return instant


def _kept_secret(instance: Path) -> str:
    """The key that signs cookies: made once for an instance folder, readable by its owner alone."""
    path = instance / "secret_key"
    try:
        instance.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:
            pass
        key = path.read_text("ascii").strip()
    except OSError as error:
        raise SettingError(f"{PREFIX}INSTANCE: {path} cannot be written or read: {error.strerror}") from error
    if len(key) < 32:
        raise SettingError(f"{path} holds no key; delete the file and start again")
    return key
