"""Boxes: generators and the structural boxes of the doctrines."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catenary.diagrams.errors import (
    ArgumentError,
    ArityError,
    CatenaryError,
    CompositionError,
    DoctrineError,
    expect,
    expect_count,
)
from catenary.diagrams.phases import Phase, as_phase, format_phase, reduce_phase, repr_phase
from catenary.diagrams.shown import Shown
from catenary.diagrams.signature import Doctrine, Signature, free, structural
from catenary.diagrams.types import Ob, Ty

if TYPE_CHECKING:
    from catenary.diagrams.diagram import Diagram
    from catenary.diagrams.sums import Scalar, Sum

GENERATOR, SWAP, CUP, CAP, SPIDER = "box", "swap", "cup", "cap", "spider"
COPY, DISCARD = "copy", "discard"
BRAID, TWIST, TRACE = "braid", "twist", "trace"
BUBBLE, CURRY, EVAL = "bubble", "curry", "eval"
HELD = (BUBBLE, CURRY, EVAL)  # structure that dagger and rotation mark, as they do generators


class Box(Shown):
    """A generator: a named box with a domain, a codomain and exact parameters. Immutable.

    A box is not a diagram; the operators of diagrams accept it and make the one-box diagram
    (:attr:`diagram`).

    Args:
        name: the generator's name.
        dom, cod: the types of its inputs and outputs.
        params: phases (half turns) or other exact numbers and SymPy expressions.
        dagger: whether this is the generator's dagger (``dom`` and ``cod`` are those of the dagger).
        z: rotation, counted as for :class:`~catenary.diagrams.Ob`.
        signature: the signature it belongs to; the free symmetric one unless given.

    Two boxes are equal when name, boundary, parameters, dagger and rotation are.

    >>> f = Box("f", Ty("a"), Ty("b"))
    >>> print(f, f.dagger(), (f >> f.dagger()).dom)
    f f† a
    """

    __slots__ = ("__dict__", "cod", "dagger_flag", "data", "dom", "kind", "name", "params", "signature", "z")
    name: str
    dom: Ty
    cod: Ty
    params: tuple[Phase, ...]
    dagger_flag: bool
    z: int
    kind: str
    data: tuple[Any, ...]
    signature: Signature

    def __init__(
        self,
        name: str,
        dom: Ty,
        cod: Ty,
        params: Iterable[Any] = (),
        *,
        dagger: bool = False,
        z: int = 0,
        signature: Signature | None = None,
    ):
        if not isinstance(name, str) or not name:
            raise CatenaryError(f"a box needs a name, not {name!r}")
        for ty in (dom, cod):
            if not isinstance(ty, Ty):
                raise CatenaryError(f"box {name}: dom and cod are types (Ty), not {ty!r}")
        signature = free() if signature is None else signature
        expect(signature, Signature, f"the signature of box {name}", "a Signature")
        if not hasattr(params, "__iter__") or isinstance(params, str):
            raise ArgumentError(f"params of box {name}", "a list of numbers or expressions", params)
        if isinstance(z, bool) or not isinstance(z, int):
            raise ArgumentError(f"the rotation z of box {name}", "a whole number", z)
        values = tuple(map(as_phase, params))
        self._set(name, dom, cod, values, bool(dagger), z, GENERATOR, (), signature)

    def _set(
        self,
        name: str,
        dom: Ty,
        cod: Ty,
        params: tuple[Phase, ...],
        dagger: bool,
        z: int,
        kind: str,
        data: tuple[Any, ...],
        signature: Signature,
    ) -> None:
        for key, value in zip(
            ("name", "dom", "cod", "params", "dagger_flag", "z", "kind", "data", "signature"),
            (name, dom, cod, params, dagger, z, kind, data, signature),
            strict=True,
        ):
            object.__setattr__(self, key, value)

    @classmethod
    def _make(cls, *fields: Any) -> Box:
        self = object.__new__(cls)
        self._set(*fields)
        return self

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Box is immutable")

    def replace(self, **changes: Any) -> Box:
        """The same box with some fields changed (``name dom cod params dagger z kind data signature``)."""
        fields = {
            "name": self.name,
            "dom": self.dom,
            "cod": self.cod,
            "params": self.params,
            "dagger": self.dagger_flag,
            "z": self.z,
            "kind": self.kind,
            "data": self.data,
            "signature": self.signature,
        }
        return Box._make(*(fields | changes).values())

    def plain(self) -> Box:
        """The same box over the free symmetric signature (generators) or the least structural one; boxes
        that hold a diagram stay as they are.
        """
        if self.kind in HELD or self.kind == TRACE:
            return self
        if self.kind == SPIDER:
            return self.replace(signature=_spider_signature(self.data, self.params))
        return self.replace(signature=free() if self.kind == GENERATOR else structural(_LEAST[self.kind]))

    @cached_property
    def key(self) -> tuple[Any, ...]:
        """What equality compares: kind, name, boundary, parameters, dagger, rotation, data of structural
        boxes.
        """
        return (self.kind, self.name, self.dom, self.cod, self.params, self.dagger_flag, self.z, self.data)

    @cached_property
    def label(self) -> tuple[Any, ...]:
        """What tells generators apart where adjoints coincide: the box turned back to rotation 0, types by
        name.
        """
        dom, cod = self.upright
        return (
            self.name,
            self.params,
            self.dagger_flag,
            self.kind,
            tuple(ob.name for ob in dom.objects),
            tuple(ob.name for ob in cod.objects),
            tuple(item for item in self.data if not isinstance(item, Ty)),
        )

    @property
    def upright(self) -> tuple[Ty, Ty]:
        """The domain and codomain of the box turned back to rotation 0."""
        if not self.z:
            return self.dom, self.cod
        dom, cod = (
            tuple(Ob(ob.name, ob.z - self.z) for ob in (ty.objects[::-1] if self.z % 2 else ty.objects))
            for ty in (self.dom, self.cod)
        )
        return (Ty.of(cod), Ty.of(dom)) if self.z % 2 else (Ty.of(dom), Ty.of(cod))

    @cached_property
    def _hash(self) -> int:
        # The hash of the one-box diagram, so that a box and its diagram, which compare equal, hash equal.
        if self.kind != GENERATOR:
            return hash(self.diagram)
        return (
            hash(("effect", self.label[4] or self.label[5]))
            if not self.cod
            else hash((self.label, self.z % 2))
        )

    @cached_property
    def diagram(self) -> Diagram:
        """The diagram with this one box."""
        from catenary.diagrams.diagram import Diagram

        return Diagram.of_box(self)

    @property
    def is_structural(self) -> bool:
        """Whether the box is part of the doctrine (a swap, cup, spider …) rather than a generator."""
        return self.kind != GENERATOR

    def dagger(self) -> Box:
        """The dagger: reflected top to bottom. Swaps, cups, caps and spiders map to their own kind of
        reflection.

        Phases of parametrised generators are kept; the flag says that the adjoint is meant.
        """
        if self.kind == SWAP:
            return self.replace(dom=self.cod, cod=self.dom, data=(len(self.dom) - self.data[0],))
        if self.kind == BRAID:
            split, sign = self.data
            return self.replace(dom=self.cod, cod=self.dom, data=(len(self.dom) - split, -sign))
        if self.kind == TWIST:
            return self.replace(data=(-self.data[0],))
        if self.kind == TRACE:
            inner, width, left = self.data
            return self.replace(dom=self.cod, cod=self.dom, data=(inner.dagger(), width, left))
        if self.kind in (CUP, CAP):
            kind = CAP if self.kind == CUP else CUP
            signature = self.signature
            if not signature.doctrine.has("swap") and signature.doctrine not in _TURNING:
                # The reflection of n @ n.r is a cap only where n.r and n.l are the same.
                if signature != structural(signature.doctrine):
                    raise DoctrineError(f"dagger of a {self.kind}", signature.doctrine.value, _REFLECTING)
                signature = structural(Doctrine.PIVOTAL)
            reduce = signature.doctrine.reduce
            return self.replace(
                dom=reduce(self.cod), cod=reduce(self.dom), kind=kind, name=kind, signature=signature
            )
        if self.kind == SPIDER:
            ins, outs, ty, *rest = self.data
            params = tuple(reduce_phase(-phase) for phase in self.params)
            return self.replace(dom=self.cod, cod=self.dom, params=params, data=(outs, ins, ty, *rest))
        if self.is_structural and self.kind not in HELD:
            return self.spider().dagger()
        return self.replace(dom=self.cod, cod=self.dom, dagger=not self.dagger_flag)

    def spider(self) -> Box:
        """A copy or discard as the spider that it is in a hypergraph doctrine.

        Raises:
            DoctrineError: in doctrines without spiders.
        """
        doctrine = self.signature.doctrine
        if self.signature != structural(doctrine):
            doctrine.require("spider")
        return Spider(1, 2 if self.kind == COPY else 0, self.dom)

    def _rotate(self, turn: int) -> Box:
        doctrine = self.signature.doctrine
        dom, cod = (self.cod.r, self.dom.r) if turn > 0 else (self.cod.l, self.dom.l)
        if doctrine in _TURNING or (doctrine.has("cup") and doctrine.has("swap")):
            dom, cod = doctrine.reduce(dom), doctrine.reduce(cod)
        if self.kind == GENERATOR or self.kind in HELD:
            doctrine.require("cup")
            z = self.z + turn
            return self.replace(dom=dom, cod=cod, z=z if doctrine is Doctrine.RIGID else z % 2)
        if self.kind in (CUP, CAP):
            kind = CAP if self.kind == CUP else CUP
            return self.replace(dom=dom, cod=cod, kind=kind, name=kind)
        if self.kind == SPIDER:
            ins, outs, ty, *rest = self.data
            ty = doctrine.reduce(ty.r if turn > 0 else ty.l)
            return self.replace(dom=dom, cod=cod, data=(outs, ins, ty, *rest))
        if self.kind in (SWAP, BRAID, TWIST):
            # Turned by half, the two bundles come back in the same order, the same one above.
            return self.replace(dom=dom, cod=cod)
        if self.kind == TRACE:
            inner, width, left = self.data
            return self.replace(dom=dom, cod=cod, data=(inner._rotate(turn), width, not left))
        return self.spider()._rotate(turn)

    @property
    def l(self) -> Box:  # noqa: E743
        """The left rotation by a half turn, from ``cod.l`` to ``dom.l``."""
        return self._rotate(-1)

    @property
    def r(self) -> Box:
        """The right rotation by a half turn, from ``cod.r`` to ``dom.r``."""
        return self._rotate(1)

    def transpose(self, *, left: bool = False) -> Box:
        """The transpose, a rotation by a half turn to the right (or left): what cups and caps make of the box."""
        return self.l if left else self.r

    def conjugate(self, *, left: bool = False) -> Box:
        """The conjugate, reflected left to right: the dagger of the transpose."""
        return self.transpose(left=left).dagger()

    def __call__(self, *wires: Any) -> Any:
        """Apply the box to wires: see :func:`~catenary.diagrams.diagram_of` and
        :class:`~catenary.diagrams.Builder`.
        """
        from catenary.diagrams.functions import call

        return call(self, wires)

    def __add__(self, other: Box | Diagram) -> Sum:
        return self.diagram + other

    def __sub__(self, other: Box | Diagram) -> Sum:
        return self.diagram - other

    def __neg__(self) -> Sum:
        return -self.diagram

    def __mul__(self, scalar: Scalar) -> Sum:
        return self.diagram * scalar

    __rmul__ = __mul__

    def __rshift__(self, other: Box | Diagram) -> Diagram:
        return self.diagram >> other

    def __lshift__(self, other: Box | Diagram) -> Diagram:
        return self.diagram << other

    def __matmul__(self, other: Box | Diagram | Ty) -> Diagram:
        return self.diagram @ other

    def __rmatmul__(self, other: Ty) -> Diagram:
        return other @ self.diagram

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Box):
            return NotImplemented  # a Diagram answers for itself
        if self._hash != other._hash:
            return False
        if self.kind != other.kind and self.is_structural and other.is_structural:
            return self.diagram == other.diagram  # a copy is a spider where there are spiders
        return self.key == other.key

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        fields = (self.name, self.dom, self.cod, self.params, self.dagger_flag, self.z, self.kind, self.data)
        return (Box._make, (*fields, self.signature))

    def __repr__(self) -> str:
        if self.kind in HELD or self.kind == TRACE:
            from catenary.diagrams.nesting import repr_of

            return repr_of(self)
        if self.kind == SWAP:
            (split,) = self.data
            return f"Swap({self.dom[:split]!r}, {self.dom[split:]!r})"
        if self.kind in (CUP, CAP):
            ty = self.dom if self.kind == CUP else self.cod
            left, right = ty[: len(ty) // 2], ty[len(ty) // 2 :]
            plain = not any(ob.z for ob in ty.objects)
            if plain or right == (left.r if self.kind == CUP else left.l):
                return f"{self.kind.title()}({left!r}, {right!r})"
            return f"bend({self.kind!r}, {left!r}, {right!r}, Doctrine.PIVOTAL)"
        if self.kind == BRAID:
            split, sign = self.data
            if sign < 0:
                return f"{self.dagger()!r}.dagger()"
            return f"Braid({self.dom[:split]!r}, {self.dom[split:]!r})"
        if self.kind == TWIST:
            return f"Twist({self.dom!r})" + ("" if self.data[0] > 0 else ".dagger()")
        if self.kind == SPIDER:
            extra = f", phase={repr_phase(self.params[0])}" if self.params else ""
            extra += f", structure={self.data[3]!r}" if len(self.data) > 3 else ""
            return "Spider({!r}, {!r}, {!r}{})".format(*self.data[:3], extra)
        if self.kind in (COPY, DISCARD):
            return f"{self.kind.title()}({self.dom!r})"
        params = ", ".join(map(repr_phase, self.params))
        extra = f", [{params}]" if self.params else ""
        extra += ", dagger=True" if self.dagger_flag else ""
        extra += f", z={self.z}" if self.z else ""
        extra += f", signature={self.signature!r}" if self.signature != free() else ""
        return f"Box({self.name!r}, {self.dom!r}, {self.cod!r}{extra})"

    def __str__(self) -> str:
        if self.kind in (BUBBLE, CURRY, TRACE):
            from catenary.diagrams.nesting import text_of

            return text_of(self)
        params = (
            f"({', '.join(map(format_phase, self.params))})"
            if self.params and self.kind in (GENERATOR, SPIDER)
            else ""
        )
        if self.kind in (BRAID, TWIST):
            return self.name + ("†" if self.data[-1] < 0 else "")
        if self.kind == SPIDER and len(self.data) > 3:
            return f"{self.name}[{self.data[3]}]{params}"
        turned = "" if not self.z else ("ʳ" if self.z > 0 else "ˡ") * abs(self.z)
        return self.name + params + ("†" if self.dagger_flag else "") + turned


_LEAST = {
    SWAP: Doctrine.SYMMETRIC,
    CUP: Doctrine.RIGID,
    CAP: Doctrine.RIGID,
    SPIDER: Doctrine.HYPERGRAPH,
    COPY: Doctrine.MARKOV,
    DISCARD: Doctrine.MARKOV,
    EVAL: Doctrine.BICLOSED,
    BRAID: Doctrine.BRAIDED,
    TWIST: Doctrine.RIBBON,
}
_TURNING = (Doctrine.PIVOTAL, Doctrine.RIBBON)  # adjoints count modulo two


_REFLECTING = tuple(d.value for d in Doctrine if d.has("cup") and d is not Doctrine.RIGID)


def declare(box: Box, signature: Signature) -> Box:
    """The same box as a member of a signature."""
    return box.replace(signature=signature)


def _structural(kind: str, dom: Ty, cod: Ty, data: tuple[Any, ...] = ()) -> Box:
    return Box._make(kind, dom, cod, (), False, 0, kind, data, structural(_LEAST[kind]))


def Swap(left: Ty, right: Ty) -> Box:
    """The symmetry that crosses ``left`` over ``right``: ``left @ right`` to ``right @ left``.

    >>> Swap(Ty("a"), Ty("b")).cod
    Ty('b', 'a')
    """
    _check_types("swap", left, right)
    return _structural(SWAP, left @ right, right @ left, (len(left),))


def Braid(left: Ty, right: Ty) -> Box:
    """The braiding of ``left`` over ``right``: ``left @ right`` to ``right @ left``.

    Kind ``"braid"``, data ``(split, sign)``: ``sign`` is 1 where the left input passes over, -1 in the
    inverse, which is the dagger. In symmetric doctrines both are the swap.

    >>> a, b = Ty("a"), Ty("b")
    >>> Braid(a, b).dagger()
    Braid(Ty('a'), Ty('b')).dagger()
    >>> Braid(a, a) == Braid(a, a).dagger()
    False
    """
    _check_types("braid", left, right)
    return _structural(BRAID, left @ right, right @ left, (len(left), 1))


def Twist(ty: Ty) -> Box:
    """The full twist of a ribbon (of several: of their band). Its inverse is the dagger; in symmetric
    doctrines it is the identity.

    >>> Twist(Ty("a")).dagger()
    Twist(Ty('a')).dagger()
    """
    _check_types("twist", ty)
    return _structural(TWIST, ty, ty, (1,))


def _check_types(kind: str, *types: Ty) -> None:
    for ty in types:
        expect(ty, Ty, f"what a {kind} is on", "a type (Ty)")


def _check_adjoint(left: Ty, right: Ty, kind: str) -> None:
    _check_types(kind, left, right)
    # Which adjoints coincide is the doctrine's affair; the names must agree, and the order where adjoints
    # are told apart.
    mirrored = tuple(reversed(right.objects))
    plain = all(not ob.z for ob in left.objects + mirrored)
    fits = len(left) == len(right) and all(
        a.name == b.name and (plain or b.z == a.z + 1) for a, b in zip(left.objects, mirrored, strict=True)
    )
    if not fits:
        hint = ""
        if Doctrine.PIVOTAL.reduce(left.r) == Doctrine.PIVOTAL.reduce(right):
            given = (left, right) if kind == CUP else (right, left)
            hint = "pivotal signatures have this {}: bend({!r}, {!r}, {!r}, Doctrine.PIVOTAL)".format(
                kind, kind, *given
            )
        raise CompositionError(left.r, right, ("wanted", "given"), hint)


def Cup(left: Ty, right: Ty) -> Box:
    """The cup ``left @ right`` to the unit, where ``right`` is the right adjoint of ``left``.

    In self-dual doctrines both may be written without adjoints.

    >>> n = Ty("n")
    >>> Cup(n, n.r).dom == n @ n.r and Cup(n.l, n).dom == n.l @ n
    True
    """
    _check_adjoint(left, right, CUP)
    plain = left.objects and not any(ob.z for ob in left.objects + right.objects)
    box = _structural(CUP, left @ right, Ty())
    return box.replace(signature=structural(Doctrine.COMPACT)) if plain else box


def Cap(left: Ty, right: Ty) -> Box:
    """The cap from the unit to ``left @ right``, where ``left`` is the right adjoint of ``right``.

    >>> n = Ty("n")
    >>> Cap(n.r, n).cod == n.r @ n and Cap(n, n.l).cod == n @ n.l
    True
    """
    _check_adjoint(right, left, CAP)
    plain = left.objects and not any(ob.z for ob in left.objects + right.objects)
    box = _structural(CAP, Ty(), left @ right)
    return box.replace(signature=structural(Doctrine.COMPACT)) if plain else box


def bend(kind: str, left: Ty, right: Ty, doctrine: Doctrine) -> Box:
    """The cup or cap on types whose adjoints were identified as a doctrine says.

    >>> n = Ty("n")
    >>> bend("cup", n.r, n, Doctrine.PIVOTAL).dom == n.r @ n
    True
    """
    _check_types(kind, left, right)
    expect(doctrine, Doctrine, "the doctrine of a bend", "a Doctrine")
    make = Cup if kind == CUP else Cap
    if doctrine in _TURNING:
        other = left.r if kind == CUP else left.l
        if doctrine.reduce(other) == doctrine.reduce(right):
            box = make(left, other).replace(signature=structural(Doctrine.PIVOTAL))
            return box.replace(dom=doctrine.reduce(box.dom), cod=doctrine.reduce(box.cod))
    elif doctrine.has("swap"):
        left, right = doctrine.reduce(left), doctrine.reduce(right)
    return make(left, right)


def Spider(inputs: int, outputs: int, ty: Ty, *, phase: Any = 0, structure: str = "") -> Box:
    """The spider of the special commutative Frobenius structure on ``ty``, with so many bundles of legs.

    Args:
        inputs, outputs: how many bundles of legs.
        ty: the type of a bundle, one object or more.
        phase: half turns; spiders that meet add theirs. On a single object only.
        structure: which Frobenius structure on ``ty``. The default one ``""`` is the doctrine's own: it is
            what vertices of the open hypergraph are. A named one is a family of generators, fused by
            :func:`~catenary.diagrams.normal_forms.fuse_spiders`.

    Data ``(inputs, outputs, ty)``, and the structure where it has a name; params ``(phase,)`` where it is
    not 0.

    >>> Spider(1, 2, Ty("a")).cod
    Ty('a', 'a')
    >>> Spider(1, 1, Ty("a"), phase=0.5) >> Spider(1, 0, Ty("a")) == Spider(1, 0, Ty("a"), phase=0.5)
    True
    >>> Spider(1, 2, Ty("a"), structure="X") == Spider(1, 2, Ty("a"))
    False
    """
    _check_types("spider", ty)
    inputs, outputs = expect_count(inputs, "inputs of a spider"), expect_count(outputs, "outputs of a spider")
    if not ty:
        raise ArityError("a spider is on a type of one object or more, not on the unit")
    if not isinstance(structure, str):
        raise ArgumentError("the structure of a spider", "its name, text", structure)
    turn = reduce_phase(as_phase(phase))
    if turn != 0 and len(ty) != 1:
        raise ArityError(f"a phase is on a spider of one object, not of {ty}")
    data = (inputs, outputs, ty, structure) if structure else (inputs, outputs, ty)
    box = _structural(SPIDER, ty**inputs, ty**outputs, data)
    if not structure and turn == 0:
        return box
    params = (turn,) if turn != 0 else ()
    return box.replace(params=params, signature=_spider_signature(data, params))


def _spider_signature(data: tuple[Any, ...], params: tuple[Phase, ...]) -> Signature:
    """The least signature of a spider, which says its structure and whether it has a phase."""
    structure = data[3] if len(data) > 3 else ""
    return structural(Doctrine.HYPERGRAPH, {structure: bool(params)} if structure or params else {})


def Copy(ty: Ty) -> Box:
    """The copy map ``ty`` to ``ty @ ty`` of Markov and cartesian doctrines, and of a hypergraph's Frobenius
    structure.

    >>> Copy(Ty("a")).cod
    Ty('a', 'a')
    """
    _check_types("copy", ty)
    return _structural(COPY, ty, ty @ ty)


def Discard(ty: Ty) -> Box:
    """The discard map ``ty`` to the unit.

    >>> Discard(Ty("a")).cod
    Ty()
    """
    _check_types("discard", ty)
    return _structural(DISCARD, ty, Ty())
