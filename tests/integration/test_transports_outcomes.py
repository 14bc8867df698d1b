"""What each behaviour of a mail peer means: the real clients against servers that do just that, a test for each."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from pathlib import Path

import pytest

from config.errors import DeliveryError, RetryLaterError
from notifications.transports.protocol import Transport
from tests.support import sendgrid_cases, smtp_cases
from tests.support.peer_cases import WORDS, Case, Stand

DOCS = Path(__file__).parents[2] / "docs" / "transports.md"


@pytest.mark.parametrize("case", sendgrid_cases.CASES.values(), ids=sendgrid_cases.CASES)
def test_when_sendgrid(case: Case, stand: Stand) -> None:
    with case.peer(stand):
        check(sendgrid_cases.transport(case, stand), case)


@pytest.mark.parametrize("case", smtp_cases.CASES.values(), ids=smtp_cases.CASES)
def test_when_the_mail_server(case: Case, stand: Stand) -> None:
    with case.peer(stand):
        check(smtp_cases.transport(case, stand), case)


def check(transport: Transport, case: Case) -> None:
    if case.means is None:
        transport.send(case.mail)
        return
    with pytest.raises(DeliveryError) as failure:
        transport.send(case.mail)
    error = failure.value
    assert type(error) is case.means, error
    assert case.said in str(error)
    assert "aase@" not in "".join(traceback.format_exception(error))
    assert (error.after if isinstance(error, RetryLaterError) else None) == case.after


@pytest.mark.parametrize(
    ("heading", "cases"),
    [("SendGrid", sendgrid_cases.CASES), ("SMTP", smtp_cases.CASES)],
    ids=["SendGrid", "SMTP"],
)
def test_the_docs_have_a_row_for_each_case_and_a_case_for_each_row(heading: str, cases: Mapping[str, Case]) -> None:
    text = DOCS.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| ([^|]+?) \| (\w+) \|", text, re.MULTILINE))
    assert rows.pop("it", None) == "means"
    assert rows == {name: WORDS[case.means] for name, case in cases.items()}
