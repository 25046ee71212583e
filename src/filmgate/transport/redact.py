"""Takes secrets out of text that goes to a log, an error or a customer's eyes.

The text may come from a stranger, so every pattern here reads it in linear time.
"""

from __future__ import annotations

import re

GONE = "***"

_URL = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>\\]+", re.IGNORECASE)
_CREDENTIALS = re.compile(r"\A([^/]*//)[^/?#]*@")
_QUERY = re.compile(r"([?&;][^=&;#]*=)[^&;#]*")
# A piece of a path that no human wrote: webhook addresses carry their secret there.
_PATH_SECRET = re.compile(r"(?<=/)(?=[\w~=-]*[0-9])(?=[\w~=-]*[A-Za-z])[\w~=-]{20,}(?=/|\Z)")
# The end of a name that tells a secret, and its value: a header, a setting, a field of JSON.
_NAMED = re.compile(
    r"((?:api[-_]?key|access[-_]?key|secret|signature|token|passw|credential|jwt)[\w-]{0,40}"
    r"[\"']?\s{0,8}[:=]\s{0,8})(\"(?:[^\"\\]|\\.)*\"?|[^\s&,;\"}][^\r\n&,;\"}]*)",
    re.IGNORECASE,
)
# These two may hold commas and semicolons: all of the line goes.
_LINE = re.compile(r"((?:authorization|cookie)[\"']?\s{0,8}[:=])[^\r\n]*", re.IGNORECASE)
_SCHEME = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE)
_KNOWN = re.compile(
    r"\bwh(?:sec|sk)_[\w+/=-]+"  # Standard Webhooks
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JSON web token
    r"|(?<![\w-])sk[-_][\w-]{8,}"  # keys of OpenAI's kind
    r"|\bv1a?,[A-Za-z0-9+/]{40,}={0,2}"  # a webhook's signature
)


def redact_url(url: str) -> str:
    """The URL without credentials, values of its query, fragment, and secrets in its path."""
    bare = _CREDENTIALS.sub(rf"\1{GONE}@", url.split("#", 1)[0])
    path, mark, query = bare.partition("?")
    return _PATH_SECRET.sub(GONE, path) + _QUERY.sub(rf"\1{GONE}", mark + query)


def redact_text(text: str) -> str:
    """Any text without what looks like a secret. It rather takes too much than too little."""
    text = _URL.sub(lambda found: redact_url(found.group()), text)
    text = _LINE.sub(rf"\1 {GONE}", text)
    text = _KNOWN.sub(GONE, text)
    text = _SCHEME.sub(rf"\1 {GONE}", text)
    return _NAMED.sub(_without_value, text)


def _without_value(found: re.Match[str]) -> str:
    name, value = found.groups()
    return f'{name}"{GONE}"' if value.startswith('"') else f"{name}{GONE}"
