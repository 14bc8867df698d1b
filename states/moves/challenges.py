"""A bootcamp's challenge: who sets it and who hears the solutions, in force from the moment it is told (R6, R22)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from config.cohort import Challenge, Cohort, Contact
from config.errors import FactIncompleteError
from config.grammar import Trigger
from config.programme import CommitmentSpec
from states.moves.firing import Firing
from states.moves.reassign import PERHAPS_TOLD
from states.plan.effects import ActiveJourneys, Cast, Cause, effect_rows
from states.plan.offices import owner_id
from states.plan.timers import notice_at
from states.store.tables import EffectRow, PersonRow

CHALLENGE = "challenge"
"""The detail that holds a whole challenge: the import gives one, a form its parts."""


def challenge_told(firing: Firing, spec: CommitmentSpec) -> Challenge:
    """Return the challenge as it is by the fact: what that gives, and for the rest what is known already.

    Raises:
        FactIncompleteError: neither says who sets it, or who hears the solutions; or the owner takes no part (R6).
    """
    given, known = firing.details, known_challenge(firing, spec)
    if isinstance(given.get(CHALLENGE), Challenge):
        return given[CHALLENGE]  # type: ignore[no-any-return]
    owner = given.get("owner") or (known.owner if known else "")
    representative = _representative(given.get("representative"), known)
    for field, found in (("owner", owner), ("representative", representative)):
        if not found:
            raise FactIncompleteError(str(Trigger(spec.id, "keep")), field, "is missing")
    assert representative is not None
    if not _described(firing).has_part(owner):
        raise FactIncompleteError(
            str(Trigger(spec.id, "keep")), "owner", f"{owner!r} names no organisation that takes part"
        )
    title, text = (given.get(name) or (getattr(known, name) if known else "") for name in ("title", "text"))
    return Challenge.model_construct(owner=owner, representative=representative, title=title, text=text)


def is_news(firing: Firing, spec: CommitmentSpec) -> bool:
    """Whether the fact tells of a challenge other than the one that is known."""
    told = {"owner", "representative", "title", "text", CHALLENGE} & {
        name for name, one in firing.details.items() if one
    }
    return bool(told) and challenge_told(firing, spec) != known_challenge(firing, spec)


def known_challenge(firing: Firing, spec: CommitmentSpec) -> Challenge | None:
    """Return the challenge that is in force for the commitment's module."""
    return _described(firing).challenges.get(spec.secures or "")


def put_in_force(firing: Firing, spec: CommitmentSpec, history: str) -> None:
    """Collect what a challenge changes: the cohort's description, its owner's representative, and who is told late."""
    challenge, module = challenge_told(firing, spec), str(spec.secures)
    if challenge == known_challenge(firing, spec):
        return
    changes, cohort, described = firing.changes, firing.cohort.cohort_id, _described(firing)
    update = {"challenges": {**described.challenges, module: challenge}}
    changes.described[cohort] = described.model_copy(update=update)
    contact, ident = challenge.representative, owner_id(cohort, module)
    person = {"id": ident, **dict(contact)}
    before = firing.connection.scalar(select(PersonRow.email).where(PersonRow.id == ident))
    if before is None:
        changes.persons.append(person)
    else:
        changes.corrected.append(person)
        changes.reachable += [ident] if before != contact.email else []
    changes.effects += _told_late(firing, module, ident, history, before not in {None, contact.email})


def _described(firing: Firing) -> Cohort:
    return firing.changes.described.get(firing.cohort.cohort_id, firing.cohort.described)


def _representative(given: Any, known: Challenge | None) -> Contact | None:
    before = known.representative if known else None
    if not isinstance(given, Mapping):
        return before
    if before is not None and before.email == given["email"]:
        return before.model_copy(update={"name": given["name"]})
    return Contact.model_construct(name=given["name"], email=given["email"])


def _told_late(firing: Firing, module: str, owner: str, history: str, another_person: bool) -> Iterator[dict[str, Any]]:
    """Yield what owners were told by now of days to come, for one who was not: a new one, or another person."""
    query = select(EffectRow.key, EffectRow.status).where(EffectRow.recipient_id == owner)
    known = firing.connection.execute(query.with_for_update()).all()
    for row in _news_for_owners(firing, module, owner, history):
        alike = [one for one in known if one.key == row["key"] or one.key.startswith(f"{row['key']}/")]
        mine = {one.status for one in alike if one.status != "dropped"}
        if not alike:
            yield row
        elif not mine or (another_person and mine <= PERHAPS_TOLD):
            yield row | {"key": f"{row['key']}/{history}"}


def _news_for_owners(firing: Firing, module: str, owner: str, history: str) -> Iterator[dict[str, Any]]:
    cohort, now = firing.cohort, firing.changes.now
    for milestone in cohort.definition.milestones.values():
        day = cohort.calendar.days.get(milestone.id)
        if day is None or day.ends_at <= now or (milestone.module is not None and milestone.module.id != module):
            continue
        for notice in milestone.notices:
            at = notice_at(cohort.calendar, milestone.id, notice)
            specs = [
                effect.model_copy(update={"to": ("challenge_owner",)})
                for effect in notice.effects
                if "challenge_owner" in effect.to
            ]
            if at is None or at > now or not specs:
                continue
            trigger = str(Trigger(milestone.id, notice.id))
            cause = Cause(
                cohort_id=cohort.cohort_id,
                subject=cohort.cohort_id,
                history_id=history,
                trigger=trigger,
                now=now,
                journey=None,
                module=module,
                details={"milestone": milestone.id},
                shared_key=f"{cohort.cohort_id}/{trigger}@{day.sequence}",
            )
            yield from effect_rows(specs, cause, cohort.calendar, Cast((), "", {module: owner}), ActiveJourneys())
