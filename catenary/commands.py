"""What the commands do, apart from reading their arguments."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catenary.diagrams import Diagram, DoctrineError, Equation, InputError, Sum, UnknownGenerator
from catenary.diagrams.phases import format_phase
from catenary.diagrams.textfile import write_text
from catenary.report import Report

if TYPE_CHECKING:
    from catenary.diagrams.text import Document, EquationFamily
    from catenary.functors.circuits import Circuit, Counts
    from catenary.functors.grammar import Reading
    from catenary.rewriting.circuits import GadgetResult, OptimizationResult, ParetoPoint, Verdict
    from catenary.rewriting.prove import Answer

Progress = Callable[[float | None, str], None]

DRAWN = 400
"""Gates of a circuit that a report draws; more cannot be looked at."""


# catenary parse


def render_reading(reading: Reading, to: str, ansatz: str, seed: int) -> str:
    """A reading as ``text``, ``svg``, ``json``, ``circuit`` (a text picture with symbolic angles), ``qasm``, or a table of the
    ``resources`` that its circuit needs.

    OpenQASM 2 has neither free parameters nor post-selection: angles are drawn with the seed, and each post-selected qubit is
    measured into the register ``post``; keep the shots where all of it reads 0.
    """
    if to == "text":
        return reading.to_text() + "\n"
    if to == "json":
        return json.dumps(reading.to_json(), ensure_ascii=False) + "\n"
    if to == "svg":
        from catenary.diagrams.drawing import to_svg

        return to_svg(reading.diagram, title=" ".join(reading.words)) + "\n"
    from catenary.functors.grammar import ansatz_named, parameters

    if to == "resources":
        from catenary.functors.grammar.forms import resources, resources_text

        return resources_text(resources(reading, ansatz_named(ansatz)(), seed=seed)) + "\n"
    circuit = ansatz_named(ansatz)()(reading.meaning())
    if to == "circuit":
        from catenary.functors.circuits.drawing import circuit_text

        return circuit_text(circuit) + "\n"
    from catenary.functors.circuits import qasm2, qasm3
    from catenary.functors.circuits.postselection import measured

    if to == "qasm3":
        return qasm3.dumps(measured(circuit))
    return qasm2.dumps(measured(circuit.bind(parameters(circuit, seed))))


# catenary optimize


def on_device(
    result: OptimizationResult[Circuit], coupling: str | None, native: str | None, budget: float, seed: int
) -> tuple[Circuit, dict[str, Any]]:
    """An optimised circuit over native gates, if they are given, and what to say of it and of its places.

    Raises:
        CircuitError: where the native gates do not suffice.
    """
    from catenary.functors.circuits import counts
    from catenary.rewriting.circuits import verify
    from catenary.rewriting.circuits.native import to_native

    names = None if native is None else [name.strip() for name in native.split(",") if name.strip()]
    circuit = result.circuit if names is None else to_native(result.circuit, names)
    said: dict[str, Any] = {
        "native": names,
        "counts": counts(circuit).as_dict(),
        "written": _by_name(circuit),
    }
    if coupling is None:
        return circuit, said
    verified = result.verified
    if names is not None and verified == "equal":
        verified = (
            "equal"
            if verify(result.circuit, circuit, budget=budget, seed=seed).answer == "equal"
            else "unknown"
        )
    placed, lines = result.routing, list(range(circuit.n_qubits))
    return circuit, said | {
        "coupling": coupling,
        "method": "none" if placed is None else placed.method,
        "initial": lines if placed is None else list(placed.initial),
        "final": lines if placed is None else list(placed.final),
        "verified": verified,
    }


def write_front(
    folder: str, points: Sequence[ParetoPoint[Circuit]], dumps: Callable[[Circuit], str]
) -> list[dict[str, Any]]:
    """One file for each circuit of a front, and what to say of it.

    Raises:
        InputError: if a file cannot be written.
    """
    rows: list[dict[str, Any]] = []
    Path(folder).mkdir(exist_ok=True)
    for point in points:
        after = point.result.after
        name = f"{folder}/2q{after.two_qubit}_t{after.t}_gates{after.gates}_depth{after.depth}.qasm"
        write_text(name, dumps(point.result.circuit))
        rows.append({"file": name, "cost": point.cost, "verified": point.result.verified, **after.as_dict()})
    return rows


def _by_name(circuit: Circuit) -> dict[str, int]:
    return dict(sorted(Counter(gate.name for gate in circuit.gates).items()))


def device_text(placed: dict[str, Any]) -> str:
    """One line on a routed circuit."""
    shown = placed["counts"] if placed["native"] is None else placed["written"]
    counted = ", ".join(f"{key} {value}" for key, value in shown.items())
    if "coupling" not in placed:
        return f"over {', '.join(placed['native'])}: {counted}"
    return (
        f"on {placed['coupling']} by {placed['method']}: {counted}; lines begin on {placed['initial']}, outputs end on "
        f"{placed['final']}; verified {placed['verified']}"
    )


# catenary prove


@dataclass(frozen=True)
class ClaimResult:
    """One claim and the answer to it."""

    claim: Equation
    answer: Answer

    @property
    def status(self) -> str:
        """``"proved"``, ``"refuted"`` or ``"unknown"``."""
        return type(self.answer).__name__.lower()

    def text(self) -> str:
        """The answer in one line."""
        from catenary.rewriting.prove import Proved, Refuted

        if isinstance(self.answer, Proved):
            steps = len(self.answer.proof)
            return (
                f"proved in {steps} step{'s' * (steps != 1)} ({self.answer.method}), accepted by the checker"
            )
        if isinstance(self.answer, Refuted):
            return f"refuted by a model: {self.answer.model}"
        return f"unknown: {self.answer.reason}"

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON values, the proof or model included."""
        from catenary.rewriting.prove import Proved, Refuted

        found: dict[str, Any] = {"name": self.claim.name, "status": self.status, "stats": self.answer.stats}
        if isinstance(self.answer, Proved):
            return found | {"method": self.answer.method, "proof": self.answer.proof.to_json()}
        if isinstance(self.answer, Refuted):
            return found | {"model": self.answer.model.to_json()}
        return found | {"reason": self.answer.reason}


@dataclass(frozen=True)
class ProofOutcome:
    """The answers to the claims of one file."""

    source: str
    document: Document
    results: tuple[ClaimResult, ...]

    @property
    def exit_code(self) -> int:
        """0 all proved, 1 one refuted, 3 otherwise."""
        found = {result.status for result in self.results}
        return 1 if "refuted" in found else 0 if found <= {"proved"} else 3

    def lines(self) -> list[str]:
        """One line a claim."""
        return [f"{result.claim.name}: {result.text()}" for result in self.results]

    def as_dict(self) -> dict[str, Any]:
        """The answers as JSON values, proofs and models included."""
        return {
            "source": self.source,
            "theory": self.document.name,
            "claims": [result.as_dict() for result in self.results],
        }

    def report(self) -> Report:
        """A page with the axioms and every proof as steps."""
        from catenary.diagrams.drawing import equation_svg

        page = Report(f"Theory {self.document.name}", f"{self.source}: {len(self.results)} claims")
        page.section("Axioms")
        page.figures([(equation_svg(axiom), "") for axiom in self.document.axioms])
        page.figures(  # one member of each rule for all numbers of legs
            [
                (equation_svg(family.scheme(dict.fromkeys(family.arities, 2))), member_title(family))
                for family in self.document.families
            ]
        )
        for result in self.results:
            page.section(result.claim.name, result.text())
            page.figures([(equation_svg(result.claim), "")])
            proof = getattr(result.answer, "proof", None)
            if proof is not None:
                page.proof(proof)
        return page

    def write(self, path: str) -> None:
        """Write what was proved to a file: a page (``.html``), TikZ pictures (``.tex``) or a Chyp theory (``.chyp``).

        The last two take one proof: name the claim.

        Raises:
            InputError: for another suffix, or several proofs or none where one is wanted.
            SignatureError: for what Chyp has not.
        """
        from catenary.diagrams.textfile import write_text
        from catenary.rewriting.exports import to_chyp, to_latex
        from catenary.rewriting.prove import Proved

        suffix = Path(path).suffix.lower()
        if suffix not in _ONE_PROOF:
            self.report().write(path)
            return
        proofs = [(r.claim.name, r.answer.proof) for r in self.results if isinstance(r.answer, Proved)]
        if len(proofs) != 1:
            raise _one_proof(path, suffix, len(proofs), "proofs")
        name, proof = proofs[0]
        write_text(path, to_latex(proof) if suffix == ".tex" else to_chyp(proof, name))


_ONE_PROOF = (".tex", ".chyp")  # files that hold one


def _one_proof(path: str, suffix: str, count: int, what: str) -> InputError:
    return InputError(
        f"a {suffix} file is of one proof, and there are {count} {what}: name the claim", source=path
    )


def prove_claims(
    source: str,
    names: Sequence[str],
    budget: float,
    progress: Progress | None = None,
    *,
    workers: int = 1,
    report: str | None = None,
) -> ProofOutcome:
    """Prove the claims of a theory file, in order: by the proof that the file writes, else by a search.

    A written proof may use other claims, which are proved first; a search uses the axioms alone.

    Args:
        source: the file.
        names: of claims; all if there are none.
        budget: seconds for each claim.
        progress: called before each claim.
        workers: processes for each claim (:func:`~catenary.rewriting.prove`).
        report: where the outcome will be written; several claims are refused before the work if that holds one proof.

    Raises:
        InputError: for a faulty file, nothing to prove, or several claims for a file of one proof.
        UnknownGenerator: for what is no claim.
    """
    from catenary.diagrams.text import load_document

    document = load_document(source)
    claims = {claim.name: claim for claim in document.claims}
    for name in names:
        if name not in claims:
            raise UnknownGenerator(name, claims, f"{source} (claims)")
    chosen = [claims[name] for name in dict.fromkeys(names)] or list(document.claims)
    if not chosen:
        raise InputError(
            "there is nothing to prove: expected at least one line  claim NAME: LEFT = RIGHT", source=source
        )
    suffix = Path(report).suffix.lower() if report is not None else ""
    if suffix in _ONE_PROOF and len(chosen) > 1:
        raise _one_proof(report or "", suffix, len(chosen), "claims")
    results = []
    try:
        answers = _Answers(source, document, budget, workers)
        for place, claim in enumerate(chosen):
            if progress is not None:
                progress(place / len(chosen), claim.name)
            results.append(ClaimResult(claim, answers.to(claim)))
    except DoctrineError as error:
        raise InputError(str(error), source=source) from None
    return ProofOutcome(source, document, tuple(results))


class _Answers:
    """The answers to the claims of one file, each found once."""

    def __init__(self, source: str, document: Document, budget: float, workers: int):
        from catenary.rewriting.theory import Theory

        self.source, self.budget, self.workers = source, budget, workers
        self.theory = Theory.from_document(document)
        self.claims = {claim.name: claim for claim in document.claims}
        self.written = {proof.claim: proof for proof in document.proofs}
        self.known: dict[str, Answer] = {}
        self.open: list[str] = []

    def to(self, claim: Equation) -> Answer:
        from catenary.rewriting.limits import Limits
        from catenary.rewriting.prove import prove

        if claim.name not in self.known:
            if claim.name in self.written:
                self.known[claim.name] = self._by_hand(claim)
            else:
                limits = Limits(seconds=self.budget)
                self.known[claim.name] = prove(claim, self.theory, limits=limits, workers=self.workers)
        return self.known[claim.name]

    def _by_hand(self, claim: Equation) -> Answer:
        from catenary.rewriting.calc import CalcError, written_proof
        from catenary.rewriting.prove import Proved

        written = self.written[claim.name]
        if claim.name in self.open:
            circle = " -> ".join([*self.open[self.open.index(claim.name) :], claim.name])
            raise InputError(f"these proofs use each other: {circle}", source=self.source)
        self.open.append(claim.name)
        lemmas = {}
        for name in dict.fromkeys(name for names in written.reasons for name in names):
            if name in self.claims and name not in self.theory:
                answer = self.to(self.claims[name])
                if not isinstance(answer, Proved):
                    problem = f"the proof of {claim.name} uses {name}, which is not proved"
                    raise InputError(problem, source=self.source)
                lemmas[name] = answer.proof
        self.open.pop()
        try:
            proof = written_proof(written, claim, self.theory, lemmas)
        except CalcError as error:
            raise InputError(f"the proof of {claim.name} fails at {error}", source=self.source) from None
        return Proved(proof, "as the file proves it", {"steps": len(proof)})


# catenary draw


def draw_file(source: str, output: str, name: str | None) -> None:
    """Draw a theory file's equations and diagrams, or an OpenQASM file's circuit, by the output's suffix.

    Gates that an OpenQASM file defines are drawn by their names.
    """
    suffix = Path(output).suffix.lower() if output != "-" else ".txt"
    is_circuit = Path(source).suffix.lower() in (".qasm", ".qasm2", ".qasm3")
    if suffix not in ((".svg", ".txt") if is_circuit else (".svg", ".png", ".pdf", ".tex", ".txt")):
        known = ".svg or .txt" if is_circuit else ".svg, .png, .pdf, .tex or .txt"
        raise InputError(
            f"cannot draw to {suffix or 'a file without suffix'}: expected {known}", source=output
        )
    if is_circuit and name is not None:
        raise InputError("a circuit is drawn whole: leave out --name", source=source)
    if suffix in (".png", ".pdf", ".tex"):
        from catenary.diagrams.drawing import draw, sheet_layout

        draw(sheet_layout(_document_items(source, name)[1].items()), output)
        return
    if is_circuit:
        from catenary.functors.circuits import drawing, qasm

        circuit = qasm.load(source, keep_definitions=True)
        text = drawing.circuit_svg(circuit) if suffix == ".svg" else drawing.circuit_text(circuit)
    else:
        text = _draw_document(source, suffix, name)
    write_text(output, text + "\n")


def member_title(family: EquationFamily) -> str:
    """The name of the member that is drawn for a rule for all numbers of legs."""
    return f"{family.name}[{', '.join(f'{name} = 2' for name in family.arities)}]"


def _document_items(source: str, name: str | None) -> tuple[str, dict[str, Equation | Diagram | Sum]]:
    """The name of a theory file's theory, and what there is to draw in it, by name."""
    from catenary.diagrams.text import load_document

    document = load_document(source)
    items: dict[str, Equation | Diagram | Sum] = {e.name: e for e in (*document.axioms, *document.claims)}
    items |= document.diagrams
    items |= document.sums
    families = {family.name: family for family in document.families}
    for family in families.values():
        items[member_title(family)] = family.scheme(dict.fromkeys(family.arities, 2))
    name = member_title(families[name]) if name in families else name
    if name is not None:
        if name not in items:
            raise UnknownGenerator(name, items, source)
        items = {name: items[name]}
    if not items:
        raise InputError("there is nothing to draw: expected axioms, claims, diagrams or sums", source=source)
    return document.name, items


def _draw_document(source: str, suffix: str, name: str | None) -> str:
    from catenary.diagrams.drawing import sheet_svg, to_text

    theory, items = _document_items(source, name)
    if suffix == ".svg":
        return sheet_svg(items.items(), title=f"theory {theory}")
    blocks = []
    for key, item in items.items():
        sides = [item.left, item.right] if isinstance(item, Equation) else [item]
        sign = "⇒" if isinstance(item, Equation) and item.directed else "="
        blocks.append(f"{key}:\n" + f"\n  {sign}\n".join(map(to_text, sides)))
    return "\n\n".join(blocks)


# catenary verify


def verdict_dict(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON values; the global phase in half turns, as exact text."""
    witness = None
    if verdict.witness is not None:
        found = verdict.witness
        witness = {
            "input": "".join(found.inputs),
            "row": found.row,
            "column": found.column,
            "observable": found.observable,
            "weight": found.weight,
            "kind": found.kind,
            "values": [[value.real, value.imag] for value in found.values],
            "symbols": {name: str(value) for name, value in found.symbols},
        }
    return {
        "answer": verdict.answer,
        "method": verdict.method,
        "global_phase": None if verdict.global_phase is None else str(verdict.global_phase),
        "witness": witness,
        "reason": verdict.reason,
        "tried": list(verdict.tried),
        "permutation": None if verdict.permutation is None else list(verdict.permutation),
    }


def verdict_text(verdict: Verdict) -> str:
    """A verdict in one line."""
    if verdict.answer == "equal":
        phase = "" if verdict.global_phase is None else f", global phase {format_phase(verdict.global_phase)}"
        order = verdict.permutation
        if order is not None and order != tuple(range(len(order))):
            phase += f", with outputs {' '.join(map(str, order))} of the second"
        return f"equal{phase} ({verdict.method})"
    if verdict.answer == "not equal":
        return f"not equal: {verdict.witness or verdict.reason} ({verdict.method})"
    return f"unknown: {verdict.reason} (tried: {', '.join(verdict.tried) or 'nothing'})"


def gadgets_note(gadgets: GadgetResult[Circuit], without: int) -> str:
    """The figures of a circuit with Hadamard gadgets; ``without`` is the T count without ancillas."""
    return (
        f"with Hadamard gadgets: t {gadgets.t_before} → {gadgets.t} ({without} without ancillas), "
        f"{gadgets.ancillas} ancillas, {gadgets.measurements} measurements; verified {gadgets.verdict.answer}"
    )


def gadgets_text(gadgets: GadgetResult[Circuit] | None, without: int, written: bool) -> str:
    """What came of ``--hadamard-gadgets``, and which circuit was written."""
    if gadgets is None:
        return "with Hadamard gadgets: not made within the budget; written without ancillas"
    if written:
        return gadgets_note(gadgets, without)
    why = "no fewer T gates" if gadgets.t >= without else f"not verified: {gadgets.verdict.reason}"
    return f"{gadgets_note(gadgets, without)}; written without ancillas ({why})"


# catenary optimize --report


def optimization_report(
    source: str,
    circuit: Circuit,
    result: OptimizationResult[Circuit],
    cost: str,
    options: Sequence[str],
) -> Report:
    """Counts before and after, what each pass won, both circuits, and the command that does it again."""
    from catenary.functors.circuits.drawing import circuit_svg

    approximation = result.approximation
    but = ", but for the rotations left out" if approximation is not None and approximation.left_out else ""
    page = Report(f"Optimised for {cost}", f"{source}: verified {result.verified}{but}")
    page.section("Counts", *([] if approximation is None else [f"{approximation}."]))
    page.table([{"": "input", **result.before.as_dict()}, {"": "output", **result.after.as_dict()}])
    page.section(
        "Passes",
        "What each pass won: how many fewer gates its results that were kept had (minus: more), all uses together.",
    )
    page.table(
        [
            {
                "pass": p.name,
                **_without_qubits(p.won),
                "seconds": f"{p.seconds:.3f}",
                "kept": "yes" if p.kept else "no",
                "certificate": p.certificate,
            }
            for p in result.passes
        ]
    )
    page.text("The counts of the whole circuit after the last use of each pass:")
    page.table([{"pass": p.name, **_without_qubits(p.counts)} for p in result.passes])
    if result.gadgets is not None:
        page.section("With Hadamard gadgets", gadgets_note(result.gadgets, result.after.t))
    if result.refused:
        page.section("Not used", *map(str, result.refused))
    page.section("Circuits")
    for drawn, caption in ((circuit, "input"), (result.circuit, "output")):
        if len(drawn.gates) <= DRAWN:
            page.figures([(circuit_svg(drawn), caption)])
        else:
            page.figures(
                [(circuit_svg(drawn.with_gates(drawn.gates[:DRAWN])), f"{caption}, its first {DRAWN} gates")]
            )
    ended = " It was interrupted, and so may end elsewhere." if result.interrupted else ""
    page.section(
        "Reproduce",
        f"The same command gives the same circuit unless the budget is what ends the search.{ended}",
    )
    page.code(shlex.join(["catenary", "optimize", source, *options]))
    return page


def _without_qubits(count: Counts) -> dict[str, int]:
    return {name: value for name, value in count.as_dict().items() if name != "qubits"}
