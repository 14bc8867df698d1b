"""What our texts do not say: each phrase of the list with its reason, and none of them in anything that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.files.yaml_file import load_yaml
from tests.support.danish_texts import texts

LIST = Path(__file__).parents[1] / "data" / "words" / "phrases.yaml"


@dataclass(frozen=True)
class Phrase:
    """A phrase that is not said, why, and what is said instead; ``but`` are whole expressions in which it may stand."""

    phrase: str
    instead: str
    why: str
    where: str = ""
    but: tuple[str, ...] = ()

    def stands_in(self, text: str, kind: str = "mail") -> bool:
        """Whether a text says it; mails and tasks have a subject, which is their first line."""
        if self.where == "subject" and kind not in {"mail", "task"}:
            return False
        said = text.partition("\n")[0] if self.where == "subject" else text
        for meant in self.but:
            said = said.replace(meant, "")
        pattern = r"\s+".join(re.escape(word) for word in self.phrase.removesuffix("*").split())
        ending = r"\w*" if self.phrase.endswith("*") else r"(?!\w)"
        return re.search(rf"(?<!\w){pattern}{ending}", said, re.IGNORECASE) is not None


PHRASES = [Phrase(**{**one, "but": tuple(one.get("but", ()))}) for one in load_yaml(LIST).data]


def said(named: Mapping[str, str], phrase: Phrase) -> Iterator[str]:
    for where, text in named.items():
        if phrase.stands_in(text, where.partition(" ")[0]):
            yield where


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda one: one.phrase)
def test_no_text_says_it(phrase: Phrase) -> None:
    assert list(said(texts(), phrase)) == [], f"{phrase.why} Instead: {phrase.instead}"


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda one: one.phrase)
def test_it_would_be_caught_wherever_it_stands_and_however_it_is_broken(phrase: Phrase) -> None:
    plain = phrase.phrase.removesuffix("*")
    sentences = [plain.capitalize(), f"Gør det {plain} i dag", f"Svar ({plain}), tak", f"Hør: {plain}."]
    if " " in plain:
        sentences.append(plain.replace(" ", "\n"))
    if phrase.phrase.endswith("*"):
        sentences.append(f"Det {plain}r de.")
    for sentence in sentences if not phrase.where else sentences[:1]:
        assert list(said({"mail": sentence}, phrase)) == ["mail"], sentence
    assert list(said({"mail": f"Kære Mette, {plain[:-1]} og x{plain}y"}, phrase)) == []


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda one: one.phrase)
def test_it_has_a_reason_and_something_better(phrase: Phrase) -> None:
    assert phrase.why.endswith(".")
    assert len(phrase.why) > 10
    assert phrase.instead
    assert phrase.where in {"", "subject"}


def test_each_phrase_is_there_once() -> None:
    assert len({one.phrase for one in PHRASES}) == len(PHRASES) > 40


def test_what_is_meant_so_may_stand() -> None:
    [one] = [phrase for phrase in PHRASES if phrase.phrase == "mangler"]
    assert not one.stands_in("Du mangler en makker\nKære Mette")
    assert not one.stands_in("Er dit portræt på vej?\nMangler du interviews, så book dem nu")
    assert one.stands_in("Mentormødet i modul 1 mangler\nKære Mette")
