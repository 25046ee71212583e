"""A few processes that open what others made; started when there is something to open."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from queue import LifoQueue

import msgspec

from filmgate.domain.errors import BadInput, SetUp
from filmgate.domain.media import Facts
from filmgate.domain.ports import Measured
from filmgate.media.reading import Answer, Question

AT_ONCE = 2
INPUT_PATIENCE_S = 30.0
FILM_PATIENCE_S = 240.0
"""A three-minute film at full size is decoded well within it on two cores."""
MEMORY_BYTES = 4 * 1024**3
ANSWERS_MAX = 200
"""Then a process makes room for a fresh one, in case a library leaks."""

Child = subprocess.Popen[bytes]


class Readers:
    """Called from threads; whoever finds none free waits for one."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        input_patience_s: float = INPUT_PATIENCE_S,
        film_patience_s: float = FILM_PATIENCE_S,
    ) -> None:
        self._inputs = _Desk(at_once, input_patience_s)
        # Apart, because nobody who uploads a picture should wait for films.
        self._films = _Desk(at_once, film_patience_s)

    def check(self, path: Path, name: str) -> Facts:
        """What an input is. Raises BadInput, and SetUp where nothing can be opened at all."""
        told = self._inputs.ask(Question(path=str(path), name=name, film=False))
        assert told.facts is not None, told
        return told.facts

    def measure(self, path: Path) -> Measured:
        """Decode a film once and write its pictures beside it. Raises BadInput and SetUp."""
        told = self._films.ask(Question(path=str(path), name=path.name, film=True))
        assert told.measured is not None, told
        return told.measured

    def close(self) -> None:
        """Whoever still waits for an answer gets SetUp."""
        self._inputs.close()
        self._films.close()


class _Desk:
    def __init__(self, at_once: int, patience_s: float) -> None:
        self._patience_s = patience_s
        # The one used last comes first, so that the others stay unstarted while one is enough.
        self._free: LifoQueue[_Reader | None] = LifoQueue()
        self._all: set[_Reader] = set()
        self._lock = threading.Lock()
        self._closed = False
        for _ in range(at_once):
            self._free.put(None)

    def ask(self, question: Question) -> Answer:
        told = self._ask(question)
        if told is None:
            told = self._ask(question)  # it may have died of something else
        if told is None:
            raise BadInput(f"{question.name} can't be read: it makes the decoder crash")
        if told.refused is not None:
            raise BadInput(told.refused, remedy=told.remedy)
        return told

    def close(self) -> None:
        with self._lock:
            self._closed = True
            readers, self._all = self._all, set()
        for reader in readers:
            reader.end()

    def _ask(self, question: Question) -> Answer | None:
        """None where the process died over it."""
        reader = self._free.get()
        stays: _Reader | None = None
        try:
            reader = reader or self._hire()
            told = reader.ask(question)
            if told is None:
                self._blame(question, reader.child.returncode)
            elif reader.answers < ANSWERS_MAX:
                stays = reader
            return told
        finally:
            if reader is not None and stays is None:
                self._dismiss(reader)
            self._free.put(stays)

    def _blame(self, question: Question, code: int) -> None:
        if self._closed:
            raise SetUp("the house is closing", remedy="Resume the task.")
        if code == -signal.SIGALRM:
            raise BadInput(
                f"{question.name} takes longer than {self._patience_s:g} s to read",
                remedy="Give a shorter or plainer file.",
            )

    def _hire(self) -> _Reader:
        try:
            reader = _Reader(self._patience_s)
        except OSError as error:
            raise SetUp(
                f"no process can be started to read files in: {error.strerror or error}",
                remedy="Make room for one more process.",
            ) from error
        with self._lock:
            if not self._closed:
                self._all.add(reader)
                return reader
        reader.end()
        raise SetUp("the house is closing", remedy="Resume the task.")

    def _dismiss(self, reader: _Reader) -> None:
        with self._lock:
            self._all.discard(reader)
        reader.end()


class _Reader:
    def __init__(self, patience_s: float) -> None:
        self.answers = 0
        self.child: Child = subprocess.Popen(
            # -P: nothing is imported from the folder that the command happens to run in.
            [
                sys.executable,
                "-P",
                "-m",
                "filmgate.media.reading",
                f"{patience_s}",
                f"{MEMORY_BYTES}",
            ],
            stdin=subprocess.PIPE,  # its end tells the process that we are gone
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, question: Question) -> Answer | None:
        """None where the process ended over it; its exit code is known then."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        try:
            self.child.stdin.write(msgspec.json.encode(question) + b"\n")
            self.child.stdin.flush()
            line = self.child.stdout.readline()
        except (OSError, ValueError):  # a pipe that broke, or was closed
            line = b""
        if not line.endswith(b"\n"):
            self.child.wait()
            return None
        self.answers += 1
        return msgspec.json.decode(line, type=Answer)

    def end(self) -> None:
        self.child.kill()
        self.child.wait()
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was never flushed went with the process
