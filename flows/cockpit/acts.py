"""What can be done about a row of a page: links to forms that open filled in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from flows.cockpit import ui
from flows.cockpit.labels import words
from flows.cockpit.literal import Markdown, link
from flows.cockpit.task_forms import Offer, TaskForms

FormIds = Mapping[tuple[str, str], UUID]
"""The deployments of forms, by programme and form."""
OF_NO_PROGRAMME = ""
"""Stands for the programme of a form that is none's; such a form goes by its label."""


class Act(NamedTuple):
    """A form that is served, and the address under which it opens filled in."""

    offer: Offer
    address: str

    @property
    def short(self) -> str:
        """What it is called in a narrow cell."""
        form = self.offer.form
        act = "undo" if form.undoes else "team" if form.teams else form.verb if form.commitments else ""
        return words().get(f"act_{act}", form.label)


class Acts:
    """The acts of one cohort as it stands; forms that nobody serves are left out."""

    def __init__(self, ways: TaskForms, programme: str, forms: FormIds) -> None:
        self._ways = ways
        self._programme = programme
        self._forms = forms

    def about(self, subject: str, journey: str = "", talent: str = "") -> list[Act]:
        """Return what can be done about a commitment, a journey, a day or an address: see ``TaskForms.about``."""
        return list(self._served(self._ways.about(subject, journey, talent)))

    def of_talent(self, journey: str, talent: str) -> list[Act]:
        """Return all that can be told of a talent."""
        return list(self._served(self._ways.of_talent(journey, talent)))

    def taking_back(self, fact: str) -> list[Act]:
        """Return the form that takes a fact back; ``fact`` is what the form's list calls it."""
        return list(self._served(self._ways.taking_back(fact)))

    def of_team(self, journey: str, talent: str, module: str) -> list[Act]:
        """Return what can be done about a talent's team of a module, by what it is called."""
        return list(self._served(self._ways.of_team(journey, talent, module)))

    def for_several(self, commitments: Collection[str]) -> list[Markdown]:
        """Return links to record each of the commitments, by name, for all but some; each by the commitment's words."""
        found = self._served(self._ways.for_several(commitments))
        return [link(act.offer.values["commitment"], act.address) for act in found]

    def by_menu(self) -> list[Markdown]:
        """Return links to the forms that no row leads to: to take back, to enrol somebody, and to write a message."""
        offers = (*self._ways.taking_back(), *self._ways.enrolling())
        found = [link(act.offer.form.label, act.address) for act in self._served(offers)]
        label = words()["message_label"]
        message = self._forms.get((OF_NO_PROGRAMME, label))
        return [*found, *([link(label, ui.DEFAULT.form(message))] if message else ())]

    def _served(self, offers: Iterable[Offer]) -> Iterator[Act]:
        for offer in offers:
            deployment = self._forms.get((self._programme, offer.form.id))
            if deployment is not None:
                yield Act(offer, ui.DEFAULT.form(deployment, offer.values))


def short_links(acts: Iterable[Act]) -> Markdown:
    """Return the acts as links by their short names."""
    return Markdown(" · ".join(link(act.short, act.address) for act in acts))
