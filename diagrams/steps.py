"""Normal forms step by step, for display: every diagram on the way is equal to the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from catenary.diagrams.boxes import BRAID, CAP, COPY, CUP, DISCARD, SPIDER, SWAP, Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import expect
from catenary.diagrams.normal_forms import fuse_spiders, interchange, least_slices


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


def foliation_steps(diagram: Diagram) -> Iterator[Diagram]:
    """The diagrams on the way to the slices of :func:`~catenary.diagrams.normal_forms.foliation` one after the
    other, each one interchange from the one before, the diagram itself first.

    >>> from catenary.diagrams import Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> for step in foliation_steps((f >> f) @ f):
    ...     print(step)
    f @ a >> f @ a >> a @ f
    f @ a >> a @ f >> f @ a
    a @ f >> f @ a >> f @ a
    """
    expect(diagram, Diagram, "what foliation_steps takes", "a diagram")
    yield diagram
    for last, rights in enumerate(least_slices(diagram)[1]):
        for at, right in zip(range(last - 1, -1, -1), rights, strict=False):
            moved = interchange(diagram, at, right=right)
            assert moved is not None
            if not moved.identical(diagram):
                yield moved
            diagram = moved


def fusion_steps(diagram: Diagram) -> Iterator[Diagram]:
    """The diagrams on the way to :func:`~catenary.diagrams.normal_forms.fuse_spiders`, the diagram itself
    first: after each spider, cup or cap that is taken in, what is above it is fused.

    Raises:
        DoctrineError: in doctrines without spiders.

    >>> from catenary.diagrams import Spider, Ty
    >>> a = Ty("a")
    >>> split = Spider(1, 2, a)
    >>> [len(step) for step in fusion_steps(split >> a @ split >> a @ a @ split)]
    [3, 2, 1]
    """
    expect(diagram, Diagram, "what fusion_steps takes", "a diagram")
    diagram.signature.doctrine.require("spider")
    yield from _taken_in(diagram, fuse_spiders, (SPIDER, CUP, CAP, COPY, DISCARD))


def swap_steps(diagram: Diagram) -> Iterator[Diagram]:
    """The diagrams on the way to :func:`remove_swaps`, the diagram itself first: after each swap that is taken
    in, what is above it has as few wires crossed as its order of boxes needs.

    Raises:
        DoctrineError: in doctrines without swaps.

    >>> from catenary.diagrams import Swap, Ty
    >>> swap = Swap(Ty("a"), Ty("a"))
    >>> [len(step) for step in swap_steps(swap >> swap >> swap >> swap)]
    [4, 2, 0]
    """
    expect(diagram, Diagram, "what swap_steps takes", "a diagram")
    diagram.signature.doctrine.require("swap")
    yield from _taken_in(diagram, remove_swaps, (SWAP, BRAID))


def _taken_in(
    diagram: Diagram, form: Callable[[Diagram], Diagram], kinds: tuple[str, ...]
) -> Iterator[Diagram]:
    """The diagram with its first boxes in normal form, up to each box of these kinds and to the last."""
    yield diagram
    shown = diagram
    for end, box in enumerate(diagram.boxes, 1):
        if box.kind in kinds or end == len(diagram):
            step = form(diagram[:end]) >> diagram[end:]
            if not step.identical(shown):
                shown = step
                yield step


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
    expect(diagram, Diagram, "what crossings takes", "a diagram")
    return sum(
        box.data[0] * (len(box.dom) - box.data[0]) for box in diagram.boxes if box.kind in (SWAP, BRAID)
    )


__all__ = [
    "crossings",
    "foliation_steps",
    "fusion_steps",
    "interchanger_steps",
    "remove_swaps",
    "swap_steps",
]
