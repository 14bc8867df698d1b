"""Where the site's keys come from, and which ones it does not take."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.errors import SettingsError
from config.settings import Settings
from flows.site.keys import SHORTEST, site_keys, site_links
from notifications.links import REHEARSAL_KEY

NEW, OLD = "n" * SHORTEST, "o" * SHORTEST


def settings(tmp_path: Path, key: str = "", url: str = "") -> Settings:
    return Settings(site_key=SecretStr(key), site_key_file=tmp_path / "var" / "site.key", site_url=url)


def test_the_first_start_makes_a_key_that_only_its_owner_may_read(tmp_path: Path) -> None:
    (key,) = site_keys(settings(tmp_path))
    path = tmp_path / "var" / "site.key"
    assert path.read_text().strip() == key
    assert len(key) > SHORTEST
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_later_starts_use_the_same_key(tmp_path: Path) -> None:
    assert site_keys(settings(tmp_path)) == site_keys(settings(tmp_path))


def test_of_many_that_start_at_once_all_use_the_same_key(tmp_path: Path) -> None:
    found: list[tuple[str, ...]] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        found.append(site_keys(settings(tmp_path)))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_the_environments_key_goes_before_the_file_and_makes_none(tmp_path: Path) -> None:
    assert site_keys(settings(tmp_path, NEW)) == (NEW,)
    assert not (tmp_path / "var").exists()


def test_two_keys_are_taken_the_newer_first(tmp_path: Path) -> None:
    assert site_keys(settings(tmp_path, f"{NEW}, {OLD}")) == (NEW, OLD)


def test_a_file_may_hold_two_keys_too_a_line_each(tmp_path: Path) -> None:
    path = settings(tmp_path).site_key_file
    path.parent.mkdir()
    path.write_text(f"{NEW}\n{OLD}\n")
    assert site_keys(settings(tmp_path)) == (NEW, OLD)


@pytest.mark.parametrize("given", [REHEARSAL_KEY, f"{NEW},{REHEARSAL_KEY}"])
def test_the_key_of_rehearsals_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingsError, match="TALENTNORD_SITE_KEY: is the key of rehearsals"):
        site_keys(settings(tmp_path, given))


@pytest.mark.parametrize("given", ["short", f"{NEW},short", "æ" * SHORTEST, f"{'with a blank ' * 5}", ","])
def test_a_key_that_is_too_short_or_no_word_is_refused_and_not_shown(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingsError, match="TALENTNORD_SITE_KEY: must be one word") as refused:
        site_keys(settings(tmp_path, given))
    assert given == "," or given not in str(refused.value)


def test_a_file_without_a_key_is_named(tmp_path: Path) -> None:
    path = settings(tmp_path).site_key_file
    path.parent.mkdir()
    path.write_text("")
    with pytest.raises(SettingsError, match=r"site\.key: must be one word"):
        site_keys(settings(tmp_path))


def test_a_place_where_no_key_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, and no folder")
    with pytest.raises(SettingsError, match=r"site\.key: the key of the site can be neither read nor made there"):
        site_keys(settings(tmp_path))


def test_without_an_address_there_are_no_links_and_no_key_is_made(tmp_path: Path) -> None:
    assert site_links(settings(tmp_path)) is None
    assert not (tmp_path / "var").exists()
    assert site_links(settings(tmp_path, url="https://svar.example.org")) is not None
