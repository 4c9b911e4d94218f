"""Quantum circuits as tensor networks, straight from their gate lists.

Where a gate is diagonal in a qubit, that qubit's index runs through it: diagonal gates and controls are
hyper-edges, and no copy tensor or identity is stored. A basis state slices the tensors that it meets.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from catenary.diagrams import ArityError, ContractionError
from catenary.diagrams.phases import Phase, is_symbolic, unit
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import decomposition
from catenary.functors.circuits.gates import COMPOUND, NOT_LINEAR, Gate
from catenary.functors.circuits.simulate import gate_matrix
from catenary.functors.tensor.contraction import contract
from catenary.functors.tensor.network import Array, NetworkBuilder, TensorNetwork

Bits = Sequence[int | None] | str
_NOTHING = frozenset({"barrier", "id", "u0"})
_LEAST_NORM = 1e-28  # squares of the rounding errors of amplitudes


@lru_cache(maxsize=4096)
def _named_tensor(name: str, params: tuple[Phase, ...], count: int) -> tuple[Array, tuple[bool, ...]]:
    return _gate_tensor(Gate(name, tuple(range(count)), params))


def _gate_tensor(gate: Gate) -> tuple[Array, tuple[bool, ...]]:
    """The tensor of a gate, and for each qubit whether it is diagonal there.

    The axes are, qubit by qubit, one for a diagonal qubit and two (before, after) for another.
    """
    matrix, count = gate_matrix(gate), len(gate.qubits)
    value: Array = matrix.T.reshape((2,) * (2 * count))
    diagonal = []
    for q in range(count):
        mixed = np.moveaxis(value, (q, count + q), (0, 1))
        diagonal.append(not mixed[0, 1].any() and not mixed[1, 0].any())
    # np.einsum takes the diagonals: both axes of a diagonal qubit have one label
    after = [q if diagonal[q] else count + q for q in range(count)]
    out: list[int] = []
    for q in range(count):
        out += [q] if diagonal[q] else [q, count + q]
    tensor = np.ascontiguousarray(np.einsum(value, [*range(count), *after], out))
    tensor.flags.writeable = False
    return tensor, tuple(diagonal)


def circuit_network(
    circuit: Circuit, initial: Bits | None = None, final: Bits | None = None
) -> TensorNetwork:
    """The tensor network of a circuit, its global phase included.

    The boundary is the open inputs and then the open outputs, in the order of ``circuit.inputs`` and
    ``circuit.outputs``.

    Args:
        circuit: gates, with ``init`` and ``post`` where its lines begin and end.
        initial: the basis state of the inputs, such as ``"0101"``; a place that is ``None`` (in text,
            ``"?"``) stays open. All are open unless given.
        final: the basis state that the outputs are projected on, in the same way.

    Raises:
        ContractionError: for a measurement, a reset, an opaque or a conditional operation.
        PhaseError: for an angle with free symbols.
        ArityError: for the wrong number of bits.

    >>> bell = Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])
    >>> circuit_network(bell, initial="00").contract().real.round(3)
    array([[0.707, 0.   ],
           [0.   , 0.707]])
    """
    return read_circuit(circuit, gate_tensor, lambda phase: np.array(unit(phase)), initial, final)


def gate_tensor(gate: Gate) -> tuple[Array, tuple[bool, ...]]:
    """A gate's tensor and for each qubit whether it is diagonal there; the axes are, qubit by qubit, one for
    a diagonal qubit and two (before, after) for another.

    Raises:
        PhaseError: for an angle with free symbols.
    """
    for param in gate.params:
        if is_symbolic(param):
            gate_matrix(gate)  # raises, naming the symbols
    if gate.label:
        return _gate_tensor(gate)
    return _named_tensor(gate.name, gate.params, len(gate.qubits))


def _few_qubits(gates: Iterable[Gate], phases: list[Phase]) -> Iterator[tuple[int, Gate]]:
    """The gates with their places, those on any number of qubits as smaller ones and phases."""
    for place, gate in enumerate(gates):
        if gate.name in COMPOUND and gate.condition is None:
            steps, phase = decomposition(gate)
            phases.append(phase)
            yield from ((place, step) for step in steps)
        else:
            yield place, gate


def read_circuit(
    circuit: Circuit,
    read: Callable[[Gate], tuple[Any, tuple[bool, ...]]],
    scalar: Callable[[Phase], Any],
    initial: Bits | None = None,
    final: Bits | None = None,
) -> TensorNetwork:
    """The network of a circuit with tensors of any kind: ``read`` gives a gate's as :func:`gate_tensor` does,
    ``scalar`` the number of a global phase. Otherwise :func:`circuit_network`.
    """
    builder = NetworkBuilder()
    now: list[int | None] = [None] * circuit.n_qubits
    for q in circuit.inputs:
        now[q] = builder.new(2)
    begin = [now[q] for q in circuit.inputs]
    zero = np.array([1.0, 0.0])
    phases: list[Phase] = [circuit.global_phase]
    for place, gate in _few_qubits(circuit.gates, phases):
        if gate.name in _NOTHING and gate.condition is None:
            continue
        if gate.condition is not None or gate.name in NOT_LINEAR:
            what = "conditional" if gate.condition is not None else gate.label or gate.name
            raise ContractionError(
                f"gate {place} of the circuit ({what} on {list(gate.qubits)}) is not a linear map: only "
                "gates, init and post are"
            )
        name = f"gate {place} ({gate.name})"
        if gate.name == "init":
            (q,) = gate.qubits
            now[q] = builder.new(2)
            builder.add(zero, [_line(now, q, place)], name)
            continue
        if gate.name == "post":
            (q,) = gate.qubits
            builder.add(zero, [_line(now, q, place)], name)
            now[q] = None
            continue
        if gate.name == "swap":
            a, b = gate.qubits
            now[a], now[b] = now[b], now[a]
            continue
        tensor, diagonal = read(gate)
        legs = []
        for q, same in zip(gate.qubits, diagonal, strict=True):
            legs.append(_line(now, q, place))
            if not same:
                now[q] = builder.new(2)
                legs.append(_line(now, q, place))
        builder.add(tensor, legs, name)
    total = sum(phases[1:], phases[0])
    if is_symbolic(total) or total:
        builder.add(scalar(total), [], "global phase")
    end = [_line(now, q, len(circuit.gates)) for q in circuit.outputs]
    network = builder.build([i for i in begin if i is not None] + end, len(begin))
    n = len(begin)
    fixed = read_bits(initial, n, "inputs")
    fixed |= {n + place: bit for place, bit in read_bits(final, len(end), "outputs").items()}
    return network.fix(fixed) if fixed else network


def _line(now: Sequence[int | None], q: int, place: int) -> int:
    index = now[q]
    if index is None:
        raise ArityError(f"gate {place} of the circuit: line {q} is not open")
    return index


def read_bits(bits: Bits | None, count: int, what: str) -> dict[int, int]:
    """The fixed places of a basis state and their values.

    Raises:
        ArityError: for the wrong number of bits or what is not one.
    """
    if bits is None:
        return {}
    given = [None if bit == "?" else bit for bit in bits]
    if len(given) != count:
        raise ArityError(f"{len(given)} bits for the {count} {what} of the circuit")
    found = {}
    for place, bit in enumerate(given):
        if bit is None:
            continue
        if bit not in (0, 1, "0", "1"):
            raise ArityError(f"bit {place} of the {what} is {bit!r}, not 0 or 1 (or None: open)")
        found[place] = int(bit)
    return found


def tensor_of(circuit: Circuit, engine: str = "cotengra", **options: Any) -> Array:
    """The linear map of a circuit as an array: one axis of length 2 for each input, then one for each output.

    Reshaped to a matrix and transposed, it is :func:`~catenary.functors.circuits.simulate.unitary`.
    ``options`` are those of :func:`~catenary.functors.tensor.contract`.

    >>> tensor_of(Circuit(1, [Gate("x", (0,))])).real
    array([[0., 1.],
           [1., 0.]])
    """
    value = contract(circuit_network(circuit), engine, **options)
    return value if value.dtype == np.complex128 else value.astype(np.complex128)


def amplitude(
    circuit: Circuit,
    initial: Sequence[int] | str,
    final: Sequence[int] | str,
    engine: str = "cotengra",
    **options: Any,
) -> complex:
    """The amplitude ⟨final|circuit|initial⟩ between basis states, contracted without any dense state.

    ``options`` are those of :func:`~catenary.functors.tensor.contract`.

    Raises:
        ArityError: unless there is a bit for each input and output.

    >>> ghz = Circuit(40, [Gate("h", (0,)), *(Gate("cx", (q, q + 1)) for q in range(39))])
    >>> round(amplitude(ghz, "0" * 40, "1" * 40).real, 6)
    0.707107
    """
    network = circuit_network(circuit, initial, final)
    if network.output:
        raise ArityError("an amplitude needs a bit, 0 or 1, for each input and output of the circuit")
    return complex(contract(network, engine, **options))


@dataclass(frozen=True)
class Comparison:
    """How two linear maps of one boundary compare.

    Attributes:
        fidelity: |⟨a|b⟩|² / (⟨a|a⟩⟨b|b⟩), 1 exactly when they are proportional.
            It and the ratio are NaN where a norm is not 0 but so small that it may be rounding errors.
        ratio: the scalar r for which ``r · a`` is closest to ``b``: ⟨a|b⟩ / ⟨a|a⟩.
        overlap: ⟨a|b⟩, the sum of conj(a)·b over all entries.
        norms: ⟨a|a⟩ and ⟨b|b⟩.
    """

    fidelity: float
    ratio: complex
    overlap: complex
    norms: tuple[float, float]

    @property
    def global_phase(self) -> float:
        """The phase of the ratio, in half turns, in (-1, 1]."""
        return cmath.phase(self.ratio) / math.pi


def overlap_network(a: TensorNetwork, b: TensorNetwork) -> TensorNetwork:
    """The closed network of ⟨a|b⟩: conj(a) and b glued along the whole boundary.

    Raises:
        ContractionError: if the boundaries differ.
    """
    if a.shape != b.shape or a.inputs != b.inputs:
        raise ContractionError(f"the boundaries differ: {a.dom} to {a.cod} against {b.dom} to {b.cod}")
    builder = NetworkBuilder()
    first, second = builder.new_network(a.conj()), builder.new_network(b)
    for wire, (i, j) in enumerate(zip(first, second, strict=True)):
        builder.merge(i, j, f"wire {wire} of the boundary")
    return builder.build(())


def _norm(thing: Circuit | TensorNetwork, network: TensorNetwork, options: dict[str, Any]) -> float:
    if isinstance(thing, Circuit) and not any(gate.name == "post" for gate in thing.gates):
        return 2.0 ** len(thing.inputs)  # an isometry
    return float(contract(overlap_network(network, network), **options).real)


def compare(
    a: Circuit | TensorNetwork, b: Circuit | TensorNetwork, engine: str = "cotengra", **options: Any
) -> Comparison:
    """Compare two circuits or networks by their overlap, contracted as one closed network: no dense state is
    built.

    Args:
        a, b: circuits or networks with the same boundary.
        engine: the contraction engine; ``options`` are those of :func:`~catenary.functors.tensor.contract`.

    Raises:
        ContractionError: if the boundaries differ, or above a limit.

    >>> a = Circuit(2, [Gate("h", (1,)), Gate("cx", (0, 1)), Gate("h", (1,))])
    >>> b = Circuit(2, [Gate("cz", (0, 1))])
    >>> round(compare(a, b).fidelity, 9)
    1.0
    """
    options = {"engine": engine, **options}
    one, other = (thing if isinstance(thing, TensorNetwork) else circuit_network(thing) for thing in (a, b))
    norms = (_norm(a, one, options), _norm(b, other, options))
    overlap = complex(contract(overlap_network(one, other), **options))
    if min(norms) <= 0:
        both = max(norms) <= 0
        return Comparison(1.0 if both else 0.0, 1.0 + 0j if both else 0j, overlap, norms)
    if min(norms) < _LEAST_NORM:
        return Comparison(math.nan, complex(math.nan, math.nan), overlap, norms)
    fidelity = abs(overlap) ** 2 / (norms[0] * norms[1])
    return Comparison(fidelity, overlap / norms[0], overlap, norms)
