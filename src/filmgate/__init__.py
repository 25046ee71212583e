"""Filmgate: AI video generation behind the protocols you already speak.

``from filmgate import Filmgate, AsyncFilmgate, verify_webhook``; their types stand in the stub.
"""

__version__ = "0.1.0"
_HOMES = {
    "Filmgate": "filmgate.sdk.sync",
    "AsyncFilmgate": "filmgate.sdk.films",
    "verify_webhook": "filmgate.sdk.webhooks",
}


def __getattr__(name: str) -> object:
    """On first use: the command, which imports this too, must not pay for the SDK."""
    if name not in _HOMES:
        raise AttributeError(f"module 'filmgate' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    found: object = getattr(import_module(_HOMES[name]), name)
    return found
