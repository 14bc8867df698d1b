"""Errors of who somebody is: where nobody is asked, and where what says so cannot be believed."""

from __future__ import annotations

from config.errors.root import TalentNordError


class NoSignInError(TalentNordError):
    """A server was to listen where other machines reach it, without asking people who they are."""

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(
            f"other machines reach {host}, and every fact has to say who told it: let coordinators sign in"
            " (TALENTNORD_SIGN_IN=true, or TALENTNORD_SIGN_IN_HEADER behind a proxy that knows them), or leave out"
            " --host. Nothing was started."
        )


class StampRefusedError(TalentNordError):
    """A run says who has started it, and the stamp is not one that our server has set on this run."""

    def __init__(self, run: str) -> None:
        self.run = run
        super().__init__(
            f"who has started run {run} cannot be told: its stamp is not signed for it. Nothing was recorded; fill in"
            " the form again, and give the server and all workers the same TALENTNORD_SITE_KEY"
        )
