"""Hostile URLs: none gets through, each for the reason that it should be refused for."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.loopback import Names
from yarl import URL

from filmgate.domain.errors import BadInput, Unreachable
from filmgate.transport.addresses import why_not_public
from filmgate.transport.egress import Egress
from filmgate.transport.policy import LOOPBACK_ONLY, Policy
from filmgate.transport.session import CheckedResolver
from filmgate.transport.urls import PORTS_REFUSED, check_url, next_url

PUBLIC = "93.184.215.14"

DISGUISED = "the URL's host is an address in disguise"
HOME = "the URL's host is a name of a private network"
NOT_PLAIN = "the URL's host is not written plainly"
CREDENTIALS = "the URL has a user name or password in it"
NO_URL = "this is no whole URL"
SCHEME = "the URL must begin with https:// or http://"
UNREADABLE = "the URL's host or port can't be read"
CONTROL = "the URL has control characters in it"


def host_is(what: str) -> str:
    return f"the URL's host is {what}"


HOSTILE = {
    # Loopback, in all its spellings.
    "http://127.0.0.1/": host_is("a loopback address"),
    "http://127.8.9.10/": host_is("a loopback address"),
    "http://[::1]/": host_is("a loopback address"),
    "http://[0:0:0:0:0:0:0:1]/": host_is("a loopback address"),
    "http://2130706433/": DISGUISED,
    "http://0x7f000001/": DISGUISED,
    "http://0X7F.0.0.1/": DISGUISED,
    "http://127.0.0.0x1/": DISGUISED,
    "http://017700000001/": DISGUISED,
    "http://0177.0.0.1/": DISGUISED,
    "http://127.0.0.01/": DISGUISED,
    "http://127.1/": DISGUISED,
    "http://127.0.1/": DISGUISED,
    "http://0/": DISGUISED,
    "http://0x/": DISGUISED,
    "http://99999999999/": DISGUISED,
    "http://256.256.256.256/": DISGUISED,
    "http://1.2.3.4.5/": DISGUISED,
    "http://127.0.0.1./": NOT_PLAIN,
    "http://example.com./": NOT_PLAIN,
    "http://localhost../": NOT_PLAIN,
    "http://127%2e0.0.1/": NOT_PLAIN,
    "http://%31%32%37.0.0.1/": NOT_PLAIN,
    "http://\uff11\uff12\uff17.\uff10.\uff10.\uff11/": DISGUISED,
    "http://①②⑦.⓪.⓪.①/": DISGUISED,
    "http://127。0。0。1/": DISGUISED,
    "http://localhost/": HOME,
    "http://LOCALHOST:8080/": HOME,
    "http://ⓛocalhost/": HOME,
    "http://loc\u200balhost/": UNREADABLE,
    "http://loc\u00adalhost/": UNREADABLE,
    "http://app.localhost/": HOME,
    "http://localhost./": NOT_PLAIN,
    # Other addresses that are nobody's on the internet.
    "http://0.0.0.0/": host_is("an unspecified address"),
    "http://0.1.2.3/": host_is("an unspecified address"),
    "http://[::]/": host_is("an unspecified address"),
    "http://10.0.0.5/": host_is("a private address"),
    "http://172.31.255.254/": host_is("a private address"),
    "https://192.168.1.1:8443/admin": host_is("a private address"),
    "http://[fd12:3456::1]/": host_is("a private address"),
    "http://[fec0::1]/": host_is("a private address"),
    "http://100.64.0.1/": host_is("a carrier's inner address"),
    "http://169.254.1.1/": host_is("a link-local address"),
    "http://[fe80::1]/": host_is("a link-local address"),
    "http://[fe80::1%eth0]/": NOT_PLAIN,
    "http://[fe80::1%25eth0]/": NOT_PLAIN,
    "http://192.0.2.7/": host_is("a documentation address"),
    "http://198.51.100.7/": host_is("a documentation address"),
    "http://203.0.113.7/": host_is("a documentation address"),
    "http://[2001:db8::7]/": host_is("a documentation address"),
    "http://[3fff::7]/": host_is("a documentation address"),
    "http://198.18.0.1/": host_is("a benchmark address"),
    "http://[2001:2::1]/": host_is("a benchmark address"),
    "http://224.0.0.1/": host_is("a multicast address"),
    "http://[ff02::1]/": host_is("a multicast address"),
    "http://240.0.0.1/": host_is("a reserved address"),
    "http://255.255.255.255/": host_is("a reserved address"),
    "http://[4000::1]/": host_is("a reserved address"),
    "http://[100::1]/": host_is("a discarded address"),
    "http://[5f00::1]/": host_is("a segment-routing address"),
    # The clouds' own services.
    "http://169.254.169.254/latest/meta-data/": host_is("a link-local address"),
    "http://169.254.170.2/v2/credentials": host_is("a link-local address"),
    "http://[fd00:ec2::254]/latest/": host_is("a private address"),
    "http://[fd20:ce::254]/": host_is("a private address"),
    "http://100.100.100.200/latest/": host_is("a carrier's inner address"),
    "http://192.0.0.192/opc/v1/": host_is("a reserved address"),
    "http://168.63.129.16/machine": host_is("a cloud's own service"),
    "http://2852039166/": DISGUISED,
    "http://0xa9fea9fe/": DISGUISED,
    "http://0251.0376.0251.0376/": DISGUISED,
    "http://metadata.google.internal/": HOME,
    "http://METADATA.google.INTERNAL/": HOME,
    "http://metadata/": HOME,
    # IPv4 inside IPv6.
    "http://[::ffff:127.0.0.1]/": host_is("an IPv4-mapped address"),
    "http://[::ffff:7f00:1]/": host_is("an IPv4-mapped address"),
    "http://[::FFFF:169.254.169.254]/": host_is("an IPv4-mapped address"),
    "http://[::ffff:8.8.8.8]/": host_is("an IPv4-mapped address"),
    "http://[::ffff:0:127.0.0.1]/": host_is("an IPv4-translated address"),
    "http://[::127.0.0.1]/": host_is("an IPv4-compatible address"),
    "http://[2002:7f00:1::]/": host_is("a 6to4 address"),
    "http://192.88.99.1/": host_is("a 6to4 relay"),
    "http://[2001:0:7f00:1::]/": host_is("a Teredo address"),
    "http://[64:ff9b::127.0.0.1]/": host_is("a loopback address"),
    "http://[64:ff9b::a9fe:a9fe]/": host_is("a link-local address"),
    "http://[64:ff9b:1::1]/": host_is("a local NAT64 address"),
    # Names of inner networks, and names that are none.
    "http://db/": HOME,
    "http://printer.local/": HOME,
    "http://nas.lan/": HOME,
    "http://wiki.corp/": HOME,
    "http://router.home.arpa/": HOME,
    "http://api.svc.cluster.local/": HOME,
    "http://hidden.onion/": HOME,
    "http://a..example.com/": NOT_PLAIN,
    "http://.example.com/": NOT_PLAIN,
    "http://-a.example.com/": NOT_PLAIN,
    "http://a!b.example.com/": NOT_PLAIN,
    f"http://{'a' * 64}.example.com/": NOT_PLAIN,
    f"http://{'a.' * 130}example.com/": NOT_PLAIN,
    "http://[1::2::3]/": NOT_PLAIN,
    "http://[v1.x]/": NOT_PLAIN,
    "http://exa mple.com/": NOT_PLAIN,
    "http://exa\u00a0mple.com/": NOT_PLAIN,
    "http:///latest/": NOT_PLAIN,
    "http://?x": NOT_PLAIN,
    "http://:80/": UNREADABLE,
    # Two readers, two hosts.
    "http://example.com@127.0.0.1/": CREDENTIALS,
    "http://user:secret@example.com/": CREDENTIALS,
    "http://@example.com/": CREDENTIALS,
    "http://1.1.1.1 &@2.2.2.2# @3.3.3.3/": CREDENTIALS,
    "http://127.0.0.1\\@example.com/": CREDENTIALS,
    "http://example.com\\.evil.example/": NOT_PLAIN,
    "http:\\\\127.0.0.1/": NO_URL,
    "http:/127.0.0.1/": NO_URL,
    "http:127.0.0.1": NO_URL,
    "//127.0.0.1/": NO_URL,
    "127.0.0.1/x.png": NO_URL,
    " http://example.com/": NO_URL,
    "http://example.com/\r\nX-Evil: 1": CONTROL,
    "http://exam\tple.com/": CONTROL,
    "http://127.0.0.1\x00.example.com/": CONTROL,
    "": NO_URL,
    "https://example.com/" + "a" * 8192: "the URL is longer than 8192 characters",
    # Other schemes.
    "file:///etc/passwd": SCHEME,
    "FILE://localhost/etc/passwd": SCHEME,
    "ftp://example.com/x.mp4": SCHEME,
    "gopher://example.com:70/_x": SCHEME,
    "dict://example.com:11211/stat": SCHEME,
    "ws://example.com/": SCHEME,
    "tcp://example.com/": SCHEME,
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/": SCHEME,
    "data:image/png;base64,AAAA": NO_URL,
    "javascript:alert(1)": NO_URL,
    # Ports of other services.
    "http://example.com:22/": "the URL's port 22 is not open to web requests",
    "http://example.com:25/": "the URL's port 25 is not open to web requests",
    "http://example.com:6379/": "the URL's port 6379 is not open to web requests",
    "http://example.com:0/": "the URL's port 0 is not open to web requests",
    "http://example.com:00000000000000000000022/": "the URL's port 22 is not open to web requests",
    "http://example.com:99999/": UNREADABLE,
    "http://example.com:-80/": UNREADABLE,
    "http://example.com:8o/": UNREADABLE,
}


@pytest.mark.parametrize(("url", "reason"), HOSTILE.items())
def test_a_hostile_url_is_refused_before_anything_is_looked_up(url: str, reason: str) -> None:
    async def main() -> None:
        names = Names()
        async with Egress(Policy(), lookup=names) as egress:
            for way in (
                lambda: egress.fetch(url, into=None, max_bytes=1, deadline_s=1),
                lambda: egress.post(url, headers={}, body=b"", deadline_s=1),
            ):
                with pytest.raises(BadInput) as refused:
                    await way()
                assert refused.value.message == reason
        assert names.asked == []

    asyncio.run(main())


ORDINARY = {
    "https://example.com": "https://example.com/",
    "HTTPS://EXAMPLE.com/A": "https://example.com/A",
    "http://example.com:8080?a=1#part": "http://example.com:8080/?a=1",
    "https://example.com:443/x": "https://example.com/x",
    "https://a_b.s3.example.com/x": "https://a_b.s3.example.com/x",
    "https://münchen.example.com/ä b": "https://xn--mnchen-3ya.example.com/%C3%A4%20b",
    "http://8.8.8.8/": "http://8.8.8.8/",
    "http://[2606:4700::1111]:8443/": "http://[2606:4700::1111]:8443/",
    "http://[64:ff9b::8.8.8.8]/": "http://[64:ff9b::808:808]/",
    # What was signed stays as it was signed.
    "https://x.example.com/a%2Fb%7Ec+d?s=a%2Bb+c%20d&t=~": (
        "https://x.example.com/a%2Fb%7Ec+d?s=a%2Bb+c%20d&t=~"
    ),
    "https://3com.example.com/1.mp4": "https://3com.example.com/1.mp4",
}


@pytest.mark.parametrize(("url", "sent"), ORDINARY.items())
def test_an_ordinary_url_is_sent_as_it_stands(url: str, sent: str) -> None:
    assert str(check_url(url, Policy())) == sent


@pytest.mark.parametrize("port", [80, 443, 1024, 3000, 5000, 8000, 8080, 8443, 9000, 65535])
def test_web_servers_ports_are_open(port: int) -> None:
    assert port not in PORTS_REFUSED
    assert check_url(f"http://example.com:{port}/", Policy()).port == port


REDIRECTS_AWAY = {
    "http://169.254.169.254/latest/": host_is("a link-local address"),
    "//169.254.169.254/latest/": host_is("a link-local address"),
    "https://[::ffff:10.0.0.1]/": host_is("an IPv4-mapped address"),
    "https://2130706433/": DISGUISED,
    "https://user:word@example.com/": CREDENTIALS,
    "file:///etc/passwd": SCHEME,
    "gopher://example.com/": SCHEME,
    "javascript:alert(1)": NO_URL,
    "https:example.org/x": NO_URL,
    "http://example.com/": "a redirect leads from https to http",
    "HTTP://example.org/": "a redirect leads from https to http",
    "https://example.com:22/": "the URL's port 22 is not open to web requests",
    "https://localhost/": HOME,
    "/x\r\nEvil: 1": "a redirect leads to a URL with control characters in it",
    "https://exam\\ple.com": NOT_PLAIN,
    "/\udcff": "a redirect leads to a URL with control characters in it",
}


@pytest.mark.parametrize(("location", "reason"), REDIRECTS_AWAY.items())
def test_a_redirect_is_held_to_the_same_rules(location: str, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        next_url(URL("https://example.com/a"), location, Policy())
    assert refused.value.message == reason


@pytest.mark.parametrize(
    ("location", "onward"),
    {
        "/b?x=%2F": "https://example.com/b?x=%2F",
        "b": "https://example.com/dir/b",
        "../b": "https://example.com/b",
        "?q=1": "https://example.com/dir/a?q=1",
        "//cdn.example.org/b": "https://cdn.example.org/b",
        "https://cdn.example.org/b": "https://cdn.example.org/b",
    }.items(),
)
def test_a_redirect_leads_where_it_says(location: str, onward: str) -> None:
    found = next_url(URL("https://example.com/dir/a"), location, Policy())
    assert str(found) == onward


ANSWERS = [
    ["10.0.0.1"],
    ["169.254.169.254"],
    ["::1"],
    ["::ffff:169.254.169.254"],
    ["64:ff9b::a9fe:a9fe"],
    ["fe80::1%eth0"],
    [PUBLIC, "10.0.0.1"],
    [PUBLIC, "2606:4700::1111", "fd00::1"],
    ["no address"],
    [],
]


@pytest.mark.parametrize("addresses", ANSWERS, ids=str)
def test_one_bad_address_condemns_a_name_and_is_never_told(addresses: list[str]) -> None:
    names = Names(example_com=[addresses])

    async def main() -> None:
        async with Egress(Policy(), lookup=names) as egress:
            await egress.post("http://example.com/", headers={}, body=b"", deadline_s=5)

    with pytest.raises(BadInput) as refused:
        asyncio.run(main())
    assert refused.value.message == "the URL's host has no public address"


def test_an_unknown_name_reads_like_an_inner_one() -> None:
    names = Names(example_com=[socket.gaierror(socket.EAI_NONAME, "unknown")])
    with pytest.raises(BadInput, match="the URL's host has no public address"):
        asyncio.run(CheckedResolver(Policy(), names).resolve("example.com", 80))


def test_a_name_server_in_trouble_may_be_asked_later() -> None:
    names = Names(example_com=[socket.gaierror(socket.EAI_AGAIN, "10.0.0.53 is silent")])

    async def main() -> None:
        async with Egress(Policy(), lookup=names) as egress:
            await egress.post("http://example.com/", headers={}, body=b"", deadline_s=5)

    with pytest.raises(Unreachable) as told:
        asyncio.run(main())
    assert told.value.message == "the name example.com can't be looked up at the moment"


def test_a_resolved_name_is_pinned_to_what_was_checked() -> None:
    names = Names(example_com=[[PUBLIC, PUBLIC, "2606:4700::1111"]])
    found = asyncio.run(CheckedResolver(Policy(), names).resolve("example.com", 443))
    assert [(each["host"], each["port"]) for each in found] == [
        (PUBLIC, 443),
        ("2606:4700::1111", 443),
    ]
    assert names.asked == ["example.com"]


@pytest.mark.parametrize(
    ("url", "reason"),
    {
        "http://8.8.8.8/": host_is("a public address, and only this machine may be called"),
        "https://api.example.com/": (
            "the URL's host is not this machine, and no other may be called"
        ),
        "http://10.0.0.1/": host_is("a private address"),
    }.items(),
)
def test_in_tests_no_real_service_can_be_called(url: str, reason: str) -> None:
    names = Names(api_example_com=[["127.0.0.1"]])

    async def main() -> None:
        async with Egress(LOOPBACK_ONLY, lookup=names) as egress:
            await egress.post(url, headers={}, body=b"", deadline_s=5)

    with pytest.raises(BadInput) as refused:
        asyncio.run(main())
    assert refused.value.message == reason
    assert names.asked == []  # not even the question left the machine


@settings(deadline=None)
@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_we_call_public_the_standard_library_calls_global(address: object) -> None:
    if why_not_public(str(address)) is None:
        found = ip_address(str(address))
        assert found.is_global
        assert not found.is_multicast
        assert not found.is_link_local


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["{}", "{:#x}", "{:#o}", "0{:o}"]))
def test_a_number_is_never_a_host(number: int, spelling: str) -> None:
    with pytest.raises(BadInput):
        check_url(f"http://{spelling.format(number).replace('0o', '0')}/", Policy())


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["{}", "http://{}", "https://{}/x", "http://a.b/{}"]))
def test_any_text_is_refused_or_read_as_one_public_host(text: str, around: str) -> None:
    policy = Policy()
    try:
        url = check_url(around.format(text), policy)
    except BadInput:
        return
    again = URL(str(url))
    assert (again.raw_host, again.port) == (url.raw_host, url.port)
    assert url.user is None
    assert url.raw_host is not None
    assert url.raw_host.isascii()
    if url.raw_host.replace(".", "").isdigit() or ":" in url.raw_host:
        assert policy.why_not(url.raw_host) is None


def test_redirect_hops_never_get_safer_than_their_start() -> None:
    hops = ["https://a.example.com/", "https://b.example.com/", "https://c.example.com/"]
    for here, there in pairwise(hops):
        assert next_url(URL(here), there, Policy()).scheme == "https"
