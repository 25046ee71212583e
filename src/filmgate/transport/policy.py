"""What may leave the house, and how much of the house's time and room an answer may take."""

from __future__ import annotations

from dataclasses import dataclass

from filmgate.transport.addresses import LOOPBACK, PRIVATE, why_not_public


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The defaults are for a server that strangers give URLs to."""

    allow_public: bool = True
    allow_loopback: bool = False
    """For development and tests alone: whoever may give URLs then reaches this machine."""
    allow_private: bool = False
    """For hosts that the operator names: a server in the next room. Never for given URLs."""
    redirects_max: int = 5
    connect_s: float = 10.0
    first_byte_s: float = 15.0
    """From the look-up of the host to the end of the answer's headers."""
    rate_window_s: float = 10.0
    rate_min_bytes_per_s: int = 1024
    """Less than this over a whole window is a host that holds a place without using it."""
    answer_bytes_max: int = 4096
    """How much is kept of the answer to a post."""
    answer_read_s: float = 2.0
    """A post's answer counts by its status; nobody waits longer than this for its words."""
    at_once_max: int = 256

    def why_not(self, address: str) -> str | None:
        """None for an address that may be connected to, else what is wrong with it."""
        named = why_not_public(address)
        if named == LOOPBACK and self.allow_loopback:
            return None
        if named in PRIVATE and self.allow_private and self.allow_public:
            return None
        if named is None and not self.allow_public:
            return "a public address, and only this machine may be called"
        return named


OPERATORS_WORD = Policy(allow_loopback=True, allow_private=True)
"""For the hosts of accounts, which stand in the operator's own settings."""

LOOPBACK_ONLY = Policy(allow_public=False, allow_loopback=True)
"""Makes it impossible that a test calls a real service."""
