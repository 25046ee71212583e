"""The trail's one insert, for whoever writes a deed together with what was done."""

from __future__ import annotations

import sqlite3

import msgspec

from filmgate.domain.customer import Deed

_INSERT = "insert into trail (at, by_whom, action, subject, details) values (?, ?, ?, ?, ?)"


def write_deed(connection: sqlite3.Connection, deed: Deed) -> None:
    details = msgspec.json.encode(deed.details).decode()
    connection.execute(_INSERT, (deed.at, deed.by, deed.action, deed.subject, details))
