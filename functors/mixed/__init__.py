"""Mixed states and channels: diagrams and circuits doubled, with measurement, encoding, discarding and noise.

Everything is a tensor network of twice the wires, contracted whole; no density matrix is pushed through a
circuit. (Selinger's CPM construction; Coecke & Kissinger, *Picturing Quantum Processes*, chapters 6 to 8.)
"""

from catenary.functors.mixed.channels import (
    amplitude_damping,
    bit_flip,
    dephasing,
    depolarising,
    discard,
    encode,
    from_kraus,
    maximally_mixed,
    measure,
    phase_damping,
    readout_error,
    stochastic,
)
from catenary.functors.mixed.circuits import density_matrix, distribution, mixed_circuit
from catenary.functors.mixed.doubling import Channel, Channels, Wire, classical, double, quantum

__all__ = [
    "Channel",
    "Channels",
    "Wire",
    "amplitude_damping",
    "bit_flip",
    "classical",
    "density_matrix",
    "dephasing",
    "depolarising",
    "discard",
    "distribution",
    "double",
    "encode",
    "from_kraus",
    "maximally_mixed",
    "measure",
    "mixed_circuit",
    "phase_damping",
    "quantum",
    "readout_error",
    "stochastic",
]
