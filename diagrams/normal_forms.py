"""Normal forms of diagrams: snake removal, interchanger normal form, spider fusion, foliation."""

from __future__ import annotations

from collections.abc import Iterator

from catenary.diagrams.boxes import CAP, CUP, SPIDER, Box, Cap, Cup
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import CatenaryError, DoctrineError, expect
from catenary.diagrams.signature import Doctrine
from catenary.diagrams.types import Ty


def remove_snakes(diagram: Diagram) -> Diagram:
    """An equal diagram without snakes: no wire runs from a cap's leg down to a cup and back up the other way.

    In planar doctrines boxes that stand in the way are moved by interchange and the rest of the layering is
    kept; in compact closed and hypergraph doctrines, and in those without cups, the layers are computed anew
    from the wires.

    >>> from catenary.diagrams import Cap, Cup, Ty
    >>> n = Ty("n")
    >>> print(remove_snakes(Cap(n.r, n) @ n.r >> n.r @ Cup(n, n.r)))
    id(nʳ)
    """
    diagram = _whole(diagram, "remove_snakes")
    if not diagram.signature.doctrine.drawn:
        return Diagram.from_hypergraph(diagram.to_hypergraph())
    sweep = _Straightener(diagram)
    for _ in sweep.run():
        pass
    return sweep.diagram()


def snake_steps(diagram: Diagram) -> Iterator[Diagram]:
    """The diagrams on the way from a planar diagram to its form without snakes, for display.

    The first is the diagram itself, with cups and caps on compound types written out where there are any.
    Then for each snake the diagram with cap and cup brought together by interchanges (where boxes stood
    between them), and the diagram with the snake pulled straight. Consecutive diagrams are equal and written
    differently.

    Raises:
        DoctrineError: in doctrines that are not planar.

    >>> from catenary.diagrams import Cap, Cup, Ty
    >>> n = Ty("n")
    >>> [len(d) for d in snake_steps(Cap(n.r, n) @ n.r >> n.r @ Cup(n, n.r))]
    [2, 0]
    """
    diagram = _whole(diagram, "snake_steps")
    if not diagram.signature.doctrine.drawn:
        planar = [d.value for d in Doctrine if d.drawn]
        raise DoctrineError("snake removal step by step", diagram.signature.doctrine.value, planar)
    sweep = _Straightener(diagram, shows=True)
    shown = diagram
    yield shown
    rest = list(sweep.rest)
    for done, together in sweep.run():
        for layers in (together, sweep.written()):
            after = rest[done:]
            step = Diagram._make(
                diagram.dom,
                diagram.cod,
                diagram.signature,
                None,
                (
                    tuple(b for b, _ in layers) + tuple(b for b, _ in after),
                    tuple(o for _, o in layers) + tuple(o for _, o in after),
                ),
            )
            if not step.identical(shown):
                shown = step
                yield shown


def _whole(diagram: object, function: str) -> Diagram:
    """The diagram that a normal form was asked of; a box stands for its own."""
    if isinstance(diagram, Box):
        return diagram.diagram
    expect(diagram, Diagram, f"what {function} takes", "a diagram or a box")
    assert isinstance(diagram, Diagram)
    return diagram


class _Layer:
    """A box with its offset and the wires it takes and makes; identity matters, place is its place in the
    order.
    """

    __slots__ = ("box", "ins", "offset", "outs", "place")

    def __init__(self, box: Box, offset: int):
        self.box, self.offset, self.place = box, offset, -1
        self.ins: list[_Wire] = []
        self.outs: list[_Wire] = []

    @property
    def growth(self) -> int:
        return len(self.box.cod) - len(self.box.dom)


class _Wire:
    """A wire between two layers; None is the boundary."""

    __slots__ = ("maker", "taker")

    def __init__(self, maker: _Layer | None):
        self.maker = maker
        self.taker: _Layer | None = None


class _Straightener:
    """Takes the layers one by one and keeps those taken free of snakes."""

    def __init__(self, diagram: Diagram, shows: bool = False):
        self.source, self.shows = diagram, shows
        self.rest = [layer for box, offset in diagram.layers for layer in _single(box, offset)]
        self.layers: list[_Layer] = []
        self.wires = [_Wire(None) for _ in diagram.dom.objects]

    def written(self) -> list[tuple[Box, int]]:
        return [(layer.box, layer.offset) for layer in self.layers]

    def diagram(self) -> Diagram:
        """The diagram of the layers taken."""
        layers = (tuple(x.box for x in self.layers), tuple(x.offset for x in self.layers))
        return Diagram._make(self.source.dom, self.source.cod, self.source.signature, None, layers)

    def run(self) -> Iterator[tuple[int, list[tuple[Box, int]]]]:
        """Yields (layers taken, layers with cap and cup together) after each snake removed."""
        for done, (box, offset) in enumerate(self.rest, 1):
            layer = _Layer(box, offset)
            stop = offset + len(box.dom)
            layer.ins = self.wires[offset:stop]
            for wire in layer.ins:
                wire.taker = layer
            layer.outs = [_Wire(layer) for _ in box.cod.objects]
            self.wires[offset:stop] = layer.outs
            layer.place = len(self.layers)
            self.layers.append(layer)
            suspects = [layer]
            while suspects:
                cup = suspects.pop()
                found = _snake(cup)
                if found is not None:
                    together = self._pull(*found, suspects)
                    yield done, together

    def _pull(
        self, cap: _Layer, cup: _Layer, right_leg: bool, suspects: list[_Layer]
    ) -> list[tuple[Box, int]]:
        """Remove one snake: what is on the far side of the joining wire goes above it, the rest below."""
        i, j = cap.place, cup.place
        middle = cap.outs[1] if right_leg else cap.outs[0]
        at = cap.offset + (1 if right_leg else 0)  # place of the joining wire
        left: list[_Layer] = []
        right: list[_Layer] = []
        grown: list[int] = []  # for each layer on the right how far the joining wire has moved by then
        moved = 0
        for layer in self.layers[i + 1 : j]:
            if layer.offset + len(layer.box.dom) <= at + moved:
                left.append(layer)
                moved += layer.growth
            else:
                right.append(layer)
                grown.append(moved)
        if right_leg:
            for layer, by in zip(right, grown, strict=True):
                layer.offset -= 2 + by
            first, second = right, left
            cap_at, cup_at = cap.offset, cap.offset + 1
        else:
            # Left of the joining wire there is one more wire at the end, the one that the cup takes with it.
            for layer, by in zip(right, grown, strict=True):
                layer.offset += moved - by - 2
            first, second = left, right
            cap_at, cup_at = cap.offset + moved, cap.offset + moved - 1
        before = [(layer.box, layer.offset) for layer in (*self.layers[:i], *first)] if self.shows else []
        if self.shows:
            before += [(cap.box, cap_at), (cup.box, cup_at)]
            before += [(layer.box, layer.offset) for layer in (*second, *self.layers[j + 1 :])]
        # The wire into the cup's other side now runs on as the cap's other leg.
        kept, gone = (cup.ins[1], cap.outs[0]) if right_leg else (cup.ins[0], cap.outs[1])
        assert middle.taker is cup
        kept.taker = gone.taker
        if gone.taker is not None:
            gone.taker.ins[gone.taker.ins.index(gone)] = kept
            suspects.append(gone.taker)
        else:
            self.wires[self.wires.index(gone)] = kept
        self.layers[i : j + 1] = first + second
        for place in range(i, len(self.layers)):
            self.layers[place].place = place
        return before


def _snake(cup: _Layer) -> tuple[_Layer, _Layer, bool] | None:
    """The snake that ends in a cup: (cap, cup, whether the cap's right leg is the joining wire)."""
    if cup.box.kind != CUP:
        return None
    for side, wire in enumerate(cup.ins):
        cap = wire.maker
        if cap is not None and cap.box.kind == CAP and cap.outs[1 - side] is wire:
            return cap, cup, side == 0
    return None


def _single(box: Box, offset: int) -> Iterator[tuple[Box, int]]:
    """Cups and caps on compound types written out as nested single ones."""
    if box.kind not in (CUP, CAP) or len(box.dom) + len(box.cod) == 2:
        yield box, offset
        return
    ty = box.dom if box.kind == CUP else box.cod
    half = len(ty) // 2
    make = Cup if box.kind == CUP else Cap
    for i in reversed(range(half)) if box.kind == CUP else range(half):
        pair = (ty[i], ty[len(ty) - 1 - i])
        single = box.replace(
            dom=pair[0] @ pair[1] if make is Cup else ty[:0],
            cod=pair[0] @ pair[1] if make is Cap else ty[:0],
        )
        yield single, offset + i


def interchange(diagram: Diagram, index: int, *, right: bool = False) -> Diagram | None:
    """The diagram with layers ``index`` and ``index + 1`` exchanged, or ``None`` where they share a wire.

    Where an effect stands over a state both sides are possible: the box that moves up passes on the left
    unless ``right``.

    >>> from catenary.diagrams import Box, Ty
    >>> f = Box("f", Ty("a"), Ty("b"))
    >>> print(interchange(f @ f, 0), interchange(f @ f, 0) == f @ f)
    a @ f >> f @ b True
    """
    expect(diagram, Diagram, "what interchange takes", "a diagram")
    expect(index, int, "the layer to interchange", "a whole number")
    boxes, offsets = list(diagram.boxes), list(diagram.offsets)
    if not 0 <= index < len(boxes) - 1:
        raise CatenaryError(f"no layers {index} and {index + 1} in a diagram of {len(boxes)}")
    (f, g), (at, place) = boxes[index : index + 2], offsets[index : index + 2]
    on_left, on_right = place + len(g.dom) <= at, place >= at + len(f.cod)
    if not on_left and not on_right:
        return None
    if on_left and not (right and on_right):
        at += len(g.cod) - len(g.dom)
    else:
        place -= len(f.cod) - len(f.dom)
    boxes[index : index + 2], offsets[index : index + 2] = [g, f], [place, at]
    return Diagram._make(diagram.dom, diagram.cod, diagram.signature, None, (tuple(boxes), tuple(offsets)))


def interchanger_normal_form(diagram: Diagram) -> Diagram:
    """The form in which no box can be moved up past the one before it on its right, by interchanges alone.

    Two connected diagrams that differ by interchanges have the same one (Delpeuch and Vicary, arXiv
    1804.07832, the right normal form up to reflection). At most quadratic in the number of boxes.

    >>> from catenary.diagrams import Box, Ty
    >>> f, g = Box("f", Ty("a"), Ty("b")), Box("g", Ty("c"), Ty("d"))
    >>> print(interchanger_normal_form(Ty("a") @ g >> f @ Ty("d")))
    f @ c >> b @ g
    """
    diagram = _whole(diagram, "interchanger_normal_form")
    boxes: list[Box] = []
    offsets: list[int] = []
    for box, offset in diagram.layers:
        at = len(boxes)
        growth = len(box.cod) - len(box.dom)
        stop = offset + len(box.dom)
        while at and stop <= offsets[at - 1]:
            offsets[at - 1] += growth
            at -= 1
        boxes.insert(at, box)
        offsets.insert(at, offset)
    return Diagram._make(diagram.dom, diagram.cod, diagram.signature, None, (tuple(boxes), tuple(offsets)))


def fuse_spiders(diagram: Diagram) -> Diagram:
    """An equal diagram of a hypergraph doctrine in which each connected set of spiders, cups, caps, copies
    and discards is at most one spider, phases added; and so for each named structure by itself.

    Raises:
        DoctrineError: in doctrines without spiders.

    >>> from catenary.diagrams import Spider, Ty
    >>> a = Ty("a")
    >>> print(repr(fuse_spiders(Spider(1, 2, a) >> a @ Spider(1, 2, a)).boxes[0]))
    Spider(1, 3, Ty('a'))
    """
    diagram = _whole(diagram, "fuse_spiders")
    diagram.signature.doctrine.require("spider")
    graph = diagram.to_hypergraph()
    if any(edge.box.kind == SPIDER and len(edge.box.data) > 3 for edge in graph.edges):
        from catenary.diagrams.subgraphs import fuse_named

        graph = fuse_named(graph)
    return Diagram.from_hypergraph(graph)


def foliation(diagram: Diagram) -> tuple[Diagram, ...]:
    """The diagram cut into the fewest slices of boxes side by side that interchanges allow.

    Swaps, cups and caps count as boxes. The composite of the slices is the diagram. Each box moves up as far
    as its wires and its place among them allow, which is least where all boxes have inputs or all have
    outputs. Where a state can pass an effect on either side, both are tried, a few hundred combinations at
    the most; a part that hangs on no wire of the rest is not moved down first into another region, so it may
    cost a slice.

    >>> from catenary.diagrams import Box, Ty
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> [len(part) for part in foliation(f @ f >> f @ f)]
    [2, 2]
    """
    slices, _ = least_slices(_whole(diagram, "foliation"))
    found: list[Diagram] = []
    dom = diagram.dom
    for layers in slices:
        wires = list(dom.objects)
        for box, offset in layers:
            wires[offset : offset + len(box.dom)] = box.cod.objects
        cod = Ty.of(tuple(wires))
        row = (tuple(box for box, _ in layers), tuple(offset for _, offset in layers))
        found.append(Diagram._make(dom, cod, diagram.signature, None, row))
        dom = cod
    return tuple(found)


_TRIES, _TRIED_BOXES = 512, 100_000


def least_slices(diagram: Diagram) -> tuple[list[list[tuple[Box, int]]], list[list[bool]]]:
    """The slices of :func:`foliation`, and for each box the boxes that it passes on its way up, nearest first:
    whether on their right.
    """
    least = _longest_chain(diagram)
    sides: list[bool] = []
    best, passes, ties = _slices(diagram, sides)
    for _ in range(min(_TRIES, _TRIED_BOXES // (len(diagram) + 1))):
        if len(best) == least:
            break
        # The next combination of sides: the last choice of the left becomes the right, those after it are left.
        sides = sides[:ties] + [False] * (ties - len(sides))
        while sides and sides[-1]:
            sides.pop()
        if not sides:
            break
        sides[-1] = True
        slices, passed, ties = _slices(diagram, sides)
        if len(slices) < len(best):
            best, passes = slices, passed
    return best, passes


def _longest_chain(diagram: Diagram) -> int:
    """How many boxes follow on one another at the most, each taking a wire from the one before."""
    wires = [0] * len(diagram.dom)
    longest = 0
    for box, offset in diagram.layers:
        stop = offset + len(box.dom)
        level = max(wires[offset:stop], default=0) + 1
        longest = max(longest, level)
        wires[offset:stop] = [level] * len(box.cod)
    return longest


def _slices(diagram: Diagram, sides: list[bool]) -> tuple[list[list[tuple[Box, int]]], list[list[bool]], int]:
    """Each box moved up as far as it goes: the slices, the sides on which each box passes others, and how often
    there was a choice. ``sides`` says for each choice whether to pass on the right; on the left after its end.
    """
    slices: list[list[tuple[Box, int]]] = []
    passes: list[list[bool]] = []
    choices = 0
    for box, offset in diagram.layers:
        growth = len(box.cod) - len(box.dom)
        at = len(slices)
        passes.append([])
        while at:
            passed: list[tuple[Box, int]] = []
            rights: list[bool] = []
            place = offset
            for other, there in reversed(slices[at - 1]):
                left, right = place + len(box.dom) <= there, place >= there + len(other.cod)
                if not left and not right:
                    break
                if left and right:
                    right = choices < len(sides) and sides[choices]
                    choices += 1
                else:
                    right = not left
                if right:
                    place -= len(other.cod) - len(other.dom)
                passed.append((other, there if right else there + growth))
                rights.append(right)
            if len(passed) < len(slices[at - 1]):
                break
            slices[at - 1] = passed[::-1]
            passes[-1] += rights
            offset = place
            at -= 1
        if at == len(slices):
            slices.append([])
        slices[at].insert(0, (box, offset))
    return slices, passes, choices
