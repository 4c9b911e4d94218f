"""Normal forms step by step, for display: every diagram on the way is equal to the first."""

from __future__ import annotations

from collections.abc import Iterator

from catenary.diagrams.boxes import BRAID, SWAP, Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import expect
from catenary.diagrams.normal_forms import interchange


def interchanger_steps(diagram: Diagram) -> Iterator[Diagram]:
    """The diagrams on the way to the interchanger normal form, each one interchange from the one before, the
    diagram itself first.

    >>> from catenary.diagrams import Ty
    >>> f, g = Box("f", Ty("a"), Ty("b")), Box("g", Ty("c"), Ty("d"))
    >>> for step in interchanger_steps(Ty("a") @ g >> f @ Ty("d")):
    ...     print(step)
    a @ g >> f @ d
    f @ c >> b @ g
    """
    expect(diagram, Diagram, "what interchanger_steps takes", "a diagram")
    yield diagram
    for last in range(1, len(diagram)):
        at = last
        while at:
            box, offset = diagram.boxes[at], diagram.offsets[at]
            if offset + len(box.dom) > diagram.offsets[at - 1]:
                break
            moved = interchange(diagram, at - 1)
            assert moved is not None
            if not moved.identical(diagram):  # two like scalars
                yield moved
            diagram = moved
            at -= 1


def remove_swaps(diagram: Diagram | Box) -> Diagram:
    """An equal diagram with as few wires crossed as its order of boxes needs: what swaps undo is gone, and
    wires cross only to bring a box's inputs side by side. The diagram itself where it crosses no more.

    Not the least number of crossings over all orders of the boxes, which is a hard problem.

    Raises:
        DoctrineError: in doctrines without swaps.

    >>> from catenary.diagrams import Swap, Ty
    >>> a, b = Ty("a"), Ty("b")
    >>> f = Box("f", a, a)
    >>> print(remove_swaps(Swap(a, b) >> b @ f >> Swap(b, a)))
    f @ b
    """
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    expect(diagram, Diagram, "what remove_swaps takes", "a diagram or a box")
    diagram.signature.doctrine.require("swap")
    found = Diagram.from_hypergraph(diagram.to_hypergraph())
    return found if crossings(found) < crossings(diagram) else diagram


def crossings(diagram: Diagram) -> int:
    """How many pairs of wires the swaps and braids of a diagram cross.

    >>> from catenary.diagrams import Swap, Ty
    >>> crossings(Swap(Ty("a", "a"), Ty("b")).diagram)
    2
    """
    return sum(
        box.data[0] * (len(box.dom) - box.data[0]) for box in diagram.boxes if box.kind in (SWAP, BRAID)
    )


__all__ = ["crossings", "interchanger_steps", "remove_swaps"]
