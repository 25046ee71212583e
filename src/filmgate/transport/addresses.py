"""Which addresses belong to the public internet, and which lead back into somebody's house."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

LOOPBACK = "a loopback address"
PRIVATE = frozenset({"a private address", "a carrier's inner address"})
"""The names of what lies behind somebody's own router."""

# The registries of special-purpose addresses (RFC 6890 and its IANA tables). They are written out,
# because what the standard library calls global changes from version to version.
_V4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), name)
    for network, name in (
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a carrier's inner address"),  # and Alibaba's metadata service
        ("127.0.0.0/8", LOOPBACK),
        ("168.63.129.16/32", "a cloud's own service"),  # Azure's, inside every virtual machine
        ("169.254.0.0/16", "a link-local address"),  # and the metadata service of most clouds
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),  # and Oracle's metadata service
        ("192.0.2.0/24", "a documentation address"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a benchmark address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)
_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), name)
    for network, name in (
        ("::/128", "an unspecified address"),
        ("::1/128", LOOPBACK),
        ("::ffff:0:0/96", "an IPv4-mapped address"),
        ("::ffff:0:0:0/96", "an IPv4-translated address"),
        ("::/96", "an IPv4-compatible address"),
        ("64:ff9b:1::/48", "a local NAT64 address"),
        ("100::/64", "a discarded address"),
        ("2001::/32", "a Teredo address"),
        ("2001:2::/48", "a benchmark address"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "a documentation address"),
        ("2002::/16", "a 6to4 address"),
        ("3fff::/20", "a documentation address"),
        ("5f00::/16", "a segment-routing address"),
        ("fc00::/7", "a private address"),  # and Amazon's and Google's metadata services
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a private address"),
        ("ff00::/8", "a multicast address"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def why_not_public(address: str) -> str | None:
    """None for an address of the public internet, else what it is ("a private address")."""
    try:
        return _why_not(ip_address(address))
    except ValueError:
        return "no address"


def _why_not(address: IPv4Address | IPv6Address) -> str | None:
    if isinstance(address, IPv4Address):
        named = next((name for network, name in _V4 if address in network), None)
    elif address.scope_id is not None:
        return "an address with a zone"
    elif address in _NAT64:
        # Networks without IPv4 reach the public IPv4 internet this way; what counts is whom.
        return _why_not(IPv4Address(int(address) & 0xFFFFFFFF))
    else:
        named = next((name for network, name in _V6 if address in network), None)
        if named is None and address not in _GLOBAL_V6:
            named = "a reserved address"
    if named is None and not address.is_global:
        return "a reserved address"  # newer knowledge of the standard library
    return named
