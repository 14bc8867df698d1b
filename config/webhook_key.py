"""The public key that SendGrid's signed events are checked with, as SendGrid shows it: DER in base64, one line."""

from __future__ import annotations

from base64 import b64decode

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key


def webhook_key(text: str) -> EllipticCurvePublicKey:
    """Return the key.

    Raises ``ValueError`` for anything else than a public key of the curve P-256, which is what SendGrid makes.
    """
    try:
        key = load_der_public_key(b64decode("".join(text.split()), validate=True))
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("is no public key: copy the event webhook's verification key as SendGrid shows it") from None
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    raise ValueError("is another kind of key than SendGrid's (P-256)")
