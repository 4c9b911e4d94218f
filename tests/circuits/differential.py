"""Random circuits over everything a circuit can hold, through every format, bridge and engine, each result checked.

What comes out is compared with what went in by a simulator that shares no code with the library
(:mod:`tests.circuits.independent`), and, where the other library can compute a matrix, by that library.
"""

from __future__ import annotations

import importlib
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import sympy

from catenary import files
from catenary.diagrams.phases import as_phase, is_symbolic
from catenary.functors.circuits import (
    FAMILIES,
    GATES,
    Circuit,
    CircuitError,
    Gate,
    GateDefinition,
    Register,
    in_order,
    qasm2,
    qasm3,
)
from catenary.functors.circuits.gates import renumbered
from tests.circuits import independent

SYMBOLS = sympy.symbols("a b")
CLIFFORD = (
    "x",
    "y",
    "z",
    "h",
    "s",
    "sdg",
    "sx",
    "sxdg",
    "cx",
    "cy",
    "cz",
    "swap",
    "iswap",
    "rz",
    "rx",
    "ry",
    "p",
    "rzz",
    "rxx",
    "ryy",
    "u",
)
BRIDGES = ("qiskit", "pytket", "cirq", "pennylane", "pyzx", "stim")


class Case:
    """A random circuit, and values for its symbols."""

    def __init__(self, seed: int):
        rng = self.rng = random.Random(seed)
        self.n = rng.randint(1, 4)
        kind = rng.random()
        self.measured = kind < 0.4
        self.symbolic = rng.random() < 0.3
        self.clifford = rng.random() < 0.15
        self.n_bits = rng.randint(1, 3) if self.measured else 0
        self.values = {s.name: rng.uniform(-2, 2) for s in SYMBOLS}
        self.circuit = self._circuit()
        self.bound = self.circuit.bind(self.values)

    def angle(self):
        rng = self.rng
        if self.clifford:
            return Fraction(rng.randint(-4, 4), 2)
        if self.symbolic and rng.random() < 0.5:
            a, b = SYMBOLS
            return rng.choice([a, -b, a / 2 + sympy.Rational(1, 4), a / sympy.pi, 2 * a - b, 3 * b + 1])
        if rng.random() < 0.7:
            return Fraction(rng.randint(-16, 16), rng.choice([1, 2, 3, 4, 8]))
        return rng.uniform(-3, 3)

    def gate(self):
        rng = self.rng
        if self.clifford:
            names = CLIFFORD
            names = [name for name in names if GATES[name].n_qubits <= self.n]
        else:
            names = [name for name, spec in GATES.items() if spec.n_qubits <= self.n]
            names += ["swap"] * (self.n > 1)
        if not self.clifford and rng.random() < 0.1:
            name = rng.choice(list(FAMILIES))
            width = rng.randint(1, self.n)
            label = "".join(rng.choice("XYZ") for _ in range(width)) if name == "rpauli" else ""
            params = tuple(self.angle() for _ in range(FAMILIES[name]))
            return Gate(name, tuple(rng.sample(range(self.n), width)), params, label=label)
        if not self.clifford and rng.random() < 0.06:
            return self.defined()
        return self.named(rng.choice(names))

    def named(self, name, width=None):
        rng, spec = self.rng, GATES[name]
        qubits = tuple(rng.sample(range(width or self.n), spec.n_qubits))
        return Gate(spec.name, qubits, tuple(self.angle() for _ in range(spec.n_params)))

    def defined(self):
        """A gate by the name of a definition, its adjoint, or under controls."""
        rng = self.rng
        width = rng.randint(1, self.n)
        fitting = [name for name, spec in GATES.items() if spec.n_qubits <= width]
        symbolic, self.symbolic = self.symbolic, False
        body = [self.named(rng.choice(fitting), width) for _ in range(rng.randint(1, 3))]
        self.symbolic = symbolic
        params = ("x", "y")[: rng.randint(0, 2)]
        body += [Gate("rz", (0,), (sympy.Symbol(name) / 2 + sympy.Rational(1, 4),)) for name in params]
        phase = (
            sympy.Symbol("x") / 2 if "x" in params and rng.random() < 0.5 else Fraction(rng.randint(0, 3), 4)
        )
        definition = GateDefinition(rng.choice("fgh"), params, Circuit(width, body, global_phase=phase))
        controls = rng.randint(0, min(1, self.n - width))
        definition = replace(definition, controls=controls, inverse=rng.random() < 0.3)
        return definition(rng.sample(range(self.n), width + controls), *(self.angle() for _ in params))

    def condition(self, registers, written):
        rng = self.rng
        kind = rng.random()
        if kind < 0.4 and len(registers) > 0:
            bits = rng.choice(registers)
        else:
            bits = tuple(sorted(rng.sample(range(self.n_bits), rng.randint(1, self.n_bits))))
        if rng.random() < 0.7:  # Cirq knows measured bits only
            bits = tuple(b for b in bits if b in written)
        return (bits, rng.randrange(1 << len(bits))) if bits else None

    def _circuit(self):
        rng = self.rng
        cut = rng.randint(1, self.n_bits) if self.n_bits else 0
        cregs = [Register("m", cut), Register("k", self.n_bits - cut)] if 0 < cut < self.n_bits else []
        registers = (
            [tuple(range(cut)), tuple(range(cut, self.n_bits))] if cregs else [tuple(range(self.n_bits))]
        )
        gates, written = [], set()
        for _ in range(rng.randint(1, 10)):
            what = rng.random()
            condition = None
            if self.measured and rng.random() < 0.25:
                condition = self.condition(registers if self.n_bits else [], written)
            if self.measured and what < 0.2:
                bit = rng.randrange(self.n_bits)
                gates.append(Gate("measure", (rng.randrange(self.n),), (), (bit,), condition))
                written.add(bit)
            elif self.measured and what < 0.27:
                gates.append(Gate("reset", (rng.randrange(self.n),), (), (), condition))
            elif what < 0.32:
                gates.append(Gate("barrier", tuple(rng.sample(range(self.n), rng.randint(1, self.n)))))
            else:
                g = self.gate()
                gates.append(replace(g, condition=condition))
        lines = list(range(self.n))
        if rng.random() < 0.2:
            rng.shuffle(lines)
        phase = Fraction(rng.randint(0, 7), 4) if rng.random() < 0.5 else Fraction(0)
        return Circuit(self.n, gates, self.n_bits, outputs=lines, global_phase=phase, cregs=cregs)


class WrongResultError(AssertionError):
    """A result that is wrong."""


class Run:
    """What has been checked, and what was refused by name."""

    def __init__(self):
        self.checked: Counter[str] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()

    def check(self, seed: int) -> None:
        """Send one circuit through everything."""
        case = Case(seed)
        meaning = meaning_of(case.bound)
        stages = [("qasm2", by_qasm2), ("qasm3", by_qasm3), ("json", by_json), ("diagram", by_diagram)]
        stages += [("zx", by_zx), ("measured zx", by_measured_zx)]
        if seed % 4 == 0:
            stages += [("optimize", by_optimize)]
        stages += [(name, bridge(name)) for name in BRIDGES]
        for name, stage in stages:
            try:
                results = list(stage(case))
            except CircuitError as error:
                self.refused[name, kind_of(str(error))] += 1
                continue
            except Exception as error:
                raise WrongResultError(
                    f"seed {seed}, {name}: {type(error).__name__}: {error}\n{case.circuit}"
                ) from error
            for result, exact in results:
                if isinstance(result, Circuit):
                    result = meaning_of(result.bind(case.values))
                if not same(meaning, result, exact):
                    raise WrongResultError(f"seed {seed}, {name}: a different circuit\n{case.circuit}")
            self.checked[name] += 1


def kind_of(message: str) -> str:
    """A refusal without its numbers."""
    return "".join("#" if c.isdigit() else c for c in message.partition(":")[2] or message)[:70]


def meaning_of(circuit: Circuit):
    """A unitary with its phase, or a channel for each value of the classical bits."""
    circuit = circuit.unfolded()
    plain = circuit.is_unitary and not circuit.n_clbits
    return independent.unitary(circuit) if plain else independent.channel(circuit)


def same(wanted, found, exact: bool) -> bool:
    """Whether two meanings are equal; not ``exact``: up to a global phase."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and independent.same_channel(wanted, found)
    if exact and np.shape(wanted) == np.shape(found):
        return np.allclose(wanted, found, atol=1e-7)
    if np.shape(wanted) != np.shape(found):
        return False
    overlap = np.vdot(wanted, found) / len(wanted)
    return abs(abs(overlap) - 1) < 1e-7


# Each stage yields circuits or matrices, and whether their global phase must be right.


def by_qasm2(case):
    text = qasm2.dumps(in_order(case.circuit))
    yield qasm2.parse(text, tolerance=0), False
    yield qasm2.parse(text, tolerance=0, keep_definitions=True), False


def by_qasm3(case):
    text = qasm3.dumps(in_order(case.circuit))
    again = qasm3.parse(text, tolerance=0)
    yield again, True
    yield qasm3.parse(qasm3.dumps(again), tolerance=0), True
    yield qasm3.parse(text, tolerance=0, keep_definitions=True), True


def by_json(case):
    again = files.loads(files.dumps(case.circuit))
    assert again == case.circuit
    yield again, True


def by_diagram(case):
    yield Circuit.from_diagram(case.circuit.to_diagram()), True


def by_zx(case):
    """To a ZX diagram, fully reduced, extracted, written, read; and the whole simplification."""
    from catenary.rewriting.zx import NotUnitaryError, resynthesise, simplify_circuit

    plain = without_barriers(case.circuit)
    try:
        found = resynthesise(plain)
    except NotUnitaryError as error:
        raise CircuitError(str(error)) from None
    again = qasm3.parse(qasm3.dumps(in_order(found.circuit)), tolerance=0)
    scalar = found.scalar.copy()

    def value(phase):
        return as_phase(phase.subs(case.values)) if is_symbolic(phase) else phase

    scalar.symbolic, scalar.spiders = value(scalar.symbolic), [value(p) for p in scalar.spiders]
    if not case.n_bits:
        yield scalar.to_complex() * independent.unitary(again.bind(case.values)), True
    yield simplify_circuit(plain), True


def by_measured_zx(case):
    """The simplification of circuits with measurements, written and read."""
    from catenary.rewriting.zx.measured import simplify_measured

    found = simplify_measured(case.circuit)
    yield found, False
    yield qasm3.parse(qasm3.dumps(in_order(found)), tolerance=0), False


def by_optimize(case):
    from catenary.rewriting.circuits import optimize

    result = optimize(case.circuit, budget=0.1)
    assert not [refused for refused in result.refused if refused.is_fault]
    yield result.circuit, True
    yield qasm3.parse(qasm3.dumps(in_order(result.circuit)), tolerance=0), True


def without_barriers(circuit):
    return circuit.with_gates(tuple(g for g in circuit.gates if g.name != "barrier"))


def bridge(name):
    """There and back, and where the library computes a matrix, that."""

    def stage(case):
        module = importlib.import_module(f"catenary.functors.bridges.{name}")
        given = case.circuit
        if name in ("pennylane", "pyzx", "stim"):
            given = case.bound  # no free parameters there
        if name in ("pyzx", "stim"):
            given = without_barriers(given)
        theirs = getattr(module, f"to_{name}")(given)
        exact = name not in ("pyzx", "stim")
        back = getattr(module, f"from_{name}")(theirs)
        if name == "cirq":
            back = getattr(module, f"from_{name}")(theirs, _line_qubits(case.n))
        if name in ("cirq", "pyzx") and case.n_bits:
            back = _with_bits(back, given)
        if (
            name == "stim" and case.n_bits
        ):  # Stim numbers its measurements: bit k is not what is measured into it
            back = _with_last(back, given)
        yield back, exact
        if case.bound.is_unitary and not case.n_bits:
            matrix = MATRICES[name](getattr(module, f"to_{name}")(without_barriers(case.bound)), case.n)
            if matrix is not None:
                yield matrix, exact

    return stage


def _line_qubits(n):
    import cirq

    return cirq.LineQubit.range(n)


def _with_bits(circuit, given):
    """The circuit with the bits of the one it came from: those libraries know bits by name, and only those in use."""
    place, first = {}, 0
    for register in given.cregs or [Register("c", given.n_clbits)]:
        place[register.name] = first
        first += register.size
    numbers = [place[r.name] + i for r in circuit.cregs for i in range(r.size)] or range(circuit.n_clbits)
    gates = renumbered(circuit.gates, clbits=list(numbers))
    return Circuit(circuit.n_qubits, gates, given.n_clbits, global_phase=circuit.global_phase)


def _with_last(circuit, given):
    """The circuit with each measurement into the bit that the given one measures into."""
    into = [g.clbits[0] for g in given.gates if g.name == "measure"]
    gates, made = [], 0
    for gate in circuit.gates:
        made += gate.name == "measure"
        gates += renumbered([gate], clbits=into)
    return Circuit(circuit.n_qubits, gates, given.n_clbits, global_phase=circuit.global_phase)


def _qiskit(theirs, n):
    from qiskit.quantum_info import Operator

    return Operator(theirs.reverse_bits()).data


def _pytket(theirs, n):
    from pytket.passes import RemoveBarriers

    RemoveBarriers().apply(theirs)
    return theirs.get_unitary()


def _cirq(theirs, n):
    return theirs.unitary(qubit_order=_line_qubits(n))


def _pennylane(theirs, n):
    import pennylane as qml

    return qml.matrix(theirs, wire_order=range(n))


def _pyzx(theirs, n):
    return theirs.to_matrix()


def _stim(theirs, n):
    import stim

    return stim.Tableau.from_circuit(theirs).to_unitary_matrix(endian="big")


MATRICES = {
    "qiskit": _qiskit,
    "pytket": _pytket,
    "cirq": _cirq,
    "pennylane": _pennylane,
    "pyzx": _pyzx,
    "stim": _stim,
}
