"""Noise of a machine, as it changes what is read from a sentence's circuit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache

from catenary.diagrams import CatenaryError
from catenary.functors.circuits import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.mixed import (
    Channel,
    amplitude_damping,
    depolarising,
    mixed_circuit,
    quantum,
    readout_error,
)
from catenary.functors.tensor.parameters import ParametrisedNetwork

_FREE = frozenset(("init", "post", "barrier", "reset"))


@dataclass(frozen=True)
class NoiseModel:
    """Depolarising noise and damping after every gate, and errors of readout. Immutable.

    Args:
        depolarising: the strength after a gate on one qubit (Qiskit's ``depolarizing_error`` has the same parameter).
        two_qubit: the strength after a gate on two or more qubits, on each pair of neighbours; as on one unless given.
        damping: the probability that |1⟩ decays, on every qubit of every gate.
        readout: the probability that a measured bit is misread, in post-selections too.

    Raises:
        CatenaryError: for what is no probability.

    >>> from catenary.functors.circuits import Gate
    >>> flip = Circuit(1, [Gate("init", (0,)), Gate("x", (0,))], 0, (), (0,))
    >>> NoiseModel(readout=0.1).network(flip).bind({}).contract().real.round(6)
    array([0.1, 0.9])
    """

    depolarising: float = 0.0
    two_qubit: float | None = None
    damping: float = 0.0
    readout: float = 0.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value is None and name == "two_qubit":
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
                raise CatenaryError(f"{name} noise is a probability, not {value!r}")

    def __call__(self, gate: Gate) -> Channel | None:
        """The channel that follows a gate; ``None`` without any."""
        if gate.name in _FREE:
            return None
        if gate.name == "measure":
            return _readout(float(self.readout)) if self.readout else None
        count = len(gate.qubits)
        strength = self.depolarising if count == 1 or self.two_qubit is None else self.two_qubit
        if not strength and not self.damping:
            return None
        return _after(count, float(strength), float(self.damping))

    def network(self, circuit: Circuit) -> ParametrisedNetwork:
        """The probabilities of what the outputs read while every post-selection reads 0, as a network.

        Not normalised: the sum is the probability of the post-selections. Its boundary is the output qubits, as bits.

        Raises:
            ContractionError: for a circuit with inputs.
        """
        gates = []
        bit = 0
        for gate in circuit.gates:
            if gate.name == "post":
                gates.append(Gate("measure", gate.qubits, clbits=(bit,)))
                bit += 1
            else:
                gates.append(gate)
        posts = bit
        for qubit in circuit.outputs:
            gates.append(Gate("measure", (qubit,), clbits=(bit,)))
            bit += 1
        read = Circuit(circuit.n_qubits, gates, bit, circuit.inputs)
        channel = mixed_circuit(read, noise=self)
        lines = len(channel.cod) - bit
        bits = channel.discarding(list(range(lines, lines + bit))).parametrised
        return bits.fix({len(bits.shape) - bit + k: 0 for k in range(posts)}) if posts else bits

    def to_json(self) -> dict[str, float | None]:
        """The settings."""
        return asdict(self)


@lru_cache(maxsize=256)
def _readout(p: float) -> Channel:
    return readout_error(p)


@lru_cache(maxsize=256)
def _after(count: int, strength: float, damping: float) -> Channel:
    """Depolarising noise, then damping, on so many qubits; beyond two, on each pair of neighbours."""
    if count <= 2:
        channel = depolarising(strength, count)
    else:
        channel = Channel.identity([quantum()] * count)
        for k in range(count - 1):
            before, after = (Channel.identity([quantum()] * n) for n in (k, count - k - 2))
            channel = channel >> before @ depolarising(strength, 2) @ after
    if damping:
        decay = amplitude_damping(damping)
        for _ in range(count - 1):
            decay = decay @ amplitude_damping(damping)
        channel = channel >> decay
    return channel
