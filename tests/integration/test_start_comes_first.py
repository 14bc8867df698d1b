"""The deployment that leads to all pages is first in the UI's list, whichever database sorts the names."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from config.files.yaml_file import load_yaml
from flows.cockpit.labels import words
from tests.support.postgres import Cluster

NAMES = [str(one["name"]) for one in load_yaml(Path(__file__).parents[2] / "prefect.yaml").data["deployments"]]
START = words()["start_label"]


def first_on_sqlite(names: list[str]) -> str:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE deployment (name VARCHAR)")
        connection.executemany("INSERT INTO deployment VALUES (?)", [(name,) for name in names])
        return str(connection.execute("SELECT name FROM deployment ORDER BY name LIMIT 1").fetchone()[0])


def first_on_postgresql(connection: psycopg.Connection[Any], names: list[str], collation: str) -> str:
    query = sql.SQL("SELECT name FROM unnest(%s::text[]) AS name ORDER BY name COLLATE {} LIMIT 1")
    found = connection.execute(query.format(sql.Identifier(collation)), (names,)).fetchone()
    assert found is not None
    return str(found[0])


def test_it_is_first_on_sqlite_where_a_star_would_be_last() -> None:
    assert first_on_sqlite(NAMES) == START
    assert first_on_sqlite(["★ Overblik", "tick"]) == "tick"


@pytest.mark.postgres
def test_it_is_first_on_postgresql_in_every_language_that_a_database_can_have(cluster: Cluster) -> None:
    with psycopg.connect(cluster.create()) as connection:
        known = connection.execute(
            "SELECT collname FROM pg_collation WHERE collencoding IN (-1, pg_char_to_encoding('UTF8'))"
            " AND (collname IN ('default', 'C', 'POSIX') OR collname ~ '^(da|en|de|sv|nb)[-_].*(x-icu|utf8)$')"
        ).fetchall()
        assert {"default", "C"} <= {name for (name,) in known}
        for (name,) in known:
            assert first_on_postgresql(connection, NAMES, name) == START, name
