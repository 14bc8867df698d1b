"""Moves commitments: what a verb does to those of one name, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import select

from config.definition import ACTIVE
from config.errors import FactIncompleteError, PersonRefusedError, TransitionRefusedError
from config.grammar import Trigger, commitment_id
from config.programme import CommitmentSpec
from states.machines.commitment import FINAL, PLANNED, drops_pending
from states.moves.appointing import appointed_after, not_stalled_yet, settle_what_it_answers, time_after
from states.moves.challenges import put_in_force
from states.moves.firing import Firing
from states.moves.guards import guards_of
from states.moves.handing import note_of, settle_what_was_asked, to_be_handed
from states.moves.hearing import concerned_by
from states.moves.pairing import Paired, drop_news_of_another_partner, pairing
from states.moves.plausible import agreed_day, refuse_impossible_day, why_not_yet
from states.moves.reassign import was_told
from states.moves.regions import lead_on
from states.plan.appointment import Dates, missed_on
from states.plan.effects import Cause, named
from states.plan.timers import Step, rearmed
from states.records import Commitment, Journey, as_plain
from states.store.queries import COMMITMENT_COLUMNS
from states.store.tables import CommitmentRow, EffectRow


class _Move(NamedTuple):
    """One commitment's move: what its definition says, the step, and those it concerns."""

    spec: CommitmentSpec
    commitment: Commitment
    step: Step
    causes: tuple[str, ...]
    choice: str | None
    journey: Journey | None
    partner: str | None


class CommitmentMover:
    """Moves the commitments of one cohort for one trigger."""

    def __init__(self, firing: Firing) -> None:
        self._firing = firing
        self._partners: dict[str, str | None] = {}
        """The partners that commitments are given as they open or are paired anew, by commitment."""

    def move(
        self,
        name: str,
        verb: str,
        commitments: Sequence[Commitment],
        journeys: Mapping[str, Journey],
        strict: bool | None = None,
    ) -> None:
        """Move commitments of one name by one verb; ``journeys`` are the journeys they belong to, by id.

        Raises:
            TransitionRefusedError: strict, and one of them stands where the verb is not possible.
            NoConsultantError: one of them is to be handed to a consultant whom its talent does not have.
            FactIncompleteError: a choice is to be made, and the fact names none of the possible ones; or it tells of
                a day that cannot be.
        """
        if not commitments:
            return
        spec = self._firing.cohort.spec(name)
        choice = self._choice(spec, verb)
        rules = self._firing.cohort.rules.commitments[name]
        trigger, strict = str(Trigger(name, verb)), self._firing.strict if strict is None else strict
        if strict:
            refuse_impossible_day(self._firing, trigger)
        if verb == "hand":
            commitments = to_be_handed(self._firing, trigger, commitments, journeys)
        elif verb == "stall":
            commitments = not_stalled_yet(self._firing, trigger, commitments)
        guards = partial(guards_of, self._firing, spec, verb)
        try:
            moved = self._firing.answered(
                trigger, commitments, lambda one: rules.answer(one.state, verb, guards(one)), strict
            )
        except TransitionRefusedError as refused:
            raise why_not_yet(self._firing, spec, verb, refused) from None
        paired = pairing(self._firing, name, {one.id for one, _ in moved}) if spec.pairs and verb == "open" else []
        self._partners |= {one.commitment.id: one.partner for one in paired if one.opens}
        for commitment, (dest, causes) in moved:
            journey = journeys.get(commitment.journey_id or "")
            partner = self._partner(spec, verb, commitment)
            step = Step(verb, commitment.state, dest)
            self._carry_out(_Move(spec, commitment, step, causes, choice, journey, partner))
        self._tell_changed(name, [one for one in paired if not one.opens])
        # A choice may be kept anew; else whoever stays in a state has come to none.
        came = [(one, found) for one, found in moved if found.dest != one.state or verb == "keep"]
        arrived = [(one.journey_id or "", found.dest) for one, found in came]
        lead_on(self._firing, name, choice, arrived, journeys)
        if choice is not None and moved:
            self._follow(name, choice, [one for one, _ in moved], journeys)

    def _partner(self, spec: CommitmentSpec, verb: str, commitment: Commitment) -> str | None:
        """Return whose partner the talent is after this move; who goes on leave has none to come back to."""
        if verb in {"open", "pair"}:
            return self._partners.get(commitment.id)
        return None if verb == "pause" and spec.pairs else commitment.partner_id

    def _choice(self, spec: CommitmentSpec, verb: str) -> str | None:
        if not spec.choices or verb not in {"keep", "lapse"}:
            return None
        choice = spec.default_choice if verb == "lapse" else self._firing.details.get("choice")
        if choice not in spec.choices:
            raise FactIncompleteError(
                str(Trigger(spec.id, verb)), "choice", f"{choice!r} is not one of {', '.join(spec.choices)}"
            )
        return choice

    def _carry_out(self, move: _Move) -> None:
        """Collect what moving one commitment changes, and what it causes."""
        changes, commitment, verb = self._firing.changes, move.commitment, move.step.verb
        dates = self._dates(move)
        if changes.fact is not None:  # A tick keeps no image, and makes none.
            changes.remember("commitments", commitment.id, as_plain(commitment))
        stands = commitment._replace(
            state=move.step.dest,
            opened_on=dates.opened,
            due_on=dates.due,
            missed_on=dates.missed,
            choice=move.choice or commitment.choice,
            agreed=verb == "extend" or (commitment.agreed and verb != "retract"),
            appointed_on=dates.appointed,
            appointed_at=time_after(self._firing, verb, commitment, dates.appointed),
            quiet=verb == "hush" or (commitment.quiet and verb != "retract"),
        )
        history = changes.move_commitment(commitment, verb, stands)
        if drops_pending(verb, move.step.source, move.step.dest):
            changes.silenced.append(commitment.id)
        elif verb == "hand":
            settle_what_was_asked(self._firing, commitment, move.journey)
        elif verb == "pair":
            drop_news_of_another_partner(self._firing, commitment)
        elif verb in {"appoint", "stall", "hush"}:
            settle_what_it_answers(self._firing, move.spec, verb, commitment)
        self._rearm(move, dates)
        if move.partner != commitment.partner_id:
            changes.partners.append((commitment.id, move.partner))
        move = self._fill(move)
        if verb == "keep" and move.spec.secures is not None:
            put_in_force(self._firing, move.spec, history)
        if move.causes and not self._was_never_told(move):
            effects = named(move.spec.causes, move.causes)
            concerned = concerned_by(self._firing, verb, commitment, move.journey, effects)
            self._firing.cause(effects, self._cause_of(move, history, dates), concerned)
        self._let_go(move)

    def _rearm(self, move: _Move, dates: Dates) -> None:
        changes, commitment = self._firing.changes, move.commitment
        calendar = self._firing.cohort.calendar
        if move.step.verb in {"appoint", "stall"} and move.journey and not move.journey.state.startswith(ACTIVE):
            return  # On leave nothing is asked of them; a return arms it.
        timers = rearmed(calendar, commitment.cohort_id, commitment.id, move.spec, move.step, dates, changes.now)
        if timers is not None:
            changes.disarmed.append(commitment.id)
            changes.timers += timers

    def _cause_of(self, move: _Move, history: str, dates: Dates) -> Cause:
        return Cause(
            cohort_id=move.commitment.cohort_id,
            subject=move.commitment.id,
            history_id=history,
            trigger=str(Trigger(move.spec.id, move.step.verb)),
            now=self._firing.changes.now,
            journey=move.journey,
            module=move.spec.module,
            partner=move.partner,
            anchors={**dates.anchors(), "day": self._firing.today},
            details=self._details(move),
            teller=self._firing.teller,
        )

    def _details(self, move: _Move) -> dict[str, str]:
        """Return what the news of a move say beside what stands."""
        if move.step.verb == "stall":
            voided = move.commitment.appointed_on
            return note_of(self._firing) | ({"voided": voided.isoformat()} if voided else {})
        if move.step.verb == "hand":
            return note_of(self._firing)
        return {"choice": move.choice} if move.choice else {}

    def _dates(self, move: _Move) -> Dates:
        spec, commitment, verb, calendar = move.spec, move.commitment, move.step.verb, self._firing.cohort.calendar
        opened, due, missed = commitment.opened_on, commitment.due_on, commitment.missed_on
        if verb == "open":
            opened = self._firing.today
            # Who was asked late has a deadline from the start (R8); so has who comes back to one that was agreed.
            due = due if commitment.agreed else calendar.due_of(spec, opened)
        elif verb == "extend":
            due, missed = agreed_day(self._firing, str(Trigger(spec.id, verb))), None
        elif verb == "miss":
            stands = Dates(opened, due, None, commitment.appointed_on)
            day = None if self._firing.late else missed_on(calendar, spec, stands)
            missed = day or self._firing.today
        elif verb in {"pause", "retract"} and move.step.dest == PLANNED:
            opened = missed = None
        return Dates(opened, due, missed, appointed_after(self._firing, verb, commitment, due))

    def _fill(self, move: _Move) -> _Move:
        """Let the person that a fact names take the role which keeping the commitment fills, before any is told."""
        role, journey = move.spec.fills, move.journey
        if move.step.verb != "keep" or not role or journey is None or not self._firing.details.get("person"):
            return move
        ident = f"{move.commitment.id}/{role}-{move.commitment.version + 1}"
        trigger = str(Trigger(move.spec.id, "keep"))
        ident = self._firing.new_person(ident, trigger, "person")
        if ident == journey.talent_id:
            raise PersonRefusedError(trigger, "person", "this is the talent; it has to be somebody else", "talent")
        if ident == journey.mentor_id:
            what = "this is the nearest leader; it has to be somebody else"
            raise PersonRefusedError(trigger, "person", what, "mentor")
        taken_up: dict[str, Any] = {f"{role}_id": ident}
        self._firing.changes.set_fields(journey, taken_up)
        return move._replace(journey=journey._replace(**taken_up))

    def _was_never_told(self, move: _Move) -> bool:
        """Whether whoever is let go has not heard yet that they were found: then there is nothing to take back."""
        role = move.spec.fills
        if move.step.verb != "retract" or role is None or move.journey is None:
            return False
        found, about = getattr(move.journey, f"{role}_id"), EffectRow.subject == move.commitment.id
        return not was_told(self._firing, found, role, about)

    def _let_go(self, move: _Move) -> None:
        """Empty the role of whoever was found, when the choice behind it is another."""
        role, journey = move.spec.fills, move.journey
        if move.step.verb == "retract" and role and journey is not None:
            self._firing.changes.set_fields(journey, {f"{role}_id": None})

    def _follow(self, name: str, choice: str, kept: Sequence[Commitment], journeys: Mapping[str, Journey]) -> None:
        """Open the commitments that follow from a choice, and take back those of a choice that was changed."""
        for follower in self._firing.cohort.definition.commitments.values():
            if follower.opens_on is None or follower.opens_on.commitment != name:
                continue
            verb = "open" if follower.opens_on.choice == choice else "retract"
            ids = [commitment_id(str(one.journey_id), follower.id) for one in kept]
            query = select(*COMMITMENT_COLUMNS).where(CommitmentRow.id.in_(ids)).order_by(CommitmentRow.id)
            rows = self._firing.connection.execute(query)
            found = self._firing.changes.as_they_stand(Commitment._make(row) for row in rows)
            going = [one for one in found if one.state not in (FINAL if verb == "open" else {PLANNED})]
            self.move(follower.id, verb, going, journeys, strict=False)

    def pair_anew(self) -> None:
        """Give whoever has no partner any more another one, for each open commitment made in pairs (R32, R58)."""
        for spec in self._firing.cohort.definition.commitments.values():
            if spec.pairs:
                self._tell_changed(spec.id, pairing(self._firing, spec.id))

    def _tell_changed(self, name: str, found: Sequence[Paired]) -> None:
        """Move those whose partner is another now; who is paired as it opens reads so in that mail."""
        changed = {one.commitment.id: one for one in found if one.is_changed}
        self._partners |= {ident: one.partner for ident, one in changed.items()}
        journeys = {one.journey.id: one.journey for one in changed.values()}
        self.move(name, "pair", [one.commitment for one in changed.values()], journeys, strict=False)
