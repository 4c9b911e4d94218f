"""What came of a statement: a checked proof, a counter-model, a refusal, or nothing within the limits."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import Literal

from catenary.diagrams import DoctrineError
from catenary.diagrams.isotopy import equal
from catenary.rewriting.checker import check
from catenary.rewriting.limits import Limits
from catenary.rewriting.models import Model
from catenary.rewriting.proof import Proof
from catenary.rewriting.prove import Proved, Refuted, prove
from catenary.rewriting.theorems.counter_models import recorded
from catenary.rewriting.theorems.statement import Statement
from catenary.rewriting.theory import Theory


@dataclass(frozen=True)
class Outcome:
    """The result of :func:`decide`.

    Attributes:
        answer: ``"proved"``; ``"refuted"`` by a model, or by a normal form that decides the doctrine's laws;
            ``"unknown"``.
        method: what found it.
        seconds: CPU time, that of other processes included.
        wall: time from the question to the answer.
        proof: accepted by the checker against the axioms and the lemmas; ``None`` where the laws of a doctrine
            without rewriting decide.
        model: where one refutes the statement.
    """

    answer: Literal["proved", "refuted", "unknown"]
    method: str
    seconds: float
    wall: float
    proof: Proof | None = None
    model: Model | None = None


def decide(statement: Statement, limits: Limits | None = None, workers: int = 1) -> Outcome:
    """Try to prove a statement with its lemmas under its limits, by so many processes (:func:`~catenary.rewriting.prove`).

    >>> from catenary.rewriting.theorems import statements
    >>> decide(statements("A")[0]).answer
    'proved'
    """
    start, begun = _cpu_seconds(), time.monotonic()

    def spent() -> tuple[float, float]:
        return _cpu_seconds() - start, time.monotonic() - begun

    try:
        theory = statement.theory
    except DoctrineError:
        answer = equal(statement.claim.left, statement.claim.right)
        found: Literal["proved", "refuted", "unknown"]
        found = {"yes": "proved", "no": "refuted"}.get(answer.value, "unknown")  # type: ignore[assignment]
        return Outcome(found, f"laws of the doctrine ({answer.reason})", *spent())
    limits = limits or statement.limits
    known = recorded(statement)
    if known is not None and known.refutes(statement.claim, theory):
        return Outcome("refuted", f"model of dimension {known.dimension}", *spent(), model=known)
    result = prove(statement.claim, theory, limits=limits, lemmas=statement.lemmas, workers=workers)
    if isinstance(result, Proved):
        allowed = theory.extend("allowed", statement.lemmas) if statement.lemmas else theory
        check(result.proof, Theory(allowed.name, allowed.signature, allowed.rules))
        return Outcome("proved", result.method, *spent(), proof=result.proof)
    if isinstance(result, Refuted):
        return Outcome(
            "refuted", f"model of dimension {result.model.dimension}", *spent(), model=result.model
        )
    return Outcome("unknown", result.reason, *spent())


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def decide_by_cpu(statement: Statement, workers: int = 1) -> Outcome:
    """As :func:`decide`; a theorem for which a shared machine left less than half of the time gets four times the limit."""
    outcome = decide(statement, workers=workers)
    seconds = statement.limits.seconds
    if outcome.answer == "unknown" and statement.status == "theorem" and outcome.seconds < seconds / 2:
        return decide(with_seconds(statement, 4 * seconds), workers=workers)
    return outcome


def with_seconds(statement: Statement, seconds: float) -> Statement:
    """The statement under another time limit."""
    return replace(statement, limits=replace(statement.limits, seconds=seconds))
