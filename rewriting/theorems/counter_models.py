"""Models of the axioms in which underivable statements fail, where a search for small models does not find one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from catenary.rewriting.models import Model
from catenary.rewriting.theorems.statement import Statement

Matrix = npt.NDArray[np.int64]


def recorded(statement: Statement) -> Model | None:
    """The model recorded for a statement. Nothing is checked here: ask it (:meth:`Model.refutes`).

    >>> from catenary.rewriting.theorems import statements
    >>> found = [s for s in statements(status="underivable") if recorded(s)]
    >>> all(recorded(s).refutes(s.claim, s.theory) for s in found)
    True
    """
    key = f"{statement.file}/{statement.claim.name}"
    builders = {
        "complementary/hopf": _conjunction,
        "circuits/three-CX-swap": _nothing,
        "circuits/gadgets-on-one-wire-commute": _second_qubits,
    }
    return builders[key]() if key in builders else None


def _conjunction() -> Model:
    """The algebra of the monoid {0, 1} under AND over GF(7), where 3 is √2 and 5 is 1/√2.

    Z copies the two elements. X multiplies them, over √2. As an algebra it is k × k, with the idempotents
    p = [0] and q = [1] - [0]; that is X's Frobenius structure. It has no antipode.
    """
    prime, root, half_root = 7, 3, 5
    copy, product = np.zeros((2, 2, 2), int), np.zeros((2, 2, 2), int)
    for i in range(2):
        copy[i, i, i] = 1
        for j in range(2):
            product[i, j, i & j] = half_root
    points = np.array([[1, 0], [-1, 1]])  # p and q in the basis of elements
    split = np.linalg.inv(points).round().astype(int)  # the elements in p and q
    comultiplication = np.einsum("gp,pa,pb->gab", split, points, points) * root
    tensors = {
        "mz": copy.transpose(1, 2, 0),
        "uz": np.ones(2, int),
        "nz": copy,
        "cz": np.ones(2, int),
        "mx": product,
        "ux": root * np.array([0, 1]),
        "nx": comultiplication,
        "cx": half_root * split.sum(axis=1),
        "r": np.array(root),
        "t": np.array(half_root),
    }
    return _model(prime, 2, tensors)


def _nothing() -> Model:
    """Every gate does nothing, over GF(2)."""
    one = np.eye(2, dtype=int)
    two = np.eye(4, dtype=int).reshape(2, 2, 2, 2)
    return _model(2, 2, {"H": one, "S": one, "T": one, "CX": two, "w": np.array(1)})


def _second_qubits() -> Model:
    """Wires that carry a qubit and a second one beside it, over GF(17), where 2 is a primitive eighth root of unity and 14 is 1/√2.

    H, S and CX leave the second one alone. T acts on it by X or by exp(iπ/4)·Z, as the first is 0 or 1: its square
    is S, and it is controlled by the first, but the two matrices do not commute.
    """
    one, x, z = np.eye(2, dtype=int), np.array([[0, 1], [1, 0]]), np.array([[1, 0], [0, -1]])
    h, s = 14 * np.array([[1, 1], [1, -1]]), np.array([[1, 0], [0, 4]])
    up, down = np.array([[1, 0], [0, 0]]), np.array([[0, 0], [0, 1]])
    controlled = np.zeros((4, 4, 4, 4), int)
    for a in range(2):
        for b in range(2):
            for i in range(2):
                for j in range(2):
                    controlled[2 * a + i, 2 * b + j, 2 * a + i, 2 * (a ^ b) + j] = 1
    tensors = {
        "H": np.kron(h, one),
        "S": np.kron(s, one),
        "T": np.kron(up, x) + np.kron(down, 2 * z),
        "CX": controlled,
        "w": np.array(2),
    }
    return _model(17, 4, tensors)


def _model(prime: int, dimension: int, tensors: dict[str, Any]) -> Model:
    return Model(prime, dimension, {name: (array % prime).tolist() for name, array in tensors.items()})
