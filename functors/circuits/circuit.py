"""Circuits as flat gate lists: the form that files, optimisers and other tools share.

A :class:`Circuit` is a morphism between qubit types. :meth:`Circuit.to_diagram` gives the string diagram over
the gate signature and :meth:`Circuit.from_diagram` comes back, both in linear time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from catenary.diagrams import ArityError, CompositionError, Diagram, Phase, UnknownGenerator
from catenary.diagrams.errors import expect, expect_count, expect_iterable
from catenary.diagrams.phases import as_phase, is_symbolic, reduce_phase, repr_phase
from catenary.functors.circuits.gates import (
    COMPOUND,
    FAMILIES,
    GATES,
    NOT_UNITARY,
    Gate,
    adjoint,
    renumbered,
    shifted,
)

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True, slots=True)
class Register:
    """A named register of a file: ``size`` consecutive qubits or classical bits."""

    name: str
    size: int


@dataclass(frozen=True, init=False, repr=False)
class Circuit:
    """A quantum circuit. Immutable; ``==`` is equality of the gate lists, boundaries and global phase.

    Args:
        n_qubits: number of lines.
        gates: the operations in order.
        n_clbits: number of classical bits.
        inputs, outputs: the lines that are open at the start and the end, in the order of the boundary.
            Where not given: all lines in order, but for those that begin with ``init`` (end with ``post``).
        global_phase: half turns, kept modulo 2; the circuit is exp(iπ·global_phase) times its gates.
        qregs, cregs: registers of the file it came from, in order; empty stands for one register ``q``
            (``c``).

    Raises:
        ArityError: for a gate on the wrong number of qubits or parameters, a repeated qubit, a qubit out
            of range, or an operation on a line that is not open; the message has the gate's index.
        UnknownGenerator: for a gate that is not in the gate set.

    >>> bell = Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])
    >>> len(bell), bell.dagger().gates[0]
    (2, Gate('cx', (0, 1)))
    """

    n_qubits: int
    gates: tuple[Gate, ...]
    n_clbits: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    global_phase: Phase
    qregs: tuple[Register, ...] = field(compare=False)
    cregs: tuple[Register, ...] = field(compare=False)

    def __init__(
        self,
        n_qubits: int,
        gates: Iterable[Gate] = (),
        n_clbits: int = 0,
        inputs: Sequence[int] | None = None,
        outputs: Sequence[int] | None = None,
        global_phase: Phase = Fraction(0),
        qregs: Iterable[Register] = (),
        cregs: Iterable[Register] = (),
    ):
        gates = tuple(expect_iterable(gates, "gates of a circuit", "a list of gates"))
        for gate in gates:
            if type(gate) is not Gate:
                expect(gate, Gate, "a gate of a circuit", "a Gate")
        for what, count in (("qubits", n_qubits), ("classical bits", n_clbits)):
            if type(count) is not int:
                expect_count(count, f"the number of {what}")
        qregs, cregs = tuple(qregs), tuple(cregs)
        for what, size, registers in (("qubits", n_qubits, qregs), ("classical bits", n_clbits, cregs)):
            if size < 0:
                raise ArityError(f"a circuit cannot have {size} {what}")
            if registers and sum(r.size for r in registers) != size:
                raise ArityError(
                    f"the registers hold {sum(r.size for r in registers)} {what}, the circuit {size}"
                )
        ends = _check(n_qubits, n_clbits, gates)
        begin = end = tuple(range(n_qubits))
        if ends or inputs is not None or outputs is not None:
            begin, end = _boundaries(n_qubits, gates, inputs, outputs)
        phase = reduce_phase(as_phase(global_phase))
        self._set(n_qubits, gates, n_clbits, begin, end, phase, qregs, cregs)

    def _set(self, *values: Any) -> None:
        for key, value in zip(_FIELDS, values, strict=True):
            object.__setattr__(self, key, value)

    @classmethod
    def unchecked(
        cls,
        n_qubits: int,
        gates: tuple[Gate, ...],
        n_clbits: int = 0,
        inputs: tuple[int, ...] | None = None,
        outputs: tuple[int, ...] | None = None,
        global_phase: Phase = Fraction(0),
        qregs: tuple[Register, ...] = (),
        cregs: tuple[Register, ...] = (),
    ) -> Circuit:
        """The same without any check: for code whose gates are right by construction."""
        self = object.__new__(cls)
        whole = tuple(range(n_qubits))
        begin = whole if inputs is None else inputs
        end = whole if outputs is None else outputs
        phase = reduce_phase(as_phase(global_phase))
        self._set(n_qubits, gates, n_clbits, begin, end, phase, qregs, cregs)
        return self

    def with_gates(self, gates: tuple[Gate, ...], global_phase: Phase | None = None) -> Circuit:
        """The circuit with the same lines, bits and registers and other gates, unchecked."""
        phase = self.global_phase if global_phase is None else global_phase
        return Circuit.unchecked(
            self.n_qubits, gates, self.n_clbits, self.inputs, self.outputs, phase, self.qregs, self.cregs
        )

    # Looking inside

    def __len__(self) -> int:
        return len(self.gates)

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Gate]:
        return iter(self.gates)

    @property
    def is_unitary(self) -> bool:
        """Whether every line runs from input to output through unconditional gates and barriers only."""
        return len(self.inputs) == len(self.outputs) == self.n_qubits and all(
            gate.condition is None and (gate.name not in NOT_UNITARY or gate.name == "barrier")
            for gate in self.gates
        )

    @property
    def free_symbols(self) -> frozenset[sympy.Symbol]:
        """The SymPy symbols in the angles and the global phase."""
        found: set[Any] = set()
        phases: list[Any] = [self.global_phase]
        for gate in self.gates:
            if gate.params:
                phases.extend(gate.params)
        for phase in phases:
            if is_symbolic(phase):
                found |= phase.free_symbols
        return frozenset(found)

    # Building

    def then(self, other: Circuit) -> Circuit:
        """Sequential composition, also written ``>>``: output i of this circuit is input i of the other.

        Lines the other opens by ``init`` become new lines; classical bits are shared by number.

        Raises:
            CompositionError: if the number of outputs is not the other's number of inputs.
        """
        if len(self.outputs) != len(other.inputs):
            wires = (["qubit"] * len(self.outputs), ["qubit"] * len(other.inputs))
            raise CompositionError(*wires, ("outputs", "inputs"))
        same = self.outputs == other.inputs and self.n_qubits == other.n_qubits == len(other.inputs)
        if same:
            gates, outputs, n_qubits = other.gates, other.outputs, self.n_qubits
        else:
            line = [-1] * other.n_qubits
            for mine, theirs in zip(self.outputs, other.inputs, strict=True):
                line[theirs] = mine
            n_qubits = self.n_qubits
            for theirs, mine in enumerate(line):
                if mine < 0:
                    line[theirs] = n_qubits
                    n_qubits += 1
            gates, outputs = renumbered(other.gates, line), tuple(line[q] for q in other.outputs)
        return Circuit.unchecked(
            n_qubits,
            self.gates + gates,
            max(self.n_clbits, other.n_clbits),
            self.inputs,
            outputs,
            self.global_phase + other.global_phase,
            self.qregs if n_qubits == self.n_qubits else (),
            self.cregs if self.n_clbits >= other.n_clbits else other.cregs,
        )

    def tensor(self, other: Circuit) -> Circuit:
        """Parallel composition, also written ``@``: the other's lines and bits come after this circuit's."""
        n, c = self.n_qubits, self.n_clbits
        registers = []
        for mine, theirs, sizes in (
            (self.qregs, other.qregs, (n, other.n_qubits)),
            (self.cregs, other.cregs, (c, other.n_clbits)),
        ):
            names = {r.name for r in mine + theirs}
            kept = all(r or not size for r, size in zip((mine, theirs), sizes, strict=True))
            registers.append(mine + theirs if kept and len(names) == len(mine) + len(theirs) else ())
        return Circuit.unchecked(
            n + other.n_qubits,
            self.gates + shifted(other.gates, n, c),
            c + other.n_clbits,
            self.inputs + tuple(q + n for q in other.inputs),
            self.outputs + tuple(q + n for q in other.outputs),
            self.global_phase + other.global_phase,
            *registers,
        )

    def __rshift__(self, other: Circuit) -> Circuit:
        return self.then(other) if isinstance(other, Circuit) else NotImplemented

    def __matmul__(self, other: Circuit) -> Circuit:
        return self.tensor(other) if isinstance(other, Circuit) else NotImplemented

    def dagger(self) -> Circuit:
        """The adjoint circuit: gates reversed, each replaced by its adjoint; ``init`` and ``post`` change
        places.

        Raises:
            CircuitError: if there is a measurement, a reset or an opaque operation.
        """
        gates = tuple(step for gate in reversed(self.gates) for step in adjoint(gate))
        return Circuit.unchecked(
            self.n_qubits,
            gates,
            self.n_clbits,
            self.outputs,
            self.inputs,
            -self.global_phase,
            self.qregs,
            self.cregs,
        )

    def bind(self, values: Mapping[Any, Any]) -> Circuit:
        """The circuit with symbols replaced, by name or by SymPy symbol.

        Args:
            values: for each symbol a number or an expression, in the unit in which the symbol occurs (an
                angle ``a`` is a number of half turns). Symbols that do not occur are allowed.

        >>> import sympy
        >>> a = sympy.Symbol("a")
        >>> Circuit(1, [Gate("rz", (0,), (a / 2,))]).bind({"a": Fraction(1, 2)}).gates[0].params
        (Fraction(1, 4),)
        """
        symbols = self.free_symbols
        if not symbols:
            return self
        import sympy

        by_name = {symbol.name: symbol for symbol in symbols}
        table = {}
        for key, value in values.items():
            symbol = by_name.get(key) if isinstance(key, str) else key
            if symbol is not None:
                table[symbol] = (
                    sympy.Rational(value.numerator, value.denominator)
                    if isinstance(value, Fraction)
                    else value
                )

        def bound(phase: Any) -> Phase:
            return as_phase(phase.subs(table, simultaneous=True)) if is_symbolic(phase) else phase

        gates = tuple(
            Gate(g.name, g.qubits, tuple(map(bound, g.params)), g.clbits, g.condition, g.label, g.meaning)
            if any(map(is_symbolic, g.params))
            else g
            for g in self.gates
        )
        return self.with_gates(gates, bound(self.global_phase))

    def unfolded(self) -> Circuit:
        """The circuit with every ``defined`` gate replaced by what its definition says, all the way down.

        The phase of a conditional gate, which no measurement sees, is left out.

        Raises:
            LimitReached: if that makes more than five million gates.

        >>> from catenary.functors.circuits.definitions import GateDefinition
        >>> bell = GateDefinition("bell", (), Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))]))
        >>> Circuit(3, [bell((2, 0))]).unfolded().gates
        (Gate('h', (2,)), Gate('cx', (2, 0)))
        """
        from catenary.functors.circuits.definitions import unfolded

        return unfolded(self)

    # Diagrams

    def to_diagram(self) -> Diagram:
        """The string diagram over :data:`~catenary.functors.circuits.GATE_SIGNATURE`, in linear time; ``defined``
        gates are unfolded, for the signature has no boxes for them.

        Its boundary is one ``qubit`` wire for each input (output) and then one ``bit`` wire for each
        classical bit.

        Raises:
            CircuitError: for noise, which the signature has no box for.
        """
        from catenary.functors.circuits.signature import to_diagram

        return to_diagram(self)

    @classmethod
    def from_diagram(cls, diagram: Diagram) -> Circuit:
        """The circuit of a diagram over the gate signature, in linear time; crossed wires show in
        ``outputs``.

        Raises:
            CircuitError: for a box that is no gate, or a boundary that is not qubits and then bits.
        """
        from catenary.functors.circuits.signature import from_diagram

        return from_diagram(diagram)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """For Jupyter: the picture, and text; long circuits are cut, and say so."""
        from catenary.functors.circuits.drawing import circuit_svg, circuit_text

        return {
            "image/svg+xml": circuit_svg(self, max_gates=400),
            "text/plain": circuit_text(self, max_gates=100),
        }

    def __repr__(self) -> str:
        parts = [repr(self.n_qubits), f"[{', '.join(map(repr, self.gates))}]"]
        whole = tuple(range(self.n_qubits))
        if self.n_clbits:
            parts.append(f"n_clbits={self.n_clbits}")
        parts += [f"{k}={getattr(self, k)!r}" for k in ("inputs", "outputs") if getattr(self, k) != whole]
        if is_symbolic(self.global_phase) or self.global_phase:
            parts.append(f"global_phase={repr_phase(self.global_phase)}")
        parts += [f"{k}={getattr(self, k)!r}" for k in ("qregs", "cregs") if getattr(self, k)]
        return f"Circuit({', '.join(parts)})"


_FIELDS = ("n_qubits", "gates", "n_clbits", "inputs", "outputs", "global_phase", "qregs", "cregs")


def _fail(index: int, gate: Gate, problem: str) -> ArityError:
    return ArityError(f"gate {index} ({gate.name} on {list(gate.qubits)}): {problem}")


def _check(n_qubits: int, n_clbits: int, gates: tuple[Gate, ...]) -> bool:
    """Check every gate by itself; whether any of them opens or closes a line."""
    ends = False
    for index, gate in enumerate(gates):
        qubits = gate.qubits
        spec = GATES.get(gate.name)
        if spec is not None:
            if len(qubits) != spec.n_qubits:
                raise _fail(index, gate, f"it acts on {spec.n_qubits} qubits, not {len(qubits)}")
            if len(gate.params) != spec.n_params:
                raise _fail(index, gate, f"it has {spec.n_params} parameters, not {len(gate.params)}")
            if gate.clbits:
                raise _fail(index, gate, "only a measurement writes classical bits")
        else:
            _check_special(index, gate)
            ends = ends or gate.name in ("init", "post")
        if min(qubits) < 0 or max(qubits) >= n_qubits:
            raise _fail(index, gate, f"the circuit has qubits 0 to {n_qubits - 1}")
        if len(qubits) > 1 and len(set(qubits)) != len(qubits):
            raise _fail(index, gate, "a qubit is repeated")
        if gate.clbits or gate.condition is not None:
            bits, value = gate.condition or ((), 0)
            for bit in gate.clbits + bits:
                if not 0 <= bit < n_clbits:
                    raise _fail(index, gate, f"classical bit {bit} is not among the circuit's {n_clbits}")
            if len(set(bits)) != len(bits) or value < 0:
                raise _fail(
                    index, gate, "a condition compares distinct bits with a number that is not negative"
                )
    return ends


def _check_special(index: int, gate: Gate) -> None:
    if gate.name not in NOT_UNITARY and gate.name not in COMPOUND:
        raise UnknownGenerator(gate.name, [*GATES, *COMPOUND, *NOT_UNITARY], f"the gate set (gate {index})")
    if not gate.qubits:
        raise _fail(index, gate, "it acts on no qubit")
    if gate.name in ("defined", "noise"):
        _check_meaning(index, gate)
        return
    if gate.name in FAMILIES:
        _check_family(index, gate)
        return
    if gate.name in ("measure", "reset", "init", "post") and len(gate.qubits) != 1:
        raise _fail(index, gate, f"it acts on one qubit, not {len(gate.qubits)}")
    if gate.name == "opaque" and not gate.label:
        raise _fail(index, gate, "an opaque operation needs a label")
    if len(gate.clbits) != (gate.name == "measure"):
        raise _fail(
            index, gate, f"it writes {int(gate.name == 'measure')} classical bits, not {len(gate.clbits)}"
        )
    if gate.params and gate.name != "opaque":
        raise _fail(index, gate, f"it has no parameters, not {len(gate.params)}")
    if gate.condition is not None and gate.name in ("init", "post", "barrier"):
        raise _fail(index, gate, "it cannot be conditional")


def _check_meaning(index: int, gate: Gate) -> None:
    wanted = "a definition" if gate.name == "defined" else "a channel"
    if gate.meaning is None or gate.meaning.kind != gate.name:
        raise _fail(index, gate, f"it needs {wanted} (meaning=)")
    problem = gate.meaning.misfit(gate)
    if problem:
        raise _fail(index, gate, problem)


def _check_family(index: int, gate: Gate) -> None:
    if len(gate.params) != FAMILIES[gate.name]:
        raise _fail(index, gate, f"it has {FAMILIES[gate.name]} parameters, not {len(gate.params)}")
    if gate.clbits:
        raise _fail(index, gate, "only a measurement writes classical bits")
    if gate.name == "rpauli" and (len(gate.label) != len(gate.qubits) or set(gate.label) - set("XYZ")):
        raise _fail(index, gate, f"its label is one letter X, Y or Z for each qubit, not {gate.label!r}")


def _boundaries(
    n_qubits: int, gates: tuple[Gate, ...], inputs: Sequence[int] | None, outputs: Sequence[int] | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The open lines at both ends, checked against the ``init`` and ``post`` gates."""
    for what, lines in (("inputs", inputs), ("outputs", outputs)):
        if lines is not None and (len(set(lines)) != len(lines) or any(not 0 <= q < n_qubits for q in lines)):
            raise ArityError(f"the {what} {list(lines)} are not distinct lines of a circuit on {n_qubits}")
    if inputs is None:
        is_open: list[bool | None] = [None] * n_qubits
        for gate in gates:
            for q in gate.qubits:
                if is_open[q] is None:
                    is_open[q] = gate.name != "init"
        inputs = [q for q in range(n_qubits) if is_open[q] is not False]
    now = [False] * n_qubits
    for q in inputs:
        now[q] = True
    for index, gate in enumerate(gates):
        opens = gate.name == "init"
        for q in gate.qubits:
            if now[q] is opens:
                raise _fail(index, gate, f"line {q} is {'already' if opens else 'not'} open")
            if opens or gate.name == "post":
                now[q] = opens
    if outputs is None:
        outputs = [q for q in range(n_qubits) if now[q]]
    closing = set(outputs)
    for q in range(n_qubits):
        if now[q] and q not in closing:
            raise ArityError(f"line {q} is open at the end but is no output: close it with a post gate")
    for q in outputs:
        if not now[q]:
            raise ArityError(
                f"output {q} is not open at the end: a line that is no input begins with an init gate"
            )
    return tuple(inputs), tuple(outputs)
