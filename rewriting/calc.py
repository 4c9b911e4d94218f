"""Proofs written by hand, step by step: ``calc(theory).start(d0).step(d1, by="assoc").step(d2, by="simp")``.

Each step names the next diagram and why it equals the one before; what is between them is found and checked at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TypeAlias

from catenary.diagrams import Box, Diagram, Equation, OpenHypergraph, RewriteError
from catenary.diagrams.equality import isomorphic, normalised
from catenary.diagrams.errors import ArgumentError, expect
from catenary.diagrams.text import WrittenProof
from catenary.rewriting.certificates import KINDS, Certificate, CertificateError, certify
from catenary.rewriting.dpo import rewrite
from catenary.rewriting.families import RuleFamily
from catenary.rewriting.lemmas import without_lemmas
from catenary.rewriting.limits import Deadline, Limits
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.prove import Proved, Refuted, prove
from catenary.rewriting.routes import follow
from catenary.rewriting.rule import Rule
from catenary.rewriting.schemes import Redex, redexes, undetermined
from catenary.rewriting.search import search
from catenary.rewriting.theory import Theory

By: TypeAlias = "str | Equation | Rule | Proof | Sequence[str]"
SIMP, SEARCH, LAWS = "simp", "search", "laws"
_TACTICS = (SIMP, SEARCH, LAWS)
_CANDIDATES = 2_000  # results of one rule that are looked at
_LIMITS = Limits(seconds=10.0)


class CalcError(RewriteError):
    """A step of a calculation that does not hold as it is written.

    Attributes:
        number: of the step, from 1.
        before, after: its two diagrams.
        by: the reason that was given.
        problem: what is wrong.
    """

    def __init__(self, number: int, before: Diagram, after: Diagram | None, by: str, problem: str):
        self.number, self.before, self.after, self.by, self.problem = number, before, after, by, problem
        shown = [f"  from  {before}"] + ([] if after is None else [f"  to    {after}"])
        super().__init__("\n".join([f"step {number} by {by}: {problem}", *shown]))


@dataclass(frozen=True)
class Calculation:
    """A chain of equal diagrams, each with its evidence. Immutable: a step gives a new one. See :func:`calc`.

    Attributes:
        theory: the rules, lemmas among them.
        diagrams: the chain.
        evidence: for each step a proof, or a certificate.
        reasons: for each step what was given as its reason.
    """

    theory: Theory
    diagrams: tuple[Diagram, ...] = ()
    evidence: tuple[Proof | Certificate, ...] = ()
    reasons: tuple[str, ...] = ()

    def start(self, diagram: Diagram | Box) -> Calculation:
        """Begin with a diagram.

        Raises:
            SignatureError: if it is not over the theory's signature.
        """
        return replace(self, diagrams=(self._over(diagram),), evidence=(), reasons=())

    def _over(self, diagram: Diagram | Box) -> Diagram:
        expect(diagram, (Diagram, Box), "a diagram of a calculation", "a diagram or a box")
        whole = diagram.diagram if isinstance(diagram, Box) else diagram
        return whole.over(self.theory.signature)

    @property
    def end(self) -> Diagram:
        """The last diagram.

        Raises:
            RewriteError: before :meth:`start`.
        """
        if not self.diagrams:
            raise RewriteError("a calculation begins with start(diagram)")
        return self.diagrams[-1]

    def step(self, diagram: Diagram | Box, by: By, *, limits: Limits | None = None) -> Calculation:
        """One more diagram, equal to the last one.

        Args:
            diagram: the next diagram.
            by: the reason. The name of a rule or lemma, used once in either direction; several names, used as often as needed
                in any order (a search with these alone); ``"simp"``: both sides shrink to one diagram; ``"search"``:
                whatever :func:`prove` finds; ``"laws"``: no step at all; a rule, an equation of this theory, or a proof
                between the two diagrams; or a kind of certificate (``"isotopy"``, ``"rotations"``, ``"matrices"``).
            limits: of the searches; 10 seconds unless given.

        Raises:
            CalcError: with both diagrams, if the reason does not lead from one to the other.
        """
        before = self.end
        number, said = len(self.diagrams), _said(by)
        after = self._over(diagram)
        if (before.dom, before.cod) != (after.dom, after.cod):
            ends = f"{before.dom} → {before.cod}, and {after.dom} → {after.cod}"
            raise CalcError(number, before, after, said, f"the boundaries differ: {ends}")
        try:
            evidence = self._evidence(before, after, by, limits or _LIMITS)
        except CertificateError as error:
            raise CalcError(number, before, after, said, str(error)) from None
        except _NoStep as fault:
            raise CalcError(number, before, after, said, str(fault)) from None
        return replace(
            self,
            diagrams=(*self.diagrams, after),
            evidence=(*self.evidence, evidence),
            reasons=(*self.reasons, said),
        )

    def by(self, rule: str, *, forward: bool = True, at: int = 0) -> Calculation:
        """One more diagram: what a rule makes of the last one.

        Args:
            rule: its name.
            forward: left to right, or right to left.
            at: which of the different results, where there are several.

        Raises:
            CalcError: if it makes fewer.
        """
        chosen = self.theory.family(rule) or self.theory[rule]
        before, number, said = self.end, len(self.diagrams), rule + ("" if forward else " (backwards)")
        found: list[tuple[Diagram, Step]] = []
        graph = normalised(OpenHypergraph.from_diagram(before))
        for redex in islice(redexes(chosen, graph, forward), _CANDIDATES):
            result = rewrite(graph, redex.instance, redex.match, forward).graph.to_diagram()
            if not any(result == known for known, _ in found):
                found.append((result, Step.of(redex)))
            if len(found) > at >= 0:
                proof = Proof(before, found[at][0], (found[at][1],), self.theory)
                proof.check()
                return replace(
                    self,
                    diagrams=(*self.diagrams, proof.end),
                    evidence=(*self.evidence, proof),
                    reasons=(*self.reasons, said),
                )
        raise CalcError(
            number, before, None, said, f"it gives {len(found)} different diagrams, none is number {at}"
        )

    def proof(self) -> Proof:
        """The calculation as one proof, accepted by the checker.

        Raises:
            RewriteError: if a step is by a certificate, which is no proof.
        """
        whole = Proof(self.diagrams[0] if self.diagrams else self.end, self.end, (), self.theory)
        route = []
        for number, (one, reason) in enumerate(zip(self.evidence, self.reasons, strict=True), 1):
            if isinstance(one, Certificate):
                raise RewriteError(
                    f"step {number} is by a certificate ({reason}), and a certificate is no proof"
                )
            route += [
                (self.theory.instance(s.rule, dict(s.values)), s.forward, result.graph)
                for _, s, result in one.rewrites()
            ]
        if route:
            whole = follow(self.theory, self.diagrams[0], route, self.end)
        whole.check()
        return whole

    def proves(self, equation: Equation) -> Proof:
        """The proof of an equation, if the calculation goes from its left to its right side.

        Raises:
            CalcError: with the two diagrams that differ, if it does not.
        """
        expect(equation, Equation, "what a calculation proves", "an Equation")
        ends = [
            ("begins", self._over(equation.left), self.diagrams[0] if self.diagrams else self.end),
            ("ends", self._over(equation.right), self.end),
        ]
        for what, wanted, got in ends:
            if wanted != got:
                problem = f"the calculation {what} with another diagram than {equation.name!r}"
                raise CalcError(len(self.evidence), got, wanted, "laws", problem)
        return self.proof()

    # Reasons

    def _evidence(self, before: Diagram, after: Diagram, by: By, limits: Limits) -> Proof | Certificate:
        if isinstance(by, str):
            if (family := self.theory.family(by)) is not None:
                return self._by_family(before, after, family)
            if by in self.theory:
                return self._by_rule(before, after, self.theory[by])
            if by in KINDS:
                return certify(before, after, by)
            if by not in _TACTICS:
                known = [rule.name for rule in (*self.theory, *self.theory.families)] + [*_TACTICS, *KINDS]
                raise _NoStep(f"no such reason; there are {', '.join(known)}")
            return {SIMP: self._by_simp, SEARCH: self._by_search, LAWS: self._by_laws}[by](
                before, after, limits
            )
        if isinstance(by, Proof):
            return self._by_proof(before, after, by)
        if isinstance(by, (Rule, Equation)):
            name = by.name
            rules = {rule.name: rule.equation for rule in self.theory}
            if name not in rules or rules[name] != self._equation(by):
                raise _NoStep("it is no rule of this theory; give lemmas to calc(…, lemmas=…)")
            return self._by_rule(before, after, self.theory[name])
        names = list(by)
        unknown = [name for name in names if name not in self.theory]
        if unknown:
            raise _NoStep(f"no rule {unknown[0]!r} in theory {self.theory.name}")
        some = [self.theory.family(name) or self.theory[name] for name in names]
        claim, chosen = (
            Equation("step", before, after),
            Theory("some rules", self.theory.signature, some),
        )
        if chosen.families:
            answer = prove(claim, chosen, limits=limits)
            if isinstance(answer, Proved):
                return self._checked(answer.proof)
            raise _NoStep("these rules do not lead there")
        report = search(claim, chosen, limits)
        if report.proof is None:
            raise _NoStep(f"these rules do not lead there ({report.reason}, {report.states} diagrams)")
        return self._checked(report.proof)

    def _equation(self, by: Rule | Equation) -> Equation:
        rule = by if isinstance(by, Rule) else Rule.of(by)
        signature = self.theory.signature
        left, right = rule.left.over(signature), rule.right.over(signature)
        return replace(rule.equation, left=left, right=right)

    def _by_rule(self, before: Diagram, after: Diagram, rule: Rule) -> Proof:
        goal = normalised(OpenHypergraph.from_diagram(after))
        for forward in rule.directions:
            try:
                return self._checked(follow(self.theory, before, [(rule, forward, goal)], after))
            except RewriteError:
                continue
        hint = " from left to right (the rule is directed)" if rule.directed else ", in either direction"
        raise _NoStep(f"no one use of the rule leads there{hint}")

    def _by_family(self, before: Diagram, after: Diagram, family: RuleFamily) -> Proof:
        graph, goal = (normalised(OpenHypergraph.from_diagram(side)) for side in (before, after))
        for forward in family.directions:
            try:
                given: list[dict[str, int]] = [{}]
                if family.undetermined(forward):  # the other side is in the next diagram
                    given = list(family.numbers(goal, not forward))
                for numbers in given:
                    for redex in redexes(family, graph, forward, given=numbers):
                        result = rewrite(graph, redex.instance, redex.match, forward).graph
                        if isomorphic(result, goal):
                            return self._checked(Proof(before, after, (Step.of(redex),), self.theory))
            except RewriteError:
                continue
        raise _NoStep("no one use of the rule, for any numbers of legs, leads there")

    def _by_proof(self, before: Diagram, after: Diagram, proof: Proof) -> Proof:
        if proof.start != before or proof.end != after:
            raise _NoStep(f"the proof is of  {proof.start} = {proof.end}")
        strange = [name for name in proof.rules_used if name not in self.theory]
        if strange:
            raise _NoStep(f"the proof uses {strange[0]!r}, which is no rule of this theory")
        return self._checked(proof)

    def _by_laws(self, before: Diagram, after: Diagram, limits: Limits) -> Proof:
        if before != after:
            raise _NoStep("they are not equal by the laws of the doctrine alone")
        return Proof(before, after, (), self.theory)

    def _by_search(self, before: Diagram, after: Diagram, limits: Limits) -> Proof:
        answer = prove(Equation("step", before, after), self.theory, limits=limits)
        if isinstance(answer, Proved):
            return self._checked(answer.proof)
        if isinstance(answer, Refuted):
            raise _NoStep(f"it is false in a model of {answer.model}")
        raise _NoStep(f"no proof found: {answer.reason}")

    def _by_simp(self, before: Diagram, after: Diagram, limits: Limits) -> Proof:
        deadline = Deadline(limits.seconds)
        try:
            one, other = (shrink(side, self.theory, deadline) for side in (before, after))
            if one.end != other.end:
                raise _NoStep(f"the two sides shrink to different diagrams,\n    {one.end}\n    {other.end}")
            return self._checked(one.then(other.reversed()))
        except RewriteError as error:
            raise _NoStep(str(error)) from None

    def _checked(self, proof: Proof) -> Proof:
        proof = Proof(proof.start, proof.end, proof.steps, self.theory)
        proof.check()
        return proof


class _NoStep(Exception):  # noqa: N818 caught here, becomes a CalcError with the step's number
    """Why a step does not hold."""


def _said(by: object) -> str:
    if isinstance(by, str):
        return by
    if isinstance(by, (Rule, Equation)):
        return by.name
    if isinstance(by, Proof):
        return "a proof"
    if isinstance(by, Sequence) and by and all(isinstance(name, str) for name in by):
        return ", ".join(by)
    raise ArgumentError("the reason of a step", "a name, several names, a rule, an equation or a proof", by)


def calc(theory: Theory, lemmas: Iterable[Rule | Equation] = ()) -> Calculation:
    """Begin a calculation in a theory; lemmas can be used by their names, and the proof's theory lists them.

    >>> from catenary.rewriting.library import monoid
    >>> theory = monoid()
    >>> m, u = theory.signature["m"], theory.signature["u"]
    >>> a = m.cod
    >>> proof = (
    ...     calc(theory)
    ...     .start(u @ a @ a >> m @ a >> m)
    ...     .step(u @ a @ a >> a @ m >> m, by="assoc")
    ...     .step(m, by="simp")
    ...     .proof()
    ... )
    >>> [str(step) for step in proof.steps]
    ['assoc', 'unit_left']
    """
    expect(theory, Theory, "what a calculation is in", "a Theory")
    lemmas = list(lemmas)
    return Calculation(theory.extend(f"{theory.name} with lemmas", lemmas) if lemmas else theory)


def written_proof(
    written: WrittenProof, claim: Equation, theory: Theory, lemmas: Mapping[str, Proof] | None = None
) -> Proof:
    """The proof that a theory file writes for a claim, checked step by step.

    Args:
        written: the chain of diagrams with their reasons.
        claim: what it proves.
        theory: the axioms.
        lemmas: proofs of other claims, which reasons may name. Their steps are put in place, so that the proof that comes
            out uses the axioms alone.

    Raises:
        CalcError: at the first step that does not hold, with both diagrams.

    >>> from catenary.diagrams.text import parse_document
    >>> document = parse_document('''
    ... theory involution : symmetric
    ... object A
    ... box f : A -> A
    ... axiom twice: f >> f = A
    ... claim thrice: f >> f >> f = f
    ... proof thrice: f >> f >> f = f by twice
    ... ''')
    >>> len(written_proof(document.proofs[0], document.claims[0], Theory.from_document(document)))
    1
    """
    lemmas = lemmas or {}
    used = {name for names in written.reasons for name in names if name in lemmas and name not in theory}
    known = {name: lemmas[name] for name in sorted(used)}
    chain = calc(theory, [Equation(name, one.start, one.end) for name, one in known.items()])
    chain = chain.start(written.diagrams[0])
    for diagram, names in zip(written.diagrams[1:], written.reasons, strict=True):
        chain = chain.step(diagram, by=names[0] if len(names) == 1 else names)
    proof = chain.proves(claim)
    return without_lemmas(proof, known, theory) if known else proof


def shrink(diagram: Diagram, theory: Theory, deadline: Deadline | None = None) -> Proof:
    """The diagram made smaller as long as a rule does that, directed rules used wherever they apply.

    Equations are used in the direction that has fewer boxes on the right; the first redex of the first rule each time.

    Raises:
        RewriteError: if it does not end: directed rules can go on for ever.
    """
    deadline = deadline or Deadline(10.0)
    graph = normalised(OpenHypergraph.from_diagram(diagram.over(theory.signature)))
    steps: list[Step] = []
    sides = []
    for rule in theory.rules:
        for forward in rule.directions:
            old, new = rule.sides(forward)
            if (rule.directed or len(new.edges) < len(old.edges)) and not undetermined(rule, forward):
                sides.append((rule, forward))
    families = [
        (family, forward)
        for family in theory.families
        for forward in family.directions
        if not family.undetermined(forward)
    ]
    going = True
    while going:
        going = False
        found = (next(redexes(rule, graph, forward), None) for rule, forward in sides)
        more = (_smaller(family, graph, forward) for family, forward in families)
        for redex in chain(found, more):
            if redex is not None:
                forward = redex.forward
                graph = rewrite(graph, redex.instance, redex.match, forward).graph
                steps.append(Step.of(redex))
                going = True
                break
        if deadline.passed:
            raise RewriteError(f"simplification does not end ({len(steps)} steps)")
    return Proof(diagram, graph.to_diagram(), tuple(steps), theory)


def _smaller(family: RuleFamily, graph: OpenHypergraph, forward: bool) -> Redex | None:
    """A use of a member that has fewer boxes afterwards, or of a directed one."""
    try:
        for redex in redexes(family, graph, forward):
            old, new = redex.instance.sides(forward)
            if family.directed or len(new.edges) < len(old.edges):
                return redex
    except RewriteError:  # a variable that this side does not determine
        pass
    return None


__all__ = ["CalcError", "Calculation", "calc", "shrink", "written_proof"]
