"""Stabiliser maps as a target: Clifford circuits, states, effects and post-selection, exact with their scalar, in
time polynomial in the qubits.

The morphisms have one normal form, so that ``==`` is equality of linear maps; their Pauli stabilisers (the rows of a
tableau) can be read off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams import ArityError, Box, CatenaryError, Diagram
from catenary.diagrams.boxes import COPY, DISCARD, SWAP
from catenary.diagrams.phases import Phase, reduce_phase, unit
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.pauli import QUARTERS, Pauli
from catenary.functors.circuits.phase_sums import (
    Form,
    NotClifford,
    PhaseSum,
    quarter_turns,
)
from catenary.functors.functor import Functor
from catenary.functors.targets.circuits import ScaledCircuit
from catenary.functors.targets.diagrams import reversing
from catenary.functors.targets.functions import check_feedback

_NATIVE = frozenset([*QUARTERS, "x", "y", "h", "cx", "cz", "swap", "rz", "barrier", "init", "post"])


@dataclass(frozen=True)
class StabiliserMap:
    """A linear map of qubits √2^power · e^{iπ phase} · Σ_x i^{Q(x)} |outputs(x)⟩⟨inputs(x)| over bits x, in normal
    form. Immutable; ``==`` is equality of linear maps, the scalar included.

    Attributes:
        dom, cod: the numbers of inputs and outputs.
        wires: for each input and then each output the bits (a mask) whose parity it is, and a constant; the first
            independent wires are the bits themselves, in order.
        linear, quadratic: Q(x) = Σ linear[j] x_j + 2 Σ_{j<k} q_jk x_j x_k modulo 4, ``quadratic[j]`` being the mask
            of the k.
        power, phase: the scalar; the phase in half turns modulo 2.
        zero: whether the map is zero (then there is nothing else).

    >>> bell = Stabilisers().cap(1, 1)
    >>> bell.wires, bell.power, [str(p) for p in bell.stabilisers()]
    (((1, 0), (1, 0)), 0, ['+XX', '+ZZ'])
    """

    dom: int
    cod: int
    wires: tuple[Form, ...]
    linear: tuple[int, ...] = ()
    quadratic: tuple[int, ...] = ()
    power: int = 0
    phase: Phase = Fraction(0)
    zero: bool = False

    @property
    def rank(self) -> int:
        """The number of bits of the sum."""
        return len(self.linear)

    def stabilisers(self) -> tuple[Pauli, ...]:
        """Independent Pauli strings on the inputs and then the outputs that fix the map, as the state that it is when
        its inputs are bent to outputs.

        Raises:
            CatenaryError: for the zero map.
        """
        if self.zero:
            raise CatenaryError("the zero map has no stabilisers")
        pivot: dict[int, int] = {}
        for w, (mask, _) in enumerate(self.wires):
            if mask.bit_count() == 1 and mask.bit_length() - 1 == len(pivot):
                pivot[len(pivot)] = w
        found = []
        for j, turns in enumerate(self.linear):
            x = sum(1 << w for w, (mask, _) in enumerate(self.wires) if mask >> j & 1)
            z = sum(1 << pivot[k] for k in bits(self.quadratic[j])) | (turns & 1) << pivot[j]
            found.append(Pauli(x, z, turns))
        own = set(pivot.values())
        for w, (mask, constant) in enumerate(self.wires):
            if w not in own:
                found.append(Pauli(0, 1 << w | sum(1 << pivot[k] for k in bits(mask)), 2 * constant))
        return tuple(found)

    def array(self, limit: int = 20) -> NDArray[np.complex128]:
        """The entries: one axis of length 2 for each input, then each output.

        Raises:
            ArityError: for more than ``limit`` wires.
        """
        if len(self.wires) > limit:
            raise ArityError(f"an array of {len(self.wires)} wires is too large: pass a larger limit")
        array = np.zeros((2,) * len(self.wires), dtype=np.complex128)
        if self.zero:
            return array
        scalar = np.sqrt(2.0) ** (self.power % 2) * 2.0 ** (self.power // 2) * unit(self.phase)
        for x in range(1 << self.rank):
            turns = sum(self.linear[j] for j in bits(x))
            turns += sum((self.quadratic[j] & x).bit_count() for j in bits(x))  # each pair twice
            place = tuple(((mask & x).bit_count() + constant) & 1 for mask, constant in self.wires)
            array[place] = scalar * (1, 1j, -1, -1j)[turns & 3]
        return array

    @property
    def matrix(self) -> NDArray[np.complex128]:
        """The linear map, 2^outputs by 2^inputs."""
        return self.array().reshape(1 << self.dom, 1 << self.cod).T


class _Builder:
    """A sum over paths with the places of the open wires: those of the inputs first."""

    def __init__(self) -> None:
        self.sum = PhaseSum()
        self.phase: Phase = Fraction(0)

    def fresh(self) -> Form:
        return (1 << self.sum.new(), 0)

    def open(self, count: int) -> None:
        self.sum.wires += [self.fresh() for _ in range(count)]

    def join(self, a: int, b: int) -> None:
        """Join two wires and forget both."""
        wires = self.sum.wires
        (m, c), (n, d) = wires[a], wires[b]
        for k in sorted((a, b), reverse=True):
            del wires[k]
        self.sum.require((m ^ n, c ^ d))
        self.sum.tidy(m | n)

    def drop(self, a: int) -> None:
        mask, _ = self.sum.wires.pop(a)
        self.sum.tidy(mask)

    def load(self, f: StabiliserMap, at: int) -> None:
        """Insert the wires of a map, its inputs first."""
        total = self.sum
        new = [total.new() for _ in f.linear]
        for j, turns, signs in zip(new, f.linear, f.quadratic, strict=True):
            total.linear[j] = turns
            total.quadratic[j] = sum(1 << new[k] for k in bits(signs))
        total.wires[at:at] = [(sum(1 << new[k] for k in bits(mask)), c) for mask, c in f.wires]
        total.power += f.power
        self.phase = self.phase + f.phase
        total.zero = total.zero or f.zero

    def apply(self, f: StabiliserMap, at: int) -> None:
        """Apply a map to the wires from a place on."""
        self.load(f, at)
        for k in reversed(range(f.dom)):
            # inputs of f: at …; its outputs; then the wires that it is applied to
            self.join(at + k, at + k + 1 + f.cod + k)
        self.sum.compact()

    def finish(self, dom: int) -> StabiliserMap:
        total = self.sum
        total.finish()
        cod = len(total.wires) - dom
        if total.zero:
            return StabiliserMap(dom, cod, ((0, 0),) * (dom + cod), zero=True)
        pivots = total.pivots()
        number = {j: k for k, j in enumerate(pivots)}

        def renumbered(mask: int) -> int:
            return sum(1 << number[j] for j in bits(mask))

        return StabiliserMap(
            dom,
            cod,
            tuple((renumbered(mask), constant) for mask, constant in total.wires),
            tuple(total.linear[j] for j in pivots),
            tuple(renumbered(total.quadratic[j]) for j in pivots),
            total.power,
            reduce_phase(self.phase + Fraction(total.eighths, 4)),
        )


def of_circuit(circuit: Circuit, root_twos: int = 0) -> StabiliserMap:
    """The map of a Clifford circuit with ``init`` and ``post``.

    Args:
        circuit: gates of the basic set (others are decomposed), rotations by multiples of π/2.
        root_twos: a power of √2 to multiply it by.

    Raises:
        NotClifford: for any other gate, a measurement, a reset or a condition.

    >>> from catenary.functors.circuits import Gate
    >>> of_circuit(Circuit(1, [Gate("init", (0,)), Gate("h", (0,)), Gate("s", (0,)), Gate("post", (0,))])).power
    -1
    """
    from catenary.functors.circuits.decompose import to_basic
    from catenary.functors.circuits.gates import NOT_LINEAR

    for place, gate in enumerate(circuit.gates):
        if gate.condition is not None or gate.name in NOT_LINEAR:
            raise NotClifford(f"gate {place}, {gate.label or gate.name}, is not a linear map of qubits")
    if not all(gate.name in _NATIVE for gate in circuit.gates):
        circuit = to_basic(circuit)
    build = _Builder()
    total = build.sum
    build.open(len(circuit.inputs))
    dom = len(circuit.inputs)
    total.wires += total.wires[:dom]
    place_of = {q: dom + k for k, q in enumerate(circuit.inputs)}
    for index, gate in enumerate(circuit.gates):
        if gate.name == "init":
            place_of[gate.qubits[0]] = len(total.wires)
            total.wires.append((0, 0))
        elif gate.name == "post":
            at = place_of.pop(gate.qubits[0])
            last = len(total.wires) - 1
            total.close(at)
            for q, k in place_of.items():
                if k == last:
                    place_of[q] = at
        else:
            try:
                total.gate(gate, [place_of[q] for q in gate.qubits])
            except NotClifford as error:
                raise NotClifford(f"gate {index}: {error}") from None
    total.wires = total.wires[:dom] + [total.wires[place_of[q]] for q in circuit.outputs]
    total.power += root_twos
    build.phase = circuit.global_phase
    return build.finish(dom)


def of_zx_box(box: Box) -> StabiliserMap:
    """The map of a box of the ZX signature whose phase is a multiple of π/2 (of a ``scalar``: any).

    Raises:
        NotClifford: for another phase.
    """
    from catenary.functors.zx import scalar_parts

    build = _Builder()
    legs = len(box.dom) + len(box.cod)
    if box.name == "scalar":
        power, build.phase = scalar_parts(box)
        if not isinstance(power, int):
            raise NotClifford(f"the scalar √2^{power} is not a whole power of √2")
        build.sum.power = power
    elif box.name == "H" and legs == 2:
        build.open(1)
        build.sum.wires *= 2
        build.sum.h(1)
    elif box.name in ("Z", "X") and len(box.params) == 1:
        phase = -box.params[0] if box.dagger_flag else box.params[0]
        form = build.fresh()
        build.sum.turn(form, quarter_turns(phase, str(box)))
        build.sum.wires = [form] * legs
        if not legs:
            build.sum.tidy(form[0])
        elif box.name == "X":
            for k in range(legs):
                build.sum.h(k)
    else:
        raise CatenaryError(f"box {box} is not of the ZX signature: its boxes are Z, X, H and scalar")
    return build.finish(len(box.dom))


@dataclass(frozen=True)
class Stabilisers:
    """The hypergraph category of stabiliser maps, an object being a number of qubits.

    In a functor's table the image of an object is a number of qubits; the image of a generator is a
    :class:`StabiliserMap`, a Clifford circuit, a list of gates, the name of a gate, or a box of the ZX signature with a
    phase that is a multiple of π/2.

    >>> from catenary.diagrams import Ty
    >>> from catenary.functors.circuits import Gate
    >>> q = Ty("q")
    >>> cnot, had, zero = Box("cnot", q @ q, q @ q), Box("had", q, q), Box("zero", Ty(), q)
    >>> F = Functor({"q": 1}, {cnot: "cx", had: "h", zero: [Gate("init", (0,))]}, Stabilisers())
    >>> bell = F(zero @ zero >> had @ q >> cnot)
    >>> [str(p) for p in bell.stabilisers()], bell.power
    (['+XX', '+ZZ'], -1)
    """

    def id(self, ob: int) -> StabiliserMap:
        """The identity."""
        return self.spider(1, 1, ob)

    def then(self, f: StabiliserMap, g: StabiliserMap) -> StabiliserMap:
        """Composition."""
        if f.cod != g.dom:
            raise ArityError(f"a map with {f.cod} outputs does not compose with one of {g.dom} inputs")
        build = _Builder()
        build.load(f, 0)
        build.apply(g, f.dom)
        return build.finish(f.dom)

    def tensor(self, f: StabiliserMap, g: StabiliserMap) -> StabiliserMap:
        """Both side by side."""
        build = _Builder()
        build.load(f, 0)
        build.load(g, f.dom + f.cod)
        wires = build.sum.wires
        a, b, c = f.dom, f.dom + f.cod, f.dom + f.cod + g.dom
        build.sum.wires = wires[:a] + wires[b:c] + wires[a:b] + wires[c:]
        return build.finish(f.dom + g.dom)

    def product(self, obs: Sequence[int]) -> int:
        """The number of all qubits."""
        return sum(obs)

    def dom(self, f: StabiliserMap) -> int:
        """The number of inputs."""
        return f.dom

    def cod(self, f: StabiliserMap) -> int:
        """The number of outputs."""
        return f.cod

    def adjoint(self, ob: int, turn: int) -> int:
        """As many qubits, read backwards."""
        return ob

    def _wired(self, dom: int, order: Sequence[int], count: int, phase: Phase | int = 0) -> StabiliserMap:
        build = _Builder()
        forms = [build.fresh() for _ in range(count)]
        if phase != 0:
            quarters = quarter_turns(phase, "the spider")
            for form in forms:
                build.sum.turn(form, quarters)
        build.sum.wires = [forms[k] for k in order]
        return build.finish(dom)

    def swap(self, left: int, right: int) -> StabiliserMap:
        """The symmetry."""
        wires = range(left + right)
        return self._wired(left + right, [*wires, *wires[left:], *wires[:left]], left + right)

    def spider(self, inputs: int, outputs: int, ob: int, phase: Phase | int = 0) -> StabiliserMap:
        """The copy spider of the computational basis; a phase is a multiple of π/2 on each qubit."""
        return self._wired(inputs * ob, [*range(ob)] * (inputs + outputs), ob, phase)

    def cup(self, left: int, right: int) -> StabiliserMap:
        """Nested cups."""
        return self._bent(left, right, True)

    def cap(self, left: int, right: int) -> StabiliserMap:
        """Nested caps."""
        return self._bent(left, right, False)

    def _bent(self, left: int, right: int, cup: bool) -> StabiliserMap:
        if left != right:
            raise ArityError(f"a cup joins as many qubits on both sides, not {left} and {right}")
        order = [*range(left), *reversed(range(left))]
        return self._wired(2 * left if cup else 0, order, left)

    def self_cup(self, ob: int) -> StabiliserMap:
        """The cup of a wire with itself, also where it stands for several qubits."""
        return self.spider(2, 0, ob)

    def self_cap(self, ob: int) -> StabiliserMap:
        """The cap of a wire with itself."""
        return self.spider(0, 2, ob)

    def copy(self, ob: int) -> StabiliserMap:
        """The copy map of the computational basis."""
        return self.spider(1, 2, ob)

    def discard(self, ob: int) -> StabiliserMap:
        """The sum over the computational basis."""
        return self.spider(1, 0, ob)

    def trace(self, f: StabiliserMap, ob: int, left: bool = False) -> StabiliserMap:
        """The partial trace."""
        check_feedback(("qubit",) * f.dom, ("qubit",) * f.cod, ("qubit",) * ob, left)
        build = _Builder()
        build.load(f, 0)
        n, m = f.dom, f.cod
        first, second = (0, n) if left else (n - ob, n + m - ob)
        for k in reversed(range(ob)):  # an input goes with each round, so that outputs come closer
            build.join(first + k, second + k - (ob - 1 - k))
        return build.finish(n - ob)

    def dagger(self, f: StabiliserMap) -> StabiliserMap:
        """The adjoint."""
        if f.zero:
            return StabiliserMap(f.cod, f.dom, f.wires, zero=True)
        return self._turned(f, [*range(f.dom, f.dom + f.cod), *range(f.dom)], True)

    def _turned(self, f: StabiliserMap, order: Sequence[int], conjugate: bool) -> StabiliserMap:
        build = _Builder()
        build.load(f, 0)
        total = build.sum
        total.wires = [total.wires[k] for k in order]
        if conjugate:
            total.linear = [-turns & 3 for turns in total.linear]
            build.phase = -build.phase
        return build.finish(f.cod)

    def rotate(
        self, f: StabiliserMap, turn: int, dom: Sequence[int], cod: Sequence[int], self_dual: bool
    ) -> StabiliserMap:
        """The transpose with the qubits read backwards."""
        order = list(reversed(range(f.dom + f.cod)))
        if self_dual:
            order = [order[k] for k in reversing([range(size) for size in (*dom, *cod)])]
        return self._turned(f, order, False)

    def read_object(self, value: Any) -> int:
        """A number of qubits."""
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise CatenaryError(
                f"the image of an object under a functor into stabiliser maps is a number of qubits, not {value!r}"
            )
        return value

    def read(self, image: Any, dom: int, cod: int, what: str) -> StabiliserMap:
        """A map from a Clifford circuit, gates, the name of a gate, or a ZX box."""
        from catenary.functors.targets.circuits import Circuits

        if isinstance(image, StabiliserMap):
            return image
        if isinstance(image, Box) and image.name in ("Z", "X", "H", "scalar"):
            return of_zx_box(image)
        scaled = image if isinstance(image, ScaledCircuit) else Circuits().read(image, dom, cod, what)
        try:
            return of_circuit(scaled.circuit, scaled.root_twos)
        except NotClifford as error:
            raise NotClifford(f"the image of {what}: {error}") from None

    def of_diagram(self, diagram: Diagram, functor: Functor[int, StabiliserMap]) -> StabiliserMap:
        """The map of a whole diagram, box by box on one sum over paths."""
        build = _Builder()
        widths = [functor.ob(ob) for ob in diagram.dom.objects]
        dom = sum(widths)
        build.open(dom)
        build.sum.wires *= 2
        for place, (box, offset) in enumerate(diagram.layers):
            stop = offset + len(box.dom)
            start = dom + sum(widths[:offset])
            outs = [functor.ob(ob) for ob in box.cod.objects]
            _write(build, box, place, start, sum(widths[offset:stop]), functor)
            widths[offset:stop] = outs
        return build.finish(dom)


def _write(
    build: _Builder, box: Box, place: int, start: int, width: int, functor: Functor[int, StabiliserMap]
) -> None:
    wires = build.sum.wires
    if box.kind == SWAP:
        (split,) = box.data
        left = sum(functor.ob(ob) for ob in box.dom.objects[:split])
        here = wires[start : start + width]
        wires[start : start + width] = here[left:] + here[:left]
    elif box.kind in (COPY, DISCARD):
        here = wires[start : start + width]
        if box.kind == COPY:
            wires[start : start + width] = here * 2
        else:
            for _ in range(width):
                build.drop(start)
    else:
        build.apply(functor.on_box(box, place), start)
