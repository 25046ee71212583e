"""A bucket at S3, Google or Azure, or one in memory, through obstore."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from filmgate.domain.errors import SetUp
from filmgate.storage.files.drive import CHUNK_BYTES, Entry

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore, S3Config

S3_SCHEMES = frozenset({"s3", "s3a"})
SCHEMES = S3_SCHEMES | {"gs", "az", "azure", "abfs", "abfss", "memory"}
OPTIONS = frozenset({"region", "endpoint"})
"""What may stand behind the ``?`` of a storage URL. Credentials come from where the cloud's own
tools find them: the environment, the instance, the workload's identity."""
PIECE_BYTES = 8 * 1024 * 1024


class CloudDrive:
    """A put is durable when the cloud has answered it, and seen whole or not at all."""

    def __init__(self, store: ObjectStore, place: str) -> None:
        import obstore  # noqa: PLC0415 - an extra, and loaded only where a bucket is used

        self._calls = obstore
        self._store = store
        self._place = place

    @classmethod
    def open(cls, url: str) -> CloudDrive:
        """Raises SetUp for a URL that can't be used."""
        try:
            from obstore.exceptions import BaseError  # noqa: PLC0415 - see above
        except ImportError as error:
            raise SetUp(
                "keeping files in a bucket needs the package obstore",
                field="FILMGATE_STORAGE_URL",
                remedy="pip install 'filmgate[s3]'",
            ) from error
        parts = urlsplit(url)
        place = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
        options = dict(parse_qsl(parts.query))
        known = OPTIONS if parts.scheme in S3_SCHEMES else frozenset[str]()
        if unknown := sorted(options.keys() - known):
            raise SetUp(
                f"FILMGATE_STORAGE_URL has the unknown option {unknown[0]}",
                field="FILMGATE_STORAGE_URL",
                remedy=f"the options are {', '.join(sorted(OPTIONS))}, for s3:// alone",
            )
        try:
            return cls(_store(parts._replace(query="", fragment="").geturl(), options), place)
        except (BaseError, ValueError, TypeError) as error:
            raise SetUp(
                f"the storage {place} can't be opened: {_first_line(error)}",
                field="FILMGATE_STORAGE_URL",
                remedy="write it like s3://bucket/folder?region=eu-central-1",
            ) from error

    @property
    def place(self) -> str:
        return self._place

    def put(self, key: str, source: Path) -> None:
        with _as_os_errors(key):
            self._calls.put(self._store, key, source)

    def find(self, key: str) -> Entry | None:
        try:
            with _as_os_errors(key):
                return _entry(self._calls.head(self._store, key))
        except FileNotFoundError:
            return None

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            with _as_os_errors(key):
                piece = self._calls.get_range(
                    self._store, key, start=start, end=min(end, start + PIECE_BYTES)
                )
            view = memoryview(piece)
            for at in range(0, len(view), CHUNK_BYTES):
                yield bytes(view[at : at + CHUNK_BYTES])
            if not view.nbytes:
                return
            start += view.nbytes

    def local(self, key: str) -> Path | None:  # noqa: ARG002 - nothing here lies on this computer
        return None

    def touch(self, key: str) -> None:
        # No cloud copies a thing onto itself; what is touched is small.
        with _as_os_errors(key):
            self._calls.put(self._store, key, self._calls.get(self._store, key).bytes())

    def remove(self, key: str) -> None:
        try:
            with _as_os_errors(key):
                self._calls.delete(self._store, key)
        except FileNotFoundError:
            return

    def entries(self, prefix: str) -> Iterator[Entry]:
        with _as_os_errors(prefix):
            for batch in self._calls.list(self._store, prefix.rstrip("/")):
                yield from map(_entry, batch)


def _store(url: str, options: dict[str, str]) -> ObjectStore:
    from obstore.store import S3Store, from_url  # noqa: PLC0415 - see above

    if urlsplit(url).scheme not in S3_SCHEMES:
        return from_url(url)
    # One at a time is removed here, and not every server knows how to do it in bulk.
    config: S3Config = {"disable_bulk_delete": True}
    if "region" in options:
        config["region"] = options["region"]
    endpoint = options.get("endpoint", "")
    if endpoint:
        config["endpoint"] = endpoint
    # A server of one's own often has no certificate; whoever writes http:// means it.
    plain = endpoint.startswith("http://")
    return S3Store.from_url(url, config=config, client_options={"allow_http": plain})


def _entry(meta: ObjectMeta) -> Entry:
    return Entry(
        key=meta["path"],
        size_bytes=meta["size"],
        changed_at=meta["last_modified"].timestamp(),
        tag=(meta["e_tag"] or f"{meta['size']:x}-{meta['last_modified'].timestamp()}").strip('"'),
    )


@contextmanager
def _as_os_errors(key: str) -> Iterator[None]:
    from obstore import exceptions  # noqa: PLC0415 - see above

    try:
        yield
    except FileNotFoundError:
        raise
    except exceptions.NotFoundError as error:
        raise FileNotFoundError(errno.ENOENT, "it is not there", key) from error
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
        raise PermissionError(errno.EACCES, "the bucket refuses access", key) from error
    except exceptions.BaseError as error:
        raise OSError(errno.EIO, _first_line(error), key) from error


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
