"""Helpers shared by the rewriting tests: random diagrams, and a concrete bialgebra computed with integers."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from catenary.diagrams import Diagram, OpenHypergraph, Signature, Swap, Ty


def _random_diagram(
    rng: random.Random, signature: Signature, size: int, width: int = 2, most: int = 6
) -> Diagram:
    """A random diagram over one object, at most ``most`` wires wide, with swaps between the boxes."""
    a = Ty("a")
    assert signature.generators is not None
    boxes = [signature.generators[name] for name in sorted(signature.generators)]
    diagram = Diagram.id(a**width, signature)
    for _ in range(size):
        now = len(diagram.cod)
        if now > 1 and rng.random() < 0.4:
            at = rng.randrange(now - 1)
            diagram = diagram >> a**at @ Swap(a, a) @ a ** (now - at - 2)
        fitting = [b for b in boxes if len(b.dom) <= now and now - len(b.dom) + len(b.cod) <= most]
        box = rng.choice(fitting)
        at = rng.randint(0, now - len(box.dom))
        diagram = diagram >> a**at @ box @ a ** (now - at - len(box.dom))
    return diagram


def _group_algebra() -> dict[str, np.ndarray]:
    """The group algebra of Z/2 on the group's elements: a commutative, cocommutative Hopf algebra."""
    m = np.zeros((2, 2, 2), dtype=np.int64)
    n = np.zeros((2, 2, 2), dtype=np.int64)
    for i in range(2):
        n[i, i, i] = 1
        for j in range(2):
            m[i, j, (i + j) % 2] = 1
    return {"m": m, "n": n, "u": np.array([1, 0]), "c": np.array([1, 1]), "s": np.eye(2, dtype=np.int64)}


def _evaluate(graph: OpenHypergraph) -> np.ndarray:
    """The tensor of a diagram in the group algebra of Z/2, by one einsum; exact integers."""
    table = _group_algebra()
    operands: list[object] = []
    # Every boundary wire has its own index, joined to its vertex by an identity: a vertex may be on both
    # boundaries.
    names = {v: i for i, v in enumerate(range(len(graph.vertices)))}
    free = len(names)
    out: list[int] = []
    for v in graph.dom + graph.cod:
        operands += [np.eye(2, dtype=np.int64), [names[v], free]]
        out.append(free)
        free += 1
    for edge in graph.edges:
        operands += [table[edge.box.name], [names[v] for v in edge.sources + edge.targets]]
    if not operands:
        return np.array(1)
    return np.einsum(*operands, out, optimize="greedy")


@pytest.fixture(scope="session")
def random_diagram() -> Callable[..., Diagram]:
    return _random_diagram


@pytest.fixture(scope="session")
def in_group_algebra() -> Callable[[OpenHypergraph], np.ndarray]:
    return _evaluate
