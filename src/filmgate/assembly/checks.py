"""What can be asked without opening a house."""

from __future__ import annotations

import subprocess
import sys

from filmgate.catalogue.load import Catalogue, load_catalogue
from filmgate.catalogue.load_plans import Plans, load_plans
from filmgate.domain.errors import SetUp
from filmgate.engines.all import ANIMATIC, ENGINES


def plans() -> Plans:
    """Every plan, without a house."""
    return load_plans()


def catalogue() -> Catalogue:
    """Every model and provider, without a house."""
    return load_catalogue()


def kling_token(access_key: str, secret_key: str, *, now: int) -> tuple[str, int]:
    """A bearer token for Kling, and when it ends in seconds since 1970."""
    from filmgate.protocols.kling.auth import LIFETIME_S, token  # noqa: PLC0415 - heavy, see above

    return token(access_key, secret_key, now), now + LIFETIME_S


def check_engine() -> None:
    """Load the engine as a render would, in a process of its own. Raises SetUp."""
    module = ENGINES[ANIMATIC].partition(":")[0]
    command = [sys.executable, "-P", "-c", f"import {module}"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    if tried.returncode:
        last = (tried.stderr.strip().splitlines() or [f"exit code {tried.returncode}"])[-1]
        raise SetUp(
            f"the engine {ANIMATIC} can't be loaded ({last})", remedy="Install filmgate again."
        )
