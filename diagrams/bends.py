"""Nested cups and caps as diagrams, and the trace that they make."""

from __future__ import annotations

from catenary.diagrams.boxes import Cap, Cup
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import ArityError, CompositionError, expect
from catenary.diagrams.signature import Doctrine, structural
from catenary.diagrams.types import Ty


def _check_pair(what: str, left: Ty, right: Ty) -> None:
    for ty in (left, right):
        expect(ty, Ty, f"what a {what} joins", "a type (Ty)")
    if len(left) != len(right):
        raise CompositionError(left.objects, right.objects[::-1], ("left", "right, turned"))


def cup(left: Ty, right: Ty) -> Diagram:
    """Nested cups ``left @ right`` to the unit, one for each wire of ``left``."""
    _check_pair("cup", left, right)
    layers = [(Cup(left[i], right[len(right) - 1 - i]), i) for i in reversed(range(len(left)))]
    return Diagram(left @ right, Ty(), layers)


def cap(left: Ty, right: Ty) -> Diagram:
    """Nested caps from the unit to ``left @ right``."""
    _check_pair("cap", left, right)
    layers = [(Cap(left[i], right[len(right) - 1 - i]), i) for i in range(len(left))]
    return Diagram(Ty(), left @ right, layers)


def bent_trace(diagram: Diagram, n: int, left: bool) -> Diagram:
    """The trace of a pivotal doctrine, by a cap and a cup."""
    dom, cod = diagram.dom, diagram.cod
    most = min(len(dom), len(cod))
    if isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= most:
        raise ArityError(f"trace over {n!r} of {len(dom)} inputs and {len(cod)} outputs: from 0 to {most}")
    ends = (dom[:n], cod[:n]) if left else (dom[len(dom) - n :], cod[len(cod) - n :])
    if ends[0] != ends[1]:
        raise CompositionError(ends[1].objects, ends[0].objects, ("outputs", "inputs"))
    fed, pivotal = ends[0], Doctrine.PIVOTAL
    rest = (dom[n:], cod[n:]) if left else (dom[: len(dom) - n], cod[: len(cod) - n])
    dual = pivotal.reduce(fed.r)
    signature = structural(pivotal)
    if left:
        opened, closed = cap(fed.r, fed).over(signature), cup(fed.l, fed).over(signature)
        return opened @ rest[0] >> dual @ diagram >> closed @ rest[1]
    opened, closed = cap(fed, fed.l).over(signature), cup(fed, fed.r).over(signature)
    return rest[0] @ opened >> diagram @ dual >> rest[1] @ closed
