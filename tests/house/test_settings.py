"""A wrong setting stops the start with one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from supportdesk.config import SettingError, Settings


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PROT", "8000", "unknown setting SUPPORTDESK_PROT"),
        ("PORT", "eighty", "number from 1 to 65535"),
        ("PORT", "70000", "number from 1 to 65535"),
        ("SURFACE", "inside", "one of all, public"),
        ("NOW", "2026-11-23", "with its zone"),
        ("NOW", "yesterday", "with its zone"),
        ("DATABASE_URL", "mysql://x", "sqlite: or postgresql:"),
        ("BASE_URL", "ftp://x", "http or https"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        Settings.from_environment({"SUPPORTDESK_INSTANCE": str(tmp_path), f"SUPPORTDESK_{name}": value})


def test_the_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    environment = {"SUPPORTDESK_INSTANCE": str(tmp_path / "new")}
    first = Settings.from_environment(environment)
    assert Settings.from_environment(environment).secret_key == first.secret_key
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o077 == 0
    assert first.secret_key not in repr(first)
