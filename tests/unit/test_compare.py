"""``make compare``: what people would get differently is named, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

from bench.compare import SHOWN, Rehearsed, differences

BEFORE = Rehearsed(
    transitions={"hold-3-01#1": '{"dest": "active"}'},
    mails={"a.eml": "Kære Mette\nVi ses den 25. februar\n"},
    summary={"mails": "1"},
    rows={"timers {} × 1": "timers {}"},
)


def test_the_same_differs_in_nothing() -> None:
    assert list(differences(BEFORE, replace(BEFORE))) == []


def test_each_kind_of_difference_is_named_with_what_was_and_what_is() -> None:
    after = Rehearsed(
        transitions={"hold-3-01#1": '{"dest": "on_leave"}'},
        mails={"a.eml": "Kære Mette\nVi ses den 26. februar\n", "b.eml": "Ny\n"},
        summary={"mails": "2"},
        rows={"timers {} × 2": "timers {}"},
    )
    assert list(differences(BEFORE, after)) == [
        "summary: mails\n    -1\n    +2",
        'transitions: hold-3-01#1\n    -{"dest": "active"}\n    +{"dest": "on_leave"}',
        "mails: a.eml\n    -Vi ses den 25. februar\n    +Vi ses den 26. februar",
        "mails: b.eml\n    +Ny",
        "rows: only before: timers {} × 1",
        "rows: only now: timers {} × 2",
    ]


def test_of_many_differences_the_first_are_shown_and_the_rest_counted() -> None:
    after = replace(BEFORE, mails={f"{number:03}.eml": "x" for number in range(SHOWN + 5)})
    found = [one for one in differences(BEFORE, after) if one.startswith("mails")]
    assert len(found) == SHOWN + 1
    assert found[-1] == "mails: and 6 more"
