"""The whole server put together: protocols, own paths, figures and log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from prometheus_client import CollectorRegistry

from filmgate import __version__
from filmgate.entrypoints.api.app import App, Limits
from filmgate.entrypoints.api.figures import Figures
from filmgate.entrypoints.api.journal import Journal
from filmgate.entrypoints.api.own import Own, Ring
from filmgate.protocols.face import Face
from filmgate.usecases.cabinet import Cabinet
from filmgate.usecases.vitals import VitalSigns

ABOUT = (
    "One server for programs written for Kling, KIE.ai, PiAPI and OpenAI Videos, and a native "
    "protocol. Failed tasks cost nothing; every price is told before."
)


def build_app(
    faces: Sequence[Face],
    *,
    cabinet: Cabinet,
    signs: VitalSigns,
    ring: Ring,
    public_url: str,
    journal: Callable[[CollectorRegistry], Journal],
    limits: Limits | None = None,
) -> App:
    """``journal``: made with the registry that its figures go to."""
    registry = CollectorRegistry()
    own = Own(
        cabinet=cabinet,
        signs=signs,
        figures=Figures(registry, signs),
        document=lambda: describe(faces, public_url),
        ring=ring,
    )
    # What no protocol claims is refused by the server itself.
    return App((*faces, own), journal=journal(registry), limits=limits)


def describe(faces: Iterable[Face], public_url: str) -> Mapping[str, object]:
    """One OpenAPI document of all protocols."""
    tags: list[object] = []
    paths: dict[str, object] = {}
    schemas: dict[str, object] = {}
    for face in faces:
        told = face.describe()
        tags += cast("list[object]", told.get("tags", []))
        paths |= cast("dict[str, object]", told.get("paths", {}))
        components = cast("dict[str, dict[str, object]]", told.get("components", {}))
        schemas |= components.get("schemas", {})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Filmgate", "version": __version__, "description": ABOUT},
        "servers": [{"url": public_url}],
        "tags": tags,
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": SECURITY},
    }


SECURITY: dict[str, object] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A Filmgate key."},
    "klingKey": {"type": "http", "scheme": "bearer", "description": "A Filmgate key."},
    "klingToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "HS256, signed with a pair's secret key; iss is its access key.",
    },
    "xApiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
