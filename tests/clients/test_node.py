"""Clients for Node; each file under ``node/`` is a set of tests of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.clients.conftest import Sandbox

FOLDER = Path(__file__).parent / "node"
FILES = sorted(FOLDER.glob("*.test.mjs"))


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_in_node(sandbox: Sandbox, file: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    assert node is not None, "Node.js 20 or newer is needed"
    done = subprocess.run(
        [node, "--test", "--test-reporter=spec", file],
        cwd=FOLDER,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "FILMGATE_URL": sandbox.address,
            "FILMGATE_KEY": sandbox.key,
            "FOLDER": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
