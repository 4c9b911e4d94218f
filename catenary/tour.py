"""``catenary tour``: the main job, from a sentence to a smaller circuit, and from axioms to a checked proof."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from catenary.diagrams import Box, Diagram, Doctrine, Signature, Swap, Ty
from catenary.report import Report

if TYPE_CHECKING:
    from catenary.functors.circuits import Circuit
    from catenary.rewriting.theory import Theory

SEED = 0
"""Chooses the angles of the words."""


def hopf_algebra() -> Theory:
    """The theory of Hopf algebras, declared as a user would.

    >>> len(hopf_algebra())
    12
    """
    from catenary.rewriting.rule import Rule
    from catenary.rewriting.theory import Theory

    a, unit = Ty("A"), Ty()
    signature = Signature(
        "Hopf algebra",
        Doctrine.SYMMETRIC,
        ["A"],
        [Box("m", a @ a, a), Box("u", unit, a), Box("n", a, a @ a), Box("c", a, unit), Box("s", a, a)],
    )
    m, u, n, c, s = (signature[name] for name in "muncs")
    wire, nothing = Diagram.id(a, signature), Diagram.id(unit, signature)
    return Theory(
        "Hopf algebra",
        signature,
        [
            Rule("associativity", m @ a >> m, a @ m >> m),
            Rule("left unit", u @ a >> m, wire),
            Rule("right unit", a @ u >> m, wire),
            Rule("coassociativity", n >> n @ a, n >> a @ n),
            Rule("left counit", n >> c @ a, wire),
            Rule("right counit", n >> a @ c, wire),
            Rule("bialgebra", m >> n, n @ n >> a @ Swap(a, a) @ a >> m @ m),
            Rule("unit is copied", u >> n, u @ u),
            Rule("counit multiplies", m >> c, c @ c),
            Rule("unit is deleted", u >> c, nothing),
            Rule("left antipode", n >> s @ a >> m, c >> u),
            Rule("right antipode", n >> a @ s >> m, c >> u),
        ],
    )


def run(sentence: str, say: Callable[[str], object] = print) -> Report:
    """Run every step on one sentence, say a line for each, and return the page with the pictures.

    Raises:
        CatenaryError: if the sentence has no reading in the built-in lexicon.
    """
    page = Report(
        "A tour of Catenary", f"From “{sentence}” to a smaller circuit, and from axioms to a checked proof."
    )
    circuit = _sentence(sentence, say, page)
    smaller = _simplify(circuit, say, page)
    _contract(circuit, smaller, say, page)
    _prove(say, page)
    return page


def _sentence(sentence: str, say: Callable[[str], object], page: Report) -> Circuit:
    from catenary.diagrams.drawing import to_svg
    from catenary.functors.grammar import IQP, parse

    reading = parse(sentence)[0]
    for note in reading.notes:
        say(f"{'note':10}{note}")
    diagram = reading.diagram
    say(f"{'parse':10}{len(reading.words)} words reduce to {reading.target}: {_boxes(diagram)}")
    page.section(
        "1. Grammar",
        "Each word has a pregroup type; cups cancel a type with its adjoint. What is left is the type of the sentence.",
    )
    page.figures([(to_svg(diagram), f"the reading over rigid types: {_boxes(diagram)}")])
    page.code(reading.to_text())

    planar, meaning = reading.functor()(diagram), reading.meaning()
    same = planar == meaning
    say(f"{'simplify':10}snakes straightened, spiders fused: {_boxes(meaning)}; equal to the reading: {same}")
    page.section(
        "2. Meaning",
        "A functor bends words into boxes on their arguments and expands relative pronouns into spiders. Straightening the snakes "
        "and fusing the spiders leaves a smaller diagram, equal in the hypergraph doctrine.",
    )
    page.figures(
        [
            (to_svg(planar), f"image of the reading: {_boxes(planar)}"),
            (to_svg(meaning), f"simplified: {_boxes(meaning)}"),
        ]
    )

    ansatz = IQP()
    before, after = ansatz.compile(planar), ansatz.compile(meaning)
    say(
        f"{'circuit':10}IQP ansatz: {_gates(after.circuit)}, {after.parameters} parameters, "
        f"{after.post_selections} post-selections (before simplification {before.qubits} qubits, "
        f"{before.post_selections} post-selections)"
    )
    page.section(
        "3. Circuit",
        "The IQP ansatz is a functor: types become qubits, words become parametrised blocks, spiders and cups become "
        "CNOTs with post-selection.",
    )
    page.figures([(_picture(after.circuit), _gates(after.circuit))], wide=True)
    return after.circuit


def _simplify(circuit: Circuit, say: Callable[[str], object], page: Report) -> Circuit:
    from catenary.diagrams.drawing import to_svg
    from catenary.functors.zx import circuit_to_zx
    from catenary.rewriting.zx import ZXGraph, full_reduce, simplify_circuit

    shown = _short_names(circuit)
    graph = ZXGraph.from_circuit(shown)
    reduced = graph.copy()
    full_reduce(reduced)
    say(
        f"{'zx':10}{graph.n_spiders} spiders, {graph.n_edges} edges, T {graph.t_count} → "
        f"{reduced.n_spiders} spiders, {reduced.n_edges} edges, T {reduced.t_count}"
    )
    page.section(
        "4. ZX",
        "The circuit as a ZX diagram, its graph-like form after Clifford simplification and gadget fusion, and the circuit that "
        "is extracted from it.",
    )
    smaller = simplify_circuit(circuit)
    page.figures(
        [(to_svg(circuit_to_zx(shown), orientation="right"), "the circuit as a ZX diagram")], wide=True
    )
    page.figures(
        [(to_svg(reduced.to_diagram()[0], orientation="right"), f"reduced: {reduced.n_spiders} spiders")],
        wide=True,
    )
    page.figures([(_picture(smaller), _gates(smaller))], wide=True)
    idle = sorted(symbol.name for symbol in circuit.free_symbols - smaller.free_symbols)
    found = f"; parameters found to have no effect: {', '.join(idle)}" if idle else ""
    say(f"{'extract':10}{_gates(circuit)} → {_gates(smaller)}{found}")
    if idle:
        page.text(f"Simplification shows that the state does not depend on {', '.join(idle)}.")
    return smaller


def _contract(circuit: Circuit, smaller: Circuit, say: Callable[[str], object], page: Report) -> None:
    from catenary.functors.grammar import parameters
    from catenary.functors.tensor import plan
    from catenary.functors.tensor.circuits import circuit_network, compare

    values = parameters(circuit, SEED)
    rows: list[dict[str, object]] = []
    bound: list[Circuit] = []
    for name, each in (("circuit", circuit), ("simplified", smaller)):
        bound.append(each.bind(values))
        cost = plan(circuit_network(bound[-1]))
        rows.append(
            {
                "": name,
                "tensors": cost.tensors,
                "multiply-adds": cost.multiply_adds,
                "largest tensor": cost.largest,
            }
        )
    fidelity = compare(bound[0], bound[1]).fidelity
    say(
        f"{'contract':10}{rows[0]['multiply-adds']} → {rows[1]['multiply-adds']} multiply-adds; "
        f"fidelity of the two states {fidelity:.9f}"
    )
    page.section(
        "5. Tensor network",
        "Both circuits, with the same seeded parameters, contracted as tensor networks: wires are indices, controls and spiders "
        f"hyper-edges. Fidelity {fidelity:.9f}.",
    )
    page.table(rows)


def _prove(say: Callable[[str], object], page: Report) -> None:
    from catenary.diagrams.drawing import equation_svg
    from catenary.rewriting.egraph import EGraph

    theory = hopf_algebra()
    u, s = theory.signature["u"], theory.signature["s"]
    claim = u >> s
    net = EGraph(theory)
    proof = net.explain(claim, u.diagram)
    if proof is None:
        raise AssertionError("the e-graph lost the tour's theorem")
    proof.check()
    say(
        f"{'prove':10}{theory.name}, {len(theory)} axioms: the e-graph finds  u ; s = u  in {len(proof)} steps; "
        "the independent checker accepts them"
    )
    page.section(
        "6. A theorem",
        "A Hopf algebra is declared by generators and axioms. That the antipode fixes the unit is not an axiom: the e-graph finds "
        "it by saturation, and an independent checker replays its steps.",
    )
    page.figures([(equation_svg(rule.equation), "") for rule in theory])
    page.proof(proof)


def _boxes(diagram: Diagram) -> str:
    words = sum(not box.is_structural for box in diagram.boxes)
    cups = sum(box.kind in ("cup", "cap") for box in diagram.boxes)
    spiders = sum(box.kind in ("spider", "copy", "discard") for box in diagram.boxes)
    parts = [f"{words} boxes"] + [
        f"{n} {what}" for n, what in ((cups, "cups and caps"), (spiders, "spiders")) if n
    ]
    return ", ".join(parts)


def _gates(circuit: Circuit) -> str:
    from catenary.functors.circuits import counts

    found = counts(circuit)
    return f"{found.qubits} qubits, {found.gates} gates, T {found.t}, two-qubit {found.two_qubit}"


def _short_names(circuit: Circuit) -> Circuit:
    """The circuit with its parameters called after their words alone, for pictures: ``loves_n@n_s_0`` is ``loves₀``."""
    import sympy

    below = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    names = [symbol.name for symbol in circuit.free_symbols]
    short = {name: name.split("_")[0] + name.rpartition("_")[2].translate(below) for name in names}
    if len(set(short.values())) < len(short):  # one word in two types
        return circuit
    return circuit.bind({name: sympy.Symbol(text, real=True) for name, text in short.items()})


def _picture(circuit: Circuit) -> str:
    from catenary.functors.circuits.drawing import circuit_svg

    return circuit_svg(_short_names(circuit))
