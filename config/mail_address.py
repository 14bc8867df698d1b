"""Mail addresses, checked and in one spelling."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email


def normal_address(text: str) -> str:
    """Return the address in lower case without blanks around it.

    No name server is asked. Raises ``ValueError`` saying what is wrong with the address.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(f"{text.strip()!r} is not a mail address: {error}") from error
    return found.normalized.lower()
