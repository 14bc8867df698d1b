"""Every word that people read is in the Danish dictionary, a name of the cohort, or one of the programme's own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from config.library import Library
from tests.support import hunspell
from tests.support.danish_texts import texts

OWN = Path(__file__).parents[1] / "data" / "words" / "da.txt"
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
NO_WORD = re.compile(r"https?://\S+|\S+@\S+|\b[\w-]+(?:\.[\w-]+)+\b|[\w/]*/[\w/.]*")
"""Addresses of pages, mailboxes and servers, and paths."""

spelled = pytest.mark.skipif(hunspell.why_not() is not None, reason=str(hunspell.why_not()))


def words_of(named: Mapping[str, str]) -> dict[str, list[str]]:
    """Each word of some texts, with the names of those that it stands in."""
    found: dict[str, list[str]] = defaultdict(list)
    for where, text in named.items():
        for word in dict.fromkeys(WORD.findall(NO_WORD.sub(" ", text))):
            found[word].append(where)
    return found


def own_words() -> list[str]:
    return [line for line in OWN.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def names() -> set[str]:
    """The names of the cohort's people, of who speaks there, and of the places where it meets."""
    loaded = Library().cohort("hold-3")
    days = loaded.cohort.dates.values()
    called = [text for day in days for text in (day.place, *day.staff)]
    called += [name for row in loaded.people.talents for name in (row.name, row.leader.name)]
    return {word for text in called for word in WORD.findall(text) if word[0].isupper()}


def misspelled(named: Mapping[str, str], known: Iterable[str]) -> Iterator[str]:
    """What no dictionary, list or name accounts for, each with one text that it stands in."""
    found = words_of(named)
    for word in sorted(hunspell.unknown(found) - set(known)):
        yield f"{word!r} in {found[word][0]}"


@spelled
def test_no_text_has_a_word_that_nobody_knows() -> None:
    assert len(texts()) > 1000
    assert list(misspelled(texts(), {*own_words(), *names()})) == []


@spelled
def test_a_misspelled_word_is_found_with_the_text_it_stands_in() -> None:
    assert list(
        misspelled({"mail x": "Du er inviteret til modull 1, aftalt er aftalt.", "mail y": "Kære Mette"}, [])
    ) == ["'modull' in mail x"]


def test_the_own_list_holds_each_word_once_and_none_that_nobody_uses() -> None:
    own = own_words()
    assert len(own) == len(set(own))
    assert set(own) - set(words_of(texts())) == set()


def test_addresses_are_no_words() -> None:
    said = {
        "mail": "Svar på https://talentnord.example/svar/abc eller skriv til jens@morso.example, config/cohort.yaml."
    }
    assert list(words_of(said)) == ["Svar", "på", "eller", "skriv", "til"]
