"""Strategies: in which order rules are used, and when that comes to an end."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from catenary.diagrams import ArgumentError, Box, Diagram, OpenHypergraph, RewriteError
from catenary.diagrams.equality import normalised
from catenary.diagrams.errors import expect
from catenary.rewriting.dpo import rewrite
from catenary.rewriting.incremental import Worksheet
from catenary.rewriting.limits import Deadline
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.rule import Rule, is_symmetric, rewritable
from catenary.rewriting.schemes import Redex, redexes, undetermined
from catenary.rewriting.termination import Termination, termination
from catenary.rewriting.theory import Theory

_CHOICES = 64  # places that a random strategy chooses among where they are found lazily


@dataclass(frozen=True)
class Strategy:
    """How to use the rules of a theory.

    Args:
        rules: the names of the rules to use, the most urgent first; a name with ``~`` before it is used from right to
            left. All of the theory's from left to right, in their order, unless given.
        seed: choose rule and place at random, repeatably; ``None`` takes the first rule that has a place.
        steps: stop after so many; ``None`` for no bound, which needs a termination order.
        seconds: stop after this time; ``None`` for no bound.
        boxes: skip steps that would make the diagram larger than this.
        accept: use only the places of which this is true.
        order: a termination order, which is checked; one is looked for where it is needed and not given.

    >>> Strategy(["unit_left", "~assoc"], steps=100).seed is None
    True
    """

    rules: Sequence[str] | None = None
    seed: int | None = None
    steps: int | None = 10_000
    seconds: float | None = None
    boxes: int | None = None
    accept: Callable[[Redex], bool] | None = None
    order: Termination | None = None

    def directed(self, theory: Theory) -> list[tuple[Rule, bool]]:
        """The rules and directions.

        Raises:
            UnknownGenerator: for a name that the theory does not have.
            RewriteError: for a directed rule from right to left, and a side that does not determine a variable.
        """
        if isinstance(self.rules, str):
            raise ArgumentError("the rules of a strategy", "a list of names", self.rules)
        if self.rules is None or {family.name for family in theory.families} & set(self.rules):
            theory.require_fixed_arity("a strategy")
        names = [rule.name for rule in theory] if self.rules is None else list(self.rules)
        found = []
        for name in names:
            expect(name, str, "a rule of a strategy", "its name")
            forward = name in theory or not name.startswith("~")
            rule = theory[name if forward else name[1:]]
            if rule.directed and not forward:
                raise RewriteError(f"rule {rule.name} is directed and cannot be used backwards")
            if rule.variables and undetermined(rule, forward):
                open_ = ", ".join(undetermined(rule, forward))
                raise RewriteError(f"a side of {rule.name} does not determine {open_}: leave the rule out")
            found.append((rule, forward))
        return found


@dataclass(frozen=True)
class Normalised:
    """What a strategy came to.

    Attributes:
        proof: the steps, from the diagram to the result; not checked yet (:meth:`Proof.check`).
        finished: whether no rule of the strategy can be used any more.
        reason: why it stopped: ``"normal form"``, ``"steps"``, ``"seconds"`` or, where steps were skipped,
            ``"boxes"`` or ``"accept"``.
        order: the termination order, if one was needed.
    """

    proof: Proof
    finished: bool
    reason: str
    order: Termination | None = None

    @property
    def diagram(self) -> Diagram:
        """The result."""
        return self.proof.end


def normalise(diagram: Diagram | Box, theory: Theory, strategy: Strategy | None = None) -> Normalised:
    """Use the rules of a theory, from left to right unless the strategy says otherwise, until none can be used.

    Raises:
        RewriteError: if the number of steps has no bound and no termination order was found, or the one that is given
            does not decrease at every rule.

    >>> from catenary.rewriting.library import monoid
    >>> theory = monoid()
    >>> m, u = theory.signature["m"], theory.signature["u"]
    >>> result = normalise(u @ m >> m, theory)
    >>> print(result.diagram, "by", *result.proof.rules_used)
    m by unit_left
    >>> result = normalise(u @ m >> m, theory, Strategy(["~assoc"], steps=3))
    >>> result.reason
    'normal form'
    """
    strategy = strategy or Strategy()
    expect(strategy, Strategy, "how to rewrite", "a Strategy")
    expect(theory, Theory, "what a diagram is rewritten in", "a Theory")
    rules = strategy.directed(theory)
    order = strategy.order
    one_way = [rule if forward else Rule(rule.name, rule.right, rule.left) for rule, forward in rules]
    if order is not None:
        bad = [rule.name for rule in one_way if not order.check([rule])]
        if bad:
            raise RewriteError(f"the termination order does not decrease at {', '.join(bad)}")
    elif strategy.steps is None:
        order = termination(one_way)
        if order is None and strategy.seconds is None:
            raise RewriteError(
                f"no termination order was found for {theory.name}: give a bound on steps or seconds, or fewer rules"
            )
    start = rewritable(diagram).over(theory.signature)
    make = _Wirings if is_symmetric(theory.signature) else _Graphs
    return _run(make(start, rules), start, theory, strategy, order)


def _run(
    state: _Wirings | _Graphs, start: Diagram, theory: Theory, strategy: Strategy, order: Termination | None
) -> Normalised:
    rng = None if strategy.seed is None else random.Random(strategy.seed)
    deadline = None if strategy.seconds is None else Deadline(strategy.seconds)
    steps: list[Step] = []
    skipped: str | None = None
    reason = "normal form"
    while True:
        if deadline is not None and deadline.passed:
            reason = "seconds"
            break
        redex = None
        for candidate in state.places(rng):
            if strategy.accept is not None and not strategy.accept(candidate):
                skipped = "accept"
                continue
            if strategy.boxes is not None and state.size + _growth(candidate) > strategy.boxes:
                skipped = "boxes"
                continue
            redex = candidate
            break
        if redex is None:
            reason = skipped or reason
            break
        if strategy.steps is not None and len(steps) >= strategy.steps:
            reason = "steps"
            break
        state.apply(redex)
        skipped = None
        steps.append(Step.of(redex))
    proof = Proof(start, state.diagram(), tuple(steps), theory)
    return Normalised(proof, reason == "normal form", reason, order)


def _growth(redex: Redex) -> int:
    old, new = redex.instance.sides(redex.forward)
    return len(new.solid_edges) - len(old.solid_edges)


class _Wirings:
    """Rewriting in place in the symmetric doctrine."""

    def __init__(self, start: Diagram, rules: list[tuple[Rule, bool]]):
        self.sheet = Worksheet(start, rules)

    @property
    def size(self) -> int:
        return len(self.sheet)

    def places(self, rng: random.Random | None) -> Iterator[Redex]:
        return self.sheet.places(rng)

    def apply(self, redex: Redex) -> None:
        self.sheet.apply(redex)

    def diagram(self) -> Diagram:
        return self.sheet.diagram()


class _Graphs:
    """Rewriting of immutable graphs in the other doctrines."""

    def __init__(self, start: Diagram, rules: list[tuple[Rule, bool]]):
        self.rules = rules
        self.graph: OpenHypergraph = normalised(OpenHypergraph.from_diagram(start))

    @property
    def size(self) -> int:
        return len(self.graph.solid_edges)

    def places(self, rng: random.Random | None) -> Iterator[Redex]:
        rules = self.rules if rng is None else rng.sample(self.rules, len(self.rules))
        for rule, forward in rules:
            found = redexes(rule, self.graph, forward)
            if rng is not None:
                some = list(islice(found, _CHOICES))
                rng.shuffle(some)
                yield from some
            yield from found

    def apply(self, redex: Redex) -> None:
        self.graph = rewrite(self.graph, redex.instance, redex.match, redex.forward).graph

    def diagram(self) -> Diagram:
        return self.graph.to_diagram()


__all__ = ["Normalised", "Strategy", "normalise"]
