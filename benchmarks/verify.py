"""The verifier on optimised circuits and on faults put into them, QCEC beside it in the same run.

First rows: each circuit of ``../shared/circuits`` against its optimised form, by tool: answers, the share decided in
ten seconds, CPU seconds. Then, by kind, 500 faults in these forms against the original circuit: how many are
refuted, and what an independent simulator says of each witness: Qiskit's state vectors up to 18 qubits, above that a
plain simulator of this folder or one on Stim's tableaus; ``too large`` counts those that none can run. A fault that
changes nothing is ``harmless`` (counted where a simulator confirms it). ``wrong`` is for answers that a simulator
contradicts.
Columns of QCEC count "not equivalent" as refuted and "no information" as unknown; it is asked about the first of the
faults only, and the ratio is over the same questions.
"""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._faults import KINDS, TooLarge, confirmed, inject
from benchmarks._forms import TOOLS, optimised
from catenary.functors.circuits import Circuit, qasm2, to_basic
from catenary.rewriting.circuits import Verdict, Witness, verify
from catenary.rewriting.circuits.unitaries import bindings
from catenary.rewriting.circuits.witness import straight

SHARED = Path(__file__).resolve().parents[2] / "shared" / "circuits"
BUDGET = 10.0
"""CPU seconds within which an answer counts as decided."""

PATIENCE = 4
"""The verifier's limit is on the clock; a busy machine gets so many times the budget."""

LIMIT = 90.0
"""Seconds that a tool may take for one circuit."""

FAULTS, SEED = 500, 1
OTHER_FAULTS = 100
"""Faults that QCEC is asked about, too: it takes many seconds for some."""

QUICK_FILES, QUICK_TOOLS, QUICK_FAULTS = 6, ("pyzx teleport", "qiskit level 3"), 25
WIDEST = 18
"""Qubits up to which Qiskit checks a witness, and a random state."""
SAME_STATE = 1e-9
"""Distance of two states that are the same but for rounding: a T on one of 2^18 basis states moves one by 1e-3."""

Pair = tuple[str, str, Circuit, Circuit]


def pairs(quick: bool, kept: Path | None = None) -> Iterator[Pair]:
    """Tool, name, circuit and optimised form; forms that a tool does not make in time are left out.

    Args:
        kept: a folder in which forms are looked for and kept.
    """
    files = sorted(SHARED.glob("*.qasm"), key=lambda p: p.stat().st_size)
    for tool in QUICK_TOOLS if quick else TOOLS:
        for path in files[:QUICK_FILES] if quick else files:
            circuit = qasm2.load(path)
            place = None if kept is None else kept / f"{path.stem}__{tool.replace(' ', '_')}.qasm"
            if place is not None and place.exists():
                text = place.read_text()
            else:
                try:
                    text = optimised(tool, qasm2.dumps(to_basic(circuit)), LIMIT)
                except (subprocess.TimeoutExpired, RuntimeError):
                    continue
                if place is not None:
                    place.write_text(text)
            yield tool, path.stem, circuit, qasm2.parse(text)


class _Tally:
    """Answers of the verifier and of QCEC, with CPU seconds."""

    def __init__(self) -> None:
        self.answers: dict[str, int] = {}
        self.seconds: list[float] = []
        self.late = 0  # answers other than unknown, but past the budget
        self.others: dict[str, int] = {}
        self.other_seconds = self.compared = 0.0
        self.checks: dict[str, int] = {}

    def ask(self, a: Circuit, b: Circuit, others: bool = True) -> tuple[Verdict, str | None]:
        start = time.process_time()
        verdict = verify(a, b, budget=PATIENCE * BUDGET)
        seconds = time.process_time() - start
        self.seconds.append(seconds)
        self.late += verdict.answer != "unknown" and seconds > BUDGET
        self.answers[verdict.answer] = self.answers.get(verdict.answer, 0) + 1
        found = by_qcec(a, b) if others else None
        if found is None:
            return verdict, None
        self.compared += seconds
        answer, seconds = found
        self.others[answer] = self.others.get(answer, 0) + 1
        self.other_seconds += seconds
        return verdict, answer

    def check(self, what: str) -> None:
        self.checks[what] = self.checks.get(what, 0) + 1

    def add(self, other: _Tally) -> None:
        self.seconds += other.seconds
        self.late += other.late
        self.other_seconds += other.other_seconds
        self.compared += other.compared
        for mine, theirs in (
            (self.answers, other.answers),
            (self.others, other.others),
            (self.checks, other.checks),
        ):
            for key, number in theirs.items():
                mine[key] = mine.get(key, 0) + number

    def times(self) -> dict[str, object]:
        total = sum(self.seconds)
        ratio = self.other_seconds / self.compared if self.compared else None
        return {
            "CPU s": total,
            "median s": float(np.median(self.seconds)),
            "longest s": max(self.seconds),
            "QCEC CPU s": self.other_seconds if self.others else None,
            "QCEC/ours": ratio,
        }


def by_qcec(a: Circuit, b: Circuit) -> tuple[str, float] | None:
    """QCEC's answer and CPU seconds, at random values of symbols, or ``None`` without it."""
    try:
        from mqt import qcec

        sides = _qiskit_sides(a, b)
    except ImportError:
        return None
    start = time.process_time()
    answer = str(qcec.verify(*sides, timeout=BUDGET).equivalence)
    seconds = time.process_time() - start
    if "not_equivalent" in answer:
        return "not equal", seconds
    return ("equal" if "equivalent" in answer else "unknown"), seconds


def _qiskit_sides(a: Circuit, b: Circuit) -> list[Any]:
    """Both as Qiskit's, at random values of symbols."""
    from qiskit import QuantumCircuit

    values = bindings(a, b, SEED)
    return [QuantumCircuit.from_qasm_str(qasm2.dumps(c.bind(values))) for c in (a, b)]


def by_others(a: Circuit, b: Circuit) -> str:
    """QCEC's answer; where it has none, ``"equal (state)"`` if Qiskit finds that the two take a random state to one state,
    up to its phase.

    Circuits that are not equal take only few states to one: the chance to meet such a state is 0.
    """
    found = by_qcec(a, b)
    if found is None:
        return "not installed"
    if found[0] != "unknown" or a.n_qubits > WIDEST:
        return found[0]
    from qiskit.quantum_info import random_statevector

    start = random_statevector(2**a.n_qubits, seed=SEED)
    one, two = (start.evolve(side).data for side in _qiskit_sides(a, b))
    phase = np.vdot(one, two)
    apart = np.linalg.norm(two - phase / max(abs(phase), 1e-12) * one)
    return "equal (state)" if apart < SAME_STATE else "not equal"


def _state(circuit: Circuit, inputs: tuple[str, ...]) -> Any:
    """Qiskit's state vector, qubit q as bit q."""
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Statevector

    ready = QuantumCircuit(circuit.n_qubits)
    for q, letter in enumerate(inputs):
        for name in {"1": "x", "+": "h", "-": "x h", "r": "h s", "l": "h sdg"}.get(letter, "").split():
            getattr(ready, name)(q)
    return Statevector(ready.compose(QuantumCircuit.from_qasm_str(qasm2.dumps(circuit))))


def _confirmed(a: Circuit, b: Circuit, witness: Witness) -> bool:
    """Whether an independent simulator finds what the witness states.

    Raises:
        TooLarge: if there is none that can.
    """
    if a.n_qubits > WIDEST:
        return confirmed(a, b, witness)
    from qiskit.quantum_info import Pauli

    states = [_state(c, witness.inputs) for c in (a, b)]
    if witness.kind == "fidelity":
        found = abs(np.vdot(states[0].data, states[1].data)) ** 2
        return bool(found < 1 - 1e-6 and abs(found - witness.values[1]) < 1e-6)
    if witness.observable:
        values = [s.expectation_value(Pauli(witness.observable[::-1])) for s in states]
    else:
        row, column = (int(bits[::-1], 2) for bits in (witness.row, witness.column))
        values = [s.data[row] * s.data[column].conjugate() for s in states]
    stated = all(abs(x - y) < 1e-6 for x, y in zip(values, witness.values, strict=True))
    return bool(stated and abs(values[0] - values[1]) > 1e-6)


def _same(a: Circuit, b: Circuit) -> bool | None:
    """Whether two circuits agree on a few random product states of Qiskit, ``None`` for wide ones."""
    if a.n_qubits > WIDEST:
        return None
    rng = random.Random(0)
    for _ in range(3):
        inputs = tuple(rng.choice("01+-rl") for _ in range(a.n_qubits))
        if abs(np.vdot(_state(a, inputs).data, _state(b, inputs).data)) < 1 - 1e-6:
            return False
    return True


def _plain(circuit: Circuit) -> Circuit:
    return straight(to_basic(circuit))


def run(quick: bool = False, kept: Path | None = None) -> list[dict[str, object]]:
    """Rows by tool, then by kind of fault."""
    rows: list[dict[str, object]] = []
    forms = list(pairs(quick, kept))
    if not forms:
        raise SystemExit(f"no circuits in {SHARED}")
    everything = _Tally()
    for tool in dict.fromkeys(tool for tool, *_ in forms):
        tally = _Tally()
        for name, a, b in ((n, a, b) for t, n, a, b in forms if t == tool):
            verdict, _ = tally.ask(_plain(a), _plain(b))
            if verdict.answer == "not equal":
                print(f"{tool} {name}: {verdict.reason}")
        everything.add(tally)
        rows.append(_pair_row(tool, tally))
    rows.append(_pair_row("all", everything))
    return rows + list(_fault_rows(forms, QUICK_FAULTS if quick else FAULTS))


def _pair_row(tool: str, tally: _Tally) -> dict[str, object]:
    answers = tally.answers
    decided = sum(answers.values()) - answers.get("unknown", 0)
    return {
        "what": tool,
        "pairs": sum(answers.values()),
        "equal": answers.get("equal", 0),
        "not equal": answers.get("not equal", 0),
        "unknown": answers.get("unknown", 0),
        "decided %": 100 * (decided - tally.late) / max(1, sum(answers.values())),
        "QCEC equal": tally.others.get("equal"),
        "QCEC unknown": tally.others.get("unknown", 0) if tally.others else None,
        **tally.times(),
    }


def _fault_rows(forms: list[Pair], count: int) -> Iterator[dict[str, object]]:
    rng = random.Random(SEED)
    tallies = {kind: _Tally() for kind in KINDS}
    done = 0
    while done < count:
        kind = KINDS[done % len(KINDS)]
        _, _, a, form = rng.choice(forms)
        made = inject(_plain(form), kind, rng)
        if made is None:
            continue
        done += 1
        tally = tallies[kind]
        sides = (made[0] if kind == "dropped swap" else _plain(a)), made[1]
        verdict, other = tally.ask(*sides, others=done <= OTHER_FAULTS)
        if verdict.answer == "not equal":
            try:
                tally.check(
                    "confirmed" if verdict.witness and _confirmed(*sides, verdict.witness) else "wrong"
                )
            except TooLarge:
                tally.check("too large")
        elif verdict.answer == "equal":
            same = _same(*sides)
            tally.check("wrong" if same is False else "harmless" if same else "equal, not checked")
        if other == "equal" and verdict.answer == "not equal":
            tally.check("QCEC missed")
    total = _Tally()
    for kind, tally in tallies.items():
        yield _fault_row(kind, tally)
        total.add(tally)
    yield _fault_row("all", total)


def _fault_row(kind: str, tally: _Tally) -> dict[str, object]:
    answers, checks = tally.answers, tally.checks
    faults = sum(answers.values())
    harmless = checks.get("harmless", 0)
    return {
        "what": f"fault: {kind}",
        "pairs": faults,
        "equal": answers.get("equal", 0),
        "not equal": answers.get("not equal", 0),
        "unknown": answers.get("unknown", 0),
        "refuted %": 100 * answers.get("not equal", 0) / max(1, faults - harmless),
        "harmless": harmless,
        "confirmed": checks.get("confirmed", 0),
        "too large": checks.get("too large", 0),
        "wrong": checks.get("wrong", 0),
        "QCEC refuted": tally.others.get("not equal", 0) if tally.others else None,
        "QCEC missed": checks.get("QCEC missed", 0) if tally.others else None,
        "QCEC unknown": tally.others.get("unknown", 0) if tally.others else None,
        **tally.times(),
    }
