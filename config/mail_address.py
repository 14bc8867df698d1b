"""Mail addresses, checked and in one spelling."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from email_validator import EmailNotValidError, validate_email

from config.plain_text import ENCODED_WORD, quoted, rule

_LONGEST = 254
NO_ADDRESS = "is not a mail address"
"""What every refusal of one says."""


@lru_cache(maxsize=1024)
def ascii_address(text: str) -> str:
    """Return one mailbox in ASCII, an international domain in its ASCII form; no name server is asked.

    Raises ``ValueError`` saying what is wrong with the address; letters such as ``ø`` before the ``@`` are refused,
    since many mail servers do not take them.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"{quoted(text)} {NO_ADDRESS}: it is longer than {_LONGEST} characters")
    if ENCODED_WORD in text:
        raise ValueError(f"{quoted(text)} {NO_ADDRESS}: it holds '{ENCODED_WORD}'")
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(f"{quoted(text)} {NO_ADDRESS}: {error}") from error
    return found.ascii_email or found.normalized


def normal_address(text: str) -> str:
    """Return the address in lower case without blanks around it; raises ``ValueError`` as ``ascii_address``."""
    return ascii_address(text.strip()).lower()


MailAddress = Annotated[str, rule(normal_address)]
