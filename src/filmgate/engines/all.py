"""The engines by name, as ``module:function``; imported only in the process that renders."""

from __future__ import annotations

ANIMATIC = "animatic"

ENGINES = {
    ANIMATIC: "filmgate.engines.animatic.engine:render",
}
