"""Who calls on Kling's paths: an API key, or a token signed with a secret key."""

from __future__ import annotations

from filmgate.domain.customer import Caller, Denial
from filmgate.protocols.kling.auth import ApiKey, Design, check_token, read_bearer, unknown_key
from filmgate.protocols.kling.errors import Code, KlingRefusal
from filmgate.usecases.front import Front


async def caller_of(front: Front, authorization: str | None, design: Design) -> Caller:
    """Raises KlingRefusal with 1000 to 1004, or 1100 for a customer who is locked out."""
    who = read_bearer(authorization, design)
    if isinstance(who, ApiKey):
        found = await front.door.caller_of(who.secret)
        if isinstance(found, Caller):
            return found
        raise _locked_out(found) or unknown_key(who.secret, design)
    signer = await front.door.signer_of(who.access_key)
    if isinstance(signer, Denial):
        # A wrong signature and an unknown key must look alike for whoever tries keys, but a
        # customer who is locked out may know it.
        raise _locked_out(signer) or KlingRefusal(Code.AUTHORIZATION_INVALID)
    check_token(who, signer.secret_key, front.clock.now())
    await front.door.used(signer.caller.key)
    return signer.caller


def _locked_out(denial: Denial) -> KlingRefusal | None:
    return KlingRefusal(Code.ACCOUNT_ABNORMAL) if denial is Denial.DISABLED else None
