"""House rules that no linter knows, each as a list of who breaks it."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import filmgate
from filmgate.catalogue.load import load_catalogue
from filmgate.catalogue.load_library import load_presets
from filmgate.catalogue.load_plans import load_plans
from filmgate.engines.animatic.cast_list import cast_list
from filmgate.engines.animatic.grove import GROWN
from filmgate.engines.animatic.puppets.troupe import PLAYERS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
SUBJECTS = SOURCE / "filmgate/engines/animatic/subjects"
CATALOGUE = SOURCE / "filmgate/catalogue"
FUNCTION_LINES, FILE_LINES, LINE_LENGTH = 70, 500, 100
NO_NAME = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


@cache
def modules() -> dict[str, tuple[str, ast.Module]]:
    """Text and tree of every source file, by its path."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text("utf-8")
        found[str(path.relative_to(SOURCE))] = (text, ast.parse(text))
    assert len(found) > 50
    return found


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for name, (_, tree) in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, kinds):
                yield name, node


def test_functions_fit_a_screen() -> None:
    too_long = []
    for name, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        lines = (node.end_lineno or 0) - node.lineno + 1
        if lines > FUNCTION_LINES:
            too_long.append(f"{name}: {node.name} has {lines} lines")
    assert too_long == []


def test_files_are_short_and_narrow() -> None:
    broken = []
    for name, (text, _) in modules().items():
        lines = text.splitlines()
        if len(lines) > FILE_LINES:
            broken.append(f"{name} has {len(lines)} lines")
        broken += [
            f"{name}:{number} is {len(line)} wide"
            for number, line in enumerate(lines, 1)
            if len(line) > LINE_LENGTH
        ]
    assert broken == []


def test_names_say_what_is_in_them() -> None:
    """``utils`` and its kin say nothing, neither as a module nor as a part of a class's name."""
    parts = [(name, part) for name in modules() for part in Path(name).with_suffix("").parts]
    for name, node in nodes(ast.ClassDef):
        assert isinstance(node, ast.ClassDef)
        parts += [(name, word) for word in re.findall(r"[A-Z][a-z]+", node.name)]
    words = [(name, word) for name, part in parts for word in part.lower().split("_")]
    assert [f"{name}: {word}" for name, word in words if word in NO_NAME] == []


def test_any_stays_in_wire_files() -> None:
    users = []
    for name, node in nodes(ast.Name, ast.Attribute, ast.alias):
        called = {ast.Name: "id", ast.Attribute: "attr", ast.alias: "name"}[type(node)]
        if getattr(node, called) == "Any" and Path(name).name != "wire.py":
            users.append(f"{name}:{getattr(node, 'lineno', '')}")
    assert users == []


def test_only_entrypoints_print() -> None:
    printing = [
        f"{name}:{node.lineno}"
        for name, node in nodes(ast.Call)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and "/entrypoints/" not in name
    ]
    assert printing == []


def test_packages_have_no_code_of_their_own() -> None:
    """Two faces say something: the package's own, and that of the room that wires the house."""
    filled = [
        name for name, (text, _) in modules().items() if name.endswith("__init__.py") and text
    ]
    assert filled == ["filmgate/__init__.py", "filmgate/assembly/__init__.py"]
    assert filmgate.__version__ in (ROOT / "pyproject.toml").read_text()


def test_every_file_of_the_catalogue_is_read() -> None:
    catalogue = load_catalogue()
    models = {path.stem for path in (CATALOGUE / "models").glob("*.toml")}
    assert {model.name for model in catalogue.models} == models
    assert set(catalogue.providers) == {path.stem for path in CATALOGUE.glob("providers/*.toml")}
    assert {plan.partition("-")[0] for plan in load_plans().by_name} == {
        path.stem for path in CATALOGUE.glob("plans/*.toml")
    }
    assert load_presets()
    assert {path.parent.name for path in CATALOGUE.rglob("*.toml")} == {
        "engines",
        "library",
        "models",
        "plans",
        "providers",
    }


def test_every_drawing_is_credited_and_used() -> None:
    drawings = {path.stem for path in SUBJECTS.glob("*.svg")}
    credited = re.findall(r"^  (\w+)\.svg", (SUBJECTS / "NOTICE").read_text(), re.MULTILINE)
    assert sorted(credited) == sorted(drawings)
    assert cast_list().subjects.keys() - PLAYERS - GROWN == drawings
    assert "Apache License" in (SUBJECTS / "LICENSE").read_text()


def tracked_text() -> Iterator[tuple[str, str]]:
    """Every text file that belongs to the project; without git, everything in its rooms."""
    if (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "ls-files", "-z"]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        paths = [ROOT / name for name in listed.split("\0") if name]
    else:
        rooms = ("bench", "docs", "requirements", "src", "tests")
        paths = [path for room in rooms for path in (ROOT / room).rglob("*")]
    for path in paths:
        if not path.is_file():
            continue
        data = path.read_bytes()
        if b"\0" not in data:
            yield str(path.relative_to(ROOT)), data.decode("utf-8")


def test_nothing_tells_of_the_machine_it_was_written_on() -> None:
    # In pieces, so that this file doesn't find itself.
    folders = ["work", "home", "root", "Users", "workspace", "mnt"]
    hosts = ["artifact" + "ory", "jf" + "rog", "nex" + "us", "python" + "hosted", "npm" + "js"]
    options = ["index" + "-url", "trusted" + "-host", "find" + "-links"]
    address = r"https?://(?!127\.)\d+\.\d+\.\d+\.\d+"
    # These are about addresses that must be refused, and name them.
    hostile = ("tests/unit/test_egress_", "tests/unit/test_webhooks_")
    told = re.compile(
        "|".join(
            [
                rf"(?<![\w.}}\])/-])/(?:{'|'.join(folders)})/",
                rf"\b(?:{'|'.join(hosts)})",
                rf"--(?:extra-)?(?:{'|'.join(options)})",
                address,
            ]
        )
    )
    found = [
        f"{name}:{number} {hit.group()}"
        for name, text in tracked_text()
        for number, line in enumerate(text.splitlines(), 1)
        if (hit := told.search(line))
        and not (name.startswith(hostile) and re.fullmatch(address, hit.group()))
    ]
    assert found == []
