"""Facts about parts of diagrams, beside the rules: folding, tensor values, and lower bounds of costs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from catenary.diagrams import Box, Diagram, Ob, OpenHypergraph, RewriteError
from catenary.rewriting.matching import Wiring

if TYPE_CHECKING:
    from catenary.functors.circuits import Circuit
    from catenary.rewriting.compact import Side
    from catenary.rewriting.egraph.net import Net

Weight = Callable[[Box], float]


class Analysis:
    """Something that knows facts about diagrams which no rule of the theory states.

    An equation that :meth:`fold` finds becomes a directed rule of an extension of the theory, named after the
    analysis. A proof that uses it is checked in that extension, and the extraction lists it among its
    ``facts``: it is as good as the analysis.

    Attributes:
        name: as it is shown.
        parts: the largest number of boxes of a part that :meth:`fold` is asked about; 0 for none.
    """

    name = "analysis"
    parts = 0

    def fold(self, part: Diagram) -> Diagram | None:
        """Another form of a connected part, if there is one worth having."""
        return None

    def bound(self, diagram: Diagram, weight: Weight) -> float:
        """A cost that no diagram equal to this one is below."""
        return 0.0

    def forms(self, diagram: Diagram) -> Iterator[Diagram]:
        """Whole diagrams equal to one in a unitary model, up to a phase: for e-graphs of wires."""
        return iter(())


class Folding(Analysis):
    """Constant folding: a function from small parts to what they are, for values that boxes carry.

    Args:
        name: as it is shown.
        function: given a connected part of at most ``parts`` boxes, an equal diagram, or ``None``.
        parts: the largest part.

    >>> from catenary.diagrams import Ty
    >>> from catenary.rewriting import EGraph, Theory
    >>> def add(part):
    ...     if all(box.name == "add" for box in part.boxes):
    ...         total = sum(box.params[0] for box in part.boxes)
    ...         return Box("add", part.dom, part.cod, (total,)).diagram
    >>> a = Ty("a")
    >>> one, two = Box("add", a, a, (1,)), Box("add", a, a, (2,))
    >>> graph = EGraph(Theory("shifts", one.signature), analyses=[Folding("sums", add)])
    >>> graph.add(one >> two >> two)
    >>> [box.params for box in graph.extract().diagram.boxes]
    [(Fraction(5, 1),)]
    """

    def __init__(self, name: str, function: Callable[[Diagram], Diagram | None], parts: int = 2):
        self.name, self.parts, self._function = name, parts, function

    def fold(self, part: Diagram) -> Diagram | None:
        return self._function(part)


class TensorValues(Analysis):
    """Parts with one tensor are equal: of each tensor value the cheapest part seen is kept.

    Args:
        model: for each box an array with one axis for each input and then each output; or a mapping by name.
            Arrays of integers or of ``Fraction`` are compared exactly, others to ``digits`` decimals: then the
            facts are as good as that tolerance.
        parts: the largest part, in boxes.
        weight: what a box costs; every box 1 unless given.
        digits: decimals.
    """

    name = "tensor value"

    def __init__(
        self,
        model: Mapping[str, Any] | Callable[[Box], Any],
        *,
        parts: int = 3,
        weight: Weight | None = None,
        digits: int = 10,
    ):
        self.parts, self.digits = parts, digits
        self._array = model if callable(model) else lambda box: model[box.name]
        self._weight = weight or (lambda box: 1.0)
        self._least: dict[Hashable, tuple[float, Diagram]] = {}

    def value(self, part: Diagram) -> Any:
        """The tensor of a diagram, one axis for each wire of its boundary."""
        import numpy as np

        graph = OpenHypergraph.from_diagram(part)
        size: dict[int, int] = {}
        operands: list[Any] = []
        for edge in graph.edges:
            array = np.asarray(self._array(edge.box))
            wires = [*edge.sources, *edge.targets]
            if array.ndim != len(wires):
                raise RewriteError(
                    f"the model of {edge.box} has {array.ndim} axes; its wires are {len(wires)}"
                )
            size.update(zip(wires, array.shape, strict=True))
            operands += [array, wires]
        free = len(graph.vertices)
        out = []
        for v in graph.dom + graph.cod:
            if v not in size:
                return None  # a bare wire, and no box tells its dimension
            operands += [np.eye(size[v], dtype=int), [v, free]]
            out.append(free)
            free += 1
        return np.einsum(*operands, out, optimize="greedy") if operands else np.array(1)

    def fold(self, part: Diagram) -> Diagram | None:
        import numpy as np

        array = self.value(part)
        if array is None:
            return None
        exact = array.dtype.kind in "biuO"
        entries = array.tolist() if exact else (np.round(array, self.digits) + 0.0).tolist()
        key = (part.dom, part.cod, str(entries))
        cost = sum(self._weight(box) for box in _boxes(part))
        known = self._least.get(key)
        if known is None or cost < known[0]:
            self._least[key] = (cost, part)
            self._bare(part, array, key)
            known = self._least[key]
        return known[1] if known[0] < cost else None

    def _bare(self, part: Diagram, array: Any, key: Hashable) -> None:
        """If the part is an identity, that is least."""
        import numpy as np

        if part.dom != part.cod or not len(part.dom):
            return
        half = array.shape[: len(part.dom)]
        size = int(np.prod(half))
        if np.array_equal(array.reshape(size, -1), np.eye(size, dtype=int)):
            self._least[key] = (0.0, Diagram.id(part.dom, part.signature))


class TypeBound(Analysis):
    """Types: wires of each object are neither lost nor found but by boxes.

    Whatever diagram has this domain and codomain holds boxes whose inputs and outputs make up the difference;
    the least cost of such boxes is an integer program with one variable for each generator.

    Args:
        boxes: every box that a diagram may hold; the signature's generators unless given.
    """

    name = "types"

    def __init__(self, boxes: Sequence[Box] | None = None):
        self._boxes = boxes

    def bound(self, diagram: Diagram, weight: Weight) -> float:
        import numpy as np
        from scipy.optimize import LinearConstraint, milp

        boxes = self._boxes
        if boxes is None:
            if diagram.signature.generators is None:
                return 0.0
            boxes = list(diagram.signature.generators.values())
        costs = [weight(box) for box in boxes]
        if not boxes or min(costs) < 0:
            return 0.0
        obs = list(dict.fromkeys([*diagram.dom.objects, *diagram.cod.objects]))
        for box in boxes:
            obs = list(dict.fromkeys([*obs, *box.dom.objects, *box.cod.objects]))

        def count(objects: Sequence[Ob]) -> Any:
            return np.array([objects.count(ob) for ob in obs])

        if not obs:
            return 0.0
        change = np.array([count(box.cod.objects) - count(box.dom.objects) for box in boxes]).T
        wanted = count(diagram.cod.objects) - count(diagram.dom.objects)
        result = milp(
            costs, integrality=np.ones(len(boxes)), constraints=LinearConstraint(change, wanted, wanted)
        )
        return float(result.fun) if result.x is not None else 0.0


class TCountBound(Analysis):
    """A lower bound on the T gates of a circuit of Clifford gates and powers of T, on up to six qubits.

    What is not Clifford has a T gate. On up to three qubits the number of T gates of equal circuits is even for
    all or odd for all, since det T is not what a Clifford gate or a power of exp(iπ/4) has for determinant; so an
    even number that is not 0 is at least 2.
    """

    name = "T count"
    largest = 6

    def bound(self, diagram: Diagram, weight: Weight) -> float:
        from catenary.functors.circuits import Circuit
        from catenary.functors.circuits.signature import GATE_SIGNATURE
        from catenary.rewriting.egraph.gates import angle_of

        if not GATE_SIGNATURE.includes(diagram.signature):
            return 0.0
        circuit = Circuit.from_diagram(diagram)
        angles = [found[0] for gate in circuit.gates if (found := angle_of(gate)) is not None]
        if circuit.n_qubits > self.largest or not all(_is_power_of_t(angle) for angle in angles):
            return 0.0
        quarter = Fraction(1, 4)
        odd = sum(angle / quarter % 2 == 1 for angle in angles if isinstance(angle, Fraction))
        if not odd or _is_clifford(circuit):
            return 0.0
        qubit = GATE_SIGNATURE["h"].dom
        one = min(weight(Box("p", qubit, qubit, (quarter * k,))) for k in (1, 3, 5, 7))
        return one * (2 if circuit.n_qubits <= 3 and odd % 2 == 0 else 1)


def _is_power_of_t(angle: object) -> bool:
    return isinstance(angle, Fraction) and (4 * angle).denominator == 1


def _is_clifford(circuit: Circuit) -> bool:
    """Whether a circuit takes every Pauli matrix to one, up to sign."""
    import numpy as np

    from catenary.functors.circuits.simulate import unitary

    n = circuit.n_qubits
    matrix = unitary(circuit)
    for q in range(n):
        for pauli in (np.array([[0, 1], [1, 0]]), np.diag([1, -1])):
            full = np.kron(np.kron(np.eye(1 << q), pauli), np.eye(1 << (n - q - 1)))
            image = matrix @ full @ matrix.conj().T
            # A Pauli matrix has one entry in each column, and is that at rows that differ from the column by
            # one mask; a sum of several has more, and sums with one mask have entries of other sizes.
            if not np.allclose(np.abs(image).max(axis=0), 1.0) or not np.allclose(
                np.abs(image).sum(axis=0), 1.0
            ):
                return False
            row = np.abs(image).argmax(axis=0)
            if len(set((row ^ np.arange(1 << n)).tolist())) != 1:
                return False
            signs = image[row, np.arange(1 << n)]
            signs = signs / signs[0]
            # 1 and -1, and the sign of a column the product of those of its bits
            if not np.allclose(np.abs(signs.real), 1.0):
                return False
            for column in range(1 << n):
                product = np.prod([signs[1 << b] for b in range(n) if column >> b & 1])
                if not np.isclose(signs[column], product):
                    return False
    return True


class Discovery:
    """Looks for parts that the analyses fold, each shape once. Mutable; private to a net."""

    def __init__(self, net: Net, analyses: Sequence[Analysis]):
        self.net, self.analyses = net, [analysis for analysis in analyses if analysis.parts]

    def around(self, number: int) -> Iterator[Side]:
        """New rules from the parts that a place is in, with active places beside it."""
        net = self.net
        known = net.encoder.folded
        if net.places[number][0] < 0:
            return
        largest = max((analysis.parts for analysis in self.analyses), default=0)
        for part in self._parts(number, largest):
            key, wiring = self._shape(part)
            if key in known:
                continue
            known.add(key)
            graph = net.encoder.diagram(wiring, net.encoder.theory.signature)
            for analysis in self.analyses:
                if len(part) > analysis.parts:
                    continue
                found = analysis.fold(graph)
                if found is not None and not found.identical(graph):
                    yield net.encoder.learn(analysis.name, graph, found)

    def _parts(self, number: int, largest: int) -> Iterator[tuple[int, ...]]:
        """Connected sets of places around one, on which no wire is made or taken twice."""
        net = self.net
        queue: list[tuple[int, ...]] = [(number,)]
        seen = {frozenset(queue[0])}
        for part in queue:
            yield part
            if len(part) == largest:
                continue
            made = {w for p in part for w in net.places[p][2]}
            taken = {w for p in part for w in net.places[p][1]}
            beside = [q for w in made - taken for q in net.taken_by[w]]
            beside += [q for w in taken - made for q in net.made_by[w]]
            for q in dict.fromkeys(beside):
                label, sources, targets = net.places[q]
                grown = frozenset((*part, q))
                if label < 0 or grown in seen or taken.intersection(sources) or made.intersection(targets):
                    continue
                # What is both before and after the part may be on a cycle: such places are never together.
                if made.intersection(sources) and taken.intersection(targets):
                    continue
                seen.add(grown)
                queue.append((*part, q))

    def _shape(self, part: tuple[int, ...]) -> tuple[Hashable, Wiring]:
        net = self.net
        wires: dict[int, int] = {}
        for p in part:
            for w in (*net.places[p][1], *net.places[p][2]):
                wires.setdefault(w, len(wires))
        made = {w for p in part for w in net.places[p][2]}
        taken = {w for p in part for w in net.places[p][1]}
        wiring = Wiring(
            [net.places[p][0] for p in part],
            [tuple([wires[w] for w in net.places[p][1]]) for p in part],
            [tuple([wires[w] for w in net.places[p][2]]) for p in part],
            [net.obs[w] for w in wires],
            tuple([v for w, v in wires.items() if w not in made]),
            tuple([v for w, v in wires.items() if w not in taken]),
        )
        key = (tuple(wiring.labels), tuple(wiring.sources), tuple(wiring.targets))
        return key, wiring


def _boxes(diagram: Diagram) -> list[Box]:
    return [edge.box for edge in OpenHypergraph.from_diagram(diagram).edges]
