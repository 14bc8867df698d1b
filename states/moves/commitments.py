"""Moves commitments: what a verb does to those of one name, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import select

from config.errors import FactIncompleteError
from config.programme import CommitmentSpec
from states.machines.commitment import AHEAD, CHANGEABLE, DROPS_PENDING, FINAL, FULFILLED, KEPT, ON_TIME, PLANNED
from states.moves.firing import PROMISE, Desk, Promise
from states.plan.effects import Occasion, Standing, commitment_effects
from states.plan.groups import partners
from states.plan.timers import Dates, commitment_timers, opening_timer
from states.store.tables import CommitmentRow


class Commitments:
    """Moves the commitments of one cohort for one trigger."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def move(
        self,
        name: str,
        verb: str,
        promises: Sequence[Promise],
        standings: Mapping[str, Standing],
        strict: bool | None = None,
    ) -> None:
        """Move commitments of one name by one verb; ``standings`` are the journeys they belong to, by id.

        Raises:
            TransitionRefusedError: strict, and one of them stands where the verb is not possible.
            FactIncompleteError: a choice is to be made, and the fact names none of the possible ones.
        """
        if not promises:
            return
        spec = self._desk.book.spec(name)
        choice = self._choice(spec, verb)
        rules = self._desk.book.rules.commitments[name]
        moved = self._desk.answered(
            f"{name}:{verb}",
            promises,
            lambda one: rules.answer(one.state, verb, self._guards(spec, verb, one)),
            self._desk.strict if strict is None else strict,
        )
        pairs = self.pairs() if spec.pairs and verb == "open" else {}
        if pairs:
            mine = [standings.get(one.journey_id or "") for one, _ in moved]
            self.pair_anew({one.group_number for one in mine if one is not None})
        for promise, dest in moved:
            standing = standings.get(promise.journey_id or "")
            self._move_commitment(spec, verb, promise, dest, choice, standing, pairs)
        if choice is not None and moved:
            self._follow(name, choice, [one for one, _ in moved], standings)

    def _choice(self, spec: CommitmentSpec, verb: str) -> str | None:
        if not spec.choices or verb not in {"keep", "lapse"}:
            return None
        choice = spec.default_choice if verb == "lapse" else self._desk.details.get("choice")
        if choice not in spec.choices:
            raise FactIncompleteError(
                f"{spec.id}:{verb}", "choice", f"{choice!r} is not one of {', '.join(spec.choices)}"
            )
        return choice

    def _guards(self, spec: CommitmentSpec, verb: str, promise: Promise) -> frozenset[str]:
        holding: set[str] = set()
        if verb == "keep":
            held_on = self._held_on(spec)
            if held_on and promise.due_on and held_on <= promise.due_on:
                holding.add(ON_TIME)
            if promise.state == KEPT and self._changeable(spec):
                holding.add(CHANGEABLE)
        elif verb == "open" and spec.kept_by_date_of in self._desk.book.calendar.days:
            holding.add(FULFILLED)
        elif verb == "resume":
            due = promise.due_on or self._desk.book.calendar.day_of(spec.due)
            if due is None or due >= self._desk.today:
                holding.add(AHEAD)
        return frozenset(holding)

    def _held_on(self, spec: CommitmentSpec) -> date | None:
        given = self._desk.details.get("held_on")
        if not given:
            return None
        try:
            day = date.fromisoformat(str(given))
        except ValueError:
            raise FactIncompleteError(f"{spec.id}:keep", "held_on", f"{given!r} is not a date") from None
        if day > self._desk.today:
            raise FactIncompleteError(f"{spec.id}:keep", "held_on", f"{day} is still to come")
        return day

    def _changeable(self, spec: CommitmentSpec) -> bool:
        last = self._desk.book.calendar.day_of(spec.changeable_until) if spec.changeable_until else None
        return last is not None and self._desk.today <= last

    def _move_commitment(
        self,
        spec: CommitmentSpec,
        verb: str,
        promise: Promise,
        dest: str,
        choice: str | None,
        standing: Standing | None,
        pairs: Mapping[str, str],
    ) -> None:
        now, calendar = self._desk.changes.now, self._desk.book.calendar
        dates = self._dates(spec, verb, promise)
        self._desk.changes.commitments.append(
            {
                "b_id": promise.id,
                "b_version": promise.version,
                "b_state": dest,
                "b_opened_on": dates.opened,
                "b_due_on": dates.due,
                "b_missed_on": dates.missed,
                "b_choice": choice or promise.choice,
            }
        )
        history = self._desk.changes.record(
            promise.cohort_id,
            promise.journey_id,
            promise.id,
            promise.version,
            spec.id,
            (verb, promise.state, dest),
        )
        if verb in DROPS_PENDING:
            self._desk.changes.silenced.append(promise.id)
        if verb == "pause":
            self._desk.changes.disarmed.append(promise.id)
        elif verb == "resume" and dest == promise.state:
            self._desk.changes.disarmed.append(promise.id)
            self._desk.changes.timers += opening_timer(calendar, promise.cohort_id, promise.id, spec, now)
        elif dest != promise.state:
            self._desk.changes.disarmed.append(promise.id)
            self._desk.changes.timers += commitment_timers(
                calendar, promise.cohort_id, promise.id, spec, dest, dates, now
            )
        partner = pairs.get(promise.journey_id or "") if verb == "open" else promise.partner_id
        if partner != promise.partner_id:
            self._desk.changes.partners.append((promise.id, partner))
        self._fill(spec, verb, promise, standing)
        self._desk.cause(
            commitment_effects(spec, verb, dest),
            Occasion(
                cohort_id=promise.cohort_id,
                subject=promise.id,
                history_id=history,
                trigger=f"{spec.id}:{verb}",
                now=now,
                standing=standing,
                module=spec.module,
                partner=partner,
                anchors={**dates.anchors(), "day": self._desk.today},
                details={"choice": choice} if choice else {},
            ),
        )

    def _dates(self, spec: CommitmentSpec, verb: str, promise: Promise) -> Dates:
        opened, due, missed = promise.opened_on, promise.due_on, promise.missed_on
        if verb == "open":
            opened = self._desk.today
            due = self._desk.book.calendar.day_of(spec.due, {"opened": opened})
        elif verb == "miss":
            missed = self._desk.book.calendar.day_of(spec.miss, Dates(opened, due).anchors()) or self._desk.today
        elif verb in {"pause", "retract"}:
            opened = missed = None
        return Dates(opened, due, missed)

    def _fill(self, spec: CommitmentSpec, verb: str, promise: Promise, standing: Standing | None) -> None:
        if verb == "keep" and spec.fills and self._desk.details.get("person") and standing is not None:
            ident = f"{promise.id}/{spec.fills}-{promise.version + 1}"
            ident = self._desk.new_person(ident, f"{spec.id}:keep", "person")
            self._desk.changes.fields.append((standing.id, {f"{spec.fills}_id": ident}))

    def _follow(self, name: str, choice: str, kept: Sequence[Promise], standings: Mapping[str, Standing]) -> None:
        """Open the commitments that follow from a choice, and take back those of a choice that was changed."""
        for follower in self._desk.book.definition.commitments.values():
            if follower.opens_on is None or follower.opens_on.commitment != name:
                continue
            verb = "open" if follower.opens_on.choice == choice else "retract"
            ids = [f"{one.journey_id}/{follower.id}" for one in kept]
            query = select(*PROMISE).where(CommitmentRow.id.in_(ids)).order_by(CommitmentRow.id)
            rows = self._desk.connection.execute(query)
            found = [Promise._make(row) for row in rows]
            going = [one for one in found if one.state not in FINAL and (verb == "open" or one.state != "planned")]
            self.move(follower.id, verb, going, standings, strict=False)

    def pairs(self) -> dict[str, str]:
        """Return whom each active talent visits or portrays in the learning group (R30 to R32), by journey."""
        groups: dict[int, list[str]] = {}
        for one in self._desk.circle().members.values():
            if one.group_number is not None:
                groups.setdefault(one.group_number, []).append(one.id)
        return {who: whom for members in groups.values() for who, whom in partners(members).items()}

    def pair_anew(self, joined: Collection[int | None] = ()) -> None:
        """Make the pairs of open commitments again where they no longer fit (R32).

        A group is paired anew where a partner has gone, and where one takes part again who was away (``joined``).
        """
        names = [spec.id for spec in self._desk.book.definition.commitments.values() if spec.pairs]
        if not names:
            return
        rows = self._desk.connection.execute(
            select(CommitmentRow.id, CommitmentRow.journey_id, CommitmentRow.partner_id)
            .where(
                CommitmentRow.cohort_id == self._desk.book.cohort_id,
                CommitmentRow.name.in_(names),
                CommitmentRow.state.not_in((*FINAL, PLANNED)),
            )
            .order_by(CommitmentRow.id)
        ).all()
        pairs, members = self.pairs(), self._desk.circle().members
        mine = [(row, members[row.journey_id]) for row in rows if row.journey_id in members]
        broken = {member.group_number for row, member in mine if row.partner_id not in members}
        for row, member in mine:
            if member.group_number in {*broken, *joined} and pairs.get(member.id) != row.partner_id:
                self._desk.changes.partners.append((row.id, pairs.get(member.id)))
