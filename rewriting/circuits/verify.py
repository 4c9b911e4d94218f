"""Are two circuits equal? Three answers: equal (with the method), not equal (with a witness), unknown (with
what was tried).
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from catenary.diagrams import ArityError
from catenary.diagrams.errors import expect_seconds
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import to_basic
from catenary.rewriting.circuits.angles import ZERO
from catenary.rewriting.circuits.channels import verify_channels
from catenary.rewriting.circuits.interop import adapted
from catenary.rewriting.circuits.permutations import verify_permuted
from catenary.rewriting.circuits.unitaries import difference, verify_unitary
from catenary.rewriting.circuits.verdict import Verdict
from catenary.rewriting.circuits.witness import straight


def verify(
    a: object,
    b: object,
    *,
    budget: float = 10.0,
    seed: int = 0,
    initial: str | None = None,
    ancillas: Sequence[int] | int = (),
    dirty: Sequence[int] | int = (),
    up_to_permutation: bool = False,
) -> Verdict:
    """Decide whether two circuits are equal up to global phase; circuits that measure, reset or branch, whether
    they give the same outputs and classical bits on every input.

    Tried in order: the same gate list; the Pauli-rotation miter (both circuits' rotations cancel pairwise and
    the Clifford tableau that is left is the identity; includes Clifford circuits), again with decimals read as
    Clifford and T gates; inputs that the rotations left in
    the miter move, to refute; product inputs; sums over paths; Pauli observables;
    matrices of small circuits; the ZX miter; more inputs, until the time is over.
    Circuits that measure are compared region by region between the same operations, else as channels.

    Args:
        a, b: a :class:`~catenary.functors.circuits.Circuit`, a ``qiskit.QuantumCircuit`` or a
            ``pytket.Circuit`` each. Classical bits begin at 0.
        budget: seconds; when it is over the answer is ``"unknown"``.
        seed: of the random inputs.
        initial: ``0``, ``1`` or ``?`` for each input: equal when these inputs begin in |0⟩ or |1⟩, whatever
            the others (``?``) are. With no ``?``: equality of states.
        ancillas: the inputs of the wider circuit that begin in |0⟩; a number for so many last ones. A circuit
            that does not have them leaves them as they are, so that the other has to return them to |0⟩.
        dirty: the same for inputs that may be in any state and must come back as they were.
        up_to_permutation: also look for an order of b's outputs that makes them equal; it is reported.

    Raises:
        TypeError: for what is no circuit of these kinds.
        ValueError: for a budget that is no finite number of seconds, an ``initial`` that does not fit, or
            ancillas that are not inputs (:class:`~catenary.diagrams.ArityError`).

    >>> from catenary.functors.circuits.gates import Gate
    >>> hzh = Circuit(1, [Gate("h", (0,)), Gate("z", (0,)), Gate("h", (0,))])
    >>> verify(hzh, Circuit(1, [Gate("x", (0,))])).answer
    'equal'
    >>> print(verify(Circuit(1, [Gate("t", (0,))]), Circuit(1)).witness)
    input |+⟩: density matrix entry (0, 1) is 0.353553-0.353553j against 0.5+0j
    >>> verify(Circuit(1, [Gate("t", (0,))]), Circuit(1), initial="1").global_phase
    Fraction(1, 4)
    """
    expect_seconds(budget)
    deadline = time.monotonic() + budget
    one, other = adapted(a)[0], adapted(b)[0]
    if ancillas or dirty:
        one, other, initial = _padded(one, other, ancillas, dirty, initial)
    shapes = [(len(c.inputs), len(c.outputs), c.n_clbits) for c in (one, other)]
    if shapes[0] != shapes[1]:
        return Verdict("not equal", "shape", reason="one has {}, the other {}".format(*map(_shape, shapes)))
    if initial is not None and (len(initial) != len(one.inputs) or not set(initial) <= set("01?")):
        raise ArityError(
            f"initial is one of 0, 1 and ? for each of {len(one.inputs)} inputs, not {initial!r}"
        )
    if up_to_permutation:
        return verify_permuted(one, other, initial, deadline, seed, _verify)
    return _verify(one, other, initial, deadline, seed)


def _shape(shape: tuple[int, int, int]) -> str:
    inputs, outputs, bits = shape
    return f"{inputs} inputs and {outputs} outputs" + (f" and {bits} classical bits" if bits else "")


def _verify(a: Circuit, b: Circuit, initial: str | None, deadline: float, seed: int) -> Verdict:
    if a.with_gates(a.gates, ZERO) == b.with_gates(b.gates, ZERO):
        return Verdict("equal", "same gates", difference(a, b), tried=("same gates",))
    fixed = initial is not None and set(initial) != {"?"}
    if not (a.is_unitary and b.is_unitary):
        return verify_channels(a, b, initial, deadline, seed)
    left, right = straight(to_basic(a)), straight(to_basic(b))
    if not fixed:
        return verify_unitary(left, right, deadline, seed)
    return verify_channels(left, right, initial, deadline, seed)


def _padded(
    a: Circuit, b: Circuit, ancillas: Sequence[int] | int, dirty: Sequence[int] | int, initial: str | None
) -> tuple[Circuit, Circuit, str | None]:
    """Both circuits with the ancillas of the wider one, and the states of the inputs."""
    widths = len(a.inputs), len(b.inputs)
    width = max(widths)
    kinds = []
    taken: set[int] = set()
    for what, lines in (("ancillas", ancillas), ("dirty ancillas", dirty)):
        if isinstance(lines, int):
            lines = range(width - lines, width)
        chosen = set(lines)
        if not all(0 <= k < width for k in chosen) or chosen & taken:
            raise ArityError(f"{what} {sorted(chosen)} are not distinct inputs of a circuit with {width}")
        taken |= chosen
        kinds.append(chosen)
    clean = kinds[0]
    states = list(initial) if initial is not None and len(initial) == width else ["?"] * width
    if initial is not None and len(initial) != width:
        raise ArityError(f"initial is one of 0, 1 and ? for each of {width} inputs, not {initial!r}")
    for k in clean:
        states[k] = "0"
    padded = [c if len(c.inputs) == width else _with_idle(c, sorted(taken), width) for c in (a, b)]
    return padded[0], padded[1], "".join(states)


def _with_idle(circuit: Circuit, places: Sequence[int], width: int) -> Circuit:
    """The circuit with idle lines at some places among its inputs and outputs."""
    if len(circuit.inputs) + len(places) != width or len(circuit.outputs) != len(circuit.inputs):
        raise ArityError(
            f"with {len(places)} ancillas a circuit of {len(circuit.inputs)} inputs and {len(circuit.outputs)} "
            f"outputs cannot be compared with one of {width} inputs"
        )
    n = circuit.n_qubits
    idle = dict(zip(places, range(n, n + len(places)), strict=True))
    inputs, outputs = (
        tuple(idle[k] if k in idle else next(own) for k in range(width))
        for own in (iter(circuit.inputs), iter(circuit.outputs))
    )
    return Circuit.unchecked(
        n + len(places), circuit.gates, circuit.n_clbits, inputs, outputs, circuit.global_phase
    )
