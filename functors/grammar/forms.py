"""Words as states and effects: the form of a reading that needs the fewest post-selections.

With words as states on all their wires (the usual functor from pregroup diagrams), every cup is a Bell effect of two
post-selections. A word can be turned into an effect instead: its circuit upside down, with the same parameters. A
wire between a state and an effect then costs nothing but the effect's own post-selection.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from catenary.diagrams import Diagram, Edge, OpenHypergraph, Ty
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.grammar.ansatz import Ansatz, parameter_value
from catenary.functors.grammar.meaning import MEANING, meaning

if TYPE_CHECKING:
    from catenary.functors.grammar.reading import Reading

_NEVER = 1e-24


def states_and_effects(reading: Reading, ansatz: Ansatz | None = None, *, expand: bool = True) -> Diagram:
    """The meaning of a reading with words as states or effects, so that the fewest qubits are post-selected.

    Equal, as a diagram and in amplitudes, to ``reading.meaning(states=True)``; an effect is the rotated box of
    its state, which an ansatz maps to the transposed circuit. A wire costs one post-selection if a state meets an
    effect (or the sentence's open wire) on it, two otherwise; see :func:`turning`, which is exact. For the choice with
    a proof, and with rules for function words, see :mod:`catenary.rewriting.sentence_forms`.

    Args:
        reading: the reading.
        ansatz: says how many qubits a wire is; all the same unless given.
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
    weights = None if ansatz is None else [ansatz.size(Ty(ob.name)) for ob in graph.vertices]
    effect = turning(graph, weights).effect
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
    :func:`states_and_effects`, the same amplitudes. ``"with spiders"``: that with Frobenius words as spiders, where
    there are any. ``"maps"``: the meaning, where words with arguments are maps
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
        "states and effects": states_and_effects(reading, ansatz, expand=False),
    }
    if any(reading.spiders):
        forms["with spiders"] = states_and_effects(reading, ansatz)
    forms["maps"] = reading.meaning()
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


@dataclass(frozen=True)
class Turning:
    """Which words of a diagram of states are turned to effects.

    Attributes:
        effect: for each word whether it is an effect.
        one_sided: the weight of the wires that have states alone, or effects alone, on them. Each costs its qubits
            once more than it has to.
        optimal: whether no other choice has less; ``False`` where the exact program reached its limit.
    """

    effect: tuple[bool, ...]
    one_sided: int
    optimal: bool


def turning(graph: OpenHypergraph, weights: Sequence[int] | None = None, *, seconds: float = 10.0) -> Turning:
    """The words of a graph of states to turn to effects, so that the fewest qubits are post-selected.

    A wire with d words on it costs d - 1 times its qubits where a state and an effect (or an output) meet, and once
    more where all are of one kind, so the weight of the latter is minimised. Two colours along a spanning forest
    reach the least where no odd cycle is in the way, in linear time; otherwise a 0/1 program (HiGHS) decides.

    Args:
        graph: words with outputs only.
        weights: the qubits of each vertex, 1 unless given.
        seconds: for the program.

    >>> from catenary.functors.grammar import parse
    >>> turning(parse("Alice loves Bob")[0].meaning(states=True).to_hypergraph())
    Turning(effect=(True, False, True), one_sided=0, optimal=True)
    """
    ends = [tuple(edge.targets) for edge in graph.edges]
    weight = [1] * len(graph.vertices) if weights is None else list(weights)
    at: list[list[int]] = [[] for _ in graph.vertices]
    for edge, targets in enumerate(ends):
        for vertex in dict.fromkeys(targets):
            at[vertex].append(edge)
    is_open = set(graph.cod)
    # A wire with one word on it and no output is of one kind whatever is chosen.
    least = sum(weight[v] for v, edges in enumerate(at) if len(edges) == 1 and v not in is_open and weight[v])
    effect = _two_colours(ends, at, graph.cod)

    def one_sided(effect: Sequence[bool]) -> int:
        return sum(
            weight[v]
            for v, edges in enumerate(at)
            if edges and len({effect[e] for e in edges} | ({True} if v in is_open else set())) == 1
        )

    found = one_sided(effect)
    if found == least:
        return Turning(tuple(effect), found, True)
    exact, proved = _program(at, weight, is_open, len(ends), seconds)
    if exact is not None and one_sided(exact) <= found:
        effect, found = exact, one_sided(exact)
    return Turning(tuple(effect), found, proved)


def _two_colours(ends: list[tuple[int, ...]], at: list[list[int]], outputs: tuple[int, ...]) -> list[bool]:
    """States and effects in turn along the wires, words at the outputs first."""
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
    return [bool(value) for value in effect]


def _program(
    at: list[list[int]], weight: list[int], is_open: set[int], words: int, seconds: float
) -> tuple[list[bool] | None, bool]:
    """The least weight of one-sided wires as a 0/1 program: a variable for each word, and one for each wire."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    rows, columns, values = [], [], []
    low: list[float] = []
    for v, edges in enumerate(at):
        # one_sided + effects + outputs >= 1 and one_sided + states >= 1
        for sign, floor in ((1.0, 0.0 if v in is_open else 1.0), (-1.0, 1.0 - len(edges))):
            if edges:
                rows += [len(low)] * (len(edges) + 1)
                columns += [words + v, *edges]
                values += [1.0, *([sign] * len(edges))]
                low.append(floor)
    size = words + len(at)
    matrix = coo_array((values, (rows, columns)), shape=(len(low), size)).tocsr()
    result = milp(
        np.array([0.0] * words + [float(w) for w in weight]),
        integrality=np.ones(size),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, np.array(low), np.inf),
        options={"time_limit": seconds},
    )
    if result.x is None:
        return None, False
    return [bool(value > 0.5) for value in result.x[:words]], result.status == 0
