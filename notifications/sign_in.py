"""What coordinators see before they are in: the pages, and the mail with their link. All words are of a language."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import jinja2

from config.errors import TemplateError
from notifications.context import first_name
from notifications.languages import COMMON, sign_in_in
from notifications.templates import environment, with_inline_styles
from notifications.transports.protocol import Address, Mail


def sign_in_page(name: str, values: Mapping[str, object], language: str = "da") -> str:
    """Return the page ``name`` (``ask``, ``sent``, ``enter``, ``out`` …); whatever it is given is escaped.

    Raises:
        TemplateError: there is no such page, or it names a value that is not there.
    """
    return _rendered(f"{name}.html.j2", values, language)


def sign_in_mail(sender: Address, name: str, email: str, url: str, now: datetime, language: str = "da") -> Mail:
    """Return the mail that holds a coordinator's link; it is in no outbox, for the link is good for minutes only."""
    values = {"first_name": first_name(name), "url": url, "publisher": sender.name, "language": language}
    subject = _rendered("mail.subject.j2", values, language).strip()
    return Mail(
        message_id=f"tn-{secrets.token_hex(16)}",
        sender=sender,
        to=Address(name, email),
        reply_to=None,
        subject=subject,
        text=f"{_rendered('mail.txt.j2', values, language).strip()}\n",
        html=with_inline_styles(_rendered("mail.html.j2", {**values, "subject": subject}, language)),
        date=now,
    )


def _rendered(template: str, values: Mapping[str, object], language: str) -> str:
    try:
        return _environment(language, template.endswith(".html.j2")).get_template(template).render(values)
    except jinja2.TemplateError as error:
        raise TemplateError("sign_in", template, str(error)) from error


@lru_cache
def _environment(language: str, html: bool) -> jinja2.Environment:
    found = environment([sign_in_in(language), COMMON], language, html=html)
    found.trim_blocks = True
    return found
