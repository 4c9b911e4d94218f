"""From grammar to meaning: Frobenius words become spiders, words with arguments become boxes on them.

A word of type ``n.r s n.l`` is a state on three wires. Bent, it is a box with its arguments as inputs (odd
adjoint orders) and its result as output (even ones): ``n ⊗ n → s``; the cups that fed it arguments are
gone. A relative pronoun is made of spiders (Sadrzadeh, Clark & Coecke, *The Frobenius anatomy of word
meanings I: subject and object relative pronouns*, 2013): who copies its noun to the verb and discards the
verb's sentence wire.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from catenary.diagrams import Box, Diagram, Doctrine, Edge, InputError, Ob, OpenHypergraph, Ty, free
from catenary.functors.grammar.lexicon import Spiders

if TYPE_CHECKING:
    from catenary.functors.functor import Functor
    from catenary.functors.grammar.reading import Reading

MEANING = free(Doctrine.HYPERGRAPH)
"""The signature of meaning diagrams."""


def bent(
    word: str, ty: Ty, spiders: Spiders = (), *, states: bool = False
) -> tuple[Box | None, tuple[int, ...], tuple[int, ...]]:
    """A word's own box, and the wires of its type that are the box's inputs and outputs.

    Inputs are the wires with odd adjoint order, outputs those with even order, each in the order of the
    type; wires in spiders are neither. With ``states`` all are outputs. ``None`` for a word made of spiders
    alone.

    >>> from catenary.functors.grammar import parse_type
    >>> box, inputs, outputs = bent("loves", parse_type("n.r s n.l"))
    >>> print(box.dom, "→", box.cod, inputs, outputs)
    n n → s (0, 2) (1,)
    """
    taken = {wire for group in spiders for wire in group}
    own = [wire for wire in range(len(ty)) if wire not in taken]
    if not own:
        return None, (), ()
    inputs = tuple(wire for wire in own if ty.objects[wire].z % 2 and not states)
    outputs = tuple(wire for wire in own if wire not in inputs)
    dom, cod = (Ty(*(ty.objects[w].name for w in wires)) for wires in (inputs, outputs))
    return Box(word, dom, cod, signature=MEANING), inputs, outputs


def word_graph(word: str, ty: Ty, spiders: Spiders = ()) -> OpenHypergraph:
    """The meaning of a word as a state on its type: its box bent back, and its spiders."""
    vertex = list(range(len(ty)))
    for group in spiders:
        for wire in group:
            vertex[wire] = group[0]
    number = {v: i for i, v in enumerate(sorted(set(vertex)))}
    named = [number[v] for v in vertex]
    box, inputs, outputs = bent(word, ty, spiders)
    edges = (
        [] if box is None else [Edge(box, tuple(named[w] for w in inputs), tuple(named[w] for w in outputs))]
    )
    return OpenHypergraph(
        tuple(Ob(ty.objects[v].name) for v in sorted(set(vertex))), tuple(edges), (), tuple(named), MEANING
    )


def meaning(reading: Reading, *, states: bool = False) -> Diagram:
    """The cup-free meaning of a reading, over :data:`MEANING`: an open hypergraph with one box a word.

    Vertices are the classes of wires that links and spiders join. The result equals the image of the planar
    diagram under :func:`functor`. Linear in the wires.

    Args:
        reading: the reading.
        states: keep words as states on their wires (all outputs), as in the planar diagram, and only expand
            Frobenius words and join what is linked.
    """
    obs = reading.wires.objects
    parent = list(range(len(obs)))

    def find(wire: int) -> int:
        while parent[wire] != wire:
            parent[wire] = parent[parent[wire]]
            wire = parent[wire]
        return wire

    def merge(a: int, b: int) -> None:
        a, b = find(a), find(b)
        parent[max(a, b)] = min(a, b)

    for a, b in reading.links:
        merge(a, b)
    for offset, spiders in zip(reading.offsets, reading.spiders, strict=True):
        for group in spiders:
            for wire in group[1:]:
                merge(offset + group[0], offset + wire)
    roots = sorted({find(wire) for wire in range(len(obs))})
    number = {root: i for i, root in enumerate(roots)}
    edges = []
    for word, ty, spiders, offset in zip(
        reading.words, reading.types, reading.spiders, reading.offsets, strict=True
    ):
        box, inputs, outputs = bent(word, ty, spiders, states=states)
        if box is not None:
            ends = (tuple(number[find(offset + w)] for w in wires) for wires in (inputs, outputs))
            edges.append(Edge(box, *ends))
    cod = tuple(number[find(wire)] for wire in reading.target_wires)
    graph = OpenHypergraph(tuple(Ob(obs[root].name) for root in roots), tuple(edges), (), cod, MEANING)
    return graph.to_diagram()


def functor(readings: Iterable[Reading]) -> Functor[Ty, Diagram]:
    """The functor from planar grammar diagrams to meanings, for the words of some readings.

    Objects keep their names; a word's state goes to its box with wires bent, or to spiders.

    Raises:
        InputError: if a word occurs in one type with two meanings.
    """
    from catenary.functors.functor import Functor
    from catenary.functors.targets import Diagrams

    objects: dict[str, Ty] = {}
    images: dict[Box, Diagram] = {}
    meanings: dict[Box, Spiders] = {}
    for reading in readings:
        for ob in reading.wires.objects:
            objects[ob.name] = Ty(ob.name)
        boxes = reading.diagram.boxes
        for box, word, ty, spiders in zip(boxes, reading.words, reading.types, reading.spiders, strict=False):
            if meanings.setdefault(box, spiders) != spiders:
                raise InputError(f"{word!r} has the type {ty} with two meanings; map the readings apart")
            if box not in images:
                images[box] = word_graph(word, ty, spiders).to_diagram()
    return Functor(ob=objects, ar=images, target=Diagrams(MEANING))
