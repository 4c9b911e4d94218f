"""Ansätze: functors from grammar and meaning diagrams to parametrised quantum circuits.

An object becomes a number of qubits, a word a block of parametrised gates. Blocks, signs and names of
parameters follow lambeq's circuit ansätze, so that amplitudes can be compared; the unit of angle does not:
lambeq counts full turns, Catenary half turns, so a lambeq value x is 2x here.

Structure maps to Bell states and effects: a cup is CX, H and ⟨00|; a spider copies by CX onto |0⟩ and
merges by CX and ⟨0|. Cups, caps and the units of spiders are off by √2 each, which a circuit cannot hold:
:class:`Compiled` counts them.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from catenary.diagrams import ArityError, Box, Diagram, Ty, UnknownGenerator
from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.functor import Functor
from catenary.functors.targets.circuits import Circuits, ScaledCircuit
from catenary.functors.targets.diagrams import reversing

if TYPE_CHECKING:
    from catenary.functors.grammar.reading import Reading

Parameter = Callable[[int], Phase]


def parameter_name(box: Box, index: int) -> str:
    """The name of a word's parameter, as lambeq writes it: word, domain, codomain, number.

    >>> parameter_name(Box("loves", Ty("n", "n"), Ty("s")), 0)
    'loves_n@n_s_0'
    """
    dom, cod = (
        "@".join(ob.name + (".r" if ob.z > 0 else ".l") * abs(ob.z) for ob in ty.objects)
        for ty in (box.dom, box.cod)
    )
    return f"{box.name}_{dom}_{cod}_{index}"


def parameter_value(name: str, seed: int) -> float:
    """The number that a seed gives to a parameter: uniform in [0, 2) half turns, by name and seed alone.

    >>> parameter_value("Alice__n_0", 1) == parameter_value("Alice__n_0", 1)
    True
    """
    digest = hashlib.sha256(f"{seed}\0{name}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / (1 << 55)


def parameters(circuit: Circuit, seed: int | None = None) -> dict[str, Phase]:
    """A circuit's parameters by name, sorted, each with the value that a seed gives it, in half turns.

    Args:
        circuit: a circuit with SymPy symbols in its angles.
        seed: chooses the values; the symbols themselves where ``None``.

    >>> from catenary.functors.grammar import IQP, parse
    >>> circuit = IQP()(parse("Alice sleeps")[0].meaning())
    >>> list(parameters(circuit, 0))[:2]
    ['Alice__n_0', 'Alice__n_1']
    >>> circuit.bind(parameters(circuit, 0)) == IQP(seed=0)(parse("Alice sleeps")[0].meaning())
    True
    """
    symbols = {symbol.name: symbol for symbol in circuit.free_symbols}
    return {name: symbols[name] if seed is None else parameter_value(name, seed) for name in sorted(symbols)}


@dataclass(frozen=True)
class Compiled(ScaledCircuit):
    """The circuit of a diagram with what it costs. The diagram's linear map is ``2 ** (root_twos / 2)`` times the
    circuit's.
    """

    @property
    def qubits(self) -> int:
        """How many qubits the circuit uses."""
        return self.circuit.n_qubits

    @property
    def parameters(self) -> int:
        """How many different parameters there are."""
        return len(self.circuit.free_symbols)

    def as_dict(self) -> dict[str, int]:
        """The figures as JSON values.

        >>> from catenary.functors.grammar import parse
        >>> IQP().compile(parse("Alice sleeps")[0].meaning()).as_dict()
        {'qubits': 1, 'post_selections': 0, 'parameters': 6, 'root_twos': 0}
        """
        return {
            "qubits": self.qubits,
            "post_selections": self.post_selections,
            "parameters": self.parameters,
            "root_twos": self.root_twos,
        }


@dataclass(frozen=True)
class Ansatz(ABC):
    """A circuit ansatz; the subclasses say what a word's block is. Immutable.

    A word with more outputs than inputs prepares the difference as |0⟩ to the right of its inputs; one with
    more inputs than outputs post-selects the last qubits on ⟨0|. A word on a single qubit is Rx, Rz, Rx
    (Rz, Ry, Rz in :class:`StronglyEntangling`), as many rotations of the cycle as ``rotations`` says.

    Args:
        qubits: for each basic type the number of qubits, or one number for all types.
        layers: how often the block is repeated on two and more qubits.
        rotations: the number of rotations of a word on one qubit.
        seed: where given, parameters are numbers drawn by :func:`parameter_value` instead of SymPy symbols.

    Raises:
        ArityError: for negative numbers.

    >>> from catenary.functors.grammar import parse
    >>> reading, = parse("Alice who loves Bob sleeps")
    >>> len(IQP()(reading.diagram).gates) > len(IQP()(reading.meaning()).gates)
    True
    """

    qubits: Mapping[str, int] | int = 1
    layers: int = 1
    rotations: int = 3
    seed: int | None = None

    name: ClassVar[str] = ""
    cycle: ClassVar[tuple[str, ...]] = ("rx", "rz")

    def __post_init__(self) -> None:
        if not isinstance(self.qubits, int):
            object.__setattr__(self, "qubits", dict(self.qubits))  # the caller's may change
        sizes = [self.qubits] if isinstance(self.qubits, int) else list(self.qubits.values())
        if min([*sizes, self.layers, self.rotations]) < 0:
            raise ArityError("qubits, layers and rotations are numbers from 0 on")

    def __hash__(self) -> int:
        qubits = self.qubits if isinstance(self.qubits, int) else tuple(sorted(self.qubits.items()))
        return hash((type(self), qubits, self.layers, self.rotations, self.seed))

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "functor"}

    def size(self, ty: Ty) -> int:
        """The number of qubits of a type.

        Raises:
            UnknownGenerator: for a basic type that has no number of qubits.
        """
        if isinstance(self.qubits, int):
            return self.qubits * len(ty)
        for ob in ty.objects:
            if ob.name not in self.qubits:
                raise UnknownGenerator(ob.name, self.qubits, f"the ansatz's qubits ({dict(self.qubits)})")
        return sum(self.qubits[ob.name] for ob in ty.objects)

    @abstractmethod
    def block(self, lines: tuple[int, ...], parameter: Parameter) -> Iterable[Gate]:
        """The gates of a word on two or more qubits."""

    def gates(self, lines: tuple[int, ...], parameter: Parameter) -> tuple[Gate, ...]:
        """The gates of a word's block on some qubits; ``parameter(i)`` is its i-th parameter."""
        if not lines:
            return ()
        if len(lines) == 1:
            kinds = (self.cycle[i % len(self.cycle)] for i in range(self.rotations))
            return tuple(Gate(kind, lines, (parameter(i),)) for i, kind in enumerate(kinds))
        return tuple(self.block(lines, parameter))

    def __call__(self, diagram: Diagram | Reading) -> Circuit:
        """The circuit of a diagram (of a reading: of its meaning), up to the scale in :meth:`compile`."""
        return self.compile(diagram).circuit

    def compile(self, diagram: Diagram | Reading) -> Compiled:
        """The circuit of a diagram with its scale and figures, in time linear in the diagram.

        A rotated word is its circuit upside down, without further qubits.

        Raises:
            UnknownGenerator: for a type without a number of qubits.
            CatenaryError: for a structural box that has no circuit.
        """
        if not isinstance(diagram, Diagram):
            diagram = diagram.meaning()
        made = self.functor(diagram)
        return Compiled(made.circuit, made.root_twos)

    @cached_property
    def functor(self) -> Functor[int, ScaledCircuit]:
        """The ansatz as a functor into circuits; it keeps the circuits of the words it has seen.

        >>> from catenary.functors.grammar import parse
        >>> reading, = parse("Alice sleeps")
        >>> IQP().functor(reading.meaning()).circuit == IQP()(reading)
        True
        """
        return Functor(lambda ob: self.size(Ty(ob.name)), _Words(self), _TARGET)


_SYMMETRIC = frozenset(
    (
        *("h", "x", "z", "s", "sdg", "t", "tdg", "rx", "rz", "p", "u1", "cx", "cz", "swap", "ch"),
        *("crx", "crz", "cp", "cu1", "rxx", "ryy", "rzz", "ccx", "ccz"),
    )
)
_NEGATED = frozenset(("ry", "cry"))
_OTHER_END = {"init": "post", "post": "init"}


def transposed(circuit: Circuit) -> Circuit | None:
    """The circuit whose linear map is the transpose: gates in reverse, preparations and post-selections exchanged.

    ``None`` if it has a gate whose transpose is no gate of the same kind.
    """
    gates = []
    for gate in reversed(circuit.gates):
        if gate.name in _OTHER_END:
            gates.append(Gate(_OTHER_END[gate.name], gate.qubits))
        elif gate.name in _NEGATED:
            gates.append(Gate(gate.name, gate.qubits, (-gate.params[0],)))
        elif gate.name in _SYMMETRIC and gate.condition is None:
            gates.append(gate)
        else:
            return None
    return Circuit(
        circuit.n_qubits, gates, 0, circuit.outputs, circuit.inputs, global_phase=circuit.global_phase
    )


@dataclass(frozen=True)
class _Turning(Circuits):
    """Circuits, with rotation as the transpose gate by gate where there is one."""

    def rotate(
        self, f: ScaledCircuit, turn: int, dom: Sequence[int], cod: Sequence[int], self_dual: bool
    ) -> ScaledCircuit:
        circuit = transposed(f.circuit)
        if circuit is None:
            return super().rotate(f, turn, dom, cod, self_dual)
        inputs, outputs = circuit.inputs[::-1], circuit.outputs[::-1]
        if self_dual:
            inputs = tuple(inputs[k] for k in reversing([range(size) for size in dom]))
            outputs = tuple(outputs[k] for k in reversing([range(size) for size in cod]))
        turned = Circuit(
            circuit.n_qubits, circuit.gates, 0, inputs, outputs, global_phase=circuit.global_phase
        )
        return ScaledCircuit(turned, f.root_twos)


_TARGET = _Turning()


class _Words:
    """The images of words under an ansatz, and their symbols."""

    def __init__(self, ansatz: Ansatz):
        self.ansatz = ansatz
        self.symbols: dict[str, Any] = {}

    def __call__(self, box: Box) -> Circuit:
        """The circuit of a word: its block, between fresh qubits and post-selected ones."""
        dom, cod = self.ansatz.size(box.dom), self.ansatz.size(box.cod)
        lines = tuple(range(max(dom, cod)))
        fresh = [Gate("init", (q,)) for q in lines[dom:]]
        block = self.ansatz.gates(lines, lambda index: self.parameter(parameter_name(box, index)))
        closed = [Gate("post", (q,)) for q in lines[cod:]]
        return Circuit(len(lines), [*fresh, *block, *closed], 0, lines[:dom], lines[:cod])

    def parameter(self, name: str) -> Phase:
        if self.ansatz.seed is not None:
            return parameter_value(name, self.ansatz.seed)
        if name not in self.symbols:
            import sympy

            self.symbols[name] = sympy.Symbol(name)
        symbol: Phase = self.symbols[name]
        return symbol


def _layer_parameters(parameter: Parameter, layer: int, count: int) -> list[Phase]:
    return [parameter(layer * count + i) for i in range(count)]


class IQP(Ansatz):
    """Instantaneous quantum polynomial: each layer is H on every qubit and CRz on neighbours; H again last.

    Source: Havlíček et al., arXiv 1804.11326; as an ansatz for sentences, Lorenz et al., arXiv 2102.12846.

    >>> [gate.name for gate in IQP(seed=0).gates((0, 1), lambda i: 0.5)]
    ['h', 'h', 'crz', 'h', 'h']
    """

    name = "iqp"

    def block(self, lines: tuple[int, ...], parameter: Parameter) -> Iterable[Gate]:
        """The gates on two or more qubits."""
        for layer in range(self.layers):
            angles = _layer_parameters(parameter, layer, len(lines) - 1)
            yield from (Gate("h", (q,)) for q in lines)
            for control, target, angle in zip(lines, lines[1:], angles, strict=False):
                yield Gate("crz", (control, target), (angle,))
        if self.layers:
            yield from (Gate("h", (q,)) for q in lines)


# Sim, Johnson & Aspuru-Guzik, arXiv 1905.10876, figure 2


def _ladder(n: int) -> list[tuple[int, int]]:
    return [(i, i + 1) for i in range(n - 1)]


def _ring(n: int) -> list[tuple[int, int]]:
    """Each qubit controls the one before it, the first one the last."""
    return [(i, (i - 1) % n) for i in range(n)]


def _other_ring(n: int) -> list[tuple[int, int]]:
    """Each qubit controls the one after it: the first, then from the last down to the second."""
    return [(i % n, (i + 1) % n) for i in range(n, 0, -1)]


def _closed(n: int) -> list[tuple[int, int]]:
    return [*_ladder(n), (n - 1, 0)] if n > 2 else _ladder(n)


_PAIRS: Mapping[str, Callable[[int], list[tuple[int, int]]]] = MappingProxyType(
    {
        "ladder": _ladder,
        "ring": _ring,
        "other ring": _other_ring,
        "closed": _closed,
        "all": lambda n: [(i, j) for i in range(n) for j in range(n) if i != j],
        "even": lambda n: [(i, i + 1) for i in range(0, n - 1, 2)],
        "odd": lambda n: [(i, i + 1) for i in range(1, n - 1, 2)],
    }
)
_FREE = frozenset(("rx", "ry", "rz", "crx", "crz"))


class _Sim(Ansatz):
    """A circuit of Sim et al. (arXiv 1905.10876), its qubits counted from the bottom of their figure, as lambeq does.

    ``steps`` is a layer: a gate on every qubit, or a gate and where: on pairs of neighbours (``ladder``, ``even``,
    ``odd``), around a ring, or on all pairs; a gate on one qubit with pairs is on the qubits in them.
    """

    steps: ClassVar[tuple[tuple[str, str], ...]] = ()

    def block(self, lines: tuple[int, ...], parameter: Parameter) -> Iterable[Gate]:
        """The gates on two or more qubits."""
        used = 0
        for _ in range(self.layers):
            for gate, where in self.steps:
                pairs = _PAIRS[where](len(lines)) if where else []
                places: Iterable[tuple[int, ...]] = pairs
                if not where:
                    places = [(i,) for i in range(len(lines))]
                elif gate in ("rx", "ry", "rz"):
                    places = [(i,) for i in sorted({i for pair in pairs for i in pair})]
                for place in places:
                    angles = (parameter(used),) if gate in _FREE else ()
                    used += len(angles)
                    yield Gate(gate, tuple(lines[i] for i in place), angles)


class Sim1(_Sim):
    """Circuit 1 of Sim et al.: rotations, no entanglement."""

    name = "sim1"
    steps = (("rx", ""), ("rz", ""))


class Sim2(_Sim):
    """Circuit 2 of Sim et al.: CX on neighbours."""

    name = "sim2"
    steps = (("rx", ""), ("rz", ""), ("cx", "ladder"))


class Sim3(_Sim):
    """Circuit 3 of Sim et al.: CRz on neighbours."""

    name = "sim3"
    steps = (("rx", ""), ("rz", ""), ("crz", "ladder"))


class Sim4(_Sim):
    """Circuit 4 of Sim et al.: Rx and Rz on every qubit, CRx on neighbours."""

    name = "sim4"
    steps = (("rx", ""), ("rz", ""), ("crx", "ladder"))


class Sim5(_Sim):
    """Circuit 5 of Sim et al.: CRz on all pairs."""

    name = "sim5"
    steps = (("rx", ""), ("rz", ""), ("crz", "all"), ("rx", ""), ("rz", ""))


class Sim6(_Sim):
    """Circuit 6 of Sim et al.: CRx on all pairs."""

    name = "sim6"
    steps = (("rx", ""), ("rz", ""), ("crx", "all"), ("rx", ""), ("rz", ""))


class Sim7(_Sim):
    """Circuit 7 of Sim et al.: CRz on every other pair of neighbours, then on the rest."""

    name = "sim7"
    steps = (("rx", ""), ("rz", ""), ("crz", "even"), ("rx", ""), ("rz", ""), ("crz", "odd"))


class Sim8(_Sim):
    """Circuit 8 of Sim et al.: CRx on every other pair of neighbours, then on the rest."""

    name = "sim8"
    steps = (("rx", ""), ("rz", ""), ("crx", "even"), ("rx", ""), ("rz", ""), ("crx", "odd"))


class Sim9(_Sim):
    """Circuit 9 of Sim et al.: H, CZ on neighbours, Rx."""

    name = "sim9"
    steps = (("h", ""), ("cz", "ladder"), ("rx", ""))


class Sim9Cx(_Sim):
    """Circuit 9 of Sim et al. with CX in the place of CZ."""

    name = "sim9cx"
    steps = (("h", ""), ("cx", "ladder"), ("rx", ""))


class Sim10(_Sim):
    """Circuit 10 of Sim et al.: Ry, CZ around a ring, Ry."""

    name = "sim10"
    steps = (("ry", ""), ("cz", "closed"), ("ry", ""))


class Sim11(_Sim):
    """Circuit 11 of Sim et al.: CX on every other pair of neighbours, then on the rest."""

    name = "sim11"
    steps = (("ry", ""), ("rz", ""), ("cx", "even"), ("ry", "odd"), ("rz", "odd"), ("cx", "odd"))


class Sim12(_Sim):
    """Circuit 12 of Sim et al.: CZ on every other pair of neighbours, then on the rest."""

    name = "sim12"
    steps = (("ry", ""), ("rz", ""), ("cz", "even"), ("ry", "odd"), ("rz", "odd"), ("cz", "odd"))


class Sim13(_Sim):
    """Circuit 13 of Sim et al.: two rings of CRz in opposite directions."""

    name = "sim13"
    steps = (("ry", ""), ("crz", "ring"), ("ry", ""), ("crz", "other ring"))


class Sim14(_Sim):
    """Circuit 14 of Sim et al.: two rings of CRx in opposite directions, the second one neighbours too."""

    name = "sim14"
    steps = (("ry", ""), ("crx", "ring"), ("ry", ""), ("crx", "other ring"))


class Sim15(_Sim):
    """Circuit 15 of Sim et al.: two rings of CX in opposite directions, the second one neighbours too."""

    name = "sim15"
    steps = (("ry", ""), ("cx", "ring"), ("ry", ""), ("cx", "other ring"))


class Sim16(_Sim):
    """Circuit 16 of Sim et al.: CRz on every other pair of neighbours, then on the rest."""

    name = "sim16"
    steps = (("rx", ""), ("rz", ""), ("crz", "even"), ("crz", "odd"))


class Sim17(_Sim):
    """Circuit 17 of Sim et al.: CRx on every other pair of neighbours, then on the rest."""

    name = "sim17"
    steps = (("rx", ""), ("rz", ""), ("crx", "even"), ("crx", "odd"))


class Sim18(_Sim):
    """Circuit 18 of Sim et al.: a ring of CRz."""

    name = "sim18"
    steps = (("rx", ""), ("rz", ""), ("crz", "ring"))


class Sim19(_Sim):
    """Circuit 19 of Sim et al.: a ring of CRx."""

    name = "sim19"
    steps = (("rx", ""), ("rz", ""), ("crx", "ring"))


class HardwareEfficient(Ansatz):
    """Ry and Rz on every qubit, CZ on neighbours; Ry and Rz again last (Kandala et al., arXiv 1704.05792)."""

    name = "hardware_efficient"
    cycle = ("ry", "rz")

    def block(self, lines: tuple[int, ...], parameter: Parameter) -> Iterable[Gate]:
        """The gates on two or more qubits."""
        size = len(lines)
        for layer in range(self.layers + 1):
            for k, kind in enumerate(("ry", "rz")):
                for i, line in enumerate(lines):
                    yield Gate(kind, (line,), (parameter((2 * layer + k) * size + i),))
            if layer < self.layers:
                yield from (Gate("cz", pair) for pair in pairwise(lines))


class StronglyEntangling(Ansatz):
    """Strongly entangling layers (Schuld et al., arXiv 1804.00633): Rz Ry Rz everywhere, then a ring of CX.

    In layer l each qubit controls the one ``l mod (n - 1) + 1`` places on.
    """

    name = "strongly_entangling"
    cycle = ("rz", "ry")

    def block(self, lines: tuple[int, ...], parameter: Parameter) -> Iterable[Gate]:
        """The gates on two or more qubits."""
        size = len(lines)
        for layer in range(self.layers):
            angles = _layer_parameters(parameter, layer, 3 * size)
            for at, line in enumerate(lines):
                for kind, angle in zip(("rz", "ry", "rz"), angles[3 * at : 3 * at + 3], strict=True):
                    yield Gate(kind, (line,), (angle,))
            step = layer % (size - 1) + 1
            yield from (Gate("cx", (line, lines[(at + step) % size])) for at, line in enumerate(lines))


ANSATZE: Mapping[str, type[Ansatz]] = MappingProxyType(
    {
        ansatz.name: ansatz
        for ansatz in (
            *(IQP, Sim1, Sim2, Sim3, Sim4, Sim5, Sim6, Sim7, Sim8, Sim9, Sim9Cx, Sim10, Sim11, Sim12, Sim13),
            *(Sim14, Sim15, Sim16, Sim17, Sim18, Sim19, StronglyEntangling, HardwareEfficient),
        )
    }
)
"""The ansätze by name."""


def ansatz_named(name: str) -> type[Ansatz]:
    """The ansatz of this name.

    Raises:
        UnknownGenerator: if there is none, with the names that look alike.

    >>> ansatz_named("iqp") is IQP
    True
    """
    key = name.lower().removesuffix("ansatz").replace("-", "_")
    if key not in ANSATZE:
        raise UnknownGenerator(name, ANSATZE, "the table of ansätze")
    return ANSATZE[key]
