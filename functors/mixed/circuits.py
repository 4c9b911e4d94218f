"""Circuits with measurement, reset, conditions and noise, as doubled networks.

A measurement makes the qubit's ket and bra and the classical bit one index; a reset joins ket and bra and
starts anew; a condition on several bits is a chain of small tensors. Free angles stay free: the channel's
``parametrised`` network is for :func:`~catenary.functors.tensor.compile_parametrised`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from catenary.diagrams import ArityError, ContractionError
from catenary.diagrams.errors import expect
from catenary.diagrams.phases import is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import decomposition
from catenary.functors.circuits.gates import COMPOUND, IDLE, Gate
from catenary.functors.circuits.noise import NoiseChannel
from catenary.functors.circuits.simulate import gate_matrix
from catenary.functors.mixed.doubling import Channel, classical, quantum
from catenary.functors.tensor.circuits import Bits
from catenary.functors.tensor.network import Array, NetworkBuilder
from catenary.functors.tensor.parameters import Feature, SymbolicTensor, read_gate, symbolic_gate

Noise: TypeAlias = Mapping[str, Channel] | Callable[[Gate], Channel | None]

_ZERO = np.array([1.0, 0.0])
# condition so far, bit -> condition: on a bit that should be 0, and 1
_AND = (
    np.array([[[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]]]),
    np.array([[[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]]]),
)


def mixed_circuit(circuit: Circuit, *, initial: Bits | None = None, noise: Noise | None = None) -> Channel:
    """The channel of a circuit, from its input qubits to its output qubits and then its classical bits.

    Classical bits start at 0. A circuit's global phase has no effect.

    Args:
        circuit: gates, measurements, resets, preparations and projections (``post``: the result is then not
            normalised), any of the first three on a condition.
        initial: the basis state of the inputs, such as ``"00"``; they stay open unless given.
        noise: the channel that follows each gate, by the gate's name, or a function of the gate. A channel on
            one qubit follows on each of the gate's. After a ``measure``, a channel from bit to bit changes
            what is read.

    Raises:
        ContractionError: for an opaque operation, or noise that does not fit.
        ArityError: for the wrong number of bits.

    >>> from catenary.functors.mixed import readout_error
    >>> flip = Circuit(1, [Gate("x", (0,)), Gate("measure", (0,), clbits=(0,))], n_clbits=1)
    >>> mixed_circuit(flip, initial="0", noise={"measure": readout_error(0.1)}).discarding([1]).probabilities()
    array([0.1, 0.9])
    """
    return _Doubled(circuit, noise).run(initial)


def density_matrix(
    circuit: Circuit,
    keep: Sequence[int] | None = None,
    *,
    initial: Bits | None = None,
    noise: Noise | None = None,
    **options: Any,
) -> Array:
    """The density matrix of a circuit's outputs, from |0…0⟩ unless ``initial`` is given.

    Args:
        circuit: the circuit; its classical bits are forgotten.
        keep: the outputs to keep, by place, in this order; all unless given. The others are discarded.
        initial, noise: as for :func:`mixed_circuit`.
        options: those of :func:`~catenary.functors.tensor.contract`.

    >>> bell = Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])
    >>> density_matrix(bell, [0]).real.round(3)
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    expect(circuit, Circuit, "what density_matrix takes", "a Circuit")
    start = "0" * len(circuit.inputs) if initial is None else initial
    channel = mixed_circuit(circuit, initial=start, noise=noise)
    kept = range(len(circuit.outputs)) if keep is None else keep
    if any(not 0 <= k < len(circuit.outputs) for k in kept):
        raise ArityError(f"{list(kept)} are not all among the {len(circuit.outputs)} outputs of the circuit")
    return channel.discarding(list(kept)).density_matrix(**options)


def distribution(
    circuit: Circuit, *, initial: Bits | None = None, noise: Noise | None = None, **options: Any
) -> Array:
    """The joint distribution of a circuit's classical bits, one axis of length 2 for each, from |0…0⟩.

    The arguments are those of :func:`density_matrix`. With ``post`` gates it sums to the probability that
    they succeed.

    >>> gates = [Gate("h", (0,)), Gate("cx", (0, 1)), *(Gate("measure", (q,), clbits=(q,)) for q in (0, 1))]
    >>> distribution(Circuit(2, gates, n_clbits=2)).round(3)
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    expect(circuit, Circuit, "what distribution takes", "a Circuit")
    start = "0" * len(circuit.inputs) if initial is None else initial
    channel = mixed_circuit(circuit, initial=start, noise=noise)
    n = len(circuit.outputs)
    return channel.discarding(list(range(n, n + circuit.n_clbits))).probabilities(**options)


class _Doubled:
    def __init__(self, circuit: Circuit, noise: Noise | None):
        self.circuit = circuit
        self.noise = noise.get if isinstance(noise, Mapping) else None
        self.rule = noise if noise is not None and not isinstance(noise, Mapping) else None
        self.builder = NetworkBuilder()
        self.ket = [-1] * circuit.n_qubits
        self.bra = [-1] * circuit.n_qubits
        self.bit: list[int] = []

    def run(self, initial: Bits | None) -> Channel:
        circuit, builder = self.circuit, self.builder
        for q in circuit.inputs:
            self.ket[q], self.bra[q] = builder.new(2), builder.new(2)
        begin = [index for q in circuit.inputs for index in (self.ket[q], self.bra[q])]
        self.bit = [builder.new(2) for _ in range(circuit.n_clbits)]
        for c, index in enumerate(self.bit):
            builder.add(_ZERO, [index], f"bit {c} at the start")
        for place, gate in enumerate(circuit.gates):
            self.step(gate, place)
        end = [index for q in circuit.outputs for index in (self.ket[q], self.bra[q])]
        network = builder.build([*begin, *end, *self.bit], len(begin))
        wires = (quantum(),) * len(circuit.inputs)
        cod = (quantum(),) * len(circuit.outputs) + (classical(),) * circuit.n_clbits
        if initial is not None:
            bits = [None if b == "?" else b for b in initial]
            if len(bits) != len(circuit.inputs):
                raise ArityError(f"{len(bits)} bits for the {len(circuit.inputs)} inputs of the circuit")
            fixed = {}
            for place, value in enumerate(bits):
                if value not in (None, 0, 1, "0", "1"):
                    raise ArityError(f"bit {place} of the inputs is {value!r}, not 0 or 1 (or None: open)")
                if value is not None:
                    fixed[2 * place] = fixed[2 * place + 1] = int(value)
            network = network.fix(fixed) if fixed else network
            wires = wires[: len(circuit.inputs) - len(fixed) // 2]
        return Channel(network, wires, cod)

    def step(self, gate: Gate, place: int) -> None:
        name = f"gate {place} ({gate.label or gate.name})"
        if gate.name == "barrier":
            return
        if gate.name == "opaque":
            raise ContractionError(f"{name} on {list(gate.qubits)} is not a known map")
        builder = self.builder
        flag = None if gate.condition is None else self.condition(gate.condition, name)
        (q, *_) = gate.qubits
        if gate.name == "init":
            self.prepare(q, name)
        elif gate.name == "post":
            builder.add(_ZERO, [self.ket[q]], name)
            builder.add(_ZERO, [self.bra[q]], name)
            self.ket[q] = self.bra[q] = -1
        elif gate.name == "measure":
            self.measure(q, gate.clbits[0], flag, name)
        elif gate.name == "reset":
            self.reset(q, flag, name)
        elif gate.name == "noise":
            self.channel(gate, flag, name)
        elif gate.name not in IDLE:
            self.unitary(gate, flag, name)
        self.add_noise(gate, flag, name)

    def prepare(self, q: int, name: str) -> None:
        self.ket[q], self.bra[q] = self.builder.new(2), self.builder.new(2)
        self.builder.add(_ZERO, [self.ket[q]], name)
        self.builder.add(_ZERO, [self.bra[q]], name)

    def condition(self, condition: tuple[tuple[int, ...], int], name: str) -> int:
        """An index that is 1 exactly when the bits hold the value."""
        bits, value = condition
        flag = self.builder.new(2)
        self.builder.add(np.array([0.0, 1.0] if value < 1 << len(bits) else [1.0, 0.0]), [flag], name)
        for k, bit in enumerate(bits):
            after = self.builder.new(2)
            self.builder.add(_AND[value >> k & 1], [flag, self.bit[bit], after], name)
            flag = after
        return flag

    def measure(self, q: int, c: int, flag: int | None, name: str) -> None:
        builder = self.builder
        if flag is None:
            builder.merge(self.ket[q], self.bra[q], name)
            self.bit[c] = self.ket[q]
            return
        equal = np.eye(2)
        builder.add(np.stack([np.ones((2, 2)), equal]), [flag, self.ket[q], self.bra[q]], name)
        read = builder.new(2)
        # condition, qubit, bit before -> bit after
        table = np.stack([np.stack([equal, equal]), np.stack([equal, equal], 1)])
        builder.add(table, [flag, self.ket[q], self.bit[c], read], name)
        self.bit[c] = read

    def reset(self, q: int, flag: int | None, name: str) -> None:
        builder = self.builder
        ket, bra = self.ket[q], self.bra[q]
        if flag is None:
            builder.merge(ket, bra, name)
            self.prepare(q, name)
            return
        self.ket[q], self.bra[q] = builder.new(2), builder.new(2)
        equal = np.eye(2)
        stay = np.einsum("ac,bd->abcd", equal, equal)
        gone = np.einsum("ab,c,d->abcd", equal, _ZERO, _ZERO)
        builder.add(np.stack([stay, gone]), [flag, ket, bra, self.ket[q], self.bra[q]], name)

    def unitary(self, gate: Gate, flag: int | None, name: str) -> None:
        if flag is None and gate.name == "swap":
            a, b = gate.qubits
            for now in (self.ket, self.bra):
                now[a], now[b] = now[b], now[a]
            return
        if gate.name in COMPOUND:  # the matrix of many qubits is large
            for step in decomposition(gate)[0]:
                self.unitary(step, flag, name)
            return
        count = len(gate.qubits)
        if flag is None:
            tensor, diagonal = read_gate(gate)
        else:
            tensor, diagonal = _conditional(gate), (False,) * count
        for now, array in ((self.ket, tensor), (self.bra, tensor.conj())):
            legs = [] if flag is None else [flag]
            for q, same in zip(gate.qubits, diagonal, strict=True):
                legs.append(now[q])
                if not same:
                    now[q] = self.builder.new(2)
                    legs.append(now[q])
            self.builder.add(array, legs, name)

    def channel(self, gate: Gate, flag: int | None, name: str) -> None:
        """An operation that is noise."""
        noise = gate.meaning
        assert isinstance(noise, NoiseChannel)
        if noise.readout is not None:
            (c,) = gate.clbits
            before = self.bit[c]
            self.measure(gate.qubits[0], c, flag, name)
            a, b = noise.readout
            table = np.array([[1 - a, a], [b, 1 - b]])
            read = self.builder.new(2)
            if flag is None:
                self.builder.add(table, [self.bit[c], read], name)
            else:  # where the condition does not hold, the bit is as it was
                self.builder.add(np.stack([np.eye(2), table]), [flag, self.bit[c], read], name)
            assert before != read
            self.bit[c] = read
            return
        n = noise.n_qubits
        array = noise.superoperator()
        if flag is not None:
            size = 1 << n
            same = np.eye(size * size).reshape(size, size, size, size)
            array = np.stack([same, array])
        # axes: (condition), kets out, bras out, kets in, bras in, one for each qubit
        array = array.reshape((2,) * (4 * n + (flag is not None)))
        legs = [] if flag is None else [flag]
        kets, bras = [self.ket[q] for q in gate.qubits], [self.bra[q] for q in gate.qubits]
        for now in (self.ket, self.bra):
            for q in gate.qubits:
                now[q] = self.builder.new(2)
                legs.append(now[q])
        self.builder.add(array, [*legs, *kets, *bras], name)

    def add_noise(self, gate: Gate, flag: int | None, name: str) -> None:
        channel = self.noise(gate.name) if self.noise is not None else self.rule(gate) if self.rule else None
        if channel is None:
            return
        if not isinstance(channel, Channel):
            raise ContractionError(f"the noise of {name} is {channel!r}, not a channel")
        if flag is not None:
            raise ContractionError(f"{name} is conditional and has noise: noise follows unconditional gates")
        if gate.name == "post":
            raise ContractionError(f"{name} ends its qubit: no noise can follow it")
        where = f"the noise of {name}"
        if gate.name == "measure" and channel.dom == channel.cod == (classical(),):
            self.follow(channel, [self.bit], [gate.clbits[0]], where)
        elif channel.dom == channel.cod == (quantum(),):
            for q in gate.qubits:
                self.follow(channel, [self.ket, self.bra], [q], where)
        elif channel.dom == channel.cod == (quantum(),) * len(gate.qubits):
            self.follow(channel, [self.ket, self.bra], gate.qubits, where)
        else:
            raise ContractionError(
                f"{where} is {channel!r}, which does not act on its {len(gate.qubits)} qubits"
            )

    def follow(self, channel: Channel, rows: Sequence[list[int]], lines: Sequence[int], name: str) -> None:
        before = [row[q] for q in lines for row in rows]
        after = [self.builder.new(2) for _ in before]
        self.builder.add_network(channel.network, before + after, name)
        fresh = iter(after)
        for q in lines:
            for row in rows:
                row[q] = next(fresh)


def _conditional(gate: Gate) -> Any:
    """The identity where the first axis is 0 and the gate where it is 1, (before, after) for each qubit."""
    count = len(gate.qubits)
    identity = np.eye(1 << count)
    axes = [0, *(k for q in range(count) for k in (1 + q, 1 + count + q))]
    shape = (2,) * (1 + 2 * count)
    if not any(map(is_symbolic, gate.params)):
        return np.stack([identity, gate_matrix(gate).T]).reshape(shape).transpose(axes)
    inner = symbolic_gate(gate)
    zero, one = np.zeros_like(inner.basis), np.zeros((1, 2, *identity.shape))
    one[0, 0] = identity
    basis = np.concatenate([np.stack([zero, inner.basis], 1), one])
    return SymbolicTensor((*inner.features, Feature("one")), basis).reshape(shape).transpose(axes)
