"""Models of the theories of the library: for each theory what its boxes are, as arrays over the copy basis."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import numpy as np

from catenary.diagrams import (
    Box,
    Copy,
    Diagram,
    Discard,
    Doctrine,
    OpenHypergraph,
    Signature,
    Swap,
    Ty,
)
from catenary.rewriting import Rule, Theory
from catenary.rewriting.library import (
    bialgebra,
    boolean_circuits,
    clifford_t_circuits,
    clifford_zx,
    comonoid,
    complementary_frobenius,
    complementary_pair,
    frobenius,
    group,
    hopf,
    linear_relations,
    monoid,
    phase_gadgets,
    pregroup_contractions,
    stabilizer_zx,
)

Table = Callable[[Box], np.ndarray]


class Interpretation:
    """A model: the dimension of each object, and an array for each box (inputs first)."""

    def __init__(
        self, name: str, theory: Theory, dimension: int, table: Table, *, relational: bool = False, values=()
    ):
        self.name, self.theory, self.dimension = name, theory, dimension
        self.table, self.relational, self.values = table, relational, values

    def __call__(self, graph: OpenHypergraph) -> np.ndarray:
        operands: list[object] = []
        fresh, out = len(graph.vertices), []
        for v in graph.dom + graph.cod:
            operands += [np.eye(self.dimension), [v, fresh]]
            out.append(fresh)
            fresh += 1
        for edge in graph.edges:
            operands += [self.table(edge.box), [*edge.sources, *edge.targets]]
        touched = {*graph.dom, *graph.cod, *(v for e in graph.edges for v in e.sources + e.targets)}
        scale = float(self.dimension) ** (len(graph.vertices) - len(touched))
        result = scale * (np.einsum(*operands, out, optimize="greedy") if operands else np.array(1.0))
        return (np.abs(result) > 0).astype(int) if self.relational else result

    def instances(self, rule):
        """The instances at all the values that the model is tried with."""
        for values in product(self.values, repeat=len(rule.variables)):
            given = dict(zip(rule.variables, values, strict=True))
            if all(condition.holds(given) for condition in rule.where):
                yield rule.at(given)

    def same(self, one: OpenHypergraph, other: OpenHypergraph) -> bool:
        return bool(np.allclose(self(one), self(other)))


def from_functions(functions: dict[str, Callable], size: int) -> Table:
    """Functions of elements 0 … size-1, as their graphs."""

    def table(box: Box) -> np.ndarray:
        array = np.zeros((size,) * (len(box.dom) + len(box.cod)))
        for point in product(range(size), repeat=len(box.dom)):
            value = functions[box.name](*point)
            array[(*point, value)] = 1
        return array

    return table


S3 = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]


def s3_times(x: int, y: int) -> int:
    return S3.index(tuple(S3[x][k] for k in S3[y]))


def s3_inverse(x: int) -> int:
    return next(y for y in range(6) if s3_times(x, y) == 0)


def group_algebra(size: int, times: Callable, inverse: Callable) -> dict[str, np.ndarray]:
    m, n = np.zeros((size,) * 3), np.zeros((size,) * 3)
    s, unit = np.zeros((size, size)), np.zeros(size)
    unit[0] = 1
    for x in range(size):
        n[x, x, x] = 1
        s[x, inverse(x)] = 1
        for y in range(size):
            m[x, y, times(x, y)] = 1
    return {"m": m, "u": unit, "n": n, "c": np.ones(size), "s": s}


def matrices() -> dict[str, np.ndarray]:
    """The 2×2 matrices with the trace as counit, a Frobenius algebra that is not commutative; elements E_ij."""
    m = np.zeros((4, 4, 4))
    for i, j, k in product(range(2), repeat=3):
        m[2 * i + j, 2 * j + k, 2 * i + k] = 1
    n = np.zeros((4, 4, 4))
    for i, j, k in product(range(2), repeat=3):
        n[2 * i + j, 2 * i + k, 2 * k + j] = 1
    unit = np.array([1.0, 0, 0, 1])
    return {"m": m, "u": unit, "n": n, "c": unit}


def special_matrices() -> dict[str, np.ndarray]:
    found = matrices()
    return found | {"n": found["n"] / 2, "c": 2 * found["c"]}


def pairs() -> dict[str, np.ndarray]:
    """ℂ² in the basis of two idempotents, in another basis: a special commutative Frobenius algebra."""
    turn = np.array([[1, 2], [1, 3]])
    back = np.linalg.inv(turn)
    copy = np.zeros((2, 2, 2))
    copy[0, 0, 0] = copy[1, 1, 1] = 1
    m = np.einsum("abc,ia,jb,ck->ijk", copy, turn, turn, back)
    n = np.einsum("abc,ia,bj,ck->ijk", copy, turn, back, back)
    return {"m": m, "n": n, "u": np.ones(2) @ back, "c": turn @ np.ones(2)}


def lookup(arrays: dict[str, np.ndarray]) -> Table:
    return lambda box: arrays[box.name]


QUARTERS = [Fraction(k, 4) for k in range(-2, 8)]
H = np.array([[1, 1], [1, -1]]) / np.sqrt(2)


def in_zx(box: Box) -> np.ndarray:
    if box.params:
        return np.array([1, np.exp(1j * np.pi * float(box.params[0]))])
    scalars = {"r": np.sqrt(2), "t": 1 / np.sqrt(2), "w": np.exp(1j * np.pi / 4)}
    return H if box.name == "H" else np.array(scalars[box.name])


def in_gates(box: Box) -> np.ndarray:
    cx = np.zeros((2, 2, 2, 2))
    for x, y in product(range(2), repeat=2):
        cx[x, y, x, x ^ y] = 1
    if box.name[0] == "P":
        wires = len(box.dom)
        phase = np.exp(1j * np.pi * float(box.params[0]))
        parity = np.array([bin(x).count("1") % 2 for x in range(2**wires)])
        return np.diag(np.where(parity, phase, 1)).reshape((2,) * (2 * wires))
    t = np.exp(1j * np.pi / 4)
    return {"H": H, "S": np.diag([1, 1j]), "T": np.diag([1, t]), "CX": cx, "w": np.array(t)}[box.name]


def in_relations(p: int) -> Table:
    def table(box: Box) -> np.ndarray:
        if box.name == "zero":
            return np.eye(p)[0]
        if box.name == "add":
            return np.array(
                [[[float((x + y - z) % p == 0) for z in range(p)] for y in range(p)] for x in range(p)]
            )
        k = box.params[0]
        return np.array(
            [[float((k.numerator * x - k.denominator * y) % p == 0) for y in range(p)] for x in range(p)]
        )

    return table


def in_group_pair(order: int) -> Table:
    arrays = group_algebra(order, lambda x, y: (x + y) % order, lambda x: -x % order)
    merge = np.moveaxis(arrays["n"], 0, 2)
    split = np.moveaxis(arrays["m"], 2, 0)
    z = {"mz": merge, "uz": np.ones(order), "nz": arrays["n"], "cz": np.ones(order)}
    x = {"mx": arrays["m"], "ux": arrays["u"], "nx": split, "cx": arrays["u"], "d": np.array(float(order))}
    return lookup(z | x | {"m": arrays["m"], "u": arrays["u"], "n": split, "k": arrays["u"]})


def in_duals(box: Box) -> np.ndarray:
    return np.eye(2)


def in_kernels(box: Box) -> np.ndarray:
    """Coins and channels of bits: not, a fair coin, noise that forgets, and exclusive or."""
    xor = from_functions(BITS, 2)
    tables = {"coin": np.ones(2) / 2, "noise": np.ones((2, 2)) / 2, "turn": np.array([[0.0, 1], [1, 0]])}
    return tables[box.name] if box.name in tables else xor(box)


def coins() -> Theory:
    """A theory of the Markov doctrine."""
    a = Ty("a")
    arities = {"coin": (0, 1), "turn": (1, 1), "noise": (1, 1), "xor": (2, 1)}
    boxes = [Box(name, a**ins, a**outs) for name, (ins, outs) in arities.items()]
    signature = Signature("coins", Doctrine.MARKOV, ["a"], boxes)
    coin, turn, noise, xor = (signature[name] for name in arities)
    rules = [
        Rule("turned coin", coin >> turn, coin),
        Rule("turned twice", turn >> turn, Diagram.id(a)),
        Rule("noise", noise, Discard(a) >> coin),
        Rule("mixed", coin @ a >> xor, Discard(a) >> coin),
        Rule("commutative", Swap(a, a) >> xor, xor),
        Rule("associative", xor @ a >> xor, a @ xor >> xor),
        Rule("turn one", turn @ a >> xor, xor >> turn),
        Rule("same turn", Copy(a) >> turn @ turn, turn >> Copy(a)),
    ]
    return Theory("coins", signature, rules)


def reversible(doctrine: Doctrine) -> Theory:
    """Bits that are turned over, also under control, in a doctrine with feedback."""
    a = Ty("a")
    arities = {"turn": (1, 1), "flip": (2, 2), "two": (0, 0)}
    boxes = [Box(name, a**ins, a**outs) for name, (ins, outs) in arities.items()]
    signature = Signature("reversible", doctrine, ["a"], boxes)
    turn, flip, two = (signature[name] for name in arities)
    rules = [
        Rule("turned twice", turn >> turn, Diagram.id(a)),
        Rule("flipped twice", flip >> flip, Diagram.id(a @ a)),
        Rule("target", a @ turn >> flip, flip >> a @ turn),
        Rule("control", turn @ a >> flip, flip >> turn @ turn),
        Rule("circle", Diagram.id(a).over(signature).trace(), two),
    ]
    return Theory(f"reversible, {doctrine.value}", signature, rules)


def in_bits(box: Box) -> np.ndarray:
    flip = np.zeros((2, 2, 2, 2))
    for x, y in product(range(2), repeat=2):
        flip[x, y, x, x ^ y] = 1
    return {"turn": np.array([[0.0, 1], [1, 0]]), "flip": flip, "two": np.array(2.0)}[box.name]


Z3 = (3, lambda x, y: (x + y) % 3, lambda x: -x % 3)
Z2 = (2, lambda x, y: x ^ y, lambda x: x)
SYMMETRIC_GROUP = (6, s3_times, s3_inverse)
BITS = {
    "and": lambda x, y: x & y,
    "or": lambda x, y: x | y,
    "xor": lambda x, y: x ^ y,
    "not": lambda x: 1 - x,
    "true": lambda: 1,
    "false": lambda: 0,
}


def _all() -> list[Interpretation]:
    s3, z3, z2 = (lookup(group_algebra(*one)) for one in (SYMMETRIC_GROUP, Z3, Z2))
    numbers = [Fraction(k) for k in range(-2, 4)]
    return [
        Interpretation("monoid in S3", monoid(), 6, s3),
        Interpretation("commutative monoid in Z3", monoid(commutative=True), 3, z3),
        Interpretation("comonoid in matrices", comonoid(), 4, lookup(matrices())),
        Interpretation("cocommutative comonoid in Z2", comonoid(cocommutative=True), 2, z2),
        Interpretation("bialgebra in S3", bialgebra(cocommutative=True), 6, s3),
        Interpretation("Hopf algebra in S3", hopf(cocommutative=True), 6, s3),
        Interpretation("Hopf algebra in Z3", hopf(commutative=True, cocommutative=True), 3, z3),
        Interpretation("Frobenius algebra of matrices", frobenius(), 4, lookup(matrices())),
        Interpretation(
            "special Frobenius algebra of matrices", frobenius(special=True), 4, lookup(special_matrices())
        ),
        Interpretation(
            "special commutative Frobenius algebra",
            frobenius(special=True, commutative=True),
            2,
            lookup(pairs()),
        ),
        Interpretation(
            "complementary Frobenius algebras in Z2", complementary_frobenius(), 2, in_group_pair(2)
        ),
        Interpretation(
            "complementary Frobenius algebras in Z3", complementary_frobenius(), 3, in_group_pair(3)
        ),
        Interpretation("complementary pair in Z3", complementary_pair(), 3, in_group_pair(3)),
        Interpretation(
            "group S3", group(), 6, from_functions({"m": s3_times, "i": s3_inverse, "e": lambda: 0}, 6)
        ),
        Interpretation(
            "group Z3",
            group(commutative=True),
            3,
            from_functions({"m": Z3[1], "i": Z3[2], "e": lambda: 0}, 3),
        ),
        Interpretation("Boolean circuits", boolean_circuits(), 2, from_functions(BITS, 2)),
        Interpretation("circuits", clifford_t_circuits(), 2, in_gates),
        Interpretation("phase gadgets", phase_gadgets(), 2, in_gates, values=QUARTERS),
        Interpretation("stabilizer ZX", stabilizer_zx(), 2, in_zx),
        Interpretation("Clifford ZX", clifford_zx(), 2, in_zx),
        Interpretation(
            "linear relations over GF(2)",
            linear_relations(2),
            2,
            in_relations(2),
            relational=True,
            values=numbers,
        ),
        Interpretation(
            "linear relations over GF(3)",
            linear_relations(3),
            3,
            in_relations(3),
            relational=True,
            values=numbers,
        ),
        Interpretation(
            "linear relations over GF(5)",
            linear_relations(5),
            5,
            in_relations(5),
            relational=True,
            values=numbers,
        ),
        Interpretation("pregroup contractions", pregroup_contractions(), 2, in_duals),
        Interpretation("coins", coins(), 2, in_kernels),
        Interpretation("reversible, traced", reversible(Doctrine.TRACED), 2, in_bits),
        Interpretation("reversible, compact", reversible(Doctrine.COMPACT), 2, in_bits),
    ]


MODELS = _all()
