"""Gates under control of further qubits."""

from __future__ import annotations

from fractions import Fraction

from catenary.diagrams.phases import Phase, is_symbolic
from catenary.functors.circuits.decompose import decomposition
from catenary.functors.circuits.gates import Gate

HALF = Fraction(1, 2)
_NAMED = {
    ("x", 0): "x",
    ("x", 1): "cx",
    ("x", 2): "ccx",
    ("x", 3): "c3x",
    ("x", 4): "c4x",
    ("y", 1): "cy",
    ("h", 1): "ch",
    ("sx", 1): "csx",
    ("swap", 1): "cswap",
    ("rx", 1): "crx",
    ("ry", 1): "cry",
    ("rz", 1): "crz",
    ("p", 0): "p",
    ("p", 1): "cp",
    ("u", 1): "cu3",
}
_BASE = {name: (base, n) for (base, n), name in _NAMED.items()} | {
    "u3": ("u", 0),
    "u1": ("p", 0),
    "cu1": ("p", 1),
    "rx": ("rx", 0),
    "ry": ("ry", 0),
    "rz": ("rz", 0),
    "y": ("y", 0),
    "h": ("h", 0),
    "sx": ("sx", 0),
    "swap": ("swap", 0),
    "u": ("u", 0),
}
_PHASES = {
    "z": (Fraction(1), 0),
    "s": (HALF, 0),
    "sdg": (-HALF, 0),
    "t": (HALF / 2, 0),
    "tdg": (-HALF / 2, 0),
    "cz": (Fraction(1), 1),
    "ccz": (Fraction(1), 2),
}


def controlled_x(controls: tuple[int, ...], target: int) -> Gate:
    """X on the target where all controls are 1, by its shortest name.

    >>> controlled_x((0, 1), 2).name, controlled_x((0, 1, 2, 3, 4), 5).name
    ('ccx', 'mcx')
    """
    return Gate(_NAMED.get(("x", len(controls)), "mcx"), (*controls, target))


def phase_on(qubits: tuple[int, ...], angle: Phase) -> list[Gate]:
    """The phase e^{iπ·angle} where all the qubits are 1, by its shortest name.

    >>> phase_on((0, 1), Fraction(1))
    [Gate('cz', (0, 1))]
    """
    if not is_symbolic(angle) and not angle % 2:
        return []
    if isinstance(angle, Fraction) and angle % 2 == 1 and len(qubits) <= 3:
        return [Gate(("z", "cz", "ccz")[len(qubits) - 1], qubits)]
    return [Gate({1: "p", 2: "cp"}.get(len(qubits), "mcp"), qubits, (angle,))]


def controlled_gate(controls: tuple[int, ...], gate: Gate) -> list[Gate]:
    """A unitary gate under further controls: exactly the identity where one of them is 0.

    The number of gates does not depend on the number of controls; many controls are ``mcx`` and ``mcp``.

    >>> controlled_gate((2,), Gate("cx", (0, 1)))
    [Gate('ccx', (2, 0, 1))]
    """
    if not controls:
        return [gate]
    name, qubits = gate.name, gate.qubits
    if name == "defined":
        return [gate.meaning.controlled(controls, gate)]  # type: ignore[union-attr]
    if name in ("mcx", "mcp"):
        base, own = name[2:], len(qubits) - 1
    elif name in _PHASES:
        return phase_on(controls + qubits, _PHASES[name][0])
    elif name in _BASE:
        base, own = _BASE[name]
    else:
        steps, phase = decomposition(gate)
        out = [each for step in steps for each in controlled_gate(controls, step)]
        return out + phase_on(controls, phase)
    held, params = controls + qubits[:own], gate.params
    known = _NAMED.get((base, len(held)))
    if known is not None:
        return [Gate(known, (*controls, *qubits), params)]
    if base == "swap":
        a, b = qubits[own:]
        return [Gate("cx", (b, a)), controlled_x((*held, a), b), Gate("cx", (b, a))]
    return _many(base, held, qubits[-1], params)


def _many(base: str, controls: tuple[int, ...], q: int, params: tuple[Phase, ...]) -> list[Gate]:
    """One-qubit gates under controls whose number has no name."""
    if base == "p":
        return phase_on((*controls, q), params[0])
    x = controlled_x(controls, q)

    def between(before: str, inner: list[Gate], after: str) -> list[Gate]:
        return [Gate(n, (q,)) for n in before.split()] + inner + [Gate(n, (q,)) for n in after.split()]

    if base == "x":
        return [x]
    if base == "y":
        return between("sdg", [x], "s")
    if base == "h":
        return between("s h t", [x], "tdg h sdg")
    if base == "sx":
        return between("h", phase_on((*controls, q), HALF), "h")
    if base in ("ry", "rz"):
        half = params[0] / 2
        return [Gate(base, (q,), (half,)), x, Gate(base, (q,), (-half,)), x]
    if base == "rx":
        return between("h", _many("rz", controls, q, params), "h")
    theta, phi, lam = params  # u, as A X B X C with A B C = 1
    return [
        *phase_on(controls, (phi + lam) / 2),
        Gate("rz", (q,), ((lam - phi) / 2,)),
        x,
        Gate("rz", (q,), (-(phi + lam) / 2,)),
        Gate("ry", (q,), (-theta / 2,)),
        x,
        Gate("ry", (q,), (theta / 2,)),
        Gate("rz", (q,), (phi,)),
    ]
