"""Deciding equations: a proof, a counter-model, or an honest *unknown*."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from catenary.diagrams import Equation, RewriteError
from catenary.diagrams.errors import ArgumentError, expect
from catenary.rewriting.families import members_for
from catenary.rewriting.limits import Limits
from catenary.rewriting.models import counter_model
from catenary.rewriting.portfolio import can_start_processes, race
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.rule import Rule
from catenary.rewriting.splitting import Part, graph_of, joined, parts_of
from catenary.rewriting.stages import Answer, Attempt, Proved, Refuted, Unknown
from catenary.rewriting.theory import Theory


def prove(
    equation: Equation,
    theory: Theory,
    *,
    limits: Limits | None = None,
    lemmas: Iterable[Rule | Equation] = (),
    progress: Callable[[str], None] | None = None,
    workers: int = 1,
) -> Answer:
    """Look for a proof of an equation in a theory, and for a counter-model.

    Tries, in slices of the time limit: equality by the laws of the doctrine alone; proofs of the parts that no wire joins; a
    search guided by the boxes of the other side; saturation of the event net (symmetric doctrine); bidirectional search with
    growing size caps; and small models.

    Args:
        equation: the claim; ``left → right`` where the theory has directed rules.
        theory: the axioms.
        limits: bounds on time and size.
        lemmas: further equations that may be used as rules; the proof's theory names them beside the axioms.
        progress: called with a line for each stage.
        workers: with 2 what is not found at once is looked for by two processes, searches in one, saturation and
            counter-models in the other (:mod:`catenary.rewriting.portfolio`). A worker of a process pool cannot start
            others and does everything itself. Where processes are not forked (not Linux, or other threads are running), a
            script that calls this needs the usual ``if __name__ == "__main__":``.

    Raises:
        DoctrineError: if the doctrine has no double-pushout rewriting.

    >>> from catenary.rewriting.library import monoid
    >>> theory = monoid()
    >>> m, u = theory.signature["m"], theory.signature["u"]
    >>> answer = prove(Equation("unit", u @ u >> m, u.diagram), theory)
    >>> len(answer.proof), answer.method
    (1, 'guided search')
    """
    expect(equation, Equation, "what is proved", "an Equation")
    expect(theory, Theory, "what it is proved in", "a Theory")
    expect(limits or Limits(), Limits, "what a proof may cost", "Limits(…)")
    if type(workers) is not int or workers not in (1, 2):
        raise ArgumentError("workers", "1 or 2", workers)
    tell = progress or (lambda _: None)
    left, right = (side.over(theory.signature) for side in (equation.left, equation.right))
    equation = Equation(equation.name, left, right, equation.directed)
    if theory.families:
        return _by_members(equation, theory, limits, list(lemmas), progress, workers)
    attempt = Attempt(equation, theory, list(lemmas), limits or Limits(), tell)
    if (proof := attempt.by_laws) is not None:
        return attempt.accept(proof, "commutative laws" if proof.steps else "laws of the doctrine")
    parts = _parts_of(equation)
    if (found := _by_parts(attempt, parts, 0.05, 1)) is not None:
        return found
    if not theory.rules:
        tell("no rules: looking for a counter-model")
    for stage in attempt.first():
        if (found := attempt.run(stage)) is not None:
            return found
    if not attempt.closed and (found := _by_parts(attempt, parts, 0.35, workers)) is not None:
        return found
    searches, wide, nets, models = (
        attempt.searches(),
        attempt.wide_searches(),
        attempt.nets(),
        attempt.models(),
    )
    if workers == 2 and not attempt.closed and can_start_processes():
        other = [*nets[:1], models, *nets[1:]]
        if not nets:
            other += [replace(stage, growth=0.25) for stage in reversed(wide)]
        found = race(attempt, [searches + wide, other])
        return found if found is not None else attempt.unknown()
    lemmas_alone = [stage for stage in searches if stage.kind == "lemmas"]
    stages = [*lemmas_alone, *nets[:1], *searches[len(lemmas_alone) :], models, *wide, *nets[1:]]
    for stage in stages:
        if (found := attempt.run(stage)) is not None:
            return found
    return attempt.unknown()


def _by_members(
    equation: Equation,
    theory: Theory,
    limits: Limits | None,
    lemmas: Sequence[Rule | Equation],
    progress: Callable[[str], None] | None,
    workers: int,
) -> Answer:
    """The answer by rules for all numbers of legs: those members are used whose boxes are no larger than the claim's.
    Counter-models are none, as they need not be models of the other members.
    """
    members = members_for(theory.families, [graph_of(side) for side in (equation.left, equation.right)])
    plain = Theory(f"{theory.name} (members)", theory.signature, [*theory.rules, *members.rules])
    limits = replace(limits or Limits(), model_size=0)
    answer = prove(equation, plain, limits=limits, lemmas=lemmas, progress=progress, workers=workers)
    cut = f"{len(members.rules)} members of {', '.join(f.name for f in theory.families)} used"
    if isinstance(answer, Refuted):
        return Unknown(f"{cut}; no counter-models are looked for", answer.stats)
    if isinstance(answer, Unknown):
        return Unknown(
            f"{cut}{', others left out' if members.left_out else ''}; {answer.reason}", answer.stats
        )
    whole = theory.extend(f"{theory.name} with lemmas", lemmas) if lemmas else theory
    steps = []
    for step in answer.proof.steps:
        name, numbers = members.of.get(step.rule, (step.rule, {}))
        values = {**dict(step.values), **{n: Fraction(number) for n, number in numbers.items()}}
        steps.append(Step(name, step.forward, step.match, tuple(sorted(values.items()))))
    proof = Proof(equation.left, equation.right, tuple(steps), whole)
    proof.check()
    return Proved(proof, answer.method, answer.stats)


def _parts_of(equation: Equation) -> tuple[Part, ...]:
    """The parts of a claim that no wire joins, if each of them is smaller than the claim."""
    parts = parts_of(equation)
    size = sum(len(graph_of(side).edges) for side in (equation.left, equation.right))
    of_parts = [len(graph_of(side).edges) for p in parts for side in (p.equation.left, p.equation.right)]
    return parts if len(parts) > 1 or sum(of_parts) < size else ()


def _by_parts(attempt: Attempt, parts: Sequence[Part], share: float, workers: int) -> Proved | Refuted | None:
    """The answer by the parts of the claim, each kind of part once, in a share of the time."""
    equation, theory = attempt.equation, attempt.theory
    kinds = {part.key: part.equation for part in parts}
    if not kinds:
        return None
    limits = replace(attempt.limits, seconds=share * attempt.clock.left / len(kinds))
    answers: dict[Hashable, Proved] = {}
    for key, claim in kinds.items():
        answer = prove(
            claim,
            attempt.axioms,
            limits=limits,
            lemmas=attempt.lemmas,
            progress=attempt.tell,
            workers=workers,
        )
        if isinstance(answer, Refuted):
            seconds = min(limits.seconds, 0.1 * attempt.clock.left)
            dimensions = range(1, attempt.limits.model_size + 1)
            model = counter_model(
                claim, attempt.axioms, seconds=seconds, dimensions=dimensions, whole=equation
            )
            if model is not None:
                return Refuted(model, attempt.stats())
        if not isinstance(answer, Proved):
            attempt.tried.append(f"a part ({claim.left} = {claim.right}) without a proof")
            return None
        answers[key] = answer
    try:
        proof = joined(equation, [(part, answers[part.key].proof) for part in parts], theory)
    except RewriteError:  # a step is not found again in the whole
        return None
    return attempt.accept(proof, "parts", parts=len(parts), kinds=len(kinds))


__all__ = ["Answer", "Proved", "Refuted", "Unknown", "prove"]
