"""Every error the project raises on purpose: what was wrong, where, and what to do.

One root, ``TalentNordError``; each class carries its facts as fields and builds its sentence from them.
"""

from __future__ import annotations

from config.errors.database import BackupError, DatabaseError, DatabaseRefusedError, DatabaseUnavailableError
from config.errors.definition import (
    MOST_FAULTS,
    DefinitionError,
    FileMissingError,
    Problem,
    SettingsError,
    UnknownCommitmentError,
    WhenSyntaxError,
    WorkingTimeError,
    first_faults,
)
from config.errors.delivery import (
    DeliveryError,
    DeliveryUnknownError,
    EffectFailedError,
    EffectsFailedError,
    EffectWaitsError,
    MailDecidedError,
    MailOvertakenError,
    MailsFailingError,
    NothingChosenError,
    RejectedError,
    RetryLaterError,
    TemplateError,
    TransportBlockedError,
)
from config.errors.engine import (
    AmbiguousPersonError,
    CohortOverError,
    ConflictError,
    ConsequencesChangedError,
    DayRefusedError,
    FactIncompleteError,
    FactReusedError,
    HeldOnRefusedError,
    NotOpenYetError,
    TickFailedError,
    TimerFailedError,
    TransitionRefusedError,
    UnknownRecordError,
    UnknownTriggerError,
)
from config.errors.root import TalentNordError
from config.errors.server import NoPasswordError, NotOursError, ServerError

__all__ = [
    "MOST_FAULTS",
    "AmbiguousPersonError",
    "BackupError",
    "CohortOverError",
    "ConflictError",
    "ConsequencesChangedError",
    "DatabaseError",
    "DatabaseRefusedError",
    "DatabaseUnavailableError",
    "DayRefusedError",
    "DefinitionError",
    "DeliveryError",
    "DeliveryUnknownError",
    "EffectFailedError",
    "EffectWaitsError",
    "EffectsFailedError",
    "FactIncompleteError",
    "FactReusedError",
    "FileMissingError",
    "HeldOnRefusedError",
    "MailDecidedError",
    "MailOvertakenError",
    "MailsFailingError",
    "NoPasswordError",
    "NotOpenYetError",
    "NotOursError",
    "NothingChosenError",
    "Problem",
    "RejectedError",
    "RetryLaterError",
    "ServerError",
    "SettingsError",
    "TalentNordError",
    "TemplateError",
    "TickFailedError",
    "TimerFailedError",
    "TransitionRefusedError",
    "TransportBlockedError",
    "UnknownCommitmentError",
    "UnknownRecordError",
    "UnknownTriggerError",
    "WhenSyntaxError",
    "WorkingTimeError",
    "first_faults",
]
