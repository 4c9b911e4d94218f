"""Counter-models: small exact interpretations in which the axioms hold and a claim fails.

A model sends every object to a free module of a small dimension over a finite field (or the Boolean semiring:
relations), every generator to a matrix, ``>>`` to the matrix product and ``@`` to the Kronecker product.
Everything is computed with integers. A model is found by backtracking over the generators with the axioms
checked as soon as they can be, and is checked again from nothing before it is returned.

Cups, caps, copies, discards and spiders are those of the basis. That is a compact closed and a hypergraph
category; in Markov doctrines the entries of a box sum to one over its outputs, in cartesian ones a box is a
function of the basis, so that the laws of the doctrine hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from catenary.diagrams import (
    Box,
    Diagram,
    Doctrine,
    Equation,
    LimitReached,
    OpenHypergraph,
    RewriteError,
    free,
)
from catenary.diagrams.boxes import GENERATOR
from catenary.rewriting.limits import Deadline
from catenary.rewriting.splitting import parts_of
from catenary.rewriting.theory import Theory

Array = npt.NDArray[np.int64]
# A batch may hold so many numbers, a tensor so many axes.
_BATCH, _AXES = 4_000_000, 24


@dataclass(frozen=True)
class Model:
    """An interpretation by exact matrices.

    Attributes:
        modulus: a prime, or 0 for the Boolean semiring.
        dimension: of every object.
        tensors: for each box (as text) its entries, nested: one axis for each input wire, then one for each
            output wire. What stands under the name of a family of boxes is for all of its members, so that a rule
            with variables holds for all values if it holds.
    """

    modulus: int
    dimension: int
    tensors: Mapping[str, Any]

    def evaluate(self, diagram: Diagram) -> Array:
        """The tensor of a diagram: one axis for each wire of its domain, then of its codomain.

        Raises:
            RewriteError: if a box has no interpretation.
            LimitReached: if the tensor would be too large.
        """
        table: dict[Box, Array] = {}
        graph = OpenHypergraph.from_diagram(diagram)
        for edge in graph.edges:
            entries = self.tensors.get(str(edge.box), self.tensors.get(str(_blind(edge.box))))
            if entries is None:
                raise RewriteError(f"the model does not say what {edge.box} is")
            table[edge.box] = np.array(entries, dtype=np.int64)[None]
        tensor: Array = _evaluate(graph, table, self.dimension, self.modulus)[0]
        return tensor

    def satisfies(self, equation: Equation) -> bool:
        """Whether both sides have the same tensor.

        Raises:
            LimitReached: if tensors would be too large, also those of the parts that no wire joins.
        """
        try:
            return bool(np.array_equal(self.evaluate(equation.left), self.evaluate(equation.right)))
        except LimitReached:
            parts = parts_of(equation, everything=True)
            if len(parts) < 2:
                raise
        pairs = [[self.evaluate(side) for side in (p.equation.left, p.equation.right)] for p in parts]
        zero = [any(not pair[side].any() for pair in pairs) for side in (0, 1)]
        if any(zero):
            return all(zero)
        factor = 1
        for one, other in pairs:
            at = tuple(np.argwhere(other)[0])
            ratio = int(one[at]) * pow(int(other[at]), -1, self.modulus) if self.modulus else 1
            if not np.array_equal(one, _reduce(ratio * other, self.modulus)):
                return False
            factor *= ratio
        return not self.modulus or factor % self.modulus == 1

    def refutes(self, equation: Equation, theory: Theory) -> bool:
        """Whether every rule of the theory holds in the model and the equation does not.

        Raises:
            RewriteError: for a theory with rules for all numbers of legs, which are too many to try.
        """
        theory.require_fixed_arity("a model of a theory")
        return not self.satisfies(equation) and all(self.satisfies(rule.equation) for rule in theory.rules)

    def to_json(self) -> dict[str, Any]:
        """The model as a JSON value (schema ``catenary/model``)."""
        return {
            "schema": "catenary/model",
            "version": 1,
            "modulus": self.modulus,
            "dimension": self.dimension,
            "tensors": dict(self.tensors),
        }

    def __str__(self) -> str:
        over = f"GF({self.modulus})" if self.modulus else "the Boolean semiring"
        shown = "; ".join(f"{name} = {entries}" for name, entries in self.tensors.items())
        return f"dimension {self.dimension} over {over}: {shown}"


def _reduce(array: Array, modulus: int) -> Array:
    if modulus:
        return array % modulus
    return (array > 0).astype(np.int64)


def _evaluate(graph: OpenHypergraph, table: Mapping[Box, Array], dimension: int, modulus: int) -> Array:
    """The tensor of a graph, with a leading batch axis (boxes may have a batch axis of length 1)."""
    order = graph.topological_order() if graph.is_monogamous else None
    if order is None:
        return _evaluate_spiders(graph, table, dimension, modulus)
    count = len(graph.dom)
    if 2 * count > _AXES or dimension ** (2 * count) > 4 * _BATCH:
        raise LimitReached("evaluation in a model", f"a tensor with {2 * count} axes")
    batch = max((table[edge.box].shape[0] for edge in graph.edges), default=1)
    state: Array = np.ones((1,), dtype=np.int64)
    # Axes are letters; wires of the domain are copied to a letter that stays.
    for _ in range(count):
        state = np.multiply.outer(state, np.eye(dimension, dtype=np.int64))
    # state axes: batch, then (dom 0, wire 0, dom 1, wire 1, …)
    wires: list[int] = []
    for v in graph.dom:
        wires += [-1, v]
    for e in order:
        edge = graph.edges[e]
        if (
            len(wires) + len(edge.targets) > _AXES
            or batch * dimension ** (len(wires) + len(edge.targets)) > 4 * _BATCH
        ):
            raise LimitReached(
                "evaluation in a model", f"a tensor with {len(wires) + len(edge.targets)} axes"
            )
        letters = list(range(1, len(wires) + 1))
        at = [wires.index(v) for v in edge.sources]
        fresh = list(range(len(wires) + 1, len(wires) + 1 + len(edge.targets)))
        kept = [i for i in range(len(wires)) if i not in at]
        result = [0, *(letters[i] for i in kept), *fresh]
        state = np.einsum(
            state, [0, *letters], table[edge.box], [0, *(letters[i] for i in at), *fresh], result
        )
        state = _reduce(state, modulus)
        wires = [wires[i] for i in kept] + list(edge.targets)
    first = [i for i, v in enumerate(wires) if v == -1]
    last = [wires.index(v) for v in graph.cod]
    return state.transpose([0, *(1 + i for i in first), *(1 + i for i in last)])


def _evaluate_spiders(
    graph: OpenHypergraph, table: Mapping[Box, Array], dimension: int, modulus: int
) -> Array:
    """The same where vertices are spiders of the copy basis: an index each, summed when its last end is met."""
    batch = max((table[edge.box].shape[0] for edge in graph.edges), default=1)
    left = [0] * len(graph.vertices)  # ends to come
    for row in (*(edge.sources + edge.targets for edge in graph.edges), graph.dom, graph.cod):
        for v in row:
            left[v] += 1
    boundary = {*graph.dom, *graph.cod}
    state: Array = np.ones((1,), dtype=np.int64)
    for _ in range(left.count(0)):
        state = _reduce(state * dimension, modulus)
    open_: list[int] = []
    waiting = list(graph.edges)
    while waiting:
        # The box that adds the fewest open indices first.
        edge = min(waiting, key=lambda e: len({*e.sources, *e.targets} - set(open_)))
        waiting.remove(edge)
        ports = edge.sources + edge.targets
        for v in ports:
            left[v] -= 1
        every = list(dict.fromkeys([*open_, *ports]))
        if len(every) > _AXES or batch * dimension ** len(every) > 4 * _BATCH:
            raise LimitReached("evaluation in a model", f"a tensor with {len(every)} axes")
        kept = [v for v in every if left[v]]
        axis = {v: i for i, v in enumerate(every, 1)}
        state = _reduce(
            np.einsum(
                state,
                [0, *(axis[v] for v in open_)],
                table[edge.box],
                [0, *(axis[v] for v in ports)],
                [0, *(axis[v] for v in kept)],
            ),
            modulus,
        )
        open_ = kept
    # One axis for each place on the boundary: a vertex there twice is a diagonal.
    places = graph.dom + graph.cod
    width = len(places) + len(boundary.union(open_))
    if width > _AXES or batch * dimension**width > 4 * _BATCH:
        raise LimitReached("evaluation in a model", f"a tensor with {len(places)} axes")
    for v in boundary - set(open_):
        open_.append(v)
        state = np.repeat(state[..., None], dimension, axis=-1)
    axis = {v: i for i, v in enumerate(open_, 1)}
    for v in open_:
        if v not in boundary:
            raise RewriteError("an index inside a diagram was not summed")
    operands: list[Any] = [state, [0, *axis.values()]]
    for i, v in enumerate(places):
        operands += [np.eye(dimension, dtype=np.int64), [axis[v], len(open_) + 1 + i]]
    return np.asarray(
        np.einsum(*operands, [0, *(len(open_) + 1 + i for i in range(len(places)))]), dtype=np.int64
    )


def _allowed(box: Box, pool: Array, doctrine: Doctrine, modulus: int) -> Array:
    """The candidates that the doctrine's laws allow: in Markov doctrines discarding is natural, in cartesian
    ones copying too.
    """
    if not len(pool) or not doctrine.has("copy") or doctrine.has("spider"):
        return pool
    ins = len(box.dom)
    rows = pool.reshape(len(pool), pool.shape[1] ** ins if ins else 1, -1)
    good = (_reduce(rows.sum(axis=2), modulus) == 1).all(axis=1)
    if doctrine >= Doctrine.CARTESIAN:
        good &= ((rows == 0) | (rows == 1)).all(axis=(1, 2)) & (rows.sum(axis=2) == 1).all(axis=1)
    allowed: Array = pool[good]
    return allowed


def _candidates(box: Box, dimension: int, modulus: int, most: int = 70_000) -> Array:
    """Tensors to try for a box: all if they are few, else maps of the basis and such maps read backwards."""
    ins, outs = len(box.dom), len(box.cod)
    shape = (dimension,) * (ins + outs)
    entries = dimension ** (ins + outs)
    values = modulus or 2
    if entries * np.log(values) <= np.log(most):
        number = np.arange(values**entries)
        digits = [(number // values**i) % values for i in range(entries)]
        return np.stack(digits, axis=1).reshape(-1, *shape).astype(np.int64)
    found = []
    for sources, targets, back in ((ins, outs, False), (outs, ins, True)):
        rows, columns = dimension**sources, dimension**targets
        if rows * np.log(max(columns, 1)) > np.log(most):
            continue
        tables = np.array(list(product(range(columns), repeat=rows)), dtype=np.int64).reshape(-1, rows)
        maps = np.zeros((len(tables), rows, columns), dtype=np.int64)
        np.put_along_axis(maps, tables[:, :, None], 1, axis=2)
        maps = maps.transpose(0, 2, 1) if back else maps
        found.append(maps.reshape(-1, *shape))
    return np.concatenate(found) if found else np.zeros((0, *shape), dtype=np.int64)


def _plan(boxes: list[Box], equations: list[tuple[Equation, frozenset[Box]]]) -> list[Box]:
    """An order of the boxes in which axioms can be checked early: small tensors and complete axioms first."""
    order: list[Box] = []
    left = list(boxes)
    while left:

        def merit(box: Box) -> tuple[float, int, str]:
            have = {*order, box}
            done = sum(1 for _, needs in equations if box in needs and needs <= have)
            touched = sum(len(needs & set(order)) for _, needs in equations if box in needs)
            return (-done - 0.25 * touched, len(box.dom) + len(box.cod), str(box))

        best = min(left, key=merit)
        order.append(best)
        left.remove(best)
    return order


def counter_model(
    equation: Equation,
    theory: Theory,
    *,
    seconds: float = 10.0,
    dimensions: Iterable[int] = (1, 2, 3),
    whole: Equation | None = None,
) -> Model | None:
    """Look for a model of the theory in which the equation fails; ``None`` if none was found in time. Where a ``whole``
    equation is given, of which this one is a part, it fails in the model too.

    >>> from catenary.diagrams import Ty
    >>> f, g = Box("f", Ty("a"), Ty("a")), Box("g", Ty("a"), Ty("a"))
    >>> model = counter_model(Equation("equal", f.diagram, g.diagram), Theory("free", f.signature))
    >>> model.satisfies(Equation("equal", f.diagram, g.diagram))
    False
    """
    if theory.families:
        return None  # a model of some members is none of all
    deadline = Deadline(seconds)
    boxes = _boxes_of(equation).union(*(_boxes_of(rule.equation) for rule in theory.rules))
    if whole is not None and not _boxes_of(whole) <= boxes:
        return None  # what else is in it would have no meaning
    if any(box.kind != GENERATOR or box.z for box in boxes):
        return None  # phases add, rotated boxes are transposed: not looked for
    equation = Equation(
        equation.name, equation.left.over(theory.signature), equation.right.over(theory.signature)
    )
    rules = [rule.equation for rule in theory.rules]
    claim = equation if whole is None else whole
    if any(rule.variables for rule in rules):  # models in which parameters mean nothing
        rules, equation = [_without_parameters(rule) for rule in rules], _without_parameters(equation)
        boxes = _boxes_of(equation).union(*map(_boxes_of, rules))
    if len({str(box) for box in boxes}) < len(boxes):
        return None  # tensors are given by the box's text, which must tell them apart
    fields = {1: (2, 3, 5, 7, 17, 0), 2: (2, 3, 0), 3: (2, 0)}
    sizes = list(dimensions)
    attempts = [(d, p) for d in sizes for p in fields.get(d, (2,))]
    tries: list[Iterator[Model]] = [_search(equation, rules, d, p, deadline) for d, p in attempts]
    if equation.left.signature.doctrine is Doctrine.SYMMETRIC:
        tries.insert(1, _known(equation, rules))
    for found in tries:
        for model in found:
            try:
                if model.refutes(claim, theory):
                    return model
            except LimitReached:  # too wide to evaluate here: no answer from this model
                break
        if deadline.passed:
            return None
    return None


def _blind(box: Box) -> Box:
    return box.replace(params=()) if box.kind == GENERATOR else box


def _without_parameters(equation: Equation) -> Equation:
    left, right = (
        side.over(free(side.signature.doctrine)).map_boxes(_blind) for side in (equation.left, equation.right)
    )
    return Equation(equation.name, left, right, equation.directed)


def _boxes_of(equation: Equation) -> frozenset[Box]:
    return frozenset(
        edge.box
        for side in (equation.left, equation.right)
        for edge in OpenHypergraph.from_diagram(side).edges
    )


def _search(
    equation: Equation, rules: list[Equation], dimension: int, modulus: int, deadline: Deadline
) -> Iterator[Model]:
    claim_boxes = _boxes_of(equation)
    needs = [(rule, _boxes_of(rule)) for rule in rules]
    boxes = list(
        dict.fromkeys([*sorted(claim_boxes, key=str), *(b for _, bs in needs for b in sorted(bs, key=str))])
    )
    order = _plan(boxes, needs)
    graphs = {
        id(one): (OpenHypergraph.from_diagram(one.left), OpenHypergraph.from_diagram(one.right))
        for one in [*rules, equation]
    }
    doctrine = equation.left.signature.join(equation.right.signature).doctrine
    pools = {box: _allowed(box, _candidates(box, dimension, modulus), doctrine, modulus) for box in order}

    def survivors(table: dict[Box, Array], box: Box, equations: list[Equation], keep: bool) -> Array:
        """The candidates of a box for which the equations hold (or, unless ``keep``, fail)."""
        pool = pools[box]
        for one in equations:
            good = []
            left, right = graphs[id(one)]
            width = max(len(one.left.dom) + len(one.left.cod), 2) + 4
            chunk = max(1, _BATCH // max(1, dimension**width))
            for start in range(0, len(pool), chunk):
                if deadline.passed:
                    return pool[:0]
                part = pool[start : start + chunk]
                trial = table | {box: part}
                a, b = (_evaluate(side, trial, dimension, modulus) for side in (left, right))
                same = (a == b).reshape(max(len(a), len(b)), -1).all(axis=1)
                same = np.broadcast_to(same, (len(part),)) if len(same) != len(part) else same
                good.append(part[same if keep else ~same])
            pool = np.concatenate(good) if good else pool
        return pool

    stack: list[tuple[int, dict[Box, Array], Iterator[Array]]] = []

    def level(at: int, table: dict[Box, Array]) -> Iterator[Array]:
        box = order[at]
        have = {*table, box}
        ready = [one for one, boxes_ in needs if box in boxes_ and boxes_ <= have]
        pool = survivors(table, box, ready, True)
        if box in claim_boxes and claim_boxes <= have and at + 1 == len(order):
            old = pools[box]
            pools[box] = pool
            pool = survivors(table, box, [equation], False)
            pools[box] = old
        # Spread over the pool: neighbours in the enumeration are alike.
        most = 400
        step = max(1, len(pool) // most)
        return iter([pool[i : i + 1] for i in range(0, len(pool), step)])

    try:
        if not order:
            return
        # A model without any choice left that satisfies the claim is of no use: the last box is filtered by
        # the claim, and claims that are complete earlier are tested as soon as they are.
        stack.append((0, {}, level(0, {})))
        while stack:
            if deadline.passed:
                return
            at, table, choices = stack[-1]
            chosen = next(choices, None)
            if chosen is None:
                stack.pop()
                continue
            longer = table | {order[at]: chosen}
            if claim_boxes <= set(longer) and at + 1 < len(order) and order[at] in claim_boxes:
                left, right = graphs[id(equation)]
                one, other = (_evaluate(side, longer, dimension, modulus) for side in (left, right))
                if np.array_equal(one, other):
                    continue
            if at + 1 < len(order):
                stack.append((at + 1, longer, level(at + 1, longer)))
            else:
                yield Model(
                    modulus, dimension, {str(box): array[0].tolist() for box, array in longer.items()}
                )
    except LimitReached:
        return


def _known(equation: Equation, rules: list[Equation]) -> Iterator[Model]:
    """Textbook algebras, where the generators have the arities of a Hopf algebra, each at most once."""
    boxes = sorted(frozenset().union(_boxes_of(equation), *map(_boxes_of, rules)), key=str)
    if boxes and all(str(box) in _GATES for box in boxes):
        yield Model(17, 2, {str(box): _GATES[str(box)] for box in boxes})
    arities = {(2, 1): "m", (0, 1): "u", (1, 2): "n", (1, 0): "c", (1, 1): "s"}
    roles: dict[str, Box] = {}
    for box in boxes:
        role = arities.get((len(box.dom), len(box.cod)))
        if role is None or role in roles:
            return
        roles[role] = box
    for modulus, dimension, tensors in (_sweedler(),):
        yield Model(modulus, dimension, {str(box): tensors[role] for role, box in roles.items()})


# The gates over GF(17), where 2 is a primitive eighth root of unity, 11 = 2 + 1/2 is √2 and 14 is 1/√2.
_GATES: dict[str, Any] = {
    "H": [[14, 14], [14, 3]],
    "S": [[1, 0], [0, 4]],
    "T": [[1, 0], [0, 2]],
    "CX": [[[[1, 0], [0, 0]], [[0, 1], [0, 0]]], [[[0, 0], [0, 1]], [[0, 0], [1, 0]]]],
    "w": 2,
}


def _sweedler() -> tuple[int, int, dict[str, Any]]:
    """Sweedler's Hopf algebra over GF(3), on 1, g, x, gx: not commutative, antipode of order 4."""
    m = np.zeros((4, 4, 4), dtype=np.int64)
    for (i, k), (j, n) in product(product(range(2), repeat=2), repeat=2):
        # g^i x^k g^j x^n = (-1)^(k j) g^(i+j) x^(k+n), x² = 0
        if k + n < 2:
            m[i + 2 * k, j + 2 * n, (i + j) % 2 + 2 * (k + n)] = (-1) ** (k * j) % 3
    u = np.array([1, 0, 0, 0])
    c = np.array([1, 1, 0, 0])
    n_ = np.zeros((4, 4, 4), dtype=np.int64)
    n_[0, 0, 0] = n_[1, 1, 1] = 1
    n_[2, 2, 0] = n_[2, 1, 2] = 1  # x → x⊗1 + g⊗x
    n_[3, 3, 1] = n_[3, 0, 3] = 1  # gx → gx⊗g + 1⊗gx
    s = np.zeros((4, 4), dtype=np.int64)
    s[0, 0] = s[1, 1] = 1
    s[2, 3] = 2  # x → -gx
    s[3, 2] = 1  # gx → x
    arrays = {"m": m, "u": u, "n": n_, "c": c, "s": s}
    return 3, 4, {role: array.tolist() for role, array in arrays.items()}
