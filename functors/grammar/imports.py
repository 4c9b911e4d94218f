"""Grammar diagrams made elsewhere, as readings: from Catenary's own diagrams, lambeq's and DisCoPy's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catenary.diagrams import Diagram, InputError, Ty
from catenary.diagrams.boxes import CUP, GENERATOR
from catenary.functors.grammar.lexicon import Lexicon
from catenary.functors.grammar.reading import PREGROUP, Reading


def reading_of(diagram: Diagram, lexicon: Lexicon | None = None) -> Reading:
    """The reading that a planar diagram of words and cups is.

    Words and cups may come in any order. The reading's diagram equals the given one.

    Args:
        diagram: states without inputs, and cups on neighbours; over :data:`~catenary.functors.grammar.PREGROUP`.
        lexicon: where it has a word in the same type with spiders (relative pronouns), they are taken over.

    Raises:
        InputError: for any other diagram, naming the box.

    >>> from catenary.functors.grammar import parse
    >>> reading, = parse("Alice loves Bob")
    >>> reading_of(reading.diagram) == reading
    True
    """
    if len(diagram.dom):
        raise InputError(f"a sentence has no inputs, this diagram has {diagram.dom}", source="<diagram>")
    words: list[tuple[str, Ty, list[int]]] = []
    order: list[int] = []  # all wires from left to right, open and closed; each numbered as it comes
    now: list[int] = []
    pairs: list[tuple[int, int]] = []
    fresh = 0
    for place, (box, offset) in enumerate(diagram.layers):
        if box.kind == CUP and len(box.dom) == 2:
            pairs.append((now[offset], now[offset + 1]))
            del now[offset : offset + 2]
            continue
        if box.kind != GENERATOR or len(box.dom) or box.dagger_flag or box.z or not len(box.cod):
            raise InputError(f"box {place} ({box}) is neither a word nor a cup", source="<diagram>")
        own = list(range(fresh, fresh + len(box.cod)))
        fresh += len(own)
        at = order.index(now[offset - 1]) + 1 if offset else 0
        order[at:at] = own
        now[offset:offset] = own
        words.append((box.name, box.cod, own))
    if not words:
        raise InputError("the diagram has no words", source="<diagram>")
    number = {wire: i for i, wire in enumerate(order)}
    words.sort(key=lambda word: number[word[2][0]])
    spiders = []
    for word, ty, _ in words:
        entries = () if lexicon is None or word not in lexicon else lexicon[word]
        spiders.append(next((entry.spiders for entry in entries if entry.type == ty and entry.spiders), ()))
    links = sorted((number[a], number[b]) for a, b in pairs)
    return Reading(
        tuple(word for word, _, _ in words),
        tuple(ty for _, ty, _ in words),
        tuple(links),
        diagram.cod,
        tuple(spiders),
    )


def grammar_diagram(value: Any) -> Diagram:
    """A grammar diagram as one of ours: a lambeq diagram or its JSON, a DisCoPy diagram, or ours as it is.

    Raises:
        InputError: for anything else, and for a box that has no equivalent, by name.
    """
    if isinstance(value, Diagram):
        return value
    room = type(value).__module__.split(".")[0]
    if room == "lambeq" or isinstance(value, (str, bytes, Mapping)):
        from catenary.functors.bridges.lambeq import from_lambeq

        return from_lambeq(value)
    if room == "discopy":
        from catenary.diagrams import DoctrineError
        from catenary.diagrams.bridges.discopy import from_discopy

        try:
            found = from_discopy(value, PREGROUP)
        except DoctrineError:
            found = from_discopy(value)  # with swaps or spiders
        if isinstance(found, Diagram):
            return found
    raise InputError(
        f"expected a sentence, a reading or a grammar diagram of Catenary, lambeq or DisCoPy, not {type(value).__name__}",
        source="<diagram>",
    )


def prepared(value: Any, lexicon: Lexicon | None = None) -> Reading | Diagram:
    """A grammar diagram made elsewhere as a reading where it is one (words and cups), else as a diagram.

    As a reading its words get the same parameters as those of parsed sentences.
    """
    if isinstance(value, Reading):
        return value
    diagram = grammar_diagram(value)
    try:
        return reading_of(diagram, lexicon)
    except InputError:
        return diagram
