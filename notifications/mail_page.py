"""The page that shows a coordinator a mail as it was sent: plain HTML, in which all that people wrote is text."""

from __future__ import annotations

from functools import lru_cache

import jinja2

from config.errors import TemplateError
from notifications.languages import pages_in
from notifications.templates import environment
from states.views.mail_words import MailWords

MAILS = "/mail/"
"""What the paths of mails begin with, ``/mail/tn-…``: our own app in front of Prefect serves them."""


def mail_page(mail: MailWords, language: str = "da") -> str:
    """Return the page of a mail.

    Raises:
        TemplateError: its template cannot say it.
    """
    try:
        return _environment(language).get_template("mail.html.j2").render(mail=mail)
    except jinja2.TemplateError as error:
        raise TemplateError("mail", "mail.html.j2", str(error)) from error


@lru_cache
def _environment(language: str) -> jinja2.Environment:
    found = environment([pages_in(language)], language, html=True)
    found.trim_blocks = True
    return found
