"""Quantum circuits as a target: any signature mapped to gates, with cups, caps and spiders by post-selection.

A cup is CX, H and ⟨00|; a spider copies by CX onto |0⟩ and merges by CX and ⟨0|. Cups, caps and the units of
spiders are off by √2 each, which a circuit cannot hold: the power of √2 is kept beside it, so that the linear map
is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catenary.diagrams import ArityError, Box, CatenaryError, Diagram
from catenary.diagrams.boxes import CAP, COPY, CUP, DISCARD, SPIDER, SWAP
from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import CircuitError, Gate, renumbered
from catenary.functors.circuits.simulate import Array, unitary
from catenary.functors.functor import Functor
from catenary.functors.targets.diagrams import reversing
from catenary.functors.targets.functions import check_feedback

Lines = tuple[int, ...]


@dataclass(frozen=True)
class ScaledCircuit:
    """A linear map of qubits: 2 ** (root_twos / 2) times that of a circuit. Immutable.

    Attributes:
        circuit: the circuit; its inputs and outputs are the boundary.
        root_twos: the power of √2.

    >>> ScaledCircuit(Circuit(1, [Gate("h", (0,))]), 1).matrix.real.round(3).tolist()
    [[1.0, 1.0], [1.0, -1.0]]
    """

    circuit: Circuit
    root_twos: int = 0

    @property
    def dom(self) -> int:
        """The number of inputs."""
        return len(self.circuit.inputs)

    @property
    def cod(self) -> int:
        """The number of outputs."""
        return len(self.circuit.outputs)

    @property
    def scale(self) -> float:
        """The number to multiply the circuit's linear map by."""
        return float(2.0 ** (self.root_twos / 2))

    @property
    def matrix(self) -> Array:
        """The linear map, 2^outputs by 2^inputs (:func:`~catenary.functors.circuits.unitary`)."""
        return self.scale * unitary(self.circuit)

    @property
    def post_selections(self) -> int:
        """How many qubits must be measured as 0 for a shot to count."""
        return sum(gate.name == "post" for gate in self.circuit)


class _Writer:
    """A circuit written box by box; the wires of a diagram are tuples of lines."""

    def __init__(self) -> None:
        self.gates: list[Gate] = []
        self.root_twos = 0
        self.phase: Phase | int = 0
        self.lines = 0

    def new(self, count: int, prepare: bool = True) -> Lines:
        found = tuple(range(self.lines, self.lines + count))
        self.lines += count
        if prepare:
            self.gates.extend(Gate("init", (q,)) for q in found)
        return found

    def add(self, *gates: tuple[str, Lines]) -> None:
        self.gates.extend(Gate(name, qubits) for name, qubits in gates)

    def finish(self, inputs: Lines, outputs: Lines) -> ScaledCircuit:
        phase: Any = self.phase
        circuit = Circuit.unchecked(self.lines, tuple(self.gates), 0, inputs, outputs, phase)
        return ScaledCircuit(circuit, self.root_twos)

    def bell(self, left: Lines, right: Lines, effect: bool) -> None:
        for a, b in zip(left, right, strict=True):
            if effect:
                self.add(("cx", (a, b)), ("h", (a,)), ("post", (a,)), ("post", (b,)))
            else:
                self.add(("h", (a,)), ("cx", (a, b)))
            self.root_twos += 1

    def spider(self, legs: Sequence[Lines], outs: int, size: int, phase: Phase | int = 0) -> list[Lines]:
        """A spider on one wire of ``size`` lines, the phase on every one."""
        if not legs:
            legs = [self.new(size)]
            self.add(*(("h", (q,)) for q in legs[0]))
            self.root_twos += size
        first = legs[0]
        for other in legs[1:]:
            for a, b in zip(first, other, strict=True):
                self.add(("cx", (a, b)), ("post", (b,)))
        if phase != 0:
            self.gates.extend(Gate("p", (q,), (phase,)) for q in first)
        if not outs:
            for q in first:
                self.add(("h", (q,)), ("post", (q,)))
            self.root_twos += size
            return []
        found = [first]
        for _ in range(outs - 1):
            fresh = self.new(size)
            self.add(*(("cx", pair) for pair in zip(first, fresh, strict=True)))
            found.append(fresh)
        return found

    def put(self, image: ScaledCircuit, given: Lines) -> Lines:
        circuit = image.circuit
        line = [-1] * circuit.n_qubits
        for inner, outer in zip(circuit.inputs, given, strict=True):
            line[inner] = outer
        for inner, outer in enumerate(line):
            if outer < 0:
                line[inner] = self.lines
                self.lines += 1
        self.gates.extend(renumbered(circuit.gates, line))
        self.root_twos += image.root_twos
        if circuit.global_phase:
            self.phase = self.phase + circuit.global_phase
        return tuple([line[q] for q in circuit.outputs])

    def box(
        self, box: Box, wires: list[Lines], place: int, functor: Functor[int, ScaledCircuit]
    ) -> list[Lines]:
        """The lines of the outputs of a box whose inputs are on these lines."""
        kind = box.kind
        if kind == SWAP:
            (split,) = box.data
            return wires[split:] + wires[:split]
        if kind in (CUP, CAP):
            ends = (box.dom @ box.cod).objects
            if kind == CAP:
                wires = [self.new(functor.ob(ob)) for ob in ends]
            for k in range(len(ends) // 2):
                left, right = wires[k], wires[-1 - k]
                # (a ⊗ b).r = b.r ⊗ a.r: an adjoint keeps its qubits in reverse
                straight = ends[k] == ends[-1 - k]
                self.bell(left, right if straight else right[::-1], kind == CUP)
            return [] if kind == CUP else wires
        if kind in (COPY, DISCARD) or (kind == SPIDER and _is_plain(box)):
            ty = box.data[2] if kind == SPIDER else box.dom
            ins, outs = box.data[:2] if kind == SPIDER else (1, 2 if kind == COPY else 0)
            width = len(ty)
            columns = [
                self.spider(wires[at::width] if ins else [], outs, functor.ob(ob))
                for at, ob in enumerate(ty.objects)
            ]
            return [columns[at][k] for k in range(outs) for at in range(width)]
        given = tuple([q for wire in wires for q in wire])
        lines, found, at = self.put(functor.on_box(box, place), given), [], 0
        for ob in box.cod.objects:
            size = functor.ob(ob)
            found.append(lines[at : at + size])
            at += size
        return found


def _is_plain(box: Box) -> bool:
    """Whether a spider has no phase and is of the default structure."""
    return not any(phase != 0 for phase in box.params) and not any(box.data[3:])


def _split(writer: _Writer, *sizes: int) -> list[Lines]:
    return [writer.new(size, prepare=False) for size in sizes]


@dataclass(frozen=True)
class Circuits:
    """The hypergraph category of circuits with post-selection, an object being a number of qubits.

    In a functor's table the image of an object is a number of qubits; the image of a generator is a
    :class:`~catenary.functors.circuits.Circuit`, a :class:`ScaledCircuit`, a list of gates, the name of a gate, or
    a box or diagram over :data:`~catenary.functors.circuits.GATE_SIGNATURE`.

    >>> from catenary.diagrams import Cap, Cup, Ty
    >>> n = Ty("n")
    >>> f = Box("f", n, n)
    >>> F = Functor({"n": 1}, {f: [Gate("rz", (0,), (0.25,))]}, Circuits())
    >>> snake = F(f @ Cap(n.r, n) >> Cup(n, n.r) @ n)
    >>> snake.circuit.n_qubits, snake.post_selections, snake.root_twos
    (3, 2, 2)
    >>> bool((abs(snake.matrix - F(f).matrix) < 1e-12).all())
    True
    """

    def id(self, ob: int) -> ScaledCircuit:
        """Bare lines."""
        return ScaledCircuit(Circuit(ob))

    def then(self, f: ScaledCircuit, g: ScaledCircuit) -> ScaledCircuit:
        """Composition."""
        return ScaledCircuit(f.circuit.then(g.circuit), f.root_twos + g.root_twos)

    def tensor(self, f: ScaledCircuit, g: ScaledCircuit) -> ScaledCircuit:
        """Both side by side."""
        return ScaledCircuit(f.circuit.tensor(g.circuit), f.root_twos + g.root_twos)

    def product(self, obs: Sequence[int]) -> int:
        """The number of all qubits."""
        return sum(obs)

    def dom(self, f: ScaledCircuit) -> int:
        """The number of inputs."""
        return f.dom

    def cod(self, f: ScaledCircuit) -> int:
        """The number of outputs."""
        return f.cod

    def adjoint(self, ob: int, turn: int) -> int:
        """As many qubits, read backwards."""
        return ob

    def swap(self, left: int, right: int) -> ScaledCircuit:
        """The symmetry: lines in another order, no gate."""
        lines = range(left + right)
        return ScaledCircuit(Circuit(left + right, outputs=[*lines[left:], *lines[:left]]))

    def _bell(self, left: int, right: int, straight: bool, effect: bool) -> ScaledCircuit:
        if left != right:
            raise ArityError(f"a cup joins as many qubits on both sides, not {left} and {right}")
        writer = _Writer()
        one, other = writer.new(left, not effect), writer.new(right, not effect)
        writer.bell(one, other if straight else other[::-1], effect)
        return writer.finish(one + other, ()) if effect else writer.finish((), one + other)

    def cup(self, left: int, right: int) -> ScaledCircuit:
        """Nested Bell effects."""
        return self._bell(left, right, False, True)

    def cap(self, left: int, right: int) -> ScaledCircuit:
        """Nested Bell states."""
        return self._bell(left, right, False, False)

    def self_cup(self, ob: int) -> ScaledCircuit:
        """Bell effects on the first with the first qubit, and so on."""
        return self._bell(ob, ob, True, True)

    def self_cap(self, ob: int) -> ScaledCircuit:
        """Bell states of the first with the first qubit, and so on."""
        return self._bell(ob, ob, True, False)

    def spider(self, inputs: int, outputs: int, ob: int, phase: Phase | int = 0) -> ScaledCircuit:
        """The copy spider of the computational basis; |1…1⟩ gets the phase, in half turns, on each qubit."""
        writer = _Writer()
        legs = _split(writer, *[ob] * inputs)
        outs = writer.spider(legs, outputs, ob, phase)
        return writer.finish(tuple(q for leg in legs for q in leg), tuple(q for leg in outs for q in leg))

    def copy(self, ob: int) -> ScaledCircuit:
        """The copy map of the computational basis."""
        return self.spider(1, 2, ob)

    def discard(self, ob: int) -> ScaledCircuit:
        """The sum over the computational basis: √2^ob times the effect ⟨+|."""
        return self.spider(1, 0, ob)

    def trace(self, f: ScaledCircuit, ob: int, left: bool = False) -> ScaledCircuit:
        """The partial trace: Bell states, ``f``, Bell effects."""
        check_feedback(("qubit",) * f.dom, ("qubit",) * f.cod, ("qubit",) * ob, left)
        writer = _Writer()
        (inputs,) = _split(writer, f.dom - ob)
        fed, kept = writer.new(ob), writer.new(ob)
        writer.bell(fed, kept, False)
        out = writer.put(f, fed + inputs if left else inputs + fed)
        back, outputs = (out[:ob], out[ob:]) if left else (out[len(out) - ob :], out[: len(out) - ob])
        writer.bell(back, kept, True)
        return writer.finish(inputs, outputs)

    def dagger(self, f: ScaledCircuit) -> ScaledCircuit:
        """The adjoint."""
        return ScaledCircuit(f.circuit.dagger(), f.root_twos)

    def rotate(
        self, f: ScaledCircuit, turn: int, dom: Sequence[int], cod: Sequence[int], self_dual: bool
    ) -> ScaledCircuit:
        """The transpose with the qubits read backwards, by Bell states and effects."""
        writer = _Writer()
        (inputs,) = _split(writer, f.cod)
        fed, outputs = writer.new(f.dom), writer.new(f.dom)
        writer.bell(fed, outputs, False)
        writer.bell(writer.put(f, fed), inputs, True)
        inputs, outputs = inputs[::-1], outputs[::-1]
        if self_dual:
            inputs = tuple(inputs[k] for k in reversing([range(size) for size in dom]))
            outputs = tuple(outputs[k] for k in reversing([range(size) for size in cod]))
        return writer.finish(inputs, outputs)

    def read_object(self, value: Any) -> int:
        """A number of qubits."""
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise CatenaryError(
                f"the image of an object under a functor into circuits is a number of qubits, not {value!r}"
            )
        return value

    def read(self, image: Any, dom: int, cod: int, what: str) -> ScaledCircuit:
        """A circuit from a circuit, gates, the name of a gate, or a diagram of gates."""
        if isinstance(image, ScaledCircuit):
            return image
        if isinstance(image, str):
            image = [Gate(image, tuple(range(dom)))]
        if isinstance(image, (list, tuple)) and all(isinstance(gate, Gate) for gate in image):
            used = max((q + 1 for gate in image for q in gate.qubits), default=0)
            image = Circuit(max(dom, cod, used), image)
        if isinstance(image, (Box, Diagram)):
            image = Circuit.from_diagram(image.diagram if isinstance(image, Box) else image)
        if not isinstance(image, Circuit):
            raise CatenaryError(
                f"the image of {what} under a functor into circuits is a circuit, a list of gates or the name "
                f"of a gate, not {image!r}"
            )
        if image.n_clbits:
            raise CircuitError(
                f"the image of {what} has classical bits: this target holds linear maps of qubits alone"
            )
        return ScaledCircuit(image)

    def of_diagram(self, diagram: Diagram, functor: Functor[int, ScaledCircuit]) -> ScaledCircuit:
        """The circuit of a whole diagram, in time linear in its gates."""
        writer = _Writer()
        wires = _split(writer, *(functor.ob(ob) for ob in diagram.dom.objects))
        inputs = tuple([q for wire in wires for q in wire])
        for place, (box, offset) in enumerate(diagram.layers):
            stop = offset + len(box.dom)
            wires[offset:stop] = writer.box(box, wires[offset:stop], place, functor)
        return writer.finish(inputs, tuple([q for wire in wires for q in wire]))
