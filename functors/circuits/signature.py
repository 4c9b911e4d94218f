"""Circuits as string diagrams: the gate signature and the two conversions, both linear."""

from __future__ import annotations

import re
from fractions import Fraction

from catenary.diagrams import Box, Diagram, Doctrine, Edge, Ob, OpenHypergraph, Phase, Signature, Ty
from catenary.diagrams.boxes import GENERATOR
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import FAMILIES, GATES, NOT_UNITARY, CircuitError, Gate, adjoint

_QUBIT, _BIT = Ob("qubit"), Ob("bit")
QUBIT, BIT = Ty.of((_QUBIT,)), Ty.of((_BIT,))
GLOBAL_PHASE = "gphase"


def _generators() -> list[Box]:
    boxes = [
        Box(s.name, QUBIT**s.n_qubits, QUBIT**s.n_qubits, (Fraction(0),) * s.n_params) for s in GATES.values()
    ]
    boxes += [
        Box("reset", QUBIT, QUBIT),
        Box("barrier", QUBIT, QUBIT),
        Box("measure", QUBIT @ BIT, QUBIT @ BIT),
    ]
    boxes += [
        Box("init", Ty(), QUBIT),
        Box("post", QUBIT, Ty()),
        Box(GLOBAL_PHASE, Ty(), Ty(), (Fraction(0),)),
    ]
    return boxes


GATE_SIGNATURE = Signature("circuits", Doctrine.SYMMETRIC, ["qubit", "bit"], _generators())
"""The gates as generators on ``qubit`` and ``bit`` wires.

``init`` is |0⟩, ``post`` is ⟨0|, ``gphase(α)`` is the number e^{iπα}; ``measure`` takes a qubit and the bit
that it overwrites. Families whose arity varies take their boundary from the box: ``barrier`` on n qubits,
``opaque NAME``, ``rpauli LETTERS``, ``mcx``, ``mcp``, and ``if V: G``, the operation G with the bits of its
condition as further wires, done when they hold V.
"""

_LABELLED = ("opaque", "rpauli")
_CONDITIONAL = re.compile(r"if (?P<value>\d+)(?:@(?P<at>\d+))?: (?P<base>.*)", re.DOTALL)


def _box(gate: Gate) -> tuple[Box, tuple[int, ...]]:
    """The box of a gate and the classical bits on its wires."""
    base = f"{gate.name} {gate.label}" if gate.name in _LABELLED else gate.name
    bits = gate.clbits
    if gate.condition is not None:
        held, value = gate.condition
        at = ""
        if bits and bits[0] in held:  # a measurement into a bit of its own condition
            at = f"@{held.index(bits[0])}"
            bits = held
        else:
            bits = held + bits
        base = f"if {value}{at}: {base}"
    inner = Ty.of((_QUBIT,) * len(gate.qubits) + (_BIT,) * len(bits))
    dom = Ty() if gate.name == "init" else inner
    cod = Ty() if gate.name == "post" else inner
    return Box(base, dom, cod, gate.params, signature=GATE_SIGNATURE), bits


def to_diagram(circuit: Circuit) -> Diagram:
    """The string diagram of a circuit, in linear time; see :meth:`Circuit.to_diagram`.

    >>> print(to_diagram(Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])))
    h @ qubit >> cx
    """
    for index, gate in enumerate(circuit.gates):
        if gate.name == "noise":
            raise CircuitError(
                f"gate {index} ({gate.label}): the gate signature has no boxes for noise; "
                "functors.mixed.mixed_circuit makes the channel of the circuit"
            )
    circuit = circuit.unfolded()
    obs: list[Ob] = [_QUBIT] * len(circuit.inputs) + [_BIT] * circuit.n_clbits
    dom = tuple(range(len(obs)))
    wire = [-1] * circuit.n_qubits
    for place, line in enumerate(circuit.inputs):
        wire[line] = place
    bit = list(range(len(circuit.inputs), len(obs)))
    made: dict[tuple[str, int], Box] = {}
    edges: list[Edge] = []
    for gate in circuit.gates:
        bits: tuple[int, ...] = ()
        if gate.condition is None and not gate.params and not gate.clbits and gate.name not in _LABELLED:
            key = (gate.name, len(gate.qubits))
            box = made.get(key) or _box(gate)[0]
            made[key] = box
        else:
            box, bits = _box(gate)
        before = tuple([wire[q] for q in gate.qubits] + [bit[c] for c in bits])
        after = tuple(range(len(obs), len(obs) + len(before)))
        if gate.name == "post":
            after = ()
        else:
            obs.extend(box.cod.objects)
            for q, v in zip(gate.qubits, after, strict=False):
                wire[q] = v
            for c, v in zip(bits, after[len(gate.qubits) :], strict=True):
                bit[c] = v
        edges.append(Edge(box, () if gate.name == "init" else before, after))
    if circuit.global_phase != 0:
        scalar = Box(GLOBAL_PHASE, Ty(), Ty(), (circuit.global_phase,), signature=GATE_SIGNATURE)
        edges.append(Edge(scalar, (), ()))
    cod = tuple([wire[q] for q in circuit.outputs] + bit)
    return Diagram.from_hypergraph(OpenHypergraph(tuple(obs), tuple(edges), dom, cod, GATE_SIGNATURE))


def _gate(box: Box, qubits: tuple[int, ...], bits: tuple[int, ...]) -> Gate:
    name, condition, clbits = box.name, None, bits
    found = _CONDITIONAL.fullmatch(name)
    if found:
        name = found["base"]
        if found["at"] is not None:
            held, clbits = bits, (bits[int(found["at"])],)
        elif name == "measure":
            held, clbits = bits[:-1], bits[-1:]
        else:
            held, clbits = bits, ()
        condition = (held, int(found["value"]))
    label = ""
    if name.startswith(("opaque ", "rpauli ")):
        name, _, label = name.partition(" ")
    if name not in GATES and name not in NOT_UNITARY and name not in FAMILIES:
        raise CircuitError(f"box {box} is not a gate: a circuit's diagram is one over GATE_SIGNATURE")
    return Gate(name, qubits, box.params, clbits, condition, label)


def from_diagram(diagram: Diagram) -> Circuit:
    """The circuit of a diagram over the gate signature, in linear time; see :meth:`Circuit.from_diagram`.

    >>> circuit = Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])
    >>> from_diagram(to_diagram(circuit)) == circuit
    True
    """
    graph = diagram.to_hypergraph()
    order = graph.topological_order()
    if order is None or not graph.is_monogamous:
        raise CircuitError("a diagram with cycles or spiders is not a circuit")
    names = [ob.name for ob in diagram.dom.objects], [ob.name for ob in diagram.cod.objects]
    for what, wires in zip(("domain", "codomain"), names, strict=True):
        n = wires.count("qubit")
        if wires != ["qubit"] * n + ["bit"] * (len(wires) - n):
            raise CircuitError(
                f"the {what} of a circuit's diagram is qubits and then bits, not {' '.join(wires)}"
            )
    n_inputs, n_clbits = names[0].count("qubit"), names[0].count("bit")
    line = dict(zip(graph.dom[:n_inputs], range(n_inputs), strict=True))
    bit = dict(zip(graph.dom[n_inputs:], range(n_clbits), strict=True))
    gates: list[Gate] = []
    phase: Phase = Fraction(0)
    n_qubits = n_inputs
    for index in order:
        edge = graph.edges[index]
        box, sources, targets = edge.box, edge.sources, edge.targets
        if box.kind != GENERATOR or box.z:
            raise CircuitError(f"box {box} is not a gate: a circuit's diagram is one over GATE_SIGNATURE")
        if box.name == GLOBAL_PHASE:
            phase = phase + (-box.params[0] if box.dagger_flag else box.params[0])
            continue
        opens = not sources
        if opens:
            if len(targets) != 1 or graph.vertices[targets[0]] != _QUBIT:
                raise CircuitError(f"box {box} has no inputs: only init opens a line")
            qubits: tuple[int, ...] = (n_qubits,)
            bits: tuple[int, ...] = ()
            n_qubits += 1
        else:
            qubits = tuple(line[v] for v in sources if v in line)
            bits = tuple(bit[v] for v in sources if v in bit)
            if targets and [graph.vertices[v] for v in targets] != [graph.vertices[v] for v in sources]:
                raise CircuitError(
                    f"box {box} changes its wires: a gate has as many outputs as inputs, of the same kinds"
                )
        plain = box
        if box.dagger_flag and box.name in ("init", "post"):
            plain = box.replace(dagger=False)
            gate = Gate("post" if box.name == "init" else "init", qubits)
            steps: tuple[Gate, ...] = (gate,)
        else:
            gate = _gate(plain, qubits, bits)
            steps = adjoint(gate) if box.dagger_flag else (gate,)
        if (steps[0].name == "init") != opens or (steps[0].name == "post") != (not targets):
            raise CircuitError(f"box {box} has the boundary of another operation")
        gates += steps
        line.update(zip(targets, qubits, strict=False))
        bit.update(zip(targets[len(qubits) :], bits, strict=True))
    if [bit[v] for v in graph.cod if v in bit] != list(range(n_clbits)):
        raise CircuitError("a circuit keeps its classical bits in order: the diagram crosses or drops some")
    outputs = tuple(line[v] for v in graph.cod if v in line)
    return Circuit(n_qubits, gates, n_clbits, range(n_inputs), outputs, phase)
