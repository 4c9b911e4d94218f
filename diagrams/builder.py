"""Diagrams written on wires: apply boxes to wires one after the other, then build the diagram.

Where wires may cross, the builder grows an open hypergraph; where they may not (planar and braided doctrines) it
grows a row of wires, and what starts without inputs floats until a box or the outputs put it beside other wires
(:mod:`catenary.diagrams.rows`). Both take time linear in the applications.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterable, Sequence
from types import FrameType
from typing import Any, NoReturn, TypeAlias, Union

from catenary.diagrams.boxes import GENERATOR, SWAP, Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import (
    ArityError,
    CatenaryError,
    CompositionError,
    UnknownGenerator,
    WireError,
)
from catenary.diagrams.hypergraph import Edge, OpenHypergraph
from catenary.diagrams.rows import CrossingWires, Rows
from catenary.diagrams.signature import Doctrine, Signature, free, structural
from catenary.diagrams.types import Ob, Ty

_HERE = os.path.dirname(os.path.abspath(__file__))
_OURS = frozenset(
    os.path.join(_HERE, name) for name in ("builder.py", "functions.py", "boxes.py", "diagram.py")
)
Place: TypeAlias = tuple[str, int]
Wires: TypeAlias = Union["Wire", Iterable["Wires"]]


class Wire:
    """One wire of a :class:`Builder`: what a box gave, or an input. Opaque; belongs to one builder."""

    __slots__ = ("builder", "number")
    builder: Builder
    number: int

    def __init__(self, builder: Builder, number: int):
        self.builder, self.number = builder, number

    @property
    def ty(self) -> Ty:
        """The wire's type, of one object."""
        return Ty.of((self.builder._obs[self.number],))

    def __repr__(self) -> str:
        return f"<{self.builder._described(self.number)}>"

    def __bool__(self) -> NoReturn:
        raise WireError(
            "a wire has no value to branch on: a diagram is drawn once, for all inputs", reason="value"
        )

    def __iter__(self) -> NoReturn:
        raise WireError(
            f"{self.builder._described(self.number)} is one wire and cannot be unpacked", reason="value"
        )

    def __len__(self) -> NoReturn:
        raise WireError(
            f"{self.builder._described(self.number)} is one wire: it has no length", reason="value"
        )


class Builder:
    """A diagram in the making. Mutable; :meth:`build` ends it and gives the diagram, which is not.

    Args:
        dom: the type of the inputs.
        signature: the signature; unless given, that of the boxes applied (symmetric to begin with).

    A wire is used exactly once, unless the doctrine copies and discards. Where wires may not cross, boxes take
    wires that stand side by side.

    >>> q = Ty("q")
    >>> H, CX = Box("H", q, q), Box("CX", q @ q, q @ q)
    >>> b = Builder(q @ q)
    >>> x, y = b.inputs
    >>> x = b.apply(H, x)
    >>> x, y = b.apply(CX, x, y)
    >>> b.build(y, x) == (H @ q >> CX >> Diagram.permutation([1, 0], q @ q))
    True
    """

    def __init__(self, dom: Ty = Ty(), signature: Signature | None = None):  # noqa: B008 Ty is immutable
        if not isinstance(dom, Ty):
            raise CatenaryError(f"a builder's dom is a type, Ty(…), not {dom!r}")
        if signature is not None and not isinstance(signature, Signature):
            raise CatenaryError(f"a builder's signature is a Signature, not {signature!r}")
        self._given = signature is not None
        self._adopted = self._given
        self._dom = dom
        self._obs: list[Ob] = []
        self._used: list[Place | None] = []
        self._made: list[tuple[str, Place] | None] = []  # by what, and where
        self._names: dict[int, str] = {}
        self._vertex: list[int] = []  # of each wire
        self._vertices: list[Ob] = []
        self._parent: list[int] = []  # union-find of vertices
        self._merged = False
        self._edges: list[tuple[Box, list[int], list[int]]] = []
        self._members: dict[int, tuple[Box | Diagram, Box | Diagram, Ty, Ty]] = {}
        self._open: dict[int, int] = {}  # the wire at the end of each loop that is not closed: its start
        self._built = False
        self._rows: Rows | None = None
        self._start(structural(Doctrine.SYMMETRIC) if signature is None else signature)

    def _start(self, signature: Signature) -> None:
        self._signature = signature
        self._doctrine = doctrine = signature.doctrine
        self._copies, self._discards = doctrine.has("copy"), doctrine.has("discard")
        for table in (self._obs, self._used, self._made, self._vertex, self._vertices, self._parent):
            table.clear()
        self._inputs = tuple(Wire(self, self._new(ob, None)) for ob in doctrine.reduce(self._dom).objects)
        self._rows = None if doctrine.has("swap") else Rows([wire.number for wire in self._inputs])

    @property
    def inputs(self) -> tuple[Wire, ...]:
        """The wires of the domain."""
        return self._inputs

    @property
    def signature(self) -> Signature:
        """The signature of the diagram so far."""
        return self._signature

    def name(self, names: Iterable[str]) -> None:
        """Names of the inputs, for error messages."""
        for wire, name in zip(self._inputs, names, strict=False):
            self._names[wire.number] = name

    # Applying

    def apply(
        self, box: Box | Diagram, *wires: Wires, after: Wire | None = None, before: Wire | None = None
    ) -> Any:
        """Apply a box or a diagram to wires, or to lists of wires in order.

        Args:
            box: what is applied.
            wires: as many as its domain has, of the same types.
            after, before: where a box without inputs stands in a planar diagram; unless given it stands where
                its outputs are used.

        Returns:
            The wire that comes out, or the tuple of those that do if there is not exactly one.

        Raises:
            ArityError, CompositionError: for wires that do not fit.
            WireError: for a wire that was used before, belongs to another builder, or would have to cross.
            SignatureError, UnknownGenerator, DoctrineError: for a box that the signature does not have.
        """
        if self._built:
            raise WireError("this builder has built its diagram: start another one", reason="built")
        known = self._members.get(id(box))
        if known is None:
            known = self._admit(box)
        _, member, dom, cod = known
        numbers: list[int] = []
        self._flatten(wires, numbers)
        if len(numbers) != len(dom):
            raise ArityError(
                f"{_title(box)} takes {_count(len(dom), 'wire')} ({dom}), and {len(numbers)} "
                f"{'was' if len(numbers) == 1 else 'were'} given"
            )
        obs = self._obs
        if any(obs[n] != ob for n, ob in zip(numbers, dom.objects, strict=True)):
            raise CompositionError([obs[n] for n in numbers], dom.objects, ("wires", _title(box)))
        place = _caller()
        if not self._copies:
            self._take(numbers, place, _title(box))
        source = (_title(box), place)
        if self._rows is not None:
            outs = [self._new(ob, source) for ob in cod.objects]
            self._place_in_row(member, numbers, outs, after, before)
        else:
            outs = self._wired(member, numbers, cod, source)
        if not self._copies:
            for n in numbers:
                self._used[n] = place
        made = tuple(Wire(self, n) for n in outs)
        return made[0] if len(made) == 1 else made

    def feedback(self, ty: Ty) -> Any:
        """Wires that come from what is made later, in doctrines with a trace: close them by :meth:`close`.

        >>> from catenary.diagrams import Doctrine
        >>> a = Ty("a")
        >>> f = Box("f", a @ a, a @ a, signature=free(Doctrine.TRACED))
        >>> b = Builder(a, free(Doctrine.TRACED))
        >>> loop = b.feedback(a)
        >>> back, out = b.apply(f, loop, b.inputs)
        >>> b.close(loop, back)
        >>> b.build(out).dom
        Ty('a')
        """
        if not isinstance(ty, Ty):
            raise CatenaryError(f"feedback is on a type, Ty({ty!r}), not on {ty!r}")
        self._doctrine.require("trace")
        source = ("feedback", _caller())
        found = []
        for ob in self._doctrine.reduce(ty).objects:
            number = self._new(ob, source)
            self._open[number] = number
            found.append(Wire(self, number))
        return found[0] if len(found) == 1 else tuple(found)

    def close(self, loop: Wires, wires: Wires) -> None:
        """Say that these wires are where the wires of :meth:`feedback` come from.

        Raises:
            WireError: for wires that are not open loops, or were used before.
            CompositionError: for other types.
        """
        loops: list[int] = []
        ends: list[int] = []
        self._flatten((loop,), loops)
        self._flatten((wires,), ends)
        if [self._obs[n] for n in loops] != [self._obs[n] for n in ends]:
            raise CompositionError(
                [self._obs[n] for n in ends], [self._obs[n] for n in loops], ("wires", "feedback")
            )
        for n in loops:
            if n not in self._open:
                raise WireError(f"{self._described(n)} is not an open feedback wire", reason="feedback")
        place = _caller()
        if not self._copies:
            self._take(ends, place, "close")
            for n in ends:
                self._used[n] = place
        for n, end in zip(loops, ends, strict=True):
            del self._open[n]
            self._merge(self._vertex[n], self._vertex[end])

    def build(self, *outputs: Wires) -> Diagram:
        """The diagram whose codomain are these wires.

        Raises:
            WireError: for wires that were never used in a doctrine that does not discard, all of them named, and
                as in :meth:`apply`.
        """
        if self._built:
            raise WireError("this builder has built its diagram already", reason="built")
        numbers: list[int] = []
        self._flatten(outputs, numbers)
        place = _caller()
        if self._open:
            named = ", ".join(self._described(n) for n in self._open)
            raise WireError(f"feedback that is not closed: {named}", reason="feedback", place=_shown(place))
        if not self._copies:
            self._take(numbers, place, "the outputs")
        if not self._discards:
            taken = set(numbers)
            unused = [n for n, used in enumerate(self._used) if used is None and n not in taken]
            if unused:
                self._refuse_unused(unused)
        diagram = self._from_rows(numbers) if self._rows is not None else self._from_graph(numbers)
        self._built = True
        return diagram

    # Wires

    def _new(self, ob: Ob, source: tuple[str, Place] | None, vertex: int = -1) -> int:
        number = len(self._obs)
        self._obs.append(ob)
        self._used.append(None)
        self._made.append(source)
        if vertex < 0:
            vertex = self._new_vertex(ob)
        self._vertex.append(vertex)
        return number

    def _new_vertex(self, ob: Ob) -> int:
        vertex = len(self._vertices)
        self._vertices.append(ob)
        self._parent.append(vertex)
        return vertex

    def _flatten(self, wires: Iterable[Any], into: list[int]) -> None:
        for wire in wires:
            if isinstance(wire, Wire):
                if wire.builder is not self:
                    raise WireError(f"{wire!r} belongs to another builder", reason="foreign")
                into.append(wire.number)
            elif isinstance(wire, (tuple, list)):
                self._flatten(wire, into)
            else:
                raise WireError(f"a box is applied to wires, not to {wire!r:.80}", reason="foreign")

    def _take(self, numbers: Sequence[int], place: Place, what: str) -> None:
        """Check that none of these wires was used, here or before."""
        used = self._used
        for n in numbers:
            if used[n] is not None:
                self._refuse_copy(n, used[n], place, what)
        if len(numbers) > 1 and len(set(numbers)) < len(numbers):
            twice = next(n for n in numbers if numbers.count(n) > 1)
            self._refuse_copy(twice, place, place, what)

    def _find(self, v: int) -> int:
        parent = self._parent
        while parent[v] != v:
            parent[v] = parent[parent[v]]
            v = parent[v]
        return v

    def _merge(self, v: int, w: int) -> None:
        v, w = self._find(v), self._find(w)
        if v != w:
            self._merged = True
            self._parent[max(v, w)] = min(v, w)

    # Boxes

    def _admit(self, box: Box | Diagram) -> tuple[Box | Diagram, Box | Diagram, Ty, Ty]:
        """What is applied as a member of the signature, with its types, looked up once."""
        if not isinstance(box, (Box, Diagram)):
            raise CatenaryError(f"a box or a diagram is applied to wires, not {box!r:.80}")
        signature = self._signature
        theirs = box.signature
        if not self._adopted and theirs.generators != {}:
            self._adopt(theirs)
            signature = self._signature
        if self._given:
            member = self._as_member(box)
        else:
            signature = signature.join(theirs)
            if signature is not self._signature:
                self._widen(signature)
            member = box
        self._adopted = self._adopted or theirs.generators != {}
        reduce = self._doctrine.reduce
        found = (box, member, reduce(box.dom), reduce(box.cod))
        self._members[id(box)] = found
        return found

    def _adopt(self, theirs: Signature) -> None:
        """Take the signature of the first generator as the builder's own."""
        if len(self._obs) > len(self._inputs) or any(self._used):
            return  # structure was applied already: the two are joined
        inputs = self._inputs
        self._start(theirs)
        self._inputs = inputs  # the wires that were handed out stay what they are

    def _widen(self, signature: Signature) -> None:
        doctrine = signature.doctrine
        self._signature, self._doctrine = signature, doctrine
        self._copies, self._discards = doctrine.has("copy"), doctrine.has("discard")
        self._obs = [doctrine.reduce(Ty.of((ob,))).objects[0] for ob in self._obs]
        self._members.clear()

    def _as_member(self, box: Box | Diagram) -> Box | Diagram:
        signature = self._signature
        if isinstance(box, Diagram):
            return box if signature.includes(box.signature) else box.over(signature)
        if box.kind == GENERATOR and box.signature is free() and signature is not free():
            if signature.generators is not None and box.name not in signature.generators:
                raise UnknownGenerator(box.name, signature.generators, f"signature {signature.name}")
            return signature.declare(box)
        if not signature.includes(box.signature):
            box.diagram.over(signature)  # raises, and says why
        return box

    def _wired(self, member: Box | Diagram, ins: list[int], cod: Ty, source: tuple[str, Place]) -> list[int]:
        """Take a box into the hypergraph; the wires that come out."""
        vertex = self._vertex
        if isinstance(member, Box):
            if member.kind == GENERATOR:
                outs = [self._new(ob, source) for ob in cod.objects]
                self._edges.append((member, [vertex[n] for n in ins], [vertex[n] for n in outs]))
                return outs
            if member.kind == SWAP:
                split = member.data[0]
                order = ins[split:] + ins[:split]
                return [self._new(ob, source, vertex[n]) for ob, n in zip(cod.objects, order, strict=True)]
            member = member.diagram
        graph = member.to_hypergraph()
        name = [-1] * len(graph.vertices)
        for v, n in zip(graph.dom, ins, strict=True):
            if name[v] < 0:
                name[v] = vertex[n]
            else:
                self._merge(name[v], vertex[n])
        for v, ob in enumerate(graph.vertices):
            if name[v] < 0:
                name[v] = self._new_vertex(ob)
        for edge in graph.edges:
            self._edges.append((edge.box, [name[v] for v in edge.sources], [name[v] for v in edge.targets]))
        return [self._new(ob, source, name[v]) for ob, v in zip(cod.objects, graph.cod, strict=True)]

    def _from_graph(self, numbers: Sequence[int]) -> Diagram:
        signature = self._signature
        cups = signature.doctrine.has("cup")
        find: Any = self._find if self._merged else int
        roots = [v for v in range(len(self._vertices)) if not self._merged or find(v) == v]
        number = {v: i for i, v in enumerate(roots)}

        def row(vertices: Iterable[int]) -> tuple[int, ...]:
            return tuple([number[find(v)] for v in vertices])

        obs = self._vertices
        graph = OpenHypergraph(
            tuple([Ob(obs[v].name) if cups and obs[v].z else obs[v] for v in roots]),
            tuple([Edge(box, row(ins), row(outs)) for box, ins, outs in self._edges]),
            row(self._vertex[wire.number] for wire in self._inputs),
            row(self._vertex[n] for n in numbers),
            signature,
        )
        return Diagram.from_hypergraph(graph)

    # Rows: planar and braided doctrines

    def _place_in_row(
        self, member: Box | Diagram, ins: list[int], outs: list[int], after: Wire | None, before: Wire | None
    ) -> None:
        assert self._rows is not None
        if (after is not None or before is not None) and (ins or (after is not None and before is not None)):
            raise ArityError("after or before places a box without inputs; say one of them")
        beside = after if after is not None else before
        if beside is not None:
            where: list[int] = []
            self._flatten((beside,), where)
            if self._used[where[0]] is not None:
                raise WireError(f"{self._described(where[0])} ended before this box", reason="used")
        try:
            self._rows.apply(
                member,
                ins,
                outs,
                None if after is None else after.number,
                None if before is None else before.number,
            )
        except CrossingWires as crossing:
            self._refuse_crossing(crossing)

    def _from_rows(self, numbers: Sequence[int]) -> Diagram:
        assert self._rows is not None
        try:
            layers = self._rows.finish(numbers)
        except CrossingWires as crossing:
            self._refuse_crossing(crossing)
        cod = Ty.of(tuple(self._obs[n] for n in numbers))
        diagram = Diagram(self._doctrine.reduce(self._dom), cod, layers, self._signature)
        return diagram if diagram.signature is self._signature else diagram.over(self._signature)

    # Messages

    def _described(self, n: int) -> str:
        made = self._made[n]
        if made is None:
            name = self._names.get(n)
            return f"input {name}" if name else f"input {n} : {self._obs[n]}"
        (what, place) = made
        line = linecache.getline(*place).strip()
        return f"wire {self._obs[n]} of {what} ({_shown(place)}{': ' + line if line else ''})"

    def _refuse_copy(self, n: int, first: Place | None, place: Place, what: str) -> NoReturn:
        name = self._names.get(n) or _variable(self, n)
        wire = f"{name!r}" if name else self._described(n)
        where = "twice here" if first == place else f"here, and before at {_shown(first)}"
        line = linecache.getline(*place).strip()
        needed = [d.value for d in Doctrine if d.has("copy")]
        raise WireError(
            f"{_shown(place)}: wire {wire} is used {where} (by {what}): a {self._doctrine.value} signature does "
            f"not copy wires; doctrines that do: {', '.join(needed)}" + (f"\n  {line}" if line else ""),
            reason="used",
            wire=name or self._described(n),
            place=_shown(place),
            before=_shown(first),
            needed=needed,
        )

    def _refuse_unused(self, unused: Sequence[int]) -> NoReturn:
        needed = [d.value for d in Doctrine if d.has("discard")]
        named = [self._described(n) for n in unused[:8]]
        more = f" and {len(unused) - 8} more" if len(unused) > 8 else ""
        made = self._made[unused[0]]
        raise WireError(
            f"{_count(len(unused), 'wire')} never used: {'; '.join(named)}{more}: a {self._doctrine.value} "
            f"signature does not discard wires; doctrines that do: {', '.join(needed)}",
            reason="unused",
            wire=named[0],
            place=_shown(made[1]) if made else "",
            needed=needed,
        )

    def _refuse_crossing(self, crossing: CrossingWires) -> NoReturn:
        one, other = (self._described(n) for n in crossing.wires)
        needed = [d.value for d in Doctrine if d.has("swap")]
        remedy = "apply a Braid, or " if self._doctrine.has("braid") else ""
        raise WireError(
            f"{one} and {other} do not stand side by side in this order, and in a {self._doctrine.value} "
            f"signature wires may not cross; {remedy}build over one of {', '.join(needed)}",
            reason="crossing",
            wire=one,
            place=_shown(_caller()),
            needed=needed,
        ) from None


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _title(box: Box | Diagram) -> str:
    return str(box) if isinstance(box, Box) else "the diagram"


def _shown(place: Place | None) -> str:
    return f"{os.path.basename(place[0])}:{place[1]}" if place else ""


def _frame() -> FrameType:
    frame = sys._getframe(1)
    while frame.f_code.co_filename in _OURS and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _caller() -> Place:
    """The file and line of the user's code that is being run."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename in _OURS and frame.f_back is not None:
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno)


def _variable(builder: Builder, number: int) -> str:
    """The caller's name for a wire, or ``""``."""

    def is_it(value: object) -> bool:
        return isinstance(value, Wire) and value.builder is builder and value.number == number

    for name, value in _frame().f_locals.items():
        if is_it(value):
            return name
        if isinstance(value, (tuple, list)):
            for i, item in enumerate(value[:1000]):
                if is_it(item):
                    return f"{name}[{i}]"
    return ""


__all__ = ["Builder", "Wire"]
