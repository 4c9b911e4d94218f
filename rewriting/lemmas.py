"""Lemmas taken out of proofs: each step by a lemma becomes the lemma's own steps, in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from catenary.diagrams import OpenHypergraph, RewriteError
from catenary.rewriting.dpo import rewrite
from catenary.rewriting.proof import Proof, Step
from catenary.rewriting.routes import follow
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

Route: TypeAlias = Iterator[tuple[Rule, bool, OpenHypergraph]]


def without_lemmas(proof: Proof, lemmas: Mapping[str, Proof], theory: Theory) -> Proof:
    """The same equation proved by the rules of a theory alone.

    Args:
        proof: a proof that also uses lemmas as rules.
        lemmas: for each lemma by name its proof, from the rule's left side to its right side. These proofs may
            use other lemmas that are named here too.
        theory: the rules that may stay.

    Raises:
        RewriteError: if a step is by neither, or uses a lemma backwards whose proof has a directed rule.

    >>> from catenary.diagrams import Equation
    >>> from catenary.rewriting import prove
    >>> from catenary.rewriting.library import hopf
    >>> theory = hopf()
    >>> u, s = theory.signature["u"], theory.signature["s"]
    >>> lemma = Equation("unit", u >> s, u.diagram)
    >>> known = {"unit": prove(lemma, theory).proof}
    >>> claim = Equation("twice", u >> s >> s, u.diagram)
    >>> short = prove(claim, theory, lemmas=[lemma]).proof
    >>> long = without_lemmas(short, known, theory)
    >>> long.check(); len(short), len(long), long.theory == theory
    (2, 8, True)
    """
    expanded = {name: _rules_only(one, lemmas, theory, (name,)) for name, one in lemmas.items()}
    return _expand(proof, expanded, theory)


def _rules_only(proof: Proof, lemmas: Mapping[str, Proof], theory: Theory, within: tuple[str, ...]) -> Proof:
    needed = [name for name in proof.rules_used if name in lemmas and name not in theory]
    if not needed:
        return proof
    if any(name in within for name in needed):
        raise RewriteError(f"lemmas prove each other in a circle: {' -> '.join(within)}")
    table = {name: _rules_only(lemmas[name], lemmas, theory, (*within, name)) for name in needed}
    return _expand(proof, table, theory)


def _expand(proof: Proof, lemmas: Mapping[str, Proof], theory: Theory) -> Proof:
    return follow(theory, proof.start, _route(proof, lemmas, theory), proof.end)


def _route(proof: Proof, lemmas: Mapping[str, Proof], theory: Theory) -> Route:
    for graph, step, result in proof.rewrites():
        if step.rule in theory:
            yield theory.instance(step.rule, dict(step.values)), step.forward, result.graph
        elif step.rule in lemmas:
            yield from _steps_of(lemmas[step.rule], graph, step, theory)
        else:
            raise RewriteError(f"{step.rule!r} is neither a rule of {theory.name} nor a lemma with a proof")


def _steps_of(lemma: Proof, graph: OpenHypergraph, step: Step, theory: Theory) -> Route:
    """The lemma's steps where it was used: its diagrams, one after the other, in the hole that the match leaves."""
    moves = [
        (theory.instance(one.rule, dict(one.values)), one.forward, before, after.graph)
        for before, one, after in lemma.rewrites()
    ]
    if step.forward:
        old = lemma.start
        steps = [(rule, forward, after) for rule, forward, _, after in moves]
    else:
        if any(rule.directed for rule, *_ in moves):
            raise RewriteError(f"lemma {step.rule!r} uses a directed rule: it cannot be used backwards")
        old = lemma.end
        steps = [(rule, not forward, before) for rule, forward, before, _ in reversed(moves)]
    for rule, forward, inside in steps:
        stage = Rule(step.rule, old, inside.to_diagram())
        yield rule, forward, rewrite(graph, stage, step.match).graph
