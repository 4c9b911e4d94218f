"""Boxes that hold a diagram: what is inside, bottom up and without recursion, however deep it goes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from catenary.diagrams.boxes import BUBBLE, CURRY, EVAL, TRACE, Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import DoctrineError
from catenary.diagrams.signature import Doctrine

if TYPE_CHECKING:
    from catenary.diagrams.sums import Sum

Held: TypeAlias = Union[Diagram, "Sum"]

HOLDING = (BUBBLE, CURRY, TRACE)
SHOWN = 12  # levels that repr writes out: Python's parser stops soon after


def inside(box: Box) -> Held | None:
    """The diagram or sum that a box holds, if its kind is one that does.

    >>> from catenary.diagrams import Bubble, Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> print(inside(Bubble(f >> f)), inside(f))
    f >> f None
    """
    if box.kind not in HOLDING:
        return None
    held: Held = box.data[0]
    return held


def parts(value: Held) -> tuple[Diagram, ...]:
    """The diagrams of a sum; a diagram itself."""
    return (value,) if isinstance(value, Diagram) else tuple(diagram for _, diagram in value.terms)


def holding(value: Held) -> Iterator[Box]:
    """The boxes of a diagram or sum that hold a diagram."""
    for diagram in parts(value):
        graph = diagram._graph
        boxes: Iterable[Box] = diagram.boxes if graph is None else (edge.box for edge in graph.edges)
        for box in boxes:
            if box.kind in HOLDING:
                yield box
        if graph is not None and diagram._layers is not None:
            # Traces are boxes in the layers and cycles in the graph: both forms may be read.
            yield from (box for box in diagram._layers[0] if box.kind == TRACE)


def insides(roots: Iterable[Held], known: Callable[[Box], bool] | None = None) -> list[Box]:
    """All boxes that hold a diagram, at any depth, inner ones first, each once.

    Args:
        roots: where to begin.
        known: boxes for which it is true are passed over with what they hold.
    """
    order: list[Box] = []
    seen: set[int] = set()
    for root in roots:
        stack: list[tuple[Box | None, Iterator[Box]]] = [(None, holding(root))]
        while stack:
            box, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                if box is not None:
                    order.append(box)
            elif id(following) not in seen:
                seen.add(id(following))
                if known is None or not known(following):
                    stack.append((following, holding(following.data[0])))
    return order


def depth(value: Held, most: int | None = None) -> int:
    """How many levels of boxes hold one another, counted no further than ``most``.

    >>> from catenary.diagrams import Bubble, Ty
    >>> depth(Bubble(Bubble(Box("f", Ty("a"), Ty("a")))).diagram)
    2
    """
    level = list(holding(value))
    count = 0
    while level and count != most:
        count += 1
        held = {id(box.data[0]): box.data[0] for box in level}
        level = [box for inner in held.values() for box in holding(inner)]
    return count


def classes_of(roots: Iterable[Held]) -> dict[int, Any] | None:
    """Numbers for the diagrams held, by ``id``, that are equal exactly where the diagrams are; ``None`` if
    nothing is held.

    Inner ones come first, so that comparing two never goes more than one level down.
    """
    from catenary.diagrams.equality import LIMIT, equal_given
    from catenary.diagrams.sums import Sum, same_sums

    # A trace is not compared as a box: what it holds is part of the open hypergraph around it.
    order = [box for box in insides(roots) if box.kind != TRACE]
    if not order:
        return None
    numbers: dict[int, Any] = {}
    buckets: dict[int, list[tuple[Held, int]]] = {}
    count = 0
    for box in order:
        held: Held = box.data[0]
        if id(held) in numbers:
            continue
        bucket = buckets.setdefault(hash(held), [])
        for other, number in bucket:
            if isinstance(held, Diagram) and isinstance(other, Diagram):
                same = equal_given(other, held, LIMIT, numbers)
            else:
                same = same_sums(Sum.of(other), Sum.of(held), numbers)
            if same:
                numbers[id(held)] = number
                break
        else:
            numbers[id(held)] = count
            bucket.append((held, count))
            count += 1
    return numbers


def digests_of(roots: Iterable[Held], limit: int) -> dict[int, Any] | None:
    """For the diagrams held, by ``id``, texts that are the same exactly where the diagrams are equal, in any
    process.

    Raises:
        DoctrineError: for planar diagrams, which are compared without a canonical form.
    """
    from catenary.diagrams.equality import form_given
    from catenary.diagrams.sums import Sum

    order = [box for box in insides(roots) if box.kind != TRACE]
    if not order:
        return None
    found: dict[int, Any] = {}
    for box in order:
        held: Held = box.data[0]
        if id(held) in found:
            continue
        rows = []
        terms = [(1, held)] if isinstance(held, Diagram) else held._collect(found)
        for scalar, diagram in terms:
            doctrine = diagram.signature.doctrine
            if doctrine.drawn:
                others = [d.value for d in Doctrine if not d.drawn]
                raise DoctrineError("canonical form of the diagram in a box", doctrine.value, others)
            form = _stable(form_given(diagram.to_hypergraph(), limit, found))
            rows.append((hashlib.sha256(form.encode()).hexdigest(), _number_text(scalar)))
        text = "" if len(rows) == 1 and rows[0][1] == "1" else f"{held.dom!r} {held.cod!r}"
        found[id(held)] = hashlib.sha256(repr((sorted(rows), text)).encode()).hexdigest()
        assert isinstance(held, (Diagram, Sum))
    return found


def _number_text(scalar: Any) -> str:
    return str(Fraction(scalar)) if isinstance(scalar, (int, float)) else str(scalar)


def _stable(value: Any) -> str:
    """A text of nested tuples and sets that does not depend on the order in which sets are kept."""
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(map(_stable, value))) + "}"
    if isinstance(value, tuple):
        return "(" + ",".join(map(_stable, value)) + ")"
    return repr(value)


def map_nested(diagram: Diagram, change: Callable[[Box], Box]) -> Diagram:
    """The diagram with every box replaced by one of the same boundary, those inside of boxes too.

    >>> from catenary.diagrams import Bubble, Ty
    >>> a = Ty("a")
    >>> f, g = Box("f", a, a), Box("g", a, a)
    >>> print(map_nested(Bubble(f) >> f, lambda box: g if box == f else box))
    [g] >> g
    """
    from catenary.diagrams.sums import Sum

    made: dict[int, Box] = {}

    def on(box: Box) -> Box:
        return made[id(box)] if box.kind in HOLDING else change(box)

    for box in insides([diagram]):
        held: Held = box.data[0]
        if isinstance(held, Sum):
            new: Held = held._with([(scalar, part.map_boxes(on)) for scalar, part in held.terms])
        else:
            new = held.map_boxes(on)
        hash(new)  # kept by what is inside, so that no later hash goes deeper than one level
        made[id(box)] = box.replace(data=(new, *box.data[1:]))
    return diagram.map_boxes(on)


def repr_of(box: Box) -> str:
    """Python text that evaluates to a bubble, curry or evaluation; shortened where it is nested too deep."""
    if box.dagger_flag:
        return f"{box.dagger()!r}.dagger()"
    if box.z:
        return f"{box.l!r}.r" if box.z > 0 else f"{box.r!r}.l"
    if box.kind == EVAL:
        return f"Eval({box.data[0]!r})"
    held: Held = box.data[0]
    if depth(held, SHOWN) == SHOWN:
        return f"<{box.kind} of {1 + depth(held):,} levels>"
    if box.kind in (CURRY, TRACE):
        _, n, left = box.data
        extra = (f", {n}" if n != 1 or left else "") + (", True" if left else "")
        return f"Curry({held!r}{extra})" if box.kind == CURRY else f"Trace({held!r}{extra}).boxes[0]"
    name = box.name if box.name != BUBBLE else ""
    extra = f", {name!r}" if name else ""
    extra += f", dom={box.dom!r}" if box.dom != held.dom else ""
    extra += f", cod={box.cod!r}" if box.cod != held.cod else ""
    extra += f", signature={box.signature!r}" if box.signature != held.signature else ""
    return f"Bubble({held!r}{extra})"


def text_of(box: Box) -> str:
    """A bubble or curry as people read it; what is deep inside is left out."""
    name = box.name if box.kind != BUBBLE or box.name != BUBBLE else ""
    held: Held = box.data[0]
    inner = "…" if depth(held, 3) == 3 or any(len(part) > 20 for part in parts(held)) else str(held)
    turned = ("†" if box.dagger_flag else "") + ("ʳ" if box.z > 0 else "ˡ") * abs(box.z)
    return f"{name}[{inner}]{turned}"
