"""When coordinators sign in, what the server's programs give instead, and which settings are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.errors import SettingsError
from config.settings import Settings, load_settings
from flows.cockpit.cohort_pages import sign_out
from flows.server.entrance import have_password, made_password
from flows.server.process import PASSWORD, password

KEY, OTHER = "k" * 40, "o" * 40


@pytest.fixture(autouse=True)
def _no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "")


def settings(sign_in: bool = True, key: str = KEY) -> Settings:
    return Settings(sign_in=sign_in, site_key=SecretStr(key))


def test_nobody_signs_in_unless_it_is_asked_for() -> None:
    assert not Settings().signs_in
    assert Settings(sign_in=True).signs_in
    assert Settings(sign_in_header="X-Auth-Request-Email").signs_in


def test_a_header_is_believed_from_this_machine_or_from_where_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [str(one) for one in load_settings().sign_in_proxies] == ["127.0.0.1", "::1"]
    monkeypatch.setenv("TALENTNORD_SIGN_IN_PROXIES", "10.0.0.5, fd00::5")
    assert [str(one) for one in load_settings().sign_in_proxies] == ["10.0.0.5", "fd00::5"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIGN_IN", "perhaps"),
        ("SIGN_IN_HEADER", "X Auth"),
        ("SIGN_IN_HEADER", "X-Auth:"),
        ("SIGN_IN_PROXIES", "proxy.example"),
        ("SIGN_IN_PROXIES", "10.0.0.0/8"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TALENTNORD_{name}", value)
    with pytest.raises(SettingsError, match=f"TALENTNORD_{name}"):
        load_settings()


def test_where_coordinators_sign_in_programs_have_a_password_that_is_made_of_the_key() -> None:
    have_password(settings())
    assert password() == made_password(settings()) != made_password(settings(key=OTHER))
    assert KEY not in str(password())
    # The newest key's, as links are signed with: all that was started with the same settings agrees.
    assert made_password(settings(key=f"{OTHER},{KEY}")) == made_password(settings(key=OTHER))


def test_a_password_that_is_given_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "name:word")
    have_password(settings())
    assert password() == "name:word"


def test_where_nobody_signs_in_none_is_made(tmp_path: Path) -> None:
    file = tmp_path / "site.key"
    have_password(Settings(site_key_file=file))
    assert not os.environ[PASSWORD]
    assert not file.exists()


def test_a_link_signs_out_only_where_coordinators_sign_in() -> None:
    assert sign_out(Settings(sign_in=True)) == ["[Log ud](/log-ud)"]
    assert sign_out(Settings(sign_in_header="X-Mail")) == ["[Log ud](/log-ud)"]
    assert sign_out(Settings()) == []
