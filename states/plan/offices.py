"""The offices of a cohort: what somebody is for it and for no single talent, as its description names them. Pure.

An office is called by the id of whom the cohort was enrolled with: ``hold-3/coordinator-1``,
``hold-3/consultant-aalborg``.
"""

from __future__ import annotations

from config.cohort import Cohort, Contact


def coordinator_id(cohort_id: str, number: int) -> str:
    """Return the id of a coordinator by number, from 1."""
    return f"{cohort_id}/coordinator-{number}"


def administration_id(cohort_id: str) -> str:
    """Return the id of the administration."""
    return f"{cohort_id}/administration"


def consultant_id(cohort_id: str, organisation: str) -> str:
    """Return the id of an organisation's internal consultant."""
    return f"{cohort_id}/consultant-{organisation}"


def owner_id(cohort_id: str, module: str) -> str:
    """Return the id of whoever hears the solutions to a module's challenge for its owner."""
    return f"{cohort_id}/owner-{module}"


def changes_hands(cohort_id: str, office: str) -> bool:
    """Return whether an office can have another holder by a fact of its own: a coordinator's, a consultant's."""
    return office.startswith((coordinator_id(cohort_id, 0)[:-1], consultant_id(cohort_id, "")))


def offices_of(cohort: Cohort) -> dict[str, Contact]:
    """Return a cohort's offices, by id, with whom its description names for each."""
    offices = {coordinator_id(cohort.id, n): one for n, one in enumerate(cohort.coordinators, start=1)}
    offices[administration_id(cohort.id)] = cohort.administration
    offices |= {consultant_id(cohort.id, ident): one.consultant for ident, one in cohort.organisations.items()}
    return offices | {owner_id(cohort.id, module): one.representative for module, one in cohort.challenges.items()}


def described_with(cohort: Cohort, office: str, contact: Contact) -> Cohort:
    """Return the cohort as it is described with another ``contact`` in an office."""
    coordinators = tuple(
        contact if coordinator_id(cohort.id, n) == office else one for n, one in enumerate(cohort.coordinators, start=1)
    )
    organisations = {
        ident: one.model_copy(update={"consultant": contact}) if consultant_id(cohort.id, ident) == office else one
        for ident, one in cohort.organisations.items()
    }
    challenges = {
        module: one.model_copy(update={"representative": contact}) if owner_id(cohort.id, module) == office else one
        for module, one in cohort.challenges.items()
    }
    administration = contact if administration_id(cohort.id) == office else cohort.administration
    update = {"coordinators": coordinators, "organisations": organisations, "challenges": challenges}
    return cohort.model_copy(update={**update, "administration": administration})
