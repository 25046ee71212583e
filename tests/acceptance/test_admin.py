"""The operator's commands in processes of their own, and a hunt for every secret they made."""

from __future__ import annotations

import json
import os
import pwd
import re
import subprocess
import sys
import threading
from pathlib import Path

import jwt
import pytest

ROOT = Path(__file__).parents[2]
ME = pwd.getpwuid(os.getuid()).pw_name


class Operator:
    """Runs commands, and remembers everything that was ever printed."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.folder = folder
        self.printed = ""
        self._env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "FILMGATE_HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "USER": "somebody-else",
            "LOGNAME": "somebody-else",
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "filmgate", "admin", *words],
            cwd=self.folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.printed += done.stdout + done.stderr
        return done

    def json(self, *words: str, code: int = 0) -> dict[str, object]:
        done = self.run(*words, "--json")
        assert done.returncode == code, (words, done.stdout, done.stderr)
        assert done.stderr == ""
        told: dict[str, object] = json.loads(done.stdout)
        return told


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def test_s0_01_s0_14_from_the_first_customer_to_the_last_key(operator: Operator) -> None:
    alice = operator.json("customers", "create", "alice", "--plan", "kie", "--priority", "2")
    assert re.fullmatch(r"cus_[0-9A-Z]{26}", str(alice["customer"]))
    assert (alice["plan"], alice["available_credits"], alice["priority"]) == ("kie", 0, 2)

    # Each secret is printed once, by the command that makes it.
    token = operator.json("keys", "create", "alice", "--label", "phone")
    pair = operator.json("keys", "create", "alice", "--kind", "pair")
    hook = operator.json("keys", "create", str(alice["customer"]), "--kind", "webhook")
    new = operator.json("keys", "rotate", str(pair["key"]), "--overlap", "2")
    secrets = [
        str(secret)
        for secret in (
            token["api_key"],
            pair["secret_key"],
            hook["webhook_secret"],
            new["secret_key"],
        )
    ]
    assert str(pair["access_key"]).startswith("ak_")
    assert secrets[1].startswith("sk_")
    assert secrets[2].startswith("whsec_")
    assert new["access_key"] != pair["access_key"]
    assert {operator.printed.count(secret) for secret in secrets} == {1}

    topped = operator.json("credits", "top-up", "alice", "500", "--reference", "payment-7")
    assert re.fullmatch(r"txn_[0-9A-Z]{26}", str(topped["transaction"]))
    assert topped["available_credits"] == 500
    again = operator.json("credits", "top-up", "alice", "500", "--reference", "payment-7")
    assert (again["transaction"], again["available_credits"]) == (topped["transaction"], 500)
    less = operator.json("credits", "adjust", "alice", "-20", "--note", "double entry", "--yes")
    assert (less["available_credits"], less["by"]) == (480, ME)

    listed = operator.run("keys", "list")
    assert listed.stdout.splitlines()[0].split()[:3] == ["KEY", "KIND", "SHOWN"]
    assert len(listed.stdout.splitlines()) == 5
    shown = operator.json("customers", "show", "alice")
    assert len(list(shown["keys"])) == 4  # type: ignore[call-overload]
    assert operator.json("keys", "rotate-master", "--yes")["secrets"] == 3
    revoked = operator.json("keys", "revoke", str(token["key"]), "--yes")
    assert revoked["works"] is False
    locked = operator.json("customers", "disable", "alice", "--yes")
    assert locked["disabled_at"] is not None
    assert operator.json("credits", "check")["sound"] is True

    deeds = json.loads(operator.run("audit", "--json").stdout)
    assert [deed["action"] for deed in deeds][::-1] == [
        "customers create",
        *["keys create"] * 3,
        "keys rotate",
        *["credits top-up"] * 2,
        "credits adjust",
        "keys rotate-master",
        "keys revoke",
        "customers disable",
    ]
    # Who it was says the operating system, and no variable.
    assert {deed["by"] for deed in deeds} == {ME}
    assert deeds[3]["details"]["note"] == "double entry"
    operator.run("audit")

    # Never printed again, and nowhere in the home: neither in the database nor in its log.
    assert {operator.printed.count(secret) for secret in secrets} == {1}
    files = [path for path in operator.home.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"filmgate.db", "master.keys"}
    for path in files:
        data = path.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in data], path.name
    master = (operator.home / "master.keys").read_text().strip()
    assert master not in operator.printed
    assert master.encode() not in (operator.home / "filmgate.db").read_bytes()


def test_several_operators_open_a_new_home_at_the_same_moment(operator: Operator) -> None:
    made: list[str] = []

    def create(name: str) -> None:
        operator.run("customers", "create", name)
        done = operator.run("keys", "create", name, "--kind", "pair", "--json")
        made.append(str(json.loads(done.stdout)["secret_key"]))

    threads = [threading.Thread(target=create, args=(f"c{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 3
    assert operator.json("keys", "rotate-master", "--yes")["secrets"] == 3  # all under one key


def test_an_issued_pair_signs_tokens_that_kling_would_take(operator: Operator) -> None:
    operator.json("customers", "create", "alice")
    lines = operator.run("keys", "create", "alice", "--kind", "pair").stdout.splitlines()
    keys = dict(line.split("=") for line in lines)
    assert set(keys) == {"KLING_ACCESS_KEY", "KLING_SECRET_KEY"}
    done = subprocess.run(
        [sys.executable, "-m", "filmgate", "token"],
        cwd=operator.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **keys},
        capture_output=True,
        text=True,
        check=True,
    )
    claims = jwt.decode(done.stdout.strip(), keys["KLING_SECRET_KEY"], algorithms=["HS256"])
    assert claims["iss"] == keys["KLING_ACCESS_KEY"]
