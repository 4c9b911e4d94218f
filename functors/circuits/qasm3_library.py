"""The standard gates of OpenQASM 3 in the gate set, and definitions of those gates that stdgates.inc lacks.

The language's ``U(θ, φ, λ)`` is e^{iθ/2} times ours, and its u2 and u3 have determinant 1 (OpenQASM 3.0
specification, *Standard library*); the difference is carried as global phase, or as a phase on the controls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from catenary.diagrams.phases import Phase


@dataclass(frozen=True, slots=True)
class Native:
    """A gate that is applied as one gate of ours.

    Attributes:
        gate: our name.
        n_params, n_qubits: its shape.
        phase: the global phase beside ours, in half turns, from the parameters.
    """

    gate: str
    n_params: int
    n_qubits: int
    phase: Callable[..., Phase] | None = None
    label: str = ""


def _minus_half(*params: Any) -> Phase:
    phi, lam = params[-2:]
    return -(phi + lam) / 2


BUILT_IN = Native("u", 3, 1, lambda theta, phi, lam: theta / 2)
"""``U``"""

_PLAIN = (
    *((name, 0, 1) for name in ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "id")),
    *((name, 1, 1) for name in ("p", "rx", "ry", "rz", "u1")),
    *((name, 0, 2) for name in ("cx", "cy", "cz", "ch", "swap")),
    *((name, 1, 2) for name in ("cp", "crx", "cry", "crz")),
    ("cu", 4, 2),
    ("ccx", 0, 3),
    ("cswap", 0, 3),
)
STANDARD: Mapping[str, Native] = {
    **{name: Native(name, params, qubits) for name, params, qubits in _PLAIN},
    "CX": Native("cx", 0, 2),
    "phase": Native("p", 1, 1),
    "cphase": Native("cp", 1, 2),
    "u2": Native("u2", 2, 1, _minus_half),
    "u3": Native("u3", 3, 1, _minus_half),
}
"""The gates of stdgates.inc."""

DEFINITIONS: Mapping[str, str] = {
    "u0": "gate u0(gamma) a { }",
    "sxdg": "gate sxdg a { inv @ sx a; }",
    "csx": "gate csx a, b { ctrl @ sx a, b; }",
    "iswap": "gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }",
    "cu1": "gate cu1(lambda) a, b { ctrl @ p(lambda) a, b; }",
    "cu3": "gate cu3(theta, phi, lambda) a, b { cu(theta, phi, lambda, 0) a, b; }",
    "rxx": "gate rxx(theta) a, b { h a; h b; cx a, b; rz(theta) b; cx a, b; h b; h a; }",
    "ryy": "gate ryy(theta) a, b { rx(pi/2) a; rx(pi/2) b; cx a, b; rz(theta) b; cx a, b; "
    "rx(-pi/2) b; rx(-pi/2) a; }",
    "rzz": "gate rzz(theta) a, b { cx a, b; rz(theta) b; cx a, b; }",
    "rzx": "gate rzx(theta) a, b { h b; cx a, b; rz(theta) b; cx a, b; h b; }",
    "ccz": "gate ccz a, b, c { ctrl(2) @ z a, b, c; }",
    "rccx": "gate rccx a, b, c { h c; t c; cx b, c; tdg c; cx a, c; t c; cx b, c; tdg c; h c; }",
    "c3x": "gate c3x a, b, c, d { ctrl(3) @ x a, b, c, d; }",
    "c4x": "gate c4x a, b, c, d, e { ctrl(4) @ x a, b, c, d, e; }",
}
"""Gates that stdgates.inc lacks: a file that uses them carries their definition, recognised on reading."""


def shape_of_definition(name: str) -> tuple[int, int]:
    """Parameters and qubits of one of the :data:`DEFINITIONS`."""
    head = DEFINITIONS[name].partition("{")[0].removeprefix(f"gate {name}").strip()
    params, _, qubits = head.rpartition(")")
    return len(params.strip("(").split(",")) if params else 0, len(qubits.split(","))


def pauli_definition(letters: str) -> str:
    """The definition of exp(-iθP/2) for a Pauli string, by the name that it is recognised by."""
    places = [f"q{i}" for i in range(len(letters))]
    before = {"X": "h {0}; ", "Y": "sdg {0}; h {0}; ", "Z": ""}
    after = {"X": "h {0}; ", "Y": "h {0}; s {0}; ", "Z": ""}
    pairs = list(pairwise(places))
    body = "".join(before[letter].format(q) for letter, q in zip(letters, places, strict=True))
    body += "".join(f"cx {a}, {b}; " for a, b in pairs)
    body += f"rz(theta) {places[-1]}; "
    body += "".join(f"cx {a}, {b}; " for a, b in reversed(pairs))
    body += "".join(after[letter].format(q) for letter, q in zip(letters, places, strict=True))
    return f"gate rpauli_{letters.lower()}(theta) {', '.join(places)} {{ {body}}}"


def recognised(name: str, text: str) -> Native | None:
    """The gate that a definition of this text stands for, if it is one that we write ourselves."""
    if name.startswith("rpauli_"):
        letters = name.removeprefix("rpauli_").upper()
        if letters and not set(letters) - set("XYZ") and _same(text, pauli_definition(letters)):
            return Native("rpauli", 1, len(letters), label=letters)
        return None
    if name in DEFINITIONS and _same(text, DEFINITIONS[name]):
        return Native(name, *shape_of_definition(name))
    return None


def _same(a: str, b: str) -> bool:
    return "".join(a.split()) == "".join(b.split())
