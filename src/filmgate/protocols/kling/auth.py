"""Kling's two ways to say who calls: an API key, or a JWT made of an access key and a secret key.

The three steps of a call: ``read_bearer`` tells which of the two was sent; the server looks up the
key, or the secret that belongs to the token's access key; ``check_token`` verifies.
``authenticate`` does all three for a server whose look-ups are plain functions.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import jwt
from jwt.types import Options
from jwt.warnings import InsecureKeyLengthWarning

from filmgate.protocols.kling.errors import Code, KlingRefusal

LIFETIME_S = 1800
LEEWAY_S = 5
"""How far two clocks may differ: as much as Kling's own samples allow for with ``nbf``."""
TOKENS_KEPT = 4096


class Design(StrEnum):
    """Kling's two generations of endpoints; the newer one takes API keys only."""

    LEGACY = "legacy"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class ApiKey:
    secret: str


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    access_key: str
    """Who says to have made it; nothing is proven until ``check_token``."""


def token(access_key: str, secret_key: str, now: int) -> str:
    """The bearer token that Kling's reference asks for: these three claims and no others."""
    claims = {"iss": access_key, "exp": now + LIFETIME_S, "nbf": now - LEEWAY_S}
    header = {"alg": "HS256", "typ": "JWT"}
    with warnings.catch_warnings():
        # Kling chooses the key's length; our customer can't mend it.
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        return jwt.encode(claims, secret_key, algorithm="HS256", headers=header)


def read_bearer(authorization: str | None, design: Design) -> ApiKey | Token:
    """Tell API key and token apart by their shape. Raises KlingRefusal with 1001 or 1002."""
    scheme, _, secret = (authorization or "").strip().partition(" ")
    secret = secret.strip()
    if not scheme or (scheme.lower() == "bearer" and not secret):
        raise KlingRefusal(Code.AUTHORIZATION_EMPTY)
    if scheme.lower() != "bearer":
        raise KlingRefusal(Code.AUTHORIZATION_INVALID)
    if secret.count(".") != 2:
        return ApiKey(secret)
    if design is Design.NEW:
        raise unknown_key(secret, design)
    return Token(secret, _access_key(secret))


def unknown_key(secret: str, design: Design) -> KlingRefusal:
    """What to answer to an API key that nobody owns: Kling then takes it for a broken token."""
    if design is Design.NEW:
        return KlingRefusal(
            Code.AUTHORIZATION_INVALID,
            "Authentication error. The current API does not support AK/SK; please go to the "
            "console (https://kling.ai/dev/api-key) to create API key.",
        )
    # The sentence is that of the library java-jwt (its TokenUtils.splitToken counts so).
    parts = {0: "0", 1: "2", 2: "3"}.get(secret.count("."), "> 3")
    return KlingRefusal(
        Code.AUTHORIZATION_INVALID,
        f"The token was expected to have 3 parts, but got {parts}",
    )


def check_token(given: Token, secret_key: str | None, now: float) -> str:
    """The proven access key. ``secret_key`` is None where nobody owns the token's access key.

    Raises KlingRefusal with 1000 (wrong signature), 1002 (no such key, no such algorithm, claims
    missing or of the wrong type), 1003 (too early) or 1004 (too late).
    """
    if secret_key is None:
        raise KlingRefusal(Code.AUTHORIZATION_INVALID)
    claims = _claims(given.text, secret_key)
    exp, nbf = claims.get("exp"), claims.get("nbf")
    if not _is_time(exp) or not (nbf is None or _is_time(nbf)):
        raise KlingRefusal(Code.AUTHORIZATION_INVALID)
    if isinstance(nbf, (int, float)) and now < nbf - LEEWAY_S:
        raise KlingRefusal(Code.TOKEN_TOO_EARLY)
    if isinstance(exp, (int, float)) and now >= exp + LEEWAY_S:
        raise KlingRefusal(Code.TOKEN_EXPIRED)
    return given.access_key


def authenticate(
    authorization: str | None,
    design: Design,
    *,
    secret_of: Callable[[str], str | None],
    is_key: Callable[[str], bool],
    now: float,
) -> ApiKey | Token:
    """Who calls, proven. Raises KlingRefusal."""
    who = read_bearer(authorization, design)
    if isinstance(who, ApiKey):
        if not is_key(who.secret):
            raise unknown_key(who.secret, design)
    else:
        check_token(who, secret_of(who.access_key), now)
    return who


@lru_cache(TOKENS_KEPT)
def _access_key(text: str) -> str:
    """The claim ``iss``, still unproven."""
    try:
        claims: dict[str, object] = jwt.decode(text, options={"verify_signature": False})
    except (jwt.InvalidTokenError, RecursionError, ValueError) as error:
        raise KlingRefusal(Code.AUTHORIZATION_INVALID) from error
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or not issuer:
        raise KlingRefusal(Code.AUTHORIZATION_INVALID)
    return issuer


# The times are ours to compare: PyJWT would read the machine's clock.
_SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


@lru_cache(TOKENS_KEPT)
def _claims(text: str, secret_key: str) -> Mapping[str, object]:
    """What the secret key has signed. Clients send one token for half an hour, and that it is
    genuine never changes; whether it is still in time is asked anew with every call."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        try:
            claims: dict[str, object] = jwt.decode(
                text, secret_key, algorithms=["HS256"], options=_SIGNATURE_ONLY
            )
        except jwt.InvalidSignatureError as error:
            raise KlingRefusal(Code.AUTHENTICATION_FAILED) from error
        except (jwt.InvalidTokenError, jwt.InvalidKeyError, RecursionError) as error:
            raise KlingRefusal(Code.AUTHORIZATION_INVALID) from error
    return claims


def _is_time(claim: object) -> bool:
    # Python takes a truth value for a number, JSON does not.
    return isinstance(claim, (int, float)) and not isinstance(claim, bool)
