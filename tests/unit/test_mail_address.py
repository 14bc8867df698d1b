"""Mail addresses are checked and brought into one spelling."""

from __future__ import annotations

import pytest

from config.mail_address import normal_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Bo.Hansen@Aalborg.Example.org\n", "bo.hansen@aalborg.example.org"),
        ("bo@ærø.example.org", "bo@xn--r-3fa9c.example.org"),
    ],
)
def test_one_address_has_one_spelling(text: str, address: str) -> None:
    assert normal_address(text) == address
    assert normal_address(address) == address


@pytest.mark.parametrize(
    "text", ["", "bo", "bo@", "bo@aalborg", "søren@aalborg.example.org", "Bo <bo@aalborg.example.org>"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a mail address: "):
        normal_address(text)
