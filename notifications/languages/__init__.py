"""All words, a folder a language: ``messages``, ``pages``, ``site``, and the files below."""

from __future__ import annotations

from pathlib import Path

LANGUAGES = Path(__file__).parent
COMMON = LANGUAGES / "common"
"""What no language changes: how a mail's HTML is built, how the site looks."""


_LOCALES = {"en": "en_GB"}


def locale_of(language: str) -> str:
    """Return whose way of writing dates a language follows: English has *24 November 2027*, and no Danish full stop."""
    return _LOCALES.get(language, language)


def messages_in(language: str) -> Path:
    """Return the folder of the messages of a language, one folder each."""
    return LANGUAGES / language / "messages"


def pages_in(language: str) -> Path:
    """Return the folder of the pages of a language."""
    return LANGUAGES / language / "pages"


def deployments_in(language: str) -> Path:
    """Return the file that says in a language what each deployment does."""
    return LANGUAGES / language / "deployments.yaml"


def runs_in(language: str) -> Path:
    """Return the file that says in a language what runs are called and what they came to."""
    return LANGUAGES / language / "runs.yaml"


def refusals_in(language: str) -> Path:
    """Return the file that says in a language why something a coordinator told was not recorded."""
    return LANGUAGES / language / "refusals.yaml"


def dates_in(language: str) -> Path:
    """Return the file that says in a language what is wrong with a day, and what follows from one."""
    return LANGUAGES / language / "dates.yaml"


def site_in(language: str) -> Path:
    """Return the folder of the site's pages of a language, and of its words for what is wrong with an answer."""
    return LANGUAGES / language / "site"


def sign_in_in(language: str) -> Path:
    """Return the folder of what coordinators see of a language before they are in, and of the mail with their link."""
    return LANGUAGES / language / "sign_in"


def report_in(language: str) -> Path:
    """Return the file that says in a language what the sheets and columns of the report are called."""
    return LANGUAGES / language / "report.yaml"


def pictures_in(language: str) -> Path:
    """Return the file that says in a language what is written on the pictures of a cohort."""
    return LANGUAGES / language / "pictures.yaml"


def preview_in(language: str) -> Path:
    """Return the file that says in a language what is written around the mails of a preview."""
    return LANGUAGES / language / "preview.yaml"
