"""What holds people's names is its owner's only, also what an earlier version left open."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import NotOursError
from flows.server.private import take_back


def test_a_folder_is_taken_back_with_all_that_is_in_it(tmp_path: Path) -> None:
    var = tmp_path / "var"
    (var / "mail").mkdir(parents=True, mode=0o755)
    (var / "serve.log").touch(mode=0o644)
    (var / "mail" / "1.eml").touch(mode=0o664)
    take_back(var)
    assert {path.name: f"{path.stat().st_mode & 0o777:o}" for path in [var, *var.rglob("*")]} == {
        "var": "700", "mail": "700", "serve.log": "600", "1.eml": "600",
    }  # fmt: skip


def test_what_a_link_leads_to_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch(mode=0o644)
    var = tmp_path / "var"
    var.mkdir()
    (var / "link").symlink_to(elsewhere)
    take_back(var)
    assert elsewhere.stat().st_mode & 0o777 == 0o644


def test_a_folder_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    take_back(tmp_path / "var")


def test_what_belongs_to_somebody_else_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refused)
    with pytest.raises(NotOursError, match="belongs to somebody else"):
        take_back(tmp_path)
