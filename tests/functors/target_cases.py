"""Random morphisms of every target, and the functors that they make: what the laws are tested on."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
import sympy

from catenary.diagrams import Box, Doctrine, Ty
from catenary.functors.circuits import Circuit, Gate
from catenary.functors.functor import Functor
from catenary.functors.targets import (
    Circuits,
    FiniteFunction,
    FiniteFunctions,
    Kernel,
    Kernels,
    Machine,
    Matrices,
    Matrix,
    PolynomialMap,
    Polynomials,
    PythonFunctions,
    Relation,
    Relations,
    ScaledCircuit,
    Stabilisers,
    Streams,
    ZXDiagrams,
)
from catenary.functors.targets.points import count
from catenary.functors.targets.polynomials import variables
from catenary.functors.tensor.semirings import BOOLEAN, COUNTING, MIN_PLUS, RATIONAL, Semiring
from catenary.functors.zx import QUBIT, ZX, H, X, Z
from tests.functors.random_diagrams import PLAIN


@dataclass(frozen=True)
class Case:
    """A target with the images of the objects a, b, c, random morphisms, and what counts as the same."""

    name: str
    target: Any
    obs: dict[str, Any]
    doctrine: Doctrine
    random: Callable[[random.Random, Any, Any], Any]
    same: Callable[[Any, Any], bool]
    traced: bool = False

    def __repr__(self) -> str:
        return self.name

    def ob(self, names: str) -> Any:
        """The product of objects."""
        return self.target.product([self.target.read_object(self.obs[name]) for name in names])

    def functor(self, seed: int) -> Functor[Any, Any]:
        """A functor on the generators of the random diagrams."""
        return _functor(self.name, seed)


@lru_cache(maxsize=256)
def _functor(name: str, seed: int) -> Functor[Any, Any]:
    case = NAMED[name]
    rng = random.Random(seed)

    def image(box: Box) -> Any:
        dom, cod = ("".join(ob.name for ob in ty.objects) for ty in (box.dom, box.cod))
        return case.random(rng, case.ob(dom), case.ob(cod))

    return Functor(case.obs, {box.name: image(box) for box in PLAIN}, case.target)


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


# Functions: monotone maps of sets of four elements, as bit sets; fixed points start at the empty set

SETS = PythonFunctions(start={"set": 0})


def _monotone(rng: random.Random, dom: Any, cod: Any) -> Any:
    masks = [[rng.randrange(16) for _ in dom] for _ in cod]
    constants = [rng.randrange(16) & rng.randrange(16) for _ in cod]

    def function(*xs: int) -> Any:
        outs = []
        for row, constant in zip(masks, constants, strict=True):
            for x, mask in zip(xs, row, strict=True):
                constant |= x & mask
            outs.append(constant)
        return outs[0] if len(outs) == 1 else tuple(outs)

    return SETS.read(function, dom, cod, "random")


def _same_functions(f: Any, g: Any) -> bool:
    rng = random.Random(0)
    if (f.dom, f.cod) != (g.dom, g.cod):
        return False
    points = [tuple(rng.randrange(16) for _ in f.dom) for _ in range(8)]
    return all(f(*x) == g(*x) for x in points)


# Streams: linear machines modulo 5 whose outputs are delayed, now and then not

STREAMS = Streams()


def _machine(rng: random.Random, dom: Any, cod: Any) -> Any:
    weights = [[rng.randrange(5) for _ in range(len(dom) + 1)] for _ in cod]
    start = rng.randrange(5)

    def step(state: int, *xs: int) -> Any:
        outs = [sum(w * x for w, x in zip(row, (state, *xs), strict=True)) % 5 for row in weights]
        return (state + sum(xs) + 1) % 5, outs[0] if len(outs) == 1 else tuple(outs)

    machine = STREAMS.read(Machine(start, step), dom, cod, "random")
    return STREAMS.then(machine, STREAMS.delay(cod, [rng.randrange(5) for _ in cod]))


def _same_streams(f: Any, g: Any) -> bool:
    rng = random.Random(0)
    if (f.dom, f.cod) != (g.dom, g.cod):
        return False
    inputs = [[rng.randrange(5) for _ in range(6)] for _ in f.dom]
    return list(islice(f(*inputs), 6)) == list(islice(g(*inputs), 6))


# Tables


def _table(rng: random.Random, dom: Any, cod: Any) -> FiniteFunction:
    return FiniteFunction(dom, cod, tuple(rng.randrange(count(cod)) for _ in range(count(dom))))


def _relation(rng: random.Random, dom: Any, cod: Any) -> Relation:
    size = count(cod)
    return Relation(dom, cod, tuple(rng.getrandbits(size) if size else 0 for _ in range(count(dom))))


def _kernel(rng: random.Random, dom: Any, cod: Any) -> Kernel:
    rows = []
    for _ in range(count(dom)):
        weights = [rng.choice([0, 0, 1, 2, 3]) for _ in range(count(cod))]
        weights[rng.randrange(len(weights))] += 1
        total = sum(weights)
        rows.append(tuple((y, Fraction(w, total)) for y, w in enumerate(weights) if w))
    return Kernel(dom, cod, tuple(rows))


def _matrix(ring: Semiring, entries: list[Any]) -> Callable[[random.Random, Any, Any], Matrix]:
    def draw(rng: random.Random, dom: int, cod: int) -> Matrix:
        rows = [[rng.choice(entries) for _ in range(cod)] for _ in range(dom)]
        return Matrix(np.array(rows, dtype=object).reshape(dom, cod).astype(ring.dtype), ring)

    return draw


def _polynomial(rng: random.Random, dom: int, cod: int) -> PolynomialMap:
    xs = variables(dom)
    t = sympy.Symbol("t")
    outs = []
    for _ in range(cod):
        e = sympy.Integer(rng.randrange(-2, 3)) + sum(
            (rng.randrange(-1, 2) * x for x in xs), sympy.Integer(0)
        )
        if len(xs) > 1 and rng.random() < 0.5:
            e += t * xs[0] * xs[1]
        outs.append(e)
    return PolynomialMap(dom, tuple(outs))


# Qubits


def _gates(rng: random.Random, dom: int, cod: int, clifford: bool) -> Circuit:
    n = max(dom, cod)
    gates = [Gate("init", (q,)) for q in range(dom, n)]
    for _ in range(2 * n):
        if n > 1 and rng.random() < 0.5:
            gates.append(Gate(rng.choice(["cx", "cz"]), tuple(rng.sample(range(n), 2))))
        elif clifford:
            gates.append(Gate(rng.choice(["h", "s", "sdg", "x", "y", "z", "h"]), (rng.randrange(n),)))
        else:
            angle = Fraction(rng.randrange(8), 4)
            gates.append(Gate(rng.choice(["rx", "ry", "rz", "p"]), (rng.randrange(n),), (angle,)))
    gates += [Gate("post", (q,)) for q in range(cod, n)]
    return Circuit(n, gates, 0, range(dom), range(cod), Fraction(rng.randrange(8), 4))


def _circuit(rng: random.Random, dom: int, cod: int) -> ScaledCircuit:
    return ScaledCircuit(_gates(rng, dom, cod, False), rng.randrange(-1, 3))


def _clifford(rng: random.Random, dom: int, cod: int) -> Any:
    scaled = ScaledCircuit(_gates(rng, dom, cod, True), rng.randrange(-1, 3))
    return Stabilisers().read(scaled, dom, cod, "random")


def _zx(rng: random.Random, dom: Ty, cod: Ty) -> Any:
    spider = rng.choice([X, Z])(len(dom), len(cod), Fraction(rng.randrange(8), 4)).diagram
    for _ in range(rng.randrange(2)):
        spider = spider @ Z(0, 0, Fraction(1, 4))
    if len(cod):
        spider = spider >> H @ (QUBIT ** (len(cod) - 1))
    return spider.over(ZX)


def _close(one: ScaledCircuit, other: ScaledCircuit) -> bool:
    return (one.dom, one.cod) == (other.dom, other.cod) and bool(np.allclose(one.matrix, other.matrix))


SIZES = {"a": 2, "b": 3, "c": 1}
SEVERAL = {"a": (2, 2), "b": 2, "c": ()}
WIRES = {"a": 1, "b": 2, "c": 0}
LABELS = {"a": "set", "b": ("set", "set"), "c": ()}
FRACTIONS = [Fraction(n, 4) for n in (-3, -1, 0, 0, 1, 2)]

CASES = [
    Case("functions", SETS, LABELS, Doctrine.CARTESIAN, _monotone, _same_functions, True),
    Case("streams", STREAMS, LABELS, Doctrine.CARTESIAN, _machine, _same_streams, True),
    Case("finite functions", FiniteFunctions(), SIZES, Doctrine.CARTESIAN, _table, _equal),
    Case("relations", Relations(), SIZES, Doctrine.HYPERGRAPH, _relation, _equal, True),
    Case("relations of several", Relations(), SEVERAL, Doctrine.HYPERGRAPH, _relation, _equal, True),
    Case("kernels", Kernels(), SIZES, Doctrine.MARKOV, _kernel, _equal),
    Case(
        "matrices of fractions",
        Matrices(RATIONAL),
        WIRES,
        Doctrine.CARTESIAN,
        _matrix(RATIONAL, FRACTIONS),
        _equal,
        True,
    ),
    Case(
        "matrices of truth values",
        Matrices(BOOLEAN),
        WIRES,
        Doctrine.CARTESIAN,
        _matrix(BOOLEAN, [False, False, True]),
        _equal,
        True,
    ),
    Case(
        "matrices of costs",
        Matrices(MIN_PLUS),
        WIRES,
        Doctrine.CARTESIAN,
        _matrix(MIN_PLUS, [np.inf, 0.0, 1.0, 2.0, 5.0]),
        _equal,
        True,
    ),
    Case(
        "matrices of counts",
        Matrices(COUNTING),
        WIRES,
        Doctrine.CARTESIAN,
        _matrix(COUNTING, [0, 1, 2]),
        _equal,
    ),
    Case("polynomials", Polynomials(), WIRES, Doctrine.CARTESIAN, _polynomial, _equal),
    Case("circuits", Circuits(), WIRES, Doctrine.HYPERGRAPH, _circuit, _close, True),
    Case("ZX diagrams", ZXDiagrams(), WIRES, Doctrine.HYPERGRAPH, _zx, _equal),
    Case("stabilisers", Stabilisers(), WIRES, Doctrine.HYPERGRAPH, _clifford, _equal, True),
]

NAMED = {case.name: case for case in CASES}


def drawn(rng: random.Random, name: str, dom: Any, cod: Any) -> Any:
    """A random morphism of a case."""
    return NAMED[name].random(rng, dom, cod)
