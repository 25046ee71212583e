"""Reading the URLs that strangers give.

Two readers of one URL may see two hosts. So the host is taken from the library that will connect,
it must be an ordinary name or a plainly written address, and the URL that is used is written anew
from the parts that were checked.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from yarl import URL

from filmgate.domain.errors import BadInput
from filmgate.transport.policy import Policy

URL_CHARS_MAX = 8192
PORTS = {"http": 80, "https": 443}
# From 1024 up, but for what browsers block and for well-known databases and brokers: an HTTP
# request sent there could be understood as something else.
PORTS_REFUSED = frozenset(
    {1433, 1521, 1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190}
    | {5060, 5061, 5432, 5672, 5900, 6000, 6379, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679}
    | {6697, 9042, 9092, 9200, 9300, 10080, 10250, 11211, 27017}
)

_PARTS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<place>[^/?#]*)(?P<rest>[^#]*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SENDABLE = re.compile(r"(?:[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=|]|%[0-9A-Fa-f]{2})*")
# Names that no public name server answers (RFC 6761, RFC 8375, ICANN's private names, habits).
_HOME_NAMES = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp"}
    | {"private", "arpa", "onion", "test", "invalid"}
)


def check_url(text: str, policy: Policy) -> URL:
    """The URL as it will be asked for. Raises BadInput. No name is looked up here."""
    if len(text) > URL_CHARS_MAX:
        raise BadInput(f"the URL is longer than {URL_CHARS_MAX} characters")
    if _CONTROL.search(text):
        raise BadInput("the URL has control characters in it")
    parts = _PARTS.match(text)
    if parts is None:
        raise BadInput("this is no whole URL", remedy="Give one that begins with https://")
    scheme = parts["scheme"].lower()
    if scheme not in PORTS:
        raise BadInput("the URL must begin with https:// or http://")
    host, port = _place(scheme, parts["place"])
    _check_host(host, policy)
    return _written_anew(scheme, host, port, parts["rest"])


def next_url(url: URL, location: str, policy: Policy) -> URL:
    """Where a redirect leads, under the same rules and no lower safety. Raises BadInput."""
    if _CONTROL.search(location):
        raise BadInput("a redirect leads to a URL with control characters in it")
    if _SCHEME.match(location):
        onward = check_url(location, policy)
    elif location.startswith("//"):
        onward = check_url(f"{url.scheme}:{location}", policy)
    else:
        try:
            step = URL(location, encoded=_SENDABLE.fullmatch(location) is not None)
            onward = check_url(str(url.join(step)), policy)
        except ValueError as error:
            raise BadInput("a redirect leads to something that is no URL") from error
    if url.scheme == "https" and onward.scheme == "http":
        raise BadInput("a redirect leads from https to http")
    return onward


def shown(url: URL) -> str:
    """The host as messages name it: in ASCII, so that no look-alike letters deceive."""
    return url.raw_host or ""


def _place(scheme: str, place: str) -> tuple[str, int]:
    """Host and port, as the library that will connect reads them."""
    if "@" in place:
        raise BadInput("the URL has a user name or password in it")
    if "%" in place or "\\" in place or any(char.isspace() for char in place):
        raise BadInput("the URL's host is not written plainly")
    try:
        read = URL(f"{scheme}://{place}/")
    except ValueError:
        raise BadInput("the URL's host or port can't be read") from None
    port = read.explicit_port if read.explicit_port is not None else PORTS[scheme]
    if (port not in {80, 443} and port < 1024) or port in PORTS_REFUSED:
        raise BadInput(
            f"the URL's port {port} is not open to web requests",
            remedy="Use 80, 443 or a port from 1024 up.",
        )
    host = read.raw_host or ""
    if not place.isascii() and _is_number(host):
        raise BadInput("the URL's host is an address in disguise")
    if place.startswith("[") != (":" in host):
        raise BadInput("the URL's host is not written plainly")
    return host, port


def _check_host(host: str, policy: Policy) -> None:
    address = _address(host)
    if address is not None:
        if (refusal := policy.why_not(address)) is not None:
            raise BadInput(f"the URL's host is {refusal}")
        return
    labels = host.split(".")
    if ":" in host or len(host) > 253 or not all(_NAME.fullmatch(label) for label in labels):
        raise BadInput("the URL's host is not written plainly")
    if _is_number(host):
        raise BadInput("the URL's host is an address in disguise")
    if host == "localhost" and policy.allow_loopback:
        return
    if len(labels) == 1 or labels[-1] in _HOME_NAMES:
        raise BadInput("the URL's host is a name of a private network")


def _address(host: str) -> str | None:
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def _is_number(host: str) -> bool:
    """Whether some reader would take the host for an address (the URL standard's own rule)."""
    return _NUMBER.fullmatch(host.rstrip(".").rsplit(".", 1)[-1]) is not None


def _written_anew(scheme: str, host: str, port: int, rest: str) -> URL:
    shown = f"[{host}]" if ":" in host else host
    if port != PORTS[scheme]:
        shown = f"{shown}:{port}"
    path = rest if rest.startswith("/") else f"/{rest}"
    # A signed URL stays byte for byte what was signed, wherever it can be sent like that.
    try:
        return URL(f"{scheme}://{shown}{path}", encoded=_SENDABLE.fullmatch(path) is not None)
    except ValueError:
        raise BadInput("the URL can't be read") from None
