"""Everything of a house that keeps files, on one drive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from filmgate.storage.files.assets import Check, StoredAssets
from filmgate.storage.files.intake import Download, StoredIntake
from filmgate.storage.files.opening import open_drive
from filmgate.storage.files.results import Measure, StoredResults
from filmgate.storage.files.served import ServedFiles
from filmgate.storage.files.stock import StoredStock


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    assets: StoredAssets
    results: StoredResults
    served: ServedFiles
    stock: StoredStock
    intake: StoredIntake

    @classmethod
    def open(
        cls,
        url: str | None,
        home: Path,
        *,
        check: Check,
        measure: Measure,
        check_url: Callable[[str], None],
        download: Download,
    ) -> Self:
        """Raises SetUp."""
        drive, staging = open_drive(url, home)
        assets = StoredAssets(drive, staging, check)
        results = StoredResults(drive, staging, measure)
        return cls(
            assets=assets,
            results=results,
            served=ServedFiles(drive),
            stock=StoredStock(drive, staging),
            intake=StoredIntake(assets, staging, results, check_url=check_url, download=download),
        )

    def close(self) -> None:
        self.assets.close()
        self.results.close()
