"""Words as states and effects: the form of a reading that needs the fewest post-selections.

With words as states on all their wires (the usual functor from pregroup diagrams), every cup is a Bell effect of two
post-selections. A word can be turned into an effect instead: its circuit upside down, with the same parameters. A
wire between a state and an effect then costs nothing but the effect's own post-selection.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from catenary.diagrams import Diagram, Edge, OpenHypergraph
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.grammar.ansatz import Ansatz, parameter_value
from catenary.functors.grammar.meaning import MEANING, meaning

if TYPE_CHECKING:
    from catenary.functors.grammar.reading import Reading

_ROUNDS = 100
_NEVER = 1e-24


def states_and_effects(reading: Reading, *, expand: bool = True) -> Diagram:
    """The meaning of a reading with words as states or effects, few of whose wires are post-selected.

    Equal, as a diagram and in amplitudes, to ``reading.meaning(states=True)``; an effect is the rotated box of
    its state, which an ansatz maps to the transposed circuit. A wire costs one post-selection if a state meets an
    effect (or the sentence's open wire) on it, two otherwise; where the words are linked as a tree, every wire
    costs one, which is the least. Around odd cycles a word is turned while that helps. Linear in the wires for
    trees.

    Args:
        reading: the reading.
        expand: whether Frobenius words become spiders; otherwise they are words like others.

    >>> from catenary.functors.grammar import IQP, parse
    >>> reading, = parse("skillful man prepares sauce")
    >>> found = states_and_effects(reading)
    >>> found == reading.meaning(states=True)
    True
    >>> [IQP().compile(d).post_selections for d in (reading.diagram, found)]
    [6, 3]
    """
    from catenary.functors.grammar.fallbacks import WordsReading

    if isinstance(reading, WordsReading):
        return reading.meaning(states=True)  # states alone, merged by what the reading says
    if not expand:
        reading = replace(reading, spiders=())
    graph = meaning(reading, states=True).to_hypergraph()
    ends = [tuple(edge.targets) for edge in graph.edges]
    effect = _orientation(len(graph.vertices), ends, graph.cod)
    edges = [
        Edge(edge.box.r, tuple(reversed(edge.targets)), ()) if turned else edge
        for edge, turned in zip(graph.edges, effect, strict=True)
    ]
    return OpenHypergraph(graph.vertices, tuple(edges), (), graph.cod, MEANING).to_diagram()


@dataclass(frozen=True)
class Resources:
    """What a sentence's circuit needs on a machine.

    Attributes:
        qubits: qubits prepared.
        depth: gates above each other, preparations and measurements left out.
        two_qubit: gates on two qubits.
        post_selections: qubits that must be measured as 0 for a shot to count.
        success: the probability that they all are.
        shots: how many shots are needed for the accepted ones asked for, on average, rounded up; ``None`` where
            no shot is ever accepted.
    """

    qubits: int
    depth: int
    two_qubit: int
    post_selections: int
    success: float
    shots: int | None


def circuit_resources(circuit: Circuit, accepted: int = 1000) -> Resources:
    """The resources of a circuit without inputs and with all angles bound; the probability is exact.

    >>> from catenary.functors.circuits import Gate
    >>> half = Circuit(1, [Gate("init", (0,)), Gate("h", (0,)), Gate("post", (0,))], 0, (), ())
    >>> circuit_resources(half).success.__round__(12), circuit_resources(half).shots
    (0.5, 2000)
    """
    from catenary.functors.tensor.parameters import parametrised_circuit

    level = [0] * circuit.n_qubits
    for gate in circuit:
        if gate.name not in ("init", "post"):
            deepest = 1 + max((level[q] for q in gate.qubits), default=0)
            for q in gate.qubits:
                level[q] = deepest
    state = np.asarray(parametrised_circuit(circuit).bind({}).contract())
    success = min(1.0, float(np.sum(np.abs(state) ** 2)))
    return Resources(
        circuit.n_qubits,
        max(level, default=0),
        sum(len(gate.qubits) > 1 for gate in circuit),
        sum(gate.name == "post" for gate in circuit),
        success,
        None if success < _NEVER else math.ceil(accepted / success),
    )


def resources(
    reading: Reading,
    ansatz: Ansatz,
    *,
    weights: Mapping[str, float] | None = None,
    seed: int = 0,
    accepted: int = 1000,
) -> dict[str, Resources]:
    """What a reading's circuit needs, before and after simplification.

    ``"words and cups"``: the planar diagram, words as states, Frobenius words too. ``"states and effects"``: the same functor after
    :func:`states_and_effects`, the same amplitudes. ``"maps"``: the meaning, where words with arguments are maps
    from them and Frobenius words are spiders; other blocks, so other amplitudes.

    Args:
        reading: the reading.
        ansatz: the functor to circuits.
        weights: angles by the names of parameters; those that are missing are drawn by name and seed.
        seed: draws the angles, the same ones for the first two forms.
        accepted: how many shots should survive the post-selections.

    >>> from catenary.functors.grammar import IQP, parse
    >>> found = resources(parse("Alice loves Bob")[0], IQP())
    >>> {form: (row.qubits, row.post_selections) for form, row in found.items()}
    {'words and cups': (5, 4), 'states and effects': (3, 2), 'maps': (2, 1)}
    """
    forms = {
        "words and cups": reading.diagram,
        "states and effects": states_and_effects(reading, expand=False),
        "maps": reading.meaning(),
    }
    found = {}
    for name, form in forms.items():
        circuit = ansatz(form)
        names = sorted(symbol.name for symbol in circuit.free_symbols)
        angles = {key: parameter_value(_without_adjoints(key), seed) for key in names}
        angles.update((key, (weights or {})[key]) for key in names if key in (weights or {}))
        found[name] = circuit_resources(circuit.bind(angles), accepted)
    return found


def resources_text(rows: Mapping[str, Resources], accepted: int = 1000) -> str:
    """A table of resources.

    >>> print(resources_text({"maps": Resources(2, 7, 1, 1, 0.25, 4000)}))
          qubits  depth  two-qubit  post-selected  success  shots for 1000
    maps       2      7          1              1     0.25            4000
    """
    head = ["", "qubits", "depth", "two-qubit", "post-selected", "success", f"shots for {accepted}"]
    table = [head]
    for name, row in rows.items():
        numbers = [row.qubits, row.depth, row.two_qubit, row.post_selections]
        shots = "–" if row.shots is None else str(row.shots)
        table.append([name, *map(str, numbers), f"{row.success:.4g}", shots])
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(text.rjust(w) for text, w in zip(row[1:], widths[1:], strict=True))]
        )
        for row in table
    )


def _without_adjoints(name: str) -> str:
    """A parameter's name with plain types: ``loves__n.r@s@n.l_0`` and ``loves__n@s@n_0`` are one parameter."""
    word, *rest = name.rsplit("_", 3)
    return "_".join([word, *(part.replace(".r", "").replace(".l", "") for part in rest)])


def _orientation(size: int, ends: list[tuple[int, ...]], outputs: tuple[int, ...]) -> list[bool]:
    """For each word whether it is an effect."""
    at: list[list[int]] = [[] for _ in range(size)]
    for edge, targets in enumerate(ends):
        for vertex in targets:
            at[vertex].append(edge)
    effect: list[bool | None] = [None] * len(ends)
    starts = [edge for vertex in outputs for edge in at[vertex]] + list(range(len(ends)))
    for start in starts:
        if effect[start] is not None:
            continue
        effect[start] = False
        queue = deque([start])
        while queue:
            edge = queue.popleft()
            for vertex in ends[edge]:
                for other in at[vertex]:
                    if effect[other] is None:
                        effect[other] = not effect[edge]
                        queue.append(other)
    found = [bool(value) for value in effect]
    is_open = set(outputs)

    def good(vertex: int) -> bool:
        sides = {found[edge] for edge in at[vertex]} | ({True} if vertex in is_open else set())
        return len(sides) == 2

    for _ in range(_ROUNDS):
        changed = False
        for edge, targets in enumerate(ends):
            near = set(targets)
            before = sum(map(good, near))
            found[edge] = not found[edge]
            if sum(map(good, near)) > before:
                changed = True
            else:
                found[edge] = not found[edge]
        if not changed:
            break
    return found
