"""Families of statements that are too many to write down."""

from __future__ import annotations

import random
from collections.abc import Iterator

from catenary.diagrams import Box, Diagram, Equation, Swap, Ty
from catenary.rewriting.rule import Rule
from catenary.rewriting.theorems.statement import load
from catenary.rewriting.theory import Theory

A = Ty("A")


def frobenius_normal_form(inputs: int, outputs: int) -> Diagram:
    """The connected diagram of a special commutative Frobenius algebra with so many inputs and outputs: all inputs
    multiplied from the left, then copied from the left.

    >>> print(frobenius_normal_form(3, 1))
    m @ A >> m
    """
    signature = load("frobenius_special").signature
    m, u, n, c = (signature[name] for name in "munc")
    found = u.diagram if not inputs else Diagram.id(A**inputs, signature)
    for left in range(inputs - 1, 0, -1):
        found = found >> m @ A ** (left - 1)
    if not outputs:
        return found >> c
    for right in range(outputs - 1):
        found = found >> n @ A**right
    return found


def connected_frobenius(generators: int, count: int, seed: int = 0) -> Iterator[Equation]:
    """Random connected diagrams of so many generators of a special commutative Frobenius algebra, each equal to the normal
    form with its inputs and outputs. Wires cross at random between the generators.

    >>> claim = next(connected_frobenius(4, 1))
    >>> len([box for box in claim.left.boxes if not box.is_structural])
    4
    """
    signature = load("frobenius_special").signature
    boxes = [signature[name] for name in "munc"]
    rng = random.Random(seed)
    for number in range(count):
        while True:
            diagram = _random(rng, boxes, generators)
            graph = diagram.to_hypergraph()
            if graph.vertices and len(graph.components()) == 1:
                break
        form = frobenius_normal_form(len(diagram.dom), len(diagram.cod))
        yield Equation(f"connected {generators}.{number}", diagram, form)


def _random(rng: random.Random, boxes: list[Box], generators: int) -> Diagram:
    signature = boxes[0].diagram.signature
    diagram = Diagram.id(A ** rng.randint(0, 3), signature)
    for _ in range(generators):
        width = len(diagram.cod)
        for _ in range(rng.randint(0, 2)):
            if width > 1:
                at = rng.randrange(width - 1)
                diagram = diagram >> A**at @ Swap(A, A) @ A ** (width - at - 2)
        box = rng.choice([box for box in boxes if len(box.dom) <= width])
        at = rng.randint(0, width - len(box.dom))
        diagram = diagram >> A**at @ box @ A ** (width - at - len(box.dom))
    return diagram


def special_frobenius() -> tuple[Theory, tuple[Rule, ...]]:
    """The theory of the family, and the earlier claims of its block that may be used as lemmas."""
    theory = Theory.from_document(load("frobenius_special"))
    names = ("law-left", "law-right")
    lemmas = [claim for claim in load("frobenius").claims if claim.name in names]
    lemmas += [claim for claim in load("frobenius_commutative").claims if claim.name == "cocomm"]
    return theory, tuple(map(Rule.of, lemmas))
