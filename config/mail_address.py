"""Mail addresses, checked and in one spelling."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email


def normal_address(text: str) -> str:
    """Return the address in lower case without blanks around it, an international domain in its ASCII form.

    No name server is asked. Raises ``ValueError`` saying what is wrong with the address; letters such as ``ø`` before
    the ``@`` are refused, since many mail servers do not take them.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(f"{text.strip()!r} is not a mail address: {error}") from error
    return (found.ascii_email or found.normalized).lower()
