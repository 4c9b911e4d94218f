"""Are two unitary circuits equal up to phase? The methods, in order of cost."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from catenary.diagrams import LimitReached
from catenary.diagrams.phases import Phase, reduce_phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.pauli import Tableau, hermitian
from catenary.functors.circuits.phase_sums import clifford_phase
from catenary.rewriting.circuits.angles import add
from catenary.rewriting.circuits.builder import inverse
from catenary.rewriting.circuits.clifford_t import READ_WITHIN, read_exactly
from catenary.rewriting.circuits.dense import exact_phase, float_phase, is_clifford_t
from catenary.rewriting.circuits.overlaps import Overlaps, distinguishing_input
from catenary.rewriting.circuits.path_miter import Miter, equal_maps
from catenary.rewriting.circuits.path_sums import has_decimals
from catenary.rewriting.circuits.purification import purified
from catenary.rewriting.circuits.rotations import NormalForm, normal_form
from catenary.rewriting.circuits.verdict import Verdict
from catenary.rewriting.circuits.witness import (
    Witness,
    check_witness,
    disturb,
    observable_witness,
    overlap_witness,
    quiet_inputs,
    search,
)

FLOAT_TOLERANCE = 1e-10
"""Decimal angles whose sum is within this many half turns of a Clifford angle count as that angle."""

ENTRIES_A_SECOND = 5e7
"""Matrix entries that one gate after another is taken to change in a second, at least."""

WITHIN = f", decimal angles compared within {FLOAT_TOLERANCE:g} half turns"


def difference(a: Circuit, b: Circuit) -> Phase:
    """The global phase of the first over the second, in half turns."""
    return reduce_phase(add(a.global_phase, -b.global_phase))


def pauli_miter(
    a: Circuit, b: Circuit, *, deadline: float | None = None
) -> tuple[Phase | None, NormalForm, Tableau, bool]:
    """The Pauli-rotation normal form of a · b†, for straight unitary circuits over the basic set.

    Returns the phase of a over b when they are equal (nothing is left), else ``None``; the normal form; its
    tableau; and whether decimal angles had to be rounded.

    Raises:
        LimitReached: past the deadline.
    """
    gates = (*inverse(b.gates), *a.gates)
    rounded = any(isinstance(p, float) for gate in gates for p in gate.params)
    whole = Circuit.unchecked(a.n_qubits, gates, global_phase=add(a.global_phase, -b.global_phase))
    form, tableau = normal_form(whole, tolerance=FLOAT_TOLERANCE if rounded else 0.0, deadline=deadline)
    phase: Phase | None = None
    if not form.rotations and tableau.is_identity():
        between = clifford_phase(a.n_qubits, form.clifford)
        assert between is not None
        phase = reduce_phase(add(form.phase, between))
    return phase, form, tableau, rounded


def bindings(a: Circuit, b: Circuit, seed: int) -> dict[str, Fraction]:
    """Random values, in half turns, for the symbols of two circuits."""
    rng = random.Random(seed)
    symbols = sorted({s for c in (a, b) for s in c.free_symbols}, key=str)
    return {str(s): Fraction(rng.randrange(1, 64), 37) for s in symbols}


def verify_unitary(a: Circuit, b: Circuit, deadline: float, seed: int) -> Verdict:
    """Compare two straight unitary circuits over the basic set."""
    return _Comparison(a, b, deadline, seed).verdict()


class _Comparison:
    """Two circuits while methods are tried on them."""

    def __init__(self, a: Circuit, b: Circuit, deadline: float, seed: int) -> None:
        self.given = self.a, self.b = a, b
        self.within = ""
        self.deadline = deadline
        self.seed = seed
        self.tried: list[str] = []
        self.values = bindings(a, b, seed)
        self.numbers = self._bound()
        self.suspects: list[tuple[int, int]] = []
        self.left = ""
        self.input: str | None = None
        self.differ = False

    def _bound(self) -> tuple[Circuit, Circuit]:
        return (self.a.bind(self.values), self.b.bind(self.values)) if self.values else (self.a, self.b)

    def verdict(self) -> Verdict:
        return next(found for found in self._methods() if found is not None)

    def _until(self, share: float) -> float:
        start = time.monotonic()
        return start + max(0.0, self.deadline - start) * share

    def _methods(self) -> Iterator[Verdict | None]:
        n = self.a.n_qubits
        yield self._same_gates()
        tableau = None
        self.tried.append("Pauli-rotation miter")
        try:
            phase, form, tableau, rounded = pauli_miter(self.a, self.b, deadline=self.deadline)
            yield self._from_normal_form(phase, form, rounded)
            if rounded and self._read_exactly():
                phase, form, tableau, rounded = pauli_miter(self.a, self.b, deadline=self.deadline)
                yield self._from_normal_form(phase, form, rounded)
            if not form.rotations:  # a Clifford miter that is not the identity: an observable shows it
                yield self._observables(tableau)
        except LimitReached as limit:
            self.tried[-1] += f" ({limit.limit})"
        yield self._overlaps(self._until(0.1))
        yield self._blocks(self._until(0.1))
        yield self._collapse(self._until(0.3))
        # the widest circuits are refuted by a few inputs sooner than a sum over paths is built
        yield self._simulated(12, self._until(0.06), 0)
        yield self._paths(self._until(0.3))
        if self.input is not None:
            yield self._on_input(self.input, self._until(0.3))
        yield self._simulated(8 if n > 3 else 24, self._until(0.2), 1)
        if tableau is not None and not tableau.is_identity() and "Pauli observables" not in self.tried:
            yield self._observables(tableau)
        if not self.differ and not self.values:
            yield self._dense(8)
        if not self.differ:
            yield self._zx()
        if not self.differ and not self.values and time.monotonic() < self.deadline:
            yield self._dense(10)
        yield from self._longer()
        reason = "no method decided within the budget; " + (self.left or "nothing was found")
        if self.differ:
            reason = "sums over paths prove that they differ, but no product input that shows it was found"
        yield Verdict("unknown", "none", reason=reason, tried=tuple(self.tried))

    def _equal(self, method: str, phase: Phase | None) -> Verdict:
        return Verdict("equal", method + self.within, phase, tried=tuple(self.tried))

    def _read_exactly(self) -> bool:
        """Go on with one-qubit gates whose decimals are Clifford and T gates as these; whether there are any."""
        read = read_exactly(self.a), read_exactly(self.b)
        if read == (self.a, self.b):
            return False
        self.a, self.b = read
        self.numbers, self.suspects = self._bound(), []
        self.within = (
            f", one-qubit gates with decimal angles read as Clifford and T gates within {READ_WITHIN:g}"
        )
        return True

    def _same_gates(self) -> Verdict | None:
        self.tried.append("same gates")
        if self.a.gates == self.b.gates:
            return self._equal("same gates", difference(self.a, self.b))
        return None

    def _from_normal_form(self, phase: Phase | None, form: NormalForm, rounded: bool) -> Verdict | None:
        a, b = self.a, self.b
        if phase is not None:
            method = "Clifford tableau" if _all_clifford(a) and _all_clifford(b) else "Pauli-rotation miter"
            return self._equal(method + (WITHIN if rounded else ""), phase)
        back = normal_form(Circuit.unchecked(b.n_qubits, b.gates), deadline=self.deadline)[1]
        for rotation in form.rotations[:16]:
            start_of_b = back.pull(hermitian(rotation.x, rotation.z))
            self.suspects.append((start_of_b.x, start_of_b.z))
        self.left = f"{len(form.rotations)} rotations are left in the Pauli-rotation miter"
        return None

    def _blocks(self, until: float) -> Verdict | None:
        """Equal by quotients of commuting blocks, where rotations were exchanged for others."""
        from catenary.rewriting.circuits.blocks import phase_between

        self.tried.append("commuting blocks")
        try:
            phase = phase_between(self.a, self.b, deadline=until)
        except LimitReached as limit:
            self.tried[-1] += f" ({limit.limit})"
            return None
        return None if phase is None else self._equal("commuting blocks", phase)

    def _collapse(self, until: float) -> Verdict | None:
        """Equal by windows at the border of one circuit and the inverse of the other."""
        from catenary.rewriting.circuits.collapse import collapse

        self.tried.append("windows of the miter")
        try:
            proof = collapse(self.a, self.b, until, self.seed)
        except LimitReached as limit:
            self.tried[-1] += f" ({limit.limit})"
            return None
        return (
            None
            if proof is None
            else self._equal(f"windows of the miter: {proof.method}", reduce_phase(proof.phase))
        )

    def _paths(self, until: float) -> Verdict | None:
        self.tried.append("sums over paths")
        try:
            left, right = purified(self.a), purified(self.b)
            miter = Miter(left, right, deadline=until)
            images = miter.images()
            self.input = None if images is None else images.input
            answer = equal_maps(left, right, miter, until)
        except LimitReached as limit:
            self.tried[-1] += f" ({limit.limit})"
            return None
        if answer is None:
            return None
        if answer.equal:
            within = WITHIN if has_decimals((self.a, self.b)) else ""
            return self._equal("sums over paths" + within, answer.phase)
        self.differ = not self.values and not has_decimals((self.a, self.b))
        return None

    def _refuted(self, witness: Witness | None, method: str) -> Verdict | None:
        """A verdict by a witness that holds when everything is simulated again."""
        if witness is None:
            return None
        witness = replace(witness, symbols=tuple(self.values.items()))
        try:
            if not check_witness(*self.given, witness, deadline=self.deadline):
                return None
        except LimitReached:
            return None
        return Verdict("not equal", method, None, witness, str(witness), tuple(self.tried))

    def _on_input(self, inputs: str, until: float) -> Verdict | None:
        try:
            witness = overlap_witness(*self.numbers, tuple(inputs), deadline=until)
        except LimitReached:
            return None
        return self._refuted(witness, "sums over paths")

    def _overlaps(self, until: float) -> Verdict | None:
        """Refuted by an input chosen so that the rotations left in the miter can be simulated and move it."""
        self.tried.append("rotations on product states")
        try:
            overlaps = Overlaps(*self.numbers, deadline=until)
            found = distinguishing_input(self.numbers[0], overlaps, seed=self.seed)
            if found is None:
                return None
            witness = overlap_witness(*self.numbers, found[0], deadline=until)
        except LimitReached as limit:
            self.tried[-1] += f" ({limit.limit})"
            return None
        return self._refuted(witness, "rotations on product states")

    def _simulated(self, tries: int, until: float, offset: int) -> Verdict | None:
        name = "product-state simulation"
        if name not in self.tried:
            self.tried.append(name)
        found = search(
            *self.numbers, suspects=self.suspects, tries=tries, deadline=until, seed=self.seed + offset
        )
        return self._refuted(found, name)

    def _observables(self, tableau: Tableau) -> Verdict | None:
        self.tried.append("Pauli observables")
        found = observable_witness(*self.numbers, tableau, seed=self.seed, deadline=self._until(0.2))
        return self._refuted(found, "Pauli observables")

    def _longer(self) -> Iterator[Verdict | None]:
        """Sparse simulation and sums over paths on random inputs, in turn, until the time is over."""
        self.tried.append("random inputs, longer")
        rng = random.Random(self.seed)
        n = self.a.n_qubits
        for offset in range(2, 50):
            if time.monotonic() > self.deadline:
                return
            inputs = quiet_inputs(self.a, rng)
            for q in rng.sample(range(n), min(n, offset % 3)):
                inputs[q] = rng.choice("+-rl")
            if self.suspects:
                disturb(inputs, self.suspects[offset % len(self.suspects)], rng)
            yield self._on_input("".join(inputs), self._until(0.2))
            yield self._simulated(24, self.deadline, offset)
            if n <= 3:
                return

    def _dense(self, width: int) -> Verdict | None:
        """Equal by matrices."""
        a, b = self.a, self.b
        if a.n_qubits > width:
            return None
        if width == 8 and is_clifford_t(a) and is_clifford_t(b):
            self.tried.append("exact matrices")
            try:
                equal, phase = exact_phase(a, b, deadline=self.deadline)
                return self._equal("exact matrices over Z[ω, 1/√2]", phase) if equal else None
            except LimitReached as limit:
                self.tried[-1] += f" ({limit.limit})"
        # Numpy does not look at the clock.
        work = (len(a.gates) + len(b.gates)) * 4.0**a.n_qubits
        if "floating-point matrices" in self.tried or work > ENTRIES_A_SECOND * (
            self.deadline - time.monotonic()
        ):
            return None
        self.tried.append("floating-point matrices")
        equal, number, distance = float_phase(a, b)
        if not equal:
            return None
        return self._equal(f"matrices in 64-bit floating point, largest difference {distance:.1e}", number)

    def _zx(self) -> Verdict | None:
        """Equal by the ZX miter."""
        from catenary.rewriting.zx import reduces_to_identity

        self.tried.append("ZX miter")
        answer = reduces_to_identity(self.a, self.b, deadline=self.deadline)
        return self._equal("ZX miter", answer[1]) if answer is not None and answer[0] else None


def _all_clifford(circuit: Circuit) -> bool:
    return all(gate.name not in ("t", "tdg", "rz") for gate in circuit.gates)
