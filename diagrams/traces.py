"""Traces: the last wires of a diagram fed back into its first."""

from __future__ import annotations

from collections.abc import Callable

from catenary.diagrams.boxes import TRACE, Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import ArityError, CompositionError, LimitReached, SignatureError, expect
from catenary.diagrams.signature import Doctrine, structural

DEEPEST = 50  # levels of boxes in boxes that are pickled and turned: Python's own recursion ends soon after


def Trace(diagram: Diagram | Box, width: int = 1, left: bool = False) -> Diagram:
    """The diagram with its last ``width`` outputs (``left``: the first) fed back into its inputs.

    One box of kind ``"trace"``, data ``(diagram, width, left)``. In the open hypergraph the box is gone: what
    it holds is there, and the wires form cycles.

    Raises:
        ArityError: for more wires than there are.
        CompositionError: where the types that are joined differ.
        DoctrineError: over a declared signature without traces.

    >>> from catenary.diagrams import Ty, free
    >>> a, b = Ty("a"), Ty("b")
    >>> f = Box("f", b @ a, b @ a, signature=free(Doctrine.TRACED))
    >>> print(Trace(f), Trace(f).dom)
    trace[f] b
    >>> from catenary.diagrams import Swap
    >>> Trace(Swap(a, a)) == Diagram.id(a)
    True
    """
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    expect(diagram, Diagram, "what is traced", "a diagram or a box; a sum term by term: sum.map(Trace)")
    dom, cod = diagram.dom, diagram.cod
    most = min(len(dom), len(cod))
    if isinstance(width, bool) or not isinstance(width, int) or not 0 <= width <= most:
        raise ArityError(
            f"trace over {width!r} of {len(dom)} inputs and {len(cod)} outputs: from 0 to {most}"
        )
    try:
        signature = diagram.signature.join(structural(Doctrine.TRACED))
    except SignatureError:  # there is no doctrine with both
        diagram.signature.doctrine.require("trace")
        raise
    if signature is not diagram.signature:
        diagram = diagram.over(signature)
        dom, cod = diagram.dom, diagram.cod
    ends = (len(dom) - width, len(cod) - width)
    if left:
        fed, source, rest = dom[:width], cod[:width], (dom[width:], cod[width:])
    else:
        fed, source, rest = dom[ends[0] :], cod[ends[1] :], (dom[: ends[0]], cod[: ends[1]])
    if fed != source:
        raise CompositionError(source.objects, fed.objects, ("outputs", "inputs"))
    box = Box._make(TRACE, *rest, (), False, 0, TRACE, (diagram, width, bool(left)), signature)
    return Diagram.of_box(box)


def turned_traces(diagram: Diagram, change: Callable[[Diagram], Diagram], turn: int = 0) -> dict[int, Box]:
    """For each trace among the boxes, by ``id``, the box whose inside is changed, inner ones first."""
    if not any(box.kind == TRACE for box in diagram.boxes):
        return {}
    from catenary.diagrams.nesting import depth

    if depth(diagram, DEEPEST) == DEEPEST:
        raise LimitReached("turning what traces hold", f"{DEEPEST} levels of boxes in boxes")
    found = {}
    for box in diagram.boxes:
        if box.kind == TRACE:
            inner, width, left = box.data
            inner = change(inner)
            flipped = left != bool(turn)
            doms = (inner.dom[width:], inner.cod[width:]) if flipped else (
                inner.dom[: len(inner.dom) - width],
                inner.cod[: len(inner.cod) - width],
            )  # fmt: skip
            found[id(box)] = box.replace(dom=doms[0], cod=doms[1], data=(inner, width, flipped))
    return found
