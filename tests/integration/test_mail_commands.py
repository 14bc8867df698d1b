"""``talentnord mails``, ``resend`` and ``settle``, as processes: one clear sentence, and nothing half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import DeliveryUnknownError
from states.store.database import Database
from tests.support.mailroom import Post
from tests.support.terminal import Terminal


@pytest.fixture
def terminal(sqlite_url: str, tmp_path: Path) -> Terminal:
    """On 14 January three invitations were perhaps lost."""
    database = Database(sqlite_url, synchronous="OFF")
    post = Post(database, people=1)
    post.driven.until("2027-01-14 08:00")
    post.fail_with(DeliveryUnknownError("it was cut off"))
    post.empty()
    database.close()
    return Terminal(sqlite_url, tmp_path)


def test_from_the_list_to_the_decision(terminal: Terminal) -> None:
    listed = terminal.mails()
    assert [(one["status"], one["why"]) for one in listed] == [("unknown", "it was cut off")] * 3
    page = terminal.run("mails")
    assert page.returncode == 0
    assert all(one["id"] in page.stdout and one["to"] in page.stdout for one in listed)
    first, *rest = (one["id"] for one in listed)
    assert terminal.run("settle", "--arrived", first).stdout == "1 settled: arrived\n"
    assert [one["id"] for one in terminal.mails()] == rest
    assert [one["id"] for one in terminal.mails("--status", "sent")] == [first]
    again = terminal.run("resend", "--day", "2027-01-14")
    assert again.stdout == "2 to be sent again at the next tick, in working hours\n"
    assert terminal.mails() == []
    assert terminal.run("mails").stdout == "No such mails.\n"
    assert len(terminal.mails("--status", "pending")) == 3, "what waits is told apart: one of them was told two things"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["resend", "tn-0"], "no mail 'tn-0' in the database; 'talentnord mails' lists what there is"),
        (["settle", "--arrived", "tn-0"], "no mail 'tn-0' in the database; 'talentnord mails' lists what there is"),
        (["resend"], "name mails by id, or a day with --day. Nothing was changed."),
        (["resend", "--day", "2027-01-14", "tn-0"], "name mails by id, or a day with --day. Nothing was changed."),
        (["resend", "--day", "2026-12-29"], "no mail of 2026-12-29 is rejected or unknown. Nothing was changed."),
        (["settle", "--not-arrived", "--day", "2027-01-01"], "no mail of 2027-01-01 is unknown. Nothing was changed."),
    ],
)
def test_a_decision_about_nothing_is_one_sentence(terminal: Terminal, arguments: list[str], sentence: str) -> None:
    before = terminal.mails()
    done = terminal.run(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{sentence}\n")
    assert terminal.mails() == before


def test_deciding_twice_is_one_sentence(terminal: Terminal) -> None:
    mail = terminal.mails()[0]["id"]
    terminal.run("settle", "--arrived", mail)
    for arguments in (["settle", "--not-arrived", mail], ["resend", mail]):
        done = terminal.run(*arguments)
        assert (done.returncode, done.stderr) == (2, f"mail '{mail}' was sent. Nothing was changed.\n")


@pytest.mark.parametrize("arguments", [["mails", "--status", "lost"], ["settle", "tn-0"]])
def test_what_is_typed_wrongly_is_explained(terminal: Terminal, arguments: list[str]) -> None:
    done = terminal.run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "--status" in done.stderr or "--arrived" in done.stderr
