"""Diagrams: immutable morphisms of the free category on a signature."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from catenary.diagrams.boxes import BUBBLE, CAP, CUP, CURRY, TRACE, Box, Swap
from catenary.diagrams.errors import (
    ArgumentError,
    ArityError,
    CatenaryError,
    CompositionError,
    DoctrineError,
    LimitReached,
    SignatureError,
    expect,
    expect_iterable,
    other_operand,
)
from catenary.diagrams.joining import declared_in, is_plain, joined_signature, reduced_box, refusal
from catenary.diagrams.shown import Shown
from catenary.diagrams.signature import Doctrine, Signature, free, structural
from catenary.diagrams.types import Ty

if TYPE_CHECKING:
    from catenary.diagrams.hypergraph import OpenHypergraph
    from catenary.diagrams.sums import Scalar, Sum

Layers: TypeAlias = tuple[tuple[Box, ...], tuple[int, ...]]
Diagrammatic: TypeAlias = Union["Diagram", Box]
_WANTED = "a diagram or a box; a type stands for its identity beside @ alone, or as Diagram.id(type)"


class Diagram(Shown):
    """A string diagram: boxes joined by wires, from ``dom`` (top, or left) to ``cod``.

    Built with ``>>`` (composition in diagrammatic order), ``@`` (tensor), :meth:`id`, and boxes. Stored as a
    lazy tree of compositions, flattened to boxes with offsets, or turned into an open hypergraph, each once
    and when asked, so that building from n pieces is linear.

    ``==`` is equality in the free category of the signature's doctrine; :meth:`identical` is equality of the
    written form.

    >>> f, g = Box("f", Ty("a"), Ty("b")), Box("g", Ty("c"), Ty("d"))
    >>> f @ Ty("c") >> Ty("b") @ g == Ty("a") @ g >> f @ Ty("d")
    True
    """

    __slots__ = ("_graph", "_hash", "_layers", "_node", "cod", "dom", "signature")
    dom: Ty
    cod: Ty
    signature: Signature
    _node: tuple[Any, ...] | None
    _layers: Layers | None
    _graph: OpenHypergraph | None
    _hash: int | None

    def __init__(
        self,
        dom: Ty,
        cod: Ty,
        layers: Iterable[tuple[Diagrammatic, int]] = (),
        signature: Signature | None = None,
    ):
        """From boxes with offsets: ``layers`` lists (box, number of wires to its left), checked.

        Boxes of the free symmetric signature are taken as generators of ``signature`` where one is given.

        Raises:
            CompositionError: where a box does not fit the wires it is placed on, or the last wires are not
            ``cod``. ArityError: for an offset out of range.
            UnknownGenerator, SignatureError, DoctrineError: where a box is not one of the signature's.
        """
        given = signature
        expect(dom, Ty, "the domain of a diagram", "a type (Ty)")
        expect(cod, Ty, "the codomain of a diagram", "a type (Ty)")
        if signature is None:
            signature = structural(Doctrine.MONOIDAL)
        expect(signature, Signature, "the signature of a diagram", "a Signature")
        boxes: list[Box] = []
        offsets: list[int] = []
        flat: list[tuple[Box, int]] = []
        for layer in expect_iterable(layers, "the layers of a diagram", "a list of pairs (box, offset)"):
            if not isinstance(layer, (tuple, list)) or len(layer) != 2:
                raise ArgumentError("a layer", "a pair (box, offset)", layer)
            item, offset = layer
            if isinstance(offset, bool) or not isinstance(offset, int):
                raise ArgumentError("an offset", "a whole number of wires", offset)
            expect(item, (Box, Diagram), "what a layer holds", "a box or a diagram")
            if isinstance(item, Box):
                flat.append((item, offset))
            else:
                flat.extend((b, o + offset) for b, o in zip(item.boxes, item.offsets, strict=True))
        if given is not None and given is not free() and any(is_plain(box) for box, _ in flat):
            flat = [(given.declare(box) if is_plain(box) else box, offset) for box, offset in flat]
        for box, _ in flat:
            signature = signature.join(box.signature)
        reduce = signature.doctrine.reduce
        wires = list(reduce(dom).objects)
        for box, offset in flat:
            box = reduced_box(box, signature)
            stop = offset + len(box.dom)
            if not 0 <= offset <= len(wires):
                raise ArityError(
                    f"box {box} at offset {offset} of {len(wires)} wires: offsets run from 0 to their number"
                )
            if tuple(wires[offset:stop]) != box.dom.objects:
                raise CompositionError(wires[offset:stop], box.dom.objects, ("wires", str(box)))
            wires[offset:stop] = box.cod.objects
            boxes.append(box)
            offsets.append(offset)
        if tuple(wires) != reduce(cod).objects:
            raise CompositionError(wires, reduce(cod).objects, ("wires", "codomain"))
        self._init(reduce(dom), reduce(cod), signature, None, (tuple(boxes), tuple(offsets)))

    def _init(
        self,
        dom: Ty,
        cod: Ty,
        signature: Signature,
        node: tuple[Any, ...] | None,
        layers: Layers | None = None,
        graph: OpenHypergraph | None = None,
    ) -> None:
        for key, value in zip(
            ("dom", "cod", "signature", "_node", "_layers", "_graph", "_hash"),
            (dom, cod, signature, node, layers, graph, None),
            strict=True,
        ):
            object.__setattr__(self, key, value)

    @classmethod
    def _make(cls, *fields: Any) -> Diagram:
        self = object.__new__(cls)
        self._init(*fields)
        return self

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Diagram is immutable")

    # Construction

    @classmethod
    def id(cls, ty: Ty = Ty(), signature: Signature | None = None) -> Diagram:  # noqa: B008 Ty is immutable
        """The identity on a type.

        >>> len(Diagram.id(Ty("a")))
        0
        """
        if not isinstance(ty, Ty):
            raise CatenaryError(f"an identity is on a type, Ty({ty!r}), not on {ty!r}")
        if signature is None:
            signature = structural(Doctrine.RIGID if any(ob.z for ob in ty.objects) else Doctrine.MONOIDAL)
        expect(signature, Signature, "the signature of an identity", "a Signature")
        ty = signature.doctrine.reduce(ty)
        return cls._make(ty, ty, signature, None, ((), ()))

    @classmethod
    def of_box(cls, box: Box) -> Diagram:
        """The diagram with one box."""
        expect(box, Box, "what of_box takes", "a Box")
        box = reduced_box(box, box.signature)
        return cls._make(box.dom, box.cod, box.signature, ("box", box))

    @classmethod
    def from_hypergraph(cls, graph: OpenHypergraph) -> Diagram:
        """The diagram of an open hypergraph, its layers computed when they are asked for.

        Raises:
            DoctrineError: if the hypergraph needs structure (cycles, spiders) that its signature's doctrine
                lacks.
        """
        from catenary.diagrams.hypergraph import OpenHypergraph

        expect(graph, OpenHypergraph, "what from_hypergraph takes", "an OpenHypergraph")
        graph.check()
        return cls._make(graph.dom_type, graph.cod_type, graph.signature, None, None, graph)

    def over(self, signature: Signature) -> Diagram:
        """The same diagram over a larger signature.

        Raises:
            SignatureError, DoctrineError: if the signature does not include this diagram's.
        """
        expect(signature, Signature, "what over takes", "a Signature")
        if not signature.includes(self.signature):
            raise refusal(self, signature)
        return Diagram.id(self.dom, signature) >> self

    def _boundary_over(self, signature: Signature) -> tuple[Ty, Ty]:
        """The domain and codomain with the adjoints identified that a larger signature identifies."""
        if signature is self.signature:  # the usual case, and linear in the width otherwise
            return self.dom, self.cod
        reduce = signature.doctrine.reduce
        return reduce(self.dom), reduce(self.cod)

    def then(self, other: Diagrammatic) -> Diagram:
        """Sequential composition, also written ``>>``.

        Raises:
            CompositionError: if this diagram's codomain is not the other's domain.
            SignatureError, DoctrineError: if the two signatures cannot be combined.
        """
        other = _as_diagram(other)
        signature = joined_signature(self, other)
        dom, middle = self._boundary_over(signature)
        other_middle, cod = other._boundary_over(signature)
        if middle.objects != other_middle.objects:
            raise CompositionError(middle.objects, other_middle.objects, ("codomain", "domain"))
        return Diagram._make(dom, cod, signature, ("then", self, other))

    def tensor(self, other: Diagrammatic | Ty) -> Diagram:
        """Parallel composition, also written ``@``; a type stands for its identity."""
        other = _as_diagram(other)
        signature = joined_signature(self, other)
        dom, cod = self._boundary_over(signature)
        other_dom, other_cod = other._boundary_over(signature)
        return Diagram._make(dom @ other_dom, cod @ other_cod, signature, ("tensor", self, other))

    def __call__(self, *wires: Any) -> Any:
        """Apply the diagram to wires, as boxes are: see :func:`~catenary.diagrams.diagram_of`."""
        from catenary.diagrams.functions import call

        return call(self, wires)

    def __rshift__(self, other: Diagrammatic) -> Diagram:
        fits = isinstance(other, (Diagram, Box))
        return self.then(other) if fits else other_operand(">>", _WANTED, other)

    def __rrshift__(self, other: object) -> Diagram:
        raise ArgumentError("what stands before >>", _WANTED, other)

    def __lshift__(self, other: Diagrammatic) -> Diagram:
        fits = isinstance(other, (Diagram, Box))
        return _as_diagram(other).then(self) if fits else other_operand("<<", _WANTED, other)

    def __matmul__(self, other: Diagrammatic | Ty) -> Diagram:
        fits = isinstance(other, (Diagram, Box, Ty))
        return self.tensor(other) if fits else other_operand("@", "a diagram, a box or a type", other)

    def __rmatmul__(self, other: Ty) -> Diagram:
        expect(other, Ty, "what stands before @", "a diagram, a box or a type")
        return _as_diagram(other).tensor(self)

    def __add__(self, other: Diagrammatic) -> Sum:
        """The formal sum: see :class:`~catenary.diagrams.Sum`."""
        fits = isinstance(other, (Diagram, Box))
        return _sum_of(self) + other if fits else other_operand("+", "a diagram, a box or a sum", other)

    def __radd__(self, other: object) -> Sum:
        return _sum_of(self) if isinstance(other, int) and other == 0 else NotImplemented  # sum([f, g])

    def __sub__(self, other: Diagrammatic) -> Sum:
        return _sum_of(self) - other if isinstance(other, (Diagram, Box)) else NotImplemented

    def __neg__(self) -> Sum:
        return -_sum_of(self)

    def __mul__(self, scalar: Scalar) -> Sum:
        """The scalar multiple, a sum with one term."""
        return _sum_of(self) * scalar

    __rmul__ = __mul__

    @classmethod
    def permutation(cls, targets: Iterable[int], dom: Ty, signature: Signature | None = None) -> Diagram:
        """The diagram of swaps whose output ``i`` is input ``targets[i]``.

        >>> Diagram.permutation([2, 0, 1], Ty("a", "b", "c")).cod
        Ty('c', 'a', 'b')
        """
        targets = list(expect_iterable(targets, "a permutation", "a list of places"))
        expect(dom, Ty, "what is permuted", "a type (Ty)")
        if any(isinstance(place, bool) or not isinstance(place, int) for place in targets):
            raise ArgumentError("a permutation", "a list of places, whole numbers", targets)
        if sorted(targets) != list(range(len(dom))):
            raise ArityError(f"{targets} is not a permutation of {len(dom)} wires")
        wires = list(range(len(dom)))
        layers: list[tuple[Box, int]] = []
        for place, wire in enumerate(targets):
            at = wires.index(wire, place)
            if at != place:
                block = Ty.of(tuple(dom.objects[w] for w in wires[place:at]))
                layers.append((Swap(block, dom[wire]), place))
                wires.insert(place, wires.pop(at))
        return cls(dom, Ty.of(tuple(dom.objects[w] for w in targets)), layers, signature)

    # Looking inside

    def _flatten(self) -> Layers:
        if self._layers is not None:
            return self._layers
        if self._node is None:
            from catenary.diagrams.layering import layers_of

            assert self._graph is not None
            layers = layers_of(self._graph)
            object.__setattr__(self, "_layers", layers)
            return layers
        boxes: list[Box] = []
        offsets: list[int] = []
        stack: list[tuple[Diagram, int]] = [(self, 0)]
        while stack:
            diagram, offset = stack.pop()
            if diagram._layers is None and diagram._node is not None:
                kind = diagram._node[0]
                if kind == "box":
                    boxes.append(diagram._node[1])
                    offsets.append(offset)
                else:
                    first, second = diagram._node[1:]
                    stack.append((second, offset + (len(first.cod) if kind == "tensor" else 0)))
                    stack.append((first, offset))
            else:
                inner, places = diagram._flatten()
                boxes.extend(inner)
                offsets.extend(places if not offset else [place + offset for place in places])
        doctrine = self.signature.doctrine
        if doctrine not in (Doctrine.MONOIDAL, Doctrine.RIGID, Doctrine.SYMMETRIC):
            boxes = [reduced_box(box, self.signature) for box in boxes]
        layers = (tuple(boxes), tuple(offsets))
        object.__setattr__(self, "_layers", layers)
        object.__setattr__(self, "_node", None)  # the tree has served; let it go
        return layers

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes in order, structural ones included."""
        return self._flatten()[0]

    @property
    def offsets(self) -> tuple[int, ...]:
        """For each box the number of wires to its left."""
        return self._flatten()[1]

    @property
    def layers(self) -> Iterator[tuple[Box, int]]:
        """Pairs (box, offset)."""
        return zip(*self._flatten(), strict=True)

    def types(self) -> Iterator[Ty]:
        """The types between the layers, ``len(self) + 1`` of them, ``dom`` first."""
        wires = list(self.dom.objects)
        yield self.dom
        for box, offset in self.layers:
            wires[offset : offset + len(box.dom)] = box.cod.objects
            yield Ty.of(tuple(wires))

    def __len__(self) -> int:
        return len(self._flatten()[0])

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, key: slice) -> Diagram:
        """A slice by boxes: ``d[i:j]`` is the sub-diagram of layers i to j-1; ``d[::-1]`` is the dagger."""
        if not isinstance(key, slice):
            raise CatenaryError("a diagram is sliced by boxes, d[i:j]; a single layer is d[i:i+1]")
        if key.step == -1 and key.start is None and key.stop is None:
            return self.dagger()
        if key.step not in (None, 1):
            raise CatenaryError("a diagram is sliced with step 1, or reversed whole by [::-1]")
        for bound in (key.start, key.stop):
            if bound is not None and not hasattr(bound, "__index__"):
                raise ArgumentError("a bound of a slice", "a whole number", bound)
        start, stop, _ = key.indices(len(self))
        stop = max(start, stop)
        boxes, offsets = self._flatten()
        wires = list(self.dom.objects)
        dom = self.dom
        for place in range(stop):
            if place == start:
                dom = Ty.of(tuple(wires))
            wires[offsets[place] : offsets[place] + len(boxes[place].dom)] = boxes[place].cod.objects
        cod = Ty.of(tuple(wires))
        if start == stop:
            dom = cod
        return Diagram._make(dom, cod, self.signature, None, (boxes[start:stop], offsets[start:stop]))

    def map_boxes(self, change: Callable[[Box], Box]) -> Diagram:
        """The diagram with every box replaced by one with the same boundary."""
        if not callable(change):
            raise ArgumentError("what map_boxes takes", "a function from boxes to boxes", change)
        boxes, offsets = self._flatten()
        return Diagram(self.dom, self.cod, zip(map(change, boxes), offsets, strict=True), self.signature)

    # Reflections and rotations

    def dagger(self) -> Diagram:
        """The diagram upside down, each box replaced by its dagger."""
        boxes, offsets = self._flatten()
        signature = self.signature
        if signature.doctrine is Doctrine.RIGID and any(box.kind in (CUP, CAP) for box in boxes):
            if signature != structural(Doctrine.RIGID):
                needed = [d.value for d in Doctrine if d.has("cup") and d is not Doctrine.RIGID]
                raise DoctrineError("dagger of cups and caps", signature.doctrine.value, needed)
            return self.over(structural(Doctrine.PIVOTAL)).dagger()
        from catenary.diagrams.traces import turned_traces

        traces = turned_traces(self, Diagram.dagger)
        turned = {
            id(box): traces[id(box)] if box.kind == TRACE else declared_in(box, signature).dagger()
            for box in {id(box): box for box in boxes}.values()
        }
        layers = (tuple(turned[id(box)] for box in reversed(boxes)), offsets[::-1])
        return Diagram._make(self.cod, self.dom, signature, None, layers)

    def _rotate(self, turn: int) -> Diagram:
        if len(self) or len(self.dom):
            doctrine = self.signature.doctrine
            if not doctrine.has("cup") and self.signature != structural(doctrine):
                doctrine.require("cup")
        boxes, offsets = self._flatten()
        widths = [len(self.dom)]
        for box in boxes:
            widths.append(widths[-1] + len(box.cod) - len(box.dom))
        from catenary.diagrams.traces import turned_traces

        traces = turned_traces(self, lambda inner: inner._rotate(turn), turn)
        turned = [
            traces[id(box)] if box.kind == TRACE else declared_in(box, self.signature)._rotate(turn)
            for box in reversed(boxes)
        ]
        places = [
            width - offset - len(box.dom) for box, offset, width in zip(boxes, offsets, widths, strict=False)
        ][::-1]
        ends = (self.cod.r, self.dom.r) if turn > 0 else (self.cod.l, self.dom.l)
        return Diagram(*ends, zip(turned, places, strict=True), self.signature)

    @property
    def l(self) -> Diagram:  # noqa: E743
        """The left rotation by a half turn, ``cod.l`` to ``dom.l``."""
        return self._rotate(-1)

    @property
    def r(self) -> Diagram:
        """The right rotation by a half turn, ``cod.r`` to ``dom.r``."""
        return self._rotate(1)

    def transpose(self, *, left: bool = False) -> Diagram:
        """The transpose by cups and caps, with its snakes: ``cod.r`` to ``dom.r``, or ``cod.l`` to ``dom.l``.

        >>> from catenary.diagrams import free
        >>> f = Box("f", Ty("a"), Ty("b"), signature=free(Doctrine.RIGID))
        >>> f.diagram.transpose().dom
        Ty(Ob('b', 1))
        """
        from catenary.diagrams.bends import cap, cup

        a, b = self.dom, self.cod
        if left:
            middle = Diagram.id(b.l) @ self @ Diagram.id(a.l)
            return b.l @ cap(a, a.l) >> middle >> cup(b.l, b) @ a.l
        middle = Diagram.id(a.r) @ self @ Diagram.id(b.r)
        return cap(a.r, a) @ b.r >> middle >> a.r @ cup(b, b.r)

    def conjugate(self, *, left: bool = False) -> Diagram:
        """The conjugate, reflected left to right: ``dom.r`` to ``cod.r`` (``left``: ``.l``); the dagger of the
        transpose.

        >>> from catenary.diagrams import free
        >>> f = Box("f", Ty("a"), Ty("b"), signature=free(Doctrine.PIVOTAL)).diagram
        >>> f.conjugate().dagger() == f.transpose(), f.conjugate().conjugate() == f
        (True, True)
        """
        return self._rotate(-1 if left else 1).dagger()

    def trace(self, n: int = 1, left: bool = False) -> Diagram:
        """The last ``n`` outputs (``left``: the first) fed back into the inputs: see
        :func:`~catenary.diagrams.Trace`. By a cup and a cap in pivotal and ribbon doctrines.

        >>> from catenary.diagrams import Swap
        >>> Swap(Ty("a"), Ty("a")).diagram.trace() == Diagram.id(Ty("a"))
        True
        """
        doctrine = self.signature.doctrine
        if doctrine in (Doctrine.PIVOTAL, Doctrine.RIBBON):
            from catenary.diagrams.bends import bent_trace

            return bent_trace(self, n, left)
        if not doctrine.has("trace") and self.signature.generators is not None and self.signature.generators:
            doctrine.require("trace")
        from catenary.diagrams.traces import Trace

        return Trace(self, n, left)

    # Equality

    def to_hypergraph(self) -> OpenHypergraph:
        """The diagram as an open hypergraph, computed once."""
        if self._graph is None:
            from catenary.diagrams.hypergraph import OpenHypergraph

            object.__setattr__(self, "_graph", OpenHypergraph.from_diagram(self))
        assert self._graph is not None
        return self._graph

    def identical(self, other: Diagram) -> bool:
        """Whether both are written the same: same boxes at the same offsets over the same signature."""
        expect(other, Diagram, "what identical compares with", "a Diagram")
        return (
            self.dom == other.dom
            and self.cod == other.cod
            and self.signature == other.signature
            and self._flatten() == other._flatten()
        )

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Box):
            other = other.diagram
        if not isinstance(other, Diagram):
            return NotImplemented
        from catenary.diagrams.equality import equal

        return equal(self, other)

    def __hash__(self) -> int:
        """An invariant of the diagram's equality class, cheap to compute: equal diagrams have equal
        hashes.
        """
        if self._hash is None:
            from catenary.diagrams.equality import invariant

            object.__setattr__(self, "_hash", invariant(self))
        assert self._hash is not None
        return self._hash

    def __copy__(self) -> Diagram:
        return self

    def __deepcopy__(self, memo: object) -> Diagram:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        if any(box.kind in (BUBBLE, CURRY, TRACE) for box in self.boxes):
            from catenary.diagrams.nesting import depth
            from catenary.diagrams.traces import DEEPEST

            if depth(self, DEEPEST) == DEEPEST:
                raise LimitReached(
                    "pickling", f"{DEEPEST} levels of boxes in boxes; catenary.dump writes any"
                )
        return (_unpickle, (self.dom, self.cod, self.signature, self._flatten()))

    def __repr__(self) -> str:
        if not len(self):
            own = "" if self.signature == Diagram.id(self.dom).signature else f", {self.signature!r}"
            return f"Diagram.id({self.dom!r}{own})"
        plain = [box if box.is_structural else box.plain() for box in self.boxes]
        layers = ", ".join(f"({box!r}, {offset})" for box, offset in zip(plain, self.offsets, strict=True))
        joined = structural(Doctrine.MONOIDAL)
        try:
            for box in plain:
                if not joined.includes(box.signature):
                    joined = joined.join(box.signature)
            own = "" if joined == self.signature else f", {self.signature!r}"
        except (SignatureError, DoctrineError):  # they fit together in the diagram's own signature only
            own = f", {self.signature!r}"
        return f"Diagram({self.dom!r}, {self.cod!r}, [{layers}]{own})"

    def __str__(self) -> str:
        if not len(self):
            return f"id({self.dom})"
        shown = []
        for ty, (box, offset) in zip(self.types(), self.layers, strict=False):
            parts = [str(ty[:offset])] if offset else []
            parts.append(str(box))
            after = ty[offset + len(box.dom) :]
            parts += [str(after)] if after else []
            shown.append(" @ ".join(parts))
            if len(shown) == 200:
                shown.append(f"… {len(self) - 200} more boxes")
                break
        return " >> ".join(shown)


def _sum_of(diagram: Diagram) -> Sum:
    from catenary.diagrams.sums import Sum

    return Sum.of(diagram)


def _unpickle(dom: Ty, cod: Ty, signature: Signature, layers: Layers) -> Diagram:
    return Diagram._make(dom, cod, signature, None, layers)


def _as_diagram(value: Diagrammatic | Ty) -> Diagram:
    if isinstance(value, Diagram):
        return value
    if isinstance(value, Box):
        return value.diagram
    if isinstance(value, Ty):
        return Diagram.id(value)
    raise ArgumentError("what is composed", "a diagram, a box or a type", value)
