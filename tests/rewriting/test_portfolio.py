"""Two processes that look for one answer: the same answer whichever is faster, and nothing left behind."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from catenary.diagrams import ArgumentError, Box, CatenaryError, Equation, Ty, free
from catenary.rewriting import Limits, Proved, Refuted, Rule, Theory, Unknown, portfolio, prove
from catenary.rewriting.portfolio import race
from catenary.rewriting.stages import Attempt, Stage
from catenary.rewriting.theorems import statements

a = Ty("a")
METHODS = [m for m in ("fork", "spawn") if m in multiprocessing.get_all_start_methods()]


def attempt_at(name: str, seconds: float = 300.0, tell=lambda _: None) -> Attempt:
    statement = next(s for s in statements() if s.name == name)
    theory = statement.theory
    sides = (side.over(theory.signature) for side in (statement.claim.left, statement.claim.right))
    return Attempt(
        Equation(statement.claim.name, *sides), theory, statement.lemmas, Limits(seconds=seconds), tell
    )


@pytest.mark.parametrize("method", METHODS)
def test_the_earliest_stage_answers(method):
    """Both lists find a proof; it is that of the stage that is due first, also if it is slower."""
    told = []
    attempt = attempt_at("C/hopf/antipode-counit", tell=told.append)
    cap = attempt.caps[-1]
    fast, slow = Stage("search", 0.5, cap, 0.0, 2.0), Stage("net", 0.4)
    found = race(attempt, [[fast], [slow]], method)
    assert isinstance(found, Proved)
    assert found.method == "event net"
    found.proof.check()
    later = race(attempt, [[fast], [Stage("models", 0.2, 1), slow]], method)
    assert isinstance(later, Proved)
    assert later.method == "guided search"
    assert "event net" in told
    assert f"guided search, up to {cap} boxes" in told
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("method", METHODS)
def test_without_an_answer_all_is_tried(method):
    attempt = attempt_at("N/convexity/across-a-path", seconds=20)
    found = race(
        attempt, [[Stage("search", 0.2, 3)], [Stage("search", 0.2, 2), Stage("models", 0.01, 1)]], method
    )
    assert found is None
    assert {part.split(":")[0] for part in attempt.tried} == {
        "bidirectional search up to 3 boxes",
        "bidirectional search up to 2 boxes",
        "no counter-model up to dimension 1",
    }


def test_answers_are_those_of_one_process():
    f, g, h = (Box(name, a, a) for name in "fgh")
    theory = Theory("t", free(), [Rule("fg", f >> g, g >> f), Rule("ff", f >> f, g)])
    for claim, kind in (
        (Equation("moves", f >> g >> g, g >> g >> f), Proved),
        (Equation("false", f >> g, h >> g), Refuted),
    ):
        answers = [prove(claim, theory, limits=Limits(seconds=120), workers=workers) for workers in (1, 2)]
        assert all(isinstance(answer, kind) for answer in answers)
    for workers in (0, 3, True, "2"):
        with pytest.raises(ArgumentError, match="1 or 2"):
            prove(claim, theory, workers=workers)


def test_what_is_open_ends_with_its_limits():
    statement = next(s for s in statements() if s.status == "underivable" and s.file == "frobenius_one_law")
    start = time.monotonic()
    answer = prove(statement.claim, statement.theory, limits=Limits(seconds=8), workers=2)
    assert isinstance(answer, Unknown)
    assert time.monotonic() - start < 120
    assert "event net" in answer.reason
    assert "search" in answer.reason
    assert not multiprocessing.active_children()


def failing(attempt, stage):
    raise CatenaryError("out of order")


def leaving(attempt, stage):
    if multiprocessing.parent_process() is not None:
        os._exit(7)
    return Attempt_run(attempt, stage)


Attempt_run = Attempt.run


@pytest.mark.skipif("fork" not in METHODS, reason="what is patched reaches a forked process alone")
def test_an_error_comes_through_and_a_lost_process_is_made_up_for(monkeypatch):
    stages = [[Stage("models", 0.01, 1)], [Stage("search", 0.5, 8, 0.0, 2.0)]]
    monkeypatch.setattr(Attempt, "run", failing)
    with pytest.raises(CatenaryError, match="out of order"):
        race(attempt_at("C/hopf/antipode-counit"), stages, "fork")
    monkeypatch.setattr(Attempt, "run", leaving)
    assert isinstance(race(attempt_at("C/hopf/antipode-counit"), stages, "fork"), Proved)
    assert not multiprocessing.active_children()


def in_a_pool(_: int) -> str:
    statement = next(s for s in statements() if s.name == "N/circuits/T-inverse")
    answer = prove(statement.claim, statement.theory, limits=Limits(seconds=60), workers=2)
    return type(answer).__name__


def test_a_worker_of_a_pool_does_it_alone():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(in_a_pool, [0]) == ["Refuted"]


SCRIPT = """
    import multiprocessing, sys
    from catenary.rewriting import Limits
    from catenary.rewriting.portfolio import race
    from catenary.rewriting.stages import Attempt, Stage
    from catenary.rewriting.theorems import statements

    def tell(line):
        if line.startswith("bidirectional"):
            print(*[child.pid for child in multiprocessing.active_children()], flush=True)

    if __name__ == "__main__":
        statement = next(s for s in statements(status="underivable") if s.file == "frobenius_one_law")
        theory = statement.theory
        attempt = Attempt(statement.claim, theory, (), Limits(seconds=60), tell)
        stages = [Stage("search", 1.0, attempt.caps[-1] + 6)]
        race(attempt, [stages, stages], sys.argv[1])
"""


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
@pytest.mark.parametrize("method", METHODS)
def test_no_process_is_left_behind(tmp_path, method, how):
    script = tmp_path / "long.py"
    script.write_text(textwrap.dedent(SCRIPT))
    parent = subprocess.Popen(
        [sys.executable, str(script), method],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Background jobs of a shell start with SIGINT ignored, and so would their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with parent:
        children = [int(pid) for pid in parent.stdout.readline().split()]
        try:
            assert len(children) == 2, parent.stderr.read()
            assert all(map(is_running, children))
        finally:  # as a terminal does: the whole group
            (os.killpg if how is signal.SIGINT else os.kill)(parent.pid, how)
        _, errors = parent.communicate(timeout=120)
    assert parent.returncode != 0
    if how is signal.SIGINT:
        assert errors.strip().endswith("KeyboardInterrupt")
        assert errors.count("Traceback") == 1
    end = time.monotonic() + 120
    while any(map(is_running, children)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(is_running, children))


def test_forks_only_where_that_is_safe(monkeypatch):
    import threading

    assert portfolio.default_method() == ("fork" if sys.platform == "linux" else "spawn")
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert portfolio.default_method() == "spawn"
