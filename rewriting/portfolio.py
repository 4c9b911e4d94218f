"""Two processes that look for one answer, search in one and saturation and counter-models in the other.

The rule by which an answer is chosen does not depend on which process was faster: each works through a list of stages, and of
two answers that is taken whose stage is due first if all stages use up their time. So when one process has an answer, the
other one is waited for only until it has left the stages that are due before. What can differ from run to run is what a
stage finds before its time is over.

The processes end with the parent: they are terminated when there is an answer, or an error or interrupt, and leave by
themselves when the parent is gone.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Literal

from catenary.diagrams import Equation
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.rule import Rule
from catenary.rewriting.stages import Attempt, Proved, Refuted, Stage
from catenary.rewriting.theory import Theory

StartMethod = Literal["fork", "spawn", "forkserver"]
_GRACE = 5.0  # seconds after the time limit in which a stage may notice it


def can_start_processes() -> bool:
    """Whether this process may have others: a worker of a pool may not."""
    return not multiprocessing.current_process().daemon


def default_method() -> StartMethod:
    """Fork where that is safe, as it needs nothing of the caller's script; otherwise new interpreters."""
    safe = sys.platform == "linux" and threading.active_count() == 1
    return "fork" if safe else "spawn"


class _Line:
    """One process, and how far it is."""

    def __init__(self, process: Any, connection: Connection, due: Sequence[float]):
        self.process, self.connection, self.due = process, connection, due
        self.done = 0  # stages that it has left
        self.answer: Proved | Refuted | None = None
        self.over = False
        self.lost = False


def race(
    attempt: Attempt, lists: Sequence[Sequence[Stage]], method: StartMethod | None = None
) -> Proved | Refuted | None:
    """Work through lists of stages, each in its own process, until there is an answer. What was tried goes to the
    attempt; the stages of a process that is lost are run here.

    Raises:
        Exception: what a stage raises.
    """
    context: Any = multiprocessing.get_context(method or default_method())
    lines: list[_Line] = []
    given = (attempt.equation, attempt.axioms, tuple(attempt.lemmas), attempt.limits, attempt.clock.left)
    try:
        for stages in lists:
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(theirs, *given, tuple(stages)), daemon=True)
            # The warning is from 3.12 on about other threads; default_method has looked.
            with _interrupts_held(context), warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                process.start()
            theirs.close()
            lines.append(_Line(process, ours, _due(stages)))
        found = _first(attempt, lines)
        if found is None:
            for line, stages in zip(lines, lists, strict=True):
                for stage in stages[line.done :] if line.lost else ():
                    if (found := attempt.run(stage)) is not None:
                        return found
        return found
    finally:
        for line in lines:
            if line.process.is_alive():
                line.process.terminate()
        for line in lines:
            line.process.join(2)
            if line.process.is_alive():
                line.process.kill()
                line.process.join()
            line.connection.close()


@contextmanager
def _interrupts_held(context: Any) -> Iterator[None]:
    """Ctrl-C comes later, so that a process that has not yet come to ignore it is not hit and prints no traceback."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    if context.get_start_method() != "fork":
        resource_tracker.ensure_running()  # which lets interrupts through again where it has to be started
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _due(stages: Sequence[Stage]) -> list[float]:
    """When each stage is over if all use up their time, in parts of the whole; those that take what is left come after all."""
    found, spent = [], 0.0
    for place, stage in enumerate(stages):
        spent += 0.0 if stage.of_rest else stage.part
        found.append(1.0 + place if stage.of_rest else spent)
    return [*found, math.inf]


def _first(attempt: Attempt, lines: Sequence[_Line]) -> Proved | Refuted | None:
    deadline = Deadline(attempt.clock.left + _GRACE)
    while True:
        answers = [
            (line.due[line.done], place) for place, line in enumerate(lines) if line.answer is not None
        ]
        if answers:
            best = min(answers)
            earlier = [
                line
                for place, line in enumerate(lines)
                if not line.over and (line.due[line.done], place) < best
            ]
            if not earlier or deadline.passed:
                return lines[best[1]].answer
        elif all(line.over for line in lines) or deadline.passed:
            return None
        open_ = [line.connection for line in lines if not line.over]
        for connection in wait(open_, timeout=max(0.0, min(deadline.left, 1.0))):
            line = next(line for line in lines if line.connection is connection)
            _take(attempt, line)


def _take(attempt: Attempt, line: _Line) -> None:
    """One message of a process."""
    try:
        kind, value = line.connection.recv()
    except (EOFError, OSError):
        line.over = line.lost = True
        return
    if kind == "tell":
        attempt.tell(value)
    elif kind == "error":
        raise value
    elif kind == "answer":
        line.answer, line.over = value, True
    else:
        tried, states, line.over = value
        attempt.tried += tried
        attempt.states += states
        line.done += not line.over


def _work(
    connection: Connection,
    equation: Equation,
    axioms: Theory,
    lemmas: Sequence[Rule | Equation],
    limits: Limits,
    seconds: float,
    stages: Sequence[Stage],
) -> None:
    """The life of a process. A message is (kind, value)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends this one
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_leave_with_parent, daemon=True).start()

    def tell(line: str) -> None:
        connection.send(("tell", line))

    try:
        attempt = Attempt(equation, axioms, lemmas, limits, tell)
        attempt.clock = Deadline(seconds)
        for stage in stages:
            attempt.tried, attempt.states = [], 0
            answer = attempt.run(stage)
            if answer is not None:
                connection.send(("answer", answer))
                return
            connection.send(("left", (attempt.tried, attempt.states, False)))
        connection.send(("left", ([], 0, True)))  # all of them
    except BrokenPipeError:
        return
    except Exception as error:
        connection.send(("error", error))


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


__all__ = ["can_start_processes", "default_method", "race"]
