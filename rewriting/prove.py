"""Deciding equations: a proof, a counter-model, or an honest *unknown*."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from catenary.diagrams import Equation
from catenary.diagrams.errors import expect
from catenary.rewriting.egraph import EGraph
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.models import Model, counter_model
from catenary.rewriting.proof import Proof
from catenary.rewriting.rule import Rule, is_symmetric
from catenary.rewriting.search import search, space_of
from catenary.rewriting.theory import Theory


@dataclass(frozen=True)
class Proved:
    """The equation holds: a proof that the independent checker has accepted.

    Attributes:
        proof: the steps.
        method: ``"laws of the doctrine"``, ``"event net"`` or ``"bidirectional search"``.
        stats: figures of the method (seconds, states, places …).
    """

    proof: Proof
    method: str
    stats: dict[str, float]


@dataclass(frozen=True)
class Refuted:
    """The equation fails in a model of the theory, so that it has no proof.

    Attributes:
        model: the model; every axiom holds in it, and the equation does not.
        stats: figures (seconds).
    """

    model: Model
    stats: dict[str, float]


@dataclass(frozen=True)
class Unknown:
    """Neither a proof nor a counter-model within the limits.

    Attributes:
        reason: what was tried and where it stopped.
        stats: figures (seconds, states).
    """

    reason: str
    stats: dict[str, float]


Answer: TypeAlias = Proved | Refuted | Unknown


def prove(
    equation: Equation,
    theory: Theory,
    *,
    limits: Limits | None = None,
    lemmas: Iterable[Rule | Equation] = (),
    progress: Callable[[str], None] | None = None,
) -> Answer:
    """Look for a proof of an equation in a theory, and for a counter-model.

    Tries, in slices of the time limit: equality by the laws of the doctrine alone, saturation of the event
    net (symmetric doctrine), bidirectional search with growing size caps, and small models.

    Args:
        equation: the claim; ``left → right`` where the theory has directed rules.
        theory: the axioms.
        limits: bounds on time and size.
        lemmas: further equations that may be used as rules; the proof's theory names them beside the axioms.
        progress: called with a line for each stage.

    Raises:
        DoctrineError: if the doctrine has no double-pushout rewriting.

    >>> from catenary.rewriting.library import monoid
    >>> theory = monoid()
    >>> m, u = theory.signature["m"], theory.signature["u"]
    >>> answer = prove(Equation("unit", u @ u >> m, u.diagram), theory)
    >>> len(answer.proof), answer.method
    (1, 'event net')
    """
    expect(equation, Equation, "what is proved", "an Equation")
    expect(theory, Theory, "what it is proved in", "a Theory")
    limits = limits or Limits()
    clock = Deadline(limits.seconds)
    axioms = theory
    lemmas = list(lemmas)
    if lemmas:
        theory = theory.extend(f"{theory.name} with lemmas", lemmas)
    tell = progress or (lambda _: None)
    left, right = (side.over(theory.signature) for side in (equation.left, equation.right))
    equation = Equation(equation.name, left, right, equation.directed)

    def stats(**more: float) -> dict[str, float]:
        return {"seconds": limits.seconds - clock.left, **more}

    def accept(proof: Proof, method: str, **more: float) -> Proved:
        proof.check()
        return Proved(proof, method, stats(steps=len(proof), **more))

    space = space_of(theory, left.dom)
    keys = [space.key(side) for side in (left, right)]
    if keys[0] == keys[1]:
        proof = space.proof(equation, [])
        return accept(proof, "commutative laws" if proof.steps else "laws of the doctrine")
    if not theory.rules:
        tell("no rules: looking for a counter-model")
    largest = max(map(space.size, keys))
    wirings = is_symmetric(theory.signature)  # what the event net works on
    tried: list[str] = []
    states = 0

    def net(seconds: float) -> Proved | None:
        tell("event net")
        graph = EGraph(theory)
        proof = graph.explain(left, right, replace(limits, seconds=min(seconds, clock.left)))
        if proof is not None:
            report = graph.report
            return accept(proof, "event net", places=report.places, transitions=report.transitions)
        tried.append(f"event net: no proof ({graph.report.reason})")
        return None

    def bidirectional(
        cap: int, seconds: float, growth: float, rules: Theory = theory, guide: float = 0.0
    ) -> Proved | str:
        nonlocal states
        manner = "guided" if guide else "bidirectional"
        tell(f"{manner} search, up to {cap} boxes" + (" by lemmas" if rules is not theory else ""))
        slice_ = replace(limits, seconds=min(seconds, clock.left))
        result = search(equation, rules, slice_, cap=cap, growth=growth, guide=guide)
        states += result.states
        if result.proof is not None:
            proof = replace(result.proof, theory=theory)
            return accept(proof, f"{manner} search", states=states, cap=cap)
        tried.append(f"{manner} search up to {cap} boxes: {result.reason} ({result.states} diagrams)")
        return result.reason

    def models(seconds: float, size: int) -> Refuted | None:
        tell(f"models up to dimension {size}")
        model = counter_model(
            equation,
            axioms,
            seconds=min(seconds, clock.left),
            dimensions=range(1, min(size, limits.model_size) + 1),
        )
        if model is not None:
            return Refuted(model, stats())
        tried.append(f"no counter-model up to dimension {min(size, limits.model_size)}")
        return None

    share = limits.seconds
    caps = [limits.boxes] if limits.boxes is not None else [largest + extra for extra in (2, 4, 6)]
    # (stage, its part of the time); the cheap ones first, then the same with more room.
    if (found := models(0.02 * share, 1)) is not None:
        return found
    if lemmas:  # alone: they may lead through diagrams that are too large for a search with all the axioms
        alone = Theory("lemmas", theory.signature, lemmas)
        widest = max(len(side.edges) for rule in alone for side in rule.graphs)
        result = bidirectional(max(largest, widest) + 2, 0.1 * share, 0.0, alone)
        if isinstance(result, Proved):
            return result
    if wirings and (proved := net(0.06 * share)) is not None:
        return proved
    result = bidirectional(caps[-1], 0.03 * share, 0.0, guide=2.0)
    if isinstance(result, Proved):
        return result
    closed = False
    seen_all: set[int] = set()  # caps under which every diagram was seen
    for cap in caps:
        result = bidirectional(cap, 0.06 * share, 1.0)
        if isinstance(result, Proved):
            return result
        if result == "boxes":
            seen_all.add(cap)
        if result == "exhausted":
            closed = True  # one side has no other diagrams: no larger cap can help
            break
    if (found := models(0.15 * share, limits.model_size)) is not None:
        return found
    if not closed:
        wider = [
            (caps[0], 1.0, 0.4),
            (caps[-1], 1.0, 0.5),
            (caps[-1] + 2, 1.0, 0.5),
            (caps[-1] + 4, 0.5, 1.0),
        ]
        for cap, growth, part in wider:
            if cap in seen_all:
                continue
            if clock.left <= 0:
                break
            result = bidirectional(cap, part * clock.left, growth)
            if isinstance(result, Proved):
                return result
    if wirings and clock.left > 0 and not closed and (proved := net(clock.left)) is not None:
        return proved
    return Unknown("; ".join(dict.fromkeys(tried)), stats(states=states))
