"""What looking for a proof consists of: stages, each with its part of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from catenary.diagrams import Diagram, Equation
from catenary.rewriting.egraph import EGraph
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.models import Model, counter_model
from catenary.rewriting.proof import Proof
from catenary.rewriting.rule import Rule, is_symmetric
from catenary.rewriting.search import search, space_of
from catenary.rewriting.theory import Theory

GUIDE = 2.0  # what a box that the other end has not weighs in a guided search


@dataclass(frozen=True)
class Proved:
    """The equation holds: a proof that the independent checker has accepted.

    Attributes:
        proof: the steps.
        method: ``"laws of the doctrine"``, ``"commutative laws"``, ``"parts"``, ``"event net"``, ``"guided search"`` or
            ``"bidirectional search"``.
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


@dataclass(frozen=True)
class Stage:
    """One thing to try.

    Attributes:
        kind: ``"models"``, ``"lemmas"`` (a search by the lemmas alone), ``"net"`` or ``"search"``.
        part: of the whole time; or with ``of_rest`` of the time that is left.
        cap: the largest diagram of a search, in boxes; the largest dimension of a model.
        growth, guide: as :func:`~catenary.rewriting.search.search` takes them.
        near: with the rules alone that have no other boxes than the claim, which may go through larger diagrams.
    """

    kind: Literal["models", "lemmas", "net", "search"]
    part: float
    cap: int = 0
    growth: float = 1.0
    guide: float = 0.0
    of_rest: bool = False
    near: bool = False


class Attempt:
    """A claim that is being proved: runs stages, and keeps what they found out.

    Args:
        equation: the claim, over the theory's signature.
        axioms: what has to hold in a counter-model.
        lemmas: more that may be used.
        limits: for all stages together.
        tell: called with a line for each stage.
    """

    def __init__(
        self,
        equation: Equation,
        axioms: Theory,
        lemmas: Sequence[Rule | Equation],
        limits: Limits,
        tell: Callable[[str], None],
    ):
        self.equation, self.axioms, self.lemmas, self.limits, self.tell = (
            equation,
            axioms,
            lemmas,
            limits,
            tell,
        )
        self.theory = axioms.extend(f"{axioms.name} with lemmas", lemmas) if lemmas else axioms
        self.clock = Deadline(limits.seconds)
        self.tried: list[str] = []
        self.states = 0
        self.closed = False  # one side has no other diagrams: no further search can help
        self.seen_all: set[int] = set()  # caps under which every diagram was seen
        there = _names((equation.left, equation.right))
        near = [rule for rule in self.theory if _names((rule.left, rule.right)) <= there]
        self.near = Theory("near rules", axioms.signature, near)
        space = space_of(self.theory, equation.left.dom)
        keys = [space.key(side) for side in (equation.left, equation.right)]
        self.largest = max(map(space.size, keys))
        self.by_laws = space.proof(equation, []) if keys[0] == keys[1] else None

    def stats(self, **more: float) -> dict[str, float]:
        """Seconds so far, and more."""
        return {"seconds": self.limits.seconds - self.clock.left, **more}

    def accept(self, proof: Proof, method: str, **more: float) -> Proved:
        """A proof, when the checker has accepted it.

        Raises:
            RewriteError: if the checker does not.
        """
        proof.check()
        return Proved(proof, method, self.stats(steps=len(proof), **more))

    def unknown(self, tried: Iterable[str] = ()) -> Unknown:
        """That nothing was found, and what was tried."""
        reasons = list(dict.fromkeys([*self.tried, *tried])) or ["nothing was tried: there was no time"]
        return Unknown("; ".join(reasons), self.stats(states=self.states))

    # What is tried

    def first(self) -> list[Stage]:
        """What is cheap."""
        size = min(1, self.limits.model_size)
        return [Stage("models", 0.02, cap=size), Stage("search", 0.06, self.caps[-1], 0.0, GUIDE)]

    def searches(self) -> list[Stage]:
        """Searches, from the narrow ones to the wide ones."""
        caps = self.caps
        first = [Stage("lemmas", 0.1)] if self.lemmas else []
        if 0 < len(self.near) < len(self.theory):
            wide = caps if self.limits.boxes is not None else [self.largest + extra for extra in (4, 8)]
            first += [Stage("search", 0.05, cap, near=True) for cap in wide]
        return first + [Stage("search", 0.06, cap) for cap in caps]

    def wide_searches(self) -> list[Stage]:
        """Searches that take what is left of the time."""
        caps = self.caps
        return [
            Stage("search", 0.4, caps[0], of_rest=True),
            Stage("search", 0.5, caps[-1], of_rest=True),
            Stage("search", 0.5, caps[-1] + 2, of_rest=True),
            Stage("search", 1.0, caps[-1] + 4, 0.5, of_rest=True),
        ]

    def nets(self) -> list[Stage]:
        """Saturation, where there is an event net: first a short one."""
        if not is_symmetric(self.theory.signature):
            return []
        return [Stage("net", 0.06), Stage("net", 1.0, of_rest=True)]

    def models(self) -> Stage:
        """The search for counter-models."""
        return Stage("models", 0.15, cap=self.limits.model_size)

    @property
    def caps(self) -> list[int]:
        """The sizes of searches."""
        if self.limits.boxes is not None:
            return [self.limits.boxes]
        return [self.largest + extra for extra in (2, 4, 6)]

    def run(self, stage: Stage) -> Proved | Refuted | None:
        """Try one thing, unless it is known to be of no use."""
        seconds = self.clock.left if stage.of_rest else self.limits.seconds
        limits = replace(self.limits, seconds=min(stage.part * seconds, self.clock.left))
        if limits.seconds <= 0 or (self.closed and stage.kind != "models"):
            return None
        if stage.kind == "models":
            return self._models(limits, stage.cap)
        if stage.kind == "net":
            return self._net(limits)
        if stage.kind == "lemmas":
            # Alone: they may lead through diagrams that are too large for a search with all the axioms.
            alone = Theory("lemmas", self.axioms.signature, self.lemmas)
            widest = max(len(side.edges) for rule in alone for side in rule.graphs)
            return self._search(limits, replace(stage, cap=max(self.largest, widest) + 2, growth=0.0), alone)
        if stage.near:
            return self._search(limits, stage, self.near)
        if stage.cap in self.seen_all:
            return None
        return self._search(limits, stage, self.theory)

    def _net(self, limits: Limits) -> Proved | None:
        self.tell("event net")
        graph = EGraph(self.theory)
        proof = graph.explain(self.equation.left, self.equation.right, limits)
        if proof is not None:
            report = graph.report
            return self.accept(proof, "event net", places=report.places, transitions=report.transitions)
        self.tried.append(f"event net: no proof ({graph.report.reason})")
        return None

    def _search(self, limits: Limits, stage: Stage, rules: Theory) -> Proved | None:
        manner = "guided" if stage.guide else "bidirectional"
        by = " by lemmas" if stage.kind == "lemmas" else " by near rules" if stage.near else ""
        self.tell(f"{manner} search, up to {stage.cap} boxes{by}")
        result = search(self.equation, rules, limits, cap=stage.cap, growth=stage.growth, guide=stage.guide)
        self.states += result.states
        if result.proof is not None:
            proof = replace(result.proof, theory=self.theory)
            return self.accept(proof, f"{manner} search", states=self.states, cap=stage.cap)
        self.tried.append(
            f"{manner} search{by} up to {stage.cap} boxes: {result.reason} ({result.states} diagrams)"
        )
        if rules is self.theory:
            if result.reason == "boxes":
                self.seen_all.add(stage.cap)
            self.closed |= result.reason == "exhausted"
        return None

    def _models(self, limits: Limits, size: int) -> Refuted | None:
        size = min(size, self.limits.model_size)
        self.tell(f"models up to dimension {size}")
        model = counter_model(
            self.equation, self.axioms, seconds=limits.seconds, dimensions=range(1, size + 1)
        )
        if model is not None:
            return Refuted(model, self.stats())
        self.tried.append(f"no counter-model up to dimension {size}")
        return None


def _names(sides: Iterable[Diagram]) -> set[str]:
    """The names of the boxes in some diagrams."""
    return {box.name for side in sides for box in side.boxes if not box.is_structural}
