"""``python -m filmgate``."""

from __future__ import annotations

from filmgate.entrypoints.cli.main import run

if __name__ == "__main__":
    run()
