"""``filmgate token``: a bearer token for Kling, for curl and other programs."""

from __future__ import annotations

import time
from typing import Annotated

from cyclopts import Parameter

from filmgate.domain.errors import SetUp
from filmgate.entrypoints.cli import telling
from filmgate.entrypoints.cli.failures import DONE

NOT_SET = "KLING_ACCESS_KEY and KLING_SECRET_KEY environment variables are not set"


def token(
    *, json: Annotated[bool, Parameter(name="--json", help="Tell it as JSON.")] = False
) -> int:
    """Print a token for Kling's API, good for 30 minutes, made from your keys.

    curl -H "Authorization: Bearer $(filmgate token)" ...
    """
    from filmgate.settings import load

    settings = load()
    keys = settings.kling_keys
    if keys is None:
        static = settings.kling_api_key is not None
        raise SetUp(
            NOT_SET,
            remedy="KLING_API_KEY is a static key: send it as it is, it needs no token"
            if static
            else "set both, or KLING_API_KEY=access:secret, in the environment or in .env.local",
        )
    from filmgate.assembly import kling_token

    made, ends_at = kling_token(keys[0].reveal(), keys[1].reveal(), now=int(time.time()))
    if json:
        telling.say_json({"token": made, "expires_at": telling.iso_time(ends_at)})
    else:
        telling.say(made)
    return DONE
