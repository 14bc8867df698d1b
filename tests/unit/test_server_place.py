"""Where a server is: by which addresses it is known, and who may reach it without a password or a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import NoPasswordError, NoSignInError, ServerError, SettingsError
from flows.server.process import PASSWORD, ServerPlace, may_listen

HOME = Path("var/prefect")


@pytest.fixture(autouse=True)
def _no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD, raising=False)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", "http://127.0.0.1:4200"),
        ("0.0.0.0", "http://127.0.0.1:4200"),
        ("10.0.0.5", "http://10.0.0.5:4200"),
        ("::1", "http://[::1]:4200"),
        ("::", "http://[::1]:4200"),
    ],
)
def test_it_is_known_by_the_address_that_up_prints_if_no_other_is_set(host: str, own: str) -> None:
    place = ServerPlace(4200, HOME, host)
    assert (place.ui, place.api, place.known) == (own, f"{own}/api", (own,))
    assert place.environment()["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] == own


def test_behind_a_proxy_it_is_known_by_the_proxys_address_too() -> None:
    place = ServerPlace(4200, HOME, addresses=("https://talentnord.kommune.example",))
    assert place.ui == "https://talentnord.kommune.example"
    assert place.api == "http://127.0.0.1:4200/api"
    assert place.known == ("https://talentnord.kommune.example", "http://127.0.0.1:4200")


def test_whoever_talks_to_it_gives_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "PREFECT_API_AUTH_STRING" not in ServerPlace(4200, HOME).environment()
    monkeypatch.setenv(PASSWORD, "name:word")
    assert ServerPlace(4200, HOME).environment()["PREFECT_API_AUTH_STRING"] == "name:word"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_on_this_machine_alone_no_password_is_needed_and_nobody_signs_in(host: str) -> None:
    may_listen(host, signs_in=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "192.168.1.7"])
@pytest.mark.parametrize("word", [None, ""])
def test_where_others_reach_it_a_password_is_needed(
    monkeypatch: pytest.MonkeyPatch, host: str, word: str | None
) -> None:
    if word is not None:
        monkeypatch.setenv(PASSWORD, word)
    with pytest.raises(NoPasswordError, match=PASSWORD):
        may_listen(host, signs_in=True)
    monkeypatch.setenv(PASSWORD, "name:word")
    may_listen(host, signs_in=True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "192.168.1.7"])
def test_where_others_reach_it_everybody_signs_in(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv(PASSWORD, "name:word")
    with pytest.raises(NoSignInError, match="TALENTNORD_SIGN_IN"):
        may_listen(host, signs_in=False)


def test_a_host_that_is_none_is_named() -> None:
    with pytest.raises(ServerError, match="cannot listen on 'no host'"):
        may_listen("no host", signs_in=False)


@pytest.mark.parametrize("word", ["navn:løve", "name:two words", " ", "name:word\n"])
def test_a_password_that_prefect_cannot_handle_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv(PASSWORD, word)
    with pytest.raises(SettingsError, match="in ASCII characters and without blanks") as refused:
        may_listen("0.0.0.0", signs_in=True)
    assert word not in str(refused.value) or word == " "
