"""Mails as files: whole or not at all, in order of time, naming nobody."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from config.errors import RejectedError, TransportBlockedError
from notifications.transports.files import FilesTransport
from notifications.transports.protocol import Receipt
from tests.support.mails import MAIL


def test_a_mail_becomes_a_file_named_by_time_and_id(tmp_path: Path) -> None:
    receipt = FilesTransport(tmp_path / "var" / "mail").send(MAIL)
    path = tmp_path / "var" / "mail" / "2027-01-14T0800_effect-0001.eml"
    assert receipt == Receipt(str(path))
    assert message_from_bytes(path.read_bytes(), policy=policy.default)["To"].addresses[0].display_name == "Åse Ærø"


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    FilesTransport(tmp_path / "mail").send(MAIL)
    assert [path.stat().st_mode & 0o077 for path in (tmp_path / "mail", *(tmp_path / "mail").iterdir())] == [0, 0]


def test_the_same_mail_again_changes_nothing(tmp_path: Path) -> None:
    transport = FilesTransport(tmp_path)
    first = Path(transport.send(MAIL).reference).read_bytes()
    transport.send(MAIL)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [first]


def test_a_listing_is_in_order_of_time(tmp_path: Path) -> None:
    transport = FilesTransport(tmp_path)
    for number, days in ((1, 30), (2, 0), (3, 400)):
        transport.send(replace(MAIL, message_id=f"m{number}", date=MAIL.date + timedelta(days=days)))
    assert [path.stem[-2:] for path in sorted(tmp_path.iterdir())] == ["m2", "m1", "m3"]


def test_a_folder_that_cannot_be_written_stops_the_queue(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    with pytest.raises(TransportBlockedError, match="cannot write mails here"):
        FilesTransport(tmp_path / "mail").send(MAIL)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "2027-01-14T0800_effect-0001.eml").mkdir()
    with pytest.raises(TransportBlockedError):
        FilesTransport(tmp_path).send(MAIL)
    assert [path.suffix for path in tmp_path.iterdir()] == [".eml"]


def test_a_message_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    with pytest.raises(RejectedError):
        FilesTransport(tmp_path / "mail").send(replace(MAIL, message_id="../escaped"))
    assert list(tmp_path.rglob("*.eml")) == []
