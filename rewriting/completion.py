"""Knuth–Bendix completion: rules that follow from a theory, added until rewriting is confluent.

For every critical pair with two normal forms, their equation is directed so that a termination order is found for all
rules together, and added. This may go on for ever, and an equation may have no direction; then it ends without success.
"""

from __future__ import annotations

from dataclasses import dataclass

from catenary.diagrams import Diagram, RewriteError
from catenary.rewriting.confluence import Confluence, CriticalPair, confluence
from catenary.rewriting.limits import Deadline
from catenary.rewriting.proof import Proof
from catenary.rewriting.routes import follow
from catenary.rewriting.rule import Rule
from catenary.rewriting.strategies import Strategy, normalise
from catenary.rewriting.termination import termination
from catenary.rewriting.theory import Theory


@dataclass(frozen=True)
class Completion:
    """What completion came to.

    Attributes:
        theory: the rules, those that were added last.
        lemmas: for each rule that was added its proof from the rules before it.
        report: on the confluence of the theory; ``confluent`` is true if completion succeeded.
        reason: why it stopped.
    """

    theory: Theory
    lemmas: tuple[tuple[Rule, Proof], ...]
    report: Confluence
    reason: str


def complete(theory: Theory, *, seconds: float = 30.0, most: int = 30) -> Completion:
    """Add consequences of a theory as rules until every diagram has one normal form.

    Args:
        theory: rules that terminate, read from left to right.
        seconds: when to give up.
        most: how many rules are added at most.

    Raises:
        RewriteError: for directed rules, from which no equation follows.

    >>> from catenary.diagrams import Box, Ty
    >>> a = Ty("a")
    >>> s, t = Box("s", a, a), Box("t", a, a)
    >>> wire = Diagram.id(a)
    >>> dihedral = Theory("S3", s.signature, [Rule("ss", s >> s, wire), Rule("tt", t >> t, wire),
    ...     Rule("st", s >> t >> s >> t >> s >> t, wire)])
    >>> found = complete(dihedral)
    >>> found.report.confluent, [str(rule) for rule, _ in found.lemmas][-1]
    (True, 'S3 5: t >> s >> t = s >> t >> s')
    """
    theory.require_fixed_arity("completion")
    one_way = [rule.name for rule in theory if rule.directed]
    if one_way:
        raise RewriteError(f"completion is of equations, and {', '.join(one_way)} are directed rules")
    deadline = Deadline(seconds)
    start, lemmas = theory, list[tuple[Rule, Proof]]()
    while True:
        report = confluence(theory)
        apart = [pair for pair in report.pairs if pair.joined is False]
        if not apart:
            return Completion(theory, tuple(lemmas), report, report.reason)
        if report.order is None:
            return Completion(theory, tuple(lemmas), report, "no termination order was found")
        if deadline.passed or len(lemmas) >= most:
            what = "time" if deadline.passed else f"{most} rules"
            return Completion(theory, tuple(lemmas), report, f"not complete after its {what}")
        apart.sort(key=_size)
        for pair in apart:
            rule = _directed(pair, theory, f"{start.name} {len(lemmas) + 1}")
            if rule is not None:
                break
        else:
            return Completion(theory, tuple(lemmas), report, "an equation that no order directs")
        lemmas.append((rule, _proof(pair, rule, theory)))
        theory = theory.extend(start.name, [rule])


def _size(pair: CriticalPair) -> int:
    assert pair.normal_forms is not None
    return sum(map(len, pair.normal_forms))


def _directed(pair: CriticalPair, theory: Theory, name: str) -> Rule | None:
    """The equation of the normal forms, from the larger to the smaller if an order allows that."""
    assert pair.normal_forms is not None
    ways: list[tuple[Diagram, Diagram]] = [pair.normal_forms, pair.normal_forms[::-1]]
    for left, right in sorted(ways, key=lambda way: len(way[1])):
        rule = Rule(name, left, right)
        if termination([*theory, rule]) is not None:
            return rule
    return None


def _proof(pair: CriticalPair, rule: Rule, theory: Theory) -> Proof:
    """From one normal form back to the overlap, and on to the other."""
    ends = []
    for used, result in zip(pair.rules, pair.results, strict=True):
        once = follow(theory, pair.graph.to_diagram(), [(used, True, result)], result.to_diagram())
        ends.append(once.then(normalise(result.to_diagram(), theory, Strategy(steps=None)).proof))
    first, second = ends if ends[0].end == rule.left else ends[::-1]
    return first.reversed().then(second)


__all__ = ["Completion", "complete"]
