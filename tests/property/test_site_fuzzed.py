"""Whatever is asked of the site: it never breaks, changes nothing without a link, and names nobody to a stranger.

``make fuzz`` asks more: SITE_CASES runs of a handful of requests each.
"""

from __future__ import annotations

import os
import re
import string
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from states.store.database import Database
from states.store.tables import FactRow, PersonRow
from tests.support.driver import Driver
from tests.support.site import TALK, Stand

CASES = int(os.environ.get("SITE_CASES", "1000"))
AT_ONCE = 10
"""Requests of a case: 1,000 cases are 10,000 requests."""

Form = list[tuple[str, str]]
Request = tuple[str, str, str, Form, bytes | None, dict[str, str]]

_WORDS = st.text(alphabet=string.printable, max_size=40) | st.text(max_size=30)
_SAFE = st.text(alphabet=string.ascii_letters + string.digits + "-_.~%/?&=+:@!$'()*,;[]", max_size=60)
_PLACES = st.sampled_from(
    [
        "/",
        "/svar/",
        "/side/",
        "/kalender/",
        "/plan/",
        "/nyt-link",
        "/nyt-link/sendt",
        "/health",
        "/robots.txt",
        "/sendgrid",
    ]
)
_METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"])
_FIELDS = st.sampled_from(
    ["option", "version", "held_on", "appointed_on", "appointed_at", "choice", "person_name", "person_email", "plan",
     "note", "email", "x"]
)  # fmt: skip
_VALUES = _WORDS | st.sampled_from(
    ["held", "agreed", "0", "1", "-1", "2027-01-20", "9999-12-31", "14:30", "written", "<script>", "a@b.example", "\0"]
)
_FORMS = st.lists(st.tuples(_FIELDS, _VALUES), max_size=8)
_HEADERS = st.dictionaries(
    st.sampled_from(
        ["origin", "referer", "sec-fetch-site", "content-type", "accept", "cookie", "range", "x-forwarded-host",
         "x-forwarded-for", "x-http-method-override", "if-none-match", "transfer-encoding", "expect"]
    ),
    st.text(alphabet=string.ascii_letters + string.digits + " /;=-.*:'\"", max_size=30)
    | st.sampled_from(["null", "same-origin", "cross-site", "application/x-www-form-urlencoded"]),
    max_size=3,
)  # fmt: skip
_REQUESTS = st.tuples(_METHODS, _PLACES, _SAFE, _FORMS, st.binary(max_size=200) | st.none(), _HEADERS)


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Stand]:
    path = tmp_path_factory.mktemp("site") / "domain.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}", synchronous="OFF")
    found = Stand(Driver(database, people=7).enrol().until("2027-01-21"), often=(10**6, 10**6))
    yield found
    found.close()
    database.close()


# A thread that an earlier file's flows have left in this process may roll dice of its own while requests are drawn.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module:FutureWarning")


@pytest.fixture(scope="module")
def names(stand: Stand) -> re.Pattern[str]:
    """Whatever names somebody: names, addresses, ids."""
    with stand.driven.database.read() as connection:
        people = connection.execute(select(PersonRow.name, PersonRow.email, PersonRow.id)).all()
    return re.compile("|".join(sorted({re.escape(word) for row in people for word in row})))


def facts(stand: Stand) -> list[str]:
    with stand.driven.database.read() as connection:
        return list(connection.scalars(select(FactRow.key)))


def encoded(form: Form) -> bytes:
    return urlencode(form, errors="replace").encode()


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests=st.lists(_REQUESTS, min_size=AT_ONCE, max_size=AT_ONCE))
def test_a_stranger_breaks_nothing_changes_nothing_and_learns_nothing(
    stand: Stand,
    names: re.Pattern[str],
    requests: list[Request],
) -> None:
    before = facts(stand)
    for method, place, rest, form, raw, headers in requests:
        path = f"{place}{rest}" if place.endswith("/") else f"{place}?{rest}"
        given = {"content-type": "application/x-www-form-urlencoded", **headers}
        answer = stand.browser.request(method, path, given, encoded(form) if raw is None else raw)
        assert answer.status_code < 500
        assert names.search(answer.text + repr(answer.headers)) is None
    assert facts(stand) == before


@settings(max_examples=CASES // 20, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests=st.lists(st.tuples(_SAFE, _FORMS, _HEADERS), min_size=AT_ONCE, max_size=AT_ONCE))
def test_whoever_has_a_link_breaks_nothing_either(
    stand: Stand, requests: list[tuple[str, Form, dict[str, str]]]
) -> None:
    link = stand.path(stand.leader(2), f"hold-3-02/{TALK}")
    for query, form, headers in requests:
        given = {"content-type": "application/x-www-form-urlencoded", **headers}
        for method in ("GET", "POST"):
            answer = stand.browser.request(method, f"{link}?{query}", given, encoded(form))
            assert answer.status_code < 500
            assert answer.headers["cache-control"] == "no-store"
            assert "<script" not in answer.text
