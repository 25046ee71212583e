"""The trail's one insert, for whoever writes a deed together with what was done."""

from __future__ import annotations

import msgspec

from filmgate.domain.customer import Deed
from filmgate.storage.database.session import Session

_INSERT = "insert into trail (at, by_whom, action, subject, details) values (?, ?, ?, ?, ?)"


def write_deed(session: Session, deed: Deed) -> None:
    details = msgspec.json.encode(deed.details).decode()
    session.execute(_INSERT, (deed.at, deed.by, deed.action, deed.subject, details))
