"""Are two circuits with measurements, resets, conditional gates, prepared or post-selected lines, or fixed inputs
equal? Region by region, by sums over paths, by matrices of small ones, and by what product inputs give.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams import LimitReached
from catenary.diagrams.phases import Phase, reduce_phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import CircuitError
from catenary.functors.circuits.simulate import unitary
from catenary.rewriting.circuits.angles import add
from catenary.rewriting.circuits.branches import cases, early_parts, operations, parts
from catenary.rewriting.circuits.noisy import channel_array, entry, has_noise, largest_entry, state_of
from catenary.rewriting.circuits.path_miter import Miter, equal_channels, equal_maps
from catenary.rewriting.circuits.path_sums import has_decimals
from catenary.rewriting.circuits.purification import Purified, purified
from catenary.rewriting.circuits.reduced_states import ReducedState, largest_difference
from catenary.rewriting.circuits.simulation import EIGENVALUES
from catenary.rewriting.circuits.unitaries import WITHIN, bindings, difference, verify_unitary
from catenary.rewriting.circuits.verdict import Verdict
from catenary.rewriting.circuits.witness import DIFFERENCE, Witness, check_witness

SMALL = 12
"""Lines of a purified circuit up to which its matrix is made."""

TOLERANCE = 1e-9

NOISY_INPUTS = 60
"""Product inputs on which circuits with noise are compared."""


def verify_channels(a: Circuit, b: Circuit, initial: str | None, deadline: float, seed: int) -> Verdict:
    """Compare two circuits with as many inputs, outputs and classical bits.

    Args:
        initial: ``?``, ``0`` or ``1`` for each input, or ``None``.
    """
    return _Comparison(a, b, initial, deadline, seed).verdict()


class _Comparison:
    """Two circuits while methods are tried on them."""

    def __init__(self, a: Circuit, b: Circuit, initial: str | None, deadline: float, seed: int) -> None:
        self.a, self.b = to_basic(a), to_basic(b)
        self.given = (a, b)
        self.initial = initial or "?" * len(a.inputs)
        self.deadline = deadline
        self.seed = seed
        self.values = bindings(a, b, seed)
        self.tried = ["same gates"]
        self.reason = ""

    def verdict(self) -> Verdict:
        return next(found for found in self._methods() if found is not None)

    def _until(self, share: float) -> float:
        start = time.monotonic()
        return start + max(0.0, self.deadline - start) * share

    def _equal(self, method: str, phase: Phase | None) -> Verdict:
        return Verdict("equal", method, phase, tried=tuple(self.tried))

    def _methods(self) -> Iterator[Verdict | None]:
        yield self._regions(self._until(0.3))
        if any(map(has_noise, self.given)):
            yield from self._noisy()
        try:
            numbers = [c.bind(self.values) for c in self.given]
            whole = [purified(c, self.initial) for c in self.given]
            bound = [purified(c, self.initial) for c in numbers]
        except CircuitError as error:
            reason = self.reason or str(error)
            yield Verdict("unknown", "none", reason=f"{reason}; {error}", tried=tuple(self.tried))
            return
        pure = all(p.is_pure for p in whole)
        yield self._simulated(bound[0], bound[1], 12, self._until(0.2))
        yield self._paths(whole[0], whole[1], pure, self._until(0.6))
        if not self.values:
            yield self._matrices(whole[0], whole[1], pure)
        yield self._simulated(bound[0], bound[1], 400, self.deadline)
        reason = self.reason or "no method decided within the budget"
        yield Verdict("unknown", "none", reason=reason, tried=tuple(self.tried))

    def _noisy(self) -> Iterator[Verdict]:
        """Circuits with noise: channels in floating point, and what product inputs give."""
        self.tried.append("channels as arrays")
        if not self.values:
            arrays = [channel_array(c, self.initial) for c in self.given]
            if arrays[0] is not None and arrays[1] is not None:
                distance = float(np.abs(arrays[0] - arrays[1]).max())
                if distance < TOLERANCE:
                    yield self._equal(
                        f"channels in 64-bit floating point, largest difference {distance:.1e}", None
                    )
        self.tried.append("density matrices of product inputs")
        rng = random.Random(self.seed)
        numbers = [c.bind(self.values) for c in self.given]
        for _ in range(NOISY_INPUTS):
            if time.monotonic() > self.deadline:
                break
            inputs = "".join(rng.choice("01+-rl") if s == "?" else s for s in self.initial)
            states = [state_of(c, inputs) for c in numbers]
            if states[0] is None or states[1] is None:
                break
            row, column = largest_entry(states[0], states[1], len(self.a.outputs))
            values = entry(numbers[0], inputs, row, column), entry(numbers[1], inputs, row, column)
            if abs(values[0] - values[1]) > 10 * DIFFERENCE:
                witness = Witness(tuple(inputs), row, column, "", values, tuple(self.values.items()))
                yield Verdict("not equal", self.tried[-1], None, witness, str(witness), tuple(self.tried))
            if "?" not in self.initial:
                break
        reason = (
            self.reason
            or "circuits with noise are compared region by region, or as arrays while they are small"
        )
        yield Verdict("unknown", "none", reason=reason, tried=tuple(self.tried))

    def _regions(self, deadline: float) -> Verdict | None:
        """The parts before, between and after the same operations, as they stand, then each gate as early as it can be."""
        a, b = self.a, self.b
        self.tried.append("region by region")
        if a.n_qubits != b.n_qubits or a.inputs != b.inputs or a.outputs != b.outputs:
            return None
        if operations(a) != operations(b):
            self.reason = "the measurements, resets, noise or open lines are not the same, in the same order"
            return None
        for cut in (parts, early_parts):
            found = self._parts(list(zip(cut(a), cut(b), strict=True)), deadline)
            if found is not None:
                return found
        return None

    def _parts(self, pairs: list[tuple[Circuit, Circuit]], deadline: float) -> Verdict | None:
        phase: Phase | None = difference(self.a, self.b)
        methods: list[str] = []
        for k, (left, right) in enumerate(pairs):
            branches = cases(left, right)
            if branches is None:
                self.reason = f"region {k} has too many conditions"
                return None
            for one, other in branches:
                verdict = verify_unitary(one, other, deadline, self.seed)
                methods.append(verdict.method)
                self.tried.extend(t for t in verdict.tried if t not in self.tried)
                if verdict.answer != "equal":
                    more = f"differs ({verdict.reason}), which what follows may hide"
                    self.reason = f"region {k}" + (
                        f": {verdict.reason}" if verdict.answer == "unknown" else f" {more}"
                    )
                    return None
                # the phase of one of several branches cannot be seen
                known = phase is not None and verdict.global_phase is not None and len(branches) == 1
                phase = add(phase, verdict.global_phase) if known else None
        method = "region by region: " + ", ".join(dict.fromkeys(methods))
        return self._equal(method, None if phase is None else reduce_phase(phase))

    def _paths(self, a: Purified, b: Purified, pure: bool, until: float) -> Verdict | None:
        self.tried.append("sums over paths")
        within = WITHIN if has_decimals((a.circuit, b.circuit)) else ""
        try:
            if pure:
                answer = equal_maps(a, b, Miter(a, b, deadline=until), until)
                equal = None if answer is None else answer.equal
                phase = None if answer is None else answer.phase
            else:
                equal, phase = equal_channels(a, b, until), None
        except LimitReached as limit:
            self.tried[-1] += f" ({limit.limit})"
            return None
        if equal:
            return self._equal("sums over paths" + within, phase)
        if equal is False and not self.values:
            self.reason = (
                "sums over paths prove that they differ, but no product input that shows it was found"
            )
        return None

    def _matrices(self, a: Purified, b: Purified, pure: bool) -> Verdict | None:
        """Equal in floating point: the linear maps, or the operators that stand for the channels (Choi)."""
        lines = max(a.circuit.n_qubits, b.circuit.n_qubits)
        ends = len(a.free) + len(a.outputs) + len(a.records)
        work = (len(a.circuit) + len(b.circuit)) * 4.0**lines + 16.0**ends
        if lines > SMALL or ends > 7 or work > 2e7 * (self.deadline - time.monotonic()):
            return None
        self.tried.append("floating-point matrices")
        kraus = [_operators(p) for p in (a, b)]
        method = "matrices in 64-bit floating point, largest difference "
        if pure:
            left, right = kraus[0][0], kraus[1][0]
            overlap = complex(np.vdot(right, left))
            factor = overlap / abs(overlap) if abs(overlap) > 1e-6 else 1.0
            distance = float(np.abs(left - factor * right).max())
            phase: Phase | None = float(np.angle(factor)) / np.pi
        else:
            left, right = (_choi(k, p) for k, p in zip(kraus, (a, b), strict=True))
            distance, phase = float(np.abs(left - right).max()), None
        return self._equal(f"{method}{distance:.1e}", phase) if distance < TOLERANCE else None

    def _simulated(self, a: Purified, b: Purified, tries: int, until: float) -> Verdict | None:
        """Product inputs, few superposed qubits first."""
        name = "product-state simulation"
        if name not in self.tried:
            self.tried.append(name)
        rng = random.Random(self.seed + tries)
        free = [k for k, state in enumerate(self.initial) if state == "?"]
        for attempt in range(tries):
            if time.monotonic() > until:
                return None
            inputs = [rng.choice("01") if state == "?" else state for state in self.initial]
            for k in rng.sample(free, min(len(free), attempt % (len(free) + 1))):
                inputs[k] = rng.choice([*EIGENVALUES][2:])
            try:
                one, other = (ReducedState(p, inputs, deadline=until) for p in (a, b))
            except LimitReached:
                continue
            found = largest_difference(one, other, 10 * DIFFERENCE)
            if found is None:
                if not free:
                    return None
                continue
            width = len(a.outputs) + len(a.records)
            row, column = ("".join("01"[k >> j & 1] for j in range(width)) for k in found[:2])
            witness = Witness(tuple(inputs), row, column, "", found[2:], tuple(self.values.items()))
            try:
                if width and check_witness(*self.given, witness, deadline=self.deadline):
                    return Verdict("not equal", name, None, witness, str(witness), tuple(self.tried))
            except LimitReached:
                return None
        return None


def _operators(p: Purified) -> NDArray[np.complex128]:
    """The linear maps from the free inputs to outputs and classical bits, one for each state of the environment;
    axes: environment, outputs, bits, inputs."""
    n = p.circuit.n_qubits
    tensor = unitary(p.circuit).reshape((2,) * (2 * n))
    fresh = [line for line in range(n) if line not in p.free]
    for line in sorted(fresh, reverse=True):
        tensor = np.take(tensor, 0, axis=n + line)
    for line in sorted(p.closed, reverse=True):
        tensor = np.take(tensor, 0, axis=line)
    left = [line for line in range(n) if line not in p.closed]
    inputs = sorted(p.free)
    order = [left.index(line) for line in (*p.environment, *p.outputs, *p.records)]
    order += [len(left) + inputs.index(line) for line in p.free]
    sizes = [2 ** len(group) for group in (p.environment, p.outputs, p.records, p.free)]
    return tensor.transpose(order).reshape(sizes)


def _choi(kraus: NDArray[np.complex128], p: Purified) -> NDArray[np.complex128]:
    """Σ_e K ⊗ K̄ for each value of the classical bits."""
    outputs, records, inputs = (2 ** len(group) for group in (p.outputs, p.records, p.free))
    by_record = kraus.transpose(2, 0, 1, 3).reshape(records, -1, outputs * inputs)
    choi: NDArray[np.complex128] = np.einsum("rei,rej->rij", by_record, by_record.conj())
    return choi
