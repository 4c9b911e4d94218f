"""DisCoPy diagrams to and from (discopy 1.2).

| here | DisCoPy's module |
|---|---|
| monoidal, rigid, pivotal, braided, ribbon | of the same name |
| symmetric, traced | ``symmetric`` |
| compact closed, hypergraph | ``frobenius`` (self-dual) |
| Markov, cartesian | ``markov`` |
| biclosed | ``closed``, whose diagrams are planar; closed ones without swaps too |

Sums become sums (a whole number of times each term: DisCoPy's have no scalars), bubbles bubbles, traces
traces. Parameters become a box's ``data``, in full turns as DisCoPy counts them: a number where there is one,
a tuple where there are more. DisCoPy's ``left`` of currying and evaluation, and ours, are opposite: there it
names the place of the result.
"""

from __future__ import annotations

import importlib
from fractions import Fraction
from typing import Any

from catenary.diagrams import boxes as kinds
from catenary.diagrams.boxes import Box, Braid, Copy, Discard, Spider, Swap, Twist, bend
from catenary.diagrams.bubbles import Bubble
from catenary.diagrams.closed import Curry, Eval
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import CatenaryError
from catenary.diagrams.nesting import Held
from catenary.diagrams.optional import optional
from catenary.diagrams.phases import Phase, as_phase
from catenary.diagrams.signature import Doctrine, Signature, free
from catenary.diagrams.sums import Sum
from catenary.diagrams.traces import Trace
from catenary.diagrams.types import Exponential, Ob, Ty

MOST_TERMS = 10_000
_MODULE = {
    "monoidal": "monoidal",
    "rigid": "rigid",
    "pivotal": "pivotal",
    "braided": "braided",
    "ribbon": "ribbon",
    "symmetric": "symmetric",
    "traced": "symmetric",
    "compact": "frobenius",
    "hypergraph": "frobenius",
    "markov": "markov",
    "cartesian": "markov",
    "biclosed": "closed",
    "closed": "closed",
}


def to_discopy(diagram: Held | Box) -> Any:
    """The DisCoPy diagram with the same boxes at the same offsets; of a sum, DisCoPy's sum.

    Raises:
        MissingExtra: if discopy is not installed.
        CatenaryError: for what DisCoPy has no counterpart of: scalars of sums that are not whole numbers,
            the dagger of a bubble, swaps in closed diagrams, cartesian closed ones.
    """
    optional("discopy", "discopy")
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    doctrine = diagram.signature.doctrine
    if doctrine.value not in _MODULE:
        raise CatenaryError(f"DisCoPy has no {doctrine.value} diagrams")
    return _To(importlib.import_module(f"discopy.{_MODULE[doctrine.value]}"), doctrine).held(diagram)


class _To:
    """Into one of DisCoPy's modules. Its classes are taken from the module, or from the one it inherits
    from.
    """

    def __init__(self, module: Any, doctrine: Doctrine):
        self.module = module
        self.doctrine = doctrine
        self.made: dict[int, Any] = {}

    def refuse(self, what: str) -> CatenaryError:
        return CatenaryError(f"DisCoPy's {self.module.__name__.removeprefix('discopy.')} has no {what}")

    def held(self, value: Held) -> Any:
        """A diagram, or a sum."""
        return self.sum(value) if isinstance(value, Sum) else self.diagram(value)

    def sum(self, value: Sum) -> Any:
        terms: list[Any] = []
        for scalar, diagram in value.terms:
            if not isinstance(scalar, int) or scalar < 0:
                raise CatenaryError(
                    f"DisCoPy's sums have no scalars: a term may come a whole number of times, not {scalar}"
                )
            if len(terms) + scalar > MOST_TERMS:
                raise CatenaryError(f"a sum of more than {MOST_TERMS:,} terms without scalars")
            if scalar:
                terms += [self.diagram(diagram)] * scalar
        return self.module.Diagram.sum_factory(tuple(terms), self.type(value.dom), self.type(value.cod))

    def diagram(self, diagram: Diagram) -> Any:
        from discopy.monoidal import Layer

        inside = []
        makers: dict[Box, Any] = {}
        for ty, (box, offset) in zip(diagram.types(), diagram.layers, strict=False):
            if box not in makers:
                makers[box] = self.box(box)
            image = makers[box]
            left, right = self.type(ty[:offset]), self.type(ty[offset + len(box.dom) :])
            if getattr(image, "args", None) is not None:  # a bubble is of no category but the monoidal one
                inside.append(Layer(left, image, right))
            else:
                inside.extend((left @ image @ right).inside)
        return self.module.Diagram(tuple(inside), self.type(diagram.dom), self.type(diagram.cod))

    def type(self, ty: Ty) -> Any:
        module = self.module
        if any(isinstance(ob, Exponential) for ob in ty.objects):
            if not hasattr(module, "Curry"):
                raise self.refuse(f"exponential types: {ty}")
            found = module.Ty()
            for ob in ty.objects:
                found = found @ self._exponential(ob)
            return found
        if not any(ob.z for ob in ty.objects):
            return module.Ty(*(ob.name for ob in ty.objects))
        if not hasattr(module.Ty(), "r"):
            raise CatenaryError(f"DisCoPy's {module.__name__} has no adjoints for the type {ty}")
        make = module.Ty.ob_factory
        return module.Ty(*(make(ob.name, ob.z) for ob in ty.objects))

    def _exponential(self, ob: Ob) -> Any:
        if not isinstance(ob, Exponential):
            return self.module.Ty(ob.name)
        base, exponent = self.type(ob.base), self.type(ob.exponent)
        return exponent >> base if ob.left else base << exponent

    def box(self, box: Box) -> Any:
        module, kind = self.module, box.kind
        if kind == kinds.GENERATOR:
            return self.generator(box)
        if kind in kinds.HELD and (box.dagger_flag or box.z):
            raise self.refuse(f"dagger or rotation of a {kind}")
        if kind == kinds.BUBBLE:
            return self.bubble(box)
        if kind == kinds.CURRY:
            held, n, left = box.data
            return module.Curry(self.diagram(held), n, not left)
        if kind == kinds.EVAL:
            ty, left = box.data
            power = ty.objects[0]
            base, exponent = self.type(power.base), self.type(power.exponent)
            return module.Eval(exponent >> base if left else base << exponent)
        dom, cod = self.type(box.dom), self.type(box.cod)
        if kind == kinds.TRACE:
            held, width, left = box.data
            if not hasattr(module.Diagram, "trace"):
                raise self.refuse("traces")
            return self.diagram(held).trace(width, left)
        if kind == kinds.BRAID and not self.doctrine.has("swap"):
            split, sign = box.data
            if not hasattr(module, "Braid"):
                raise self.refuse("braids")
            if sign > 0:
                return module.Diagram.braid(dom[:split], dom[split:])
            return module.Diagram.braid(dom[split:], dom[:split]).dagger()
        if kind == kinds.TWIST:
            if not hasattr(module.Diagram, "twist"):
                raise self.refuse("twists")
            found = module.Diagram.twist(dom)
            return found if box.data[0] > 0 else found.dagger()
        if kind in (kinds.SWAP, kinds.BRAID):
            split = box.data[0]
            if not hasattr(module, "Swap"):
                raise self.refuse("swaps")
            left, right = dom[:split], dom[split:]
            return module.Swap(left, right) if len(box.dom) == 2 else module.Diagram.swap(left, right)
        if kind in (kinds.CUP, kinds.CAP):
            ty = dom if kind == kinds.CUP else cod
            left, right = ty[: len(ty) // 2], ty[len(ty) // 2 :]
            if len(ty) == 2:
                return (module.Cup if kind == kinds.CUP else module.Cap)(left, right)
            return (module.Diagram.cups if kind == kinds.CUP else module.Diagram.caps)(left, right)
        if kind == kinds.SPIDER and len(box.data) == 3:
            inputs, outputs, ty = box.data
            if box.params:
                return module.Spider(inputs, outputs, self.type(ty), _full_turns(box.params[0]))
            if not inputs and not outputs:
                # DisCoPy takes a spider without legs for the number 1; it is the dimension of its type.
                unit, counit = (module.Diagram.spiders(*legs, self.type(ty)) for legs in ((0, 1), (1, 0)))
                return unit >> counit
            if len(ty) == 1:
                return module.Spider(inputs, outputs, self.type(ty))
            return module.Diagram.spiders(inputs, outputs, self.type(ty))
        if kind in (kinds.COPY, kinds.DISCARD):
            if hasattr(module, "Spider"):
                return module.Diagram.spiders(1, 2 if kind == kinds.COPY else 0, dom)
            return module.Diagram.copy(dom, 2 if kind == kinds.COPY else 0)
        raise self.refuse(str(box))

    def generator(self, box: Box) -> Any:
        module = self.module
        dom, cod = self.type(box.dom), self.type(box.cod)
        data: Any = tuple(_full_turns(phase) for phase in box.params)
        data = None if not data else data[0] if len(data) == 1 else data
        extra = {"z": box.z} if box.z else {}
        return module.Box(box.name, dom, cod, data=data, is_dagger=box.dagger_flag, **extra)

    def bubble(self, box: Box) -> Any:
        (inner,) = box.data
        if inner.signature.doctrine.value not in _MODULE:
            raise CatenaryError(f"DisCoPy has no {inner.signature.doctrine.value} diagrams")
        module = importlib.import_module(f"discopy.{_MODULE[inner.signature.doctrine.value]}")
        inside = _To(module, inner.signature.doctrine).held(inner)
        name = "" if box.name == kinds.BUBBLE else box.name
        return self.module.Diagram.bubble_factory(
            inside, dom=self.type(box.dom), cod=self.type(box.cod), name=name
        )


def _full_turns(phase: Phase) -> Any:
    return phase / 2


def _half_turns(data: Any, name: str) -> tuple[Phase, ...]:
    if data is None:
        return ()
    found = []
    for item in data if isinstance(data, (tuple, list)) else (data,):
        try:
            found.append(as_phase(item * Fraction(2) if isinstance(item, (int, Fraction)) else item * 2))
        except (CatenaryError, TypeError):
            raise CatenaryError(
                f"box {name} carries {type(data).__name__} data, which has no place in a diagram: parameters "
                f"are numbers or SymPy expressions; give such data to a Functor instead"
            ) from None
    return tuple(found)


def from_discopy(diagram: Any, signature: Signature | None = None) -> Any:
    """The diagram of a DisCoPy diagram, or the sum where it is or contains a sum, of the ``monoidal``,
    ``rigid``, ``pivotal``, ``braided``, ``balanced``, ``ribbon``, ``symmetric``, ``traced``, ``compact``,
    ``frobenius``, ``markov`` or ``closed`` kind, or any that inherits from these.

    Args:
        diagram: the DisCoPy diagram.
        signature: the signature it becomes a diagram of; the free one of the kind's doctrine unless given.

    Raises:
        MissingExtra: if discopy is not installed.
        CatenaryError: for bubbles of several diagrams or with a method of their own, exponentials without a
            side, feedback, and boxes with data that are not numbers.
    """
    optional("discopy", "discopy")
    from discopy import monoidal

    if not isinstance(diagram, monoidal.Diagram):
        raise CatenaryError(f"expected a DisCoPy diagram, not {type(diagram).__name__}")
    return _From(_doctrine_of(diagram) if signature is None else signature.doctrine, signature).held(diagram)


def _doctrine_of(diagram: Any) -> Doctrine:
    from discopy import (
        balanced,
        braided,
        cat,
        closed,
        frobenius,
        markov,
        monoidal,
        pivotal,
        ribbon,
        rigid,
        symmetric,
        traced,
    )

    if isinstance(diagram, cat.Sum) and diagram.terms:  # its own class may be of a weaker kind
        doctrine = _doctrine_of(diagram.terms[0])
        for term in diagram.terms[1:]:
            doctrine = doctrine.join(_doctrine_of(term))
        return doctrine
    table = (
        (frobenius, "hypergraph"),
        (markov, "markov"),
        (ribbon, "ribbon"),
        (pivotal, "pivotal"),
        (rigid, "rigid"),
        (symmetric, "symmetric"),
        (balanced, "ribbon"),
        (braided, "braided"),
        (traced, "traced"),
        (closed, "biclosed"),
        (monoidal, "monoidal"),
    )
    name = next(name for module, name in table if isinstance(diagram, module.Diagram))
    if name in ("pivotal", "rigid", "ribbon") and isinstance(diagram, symmetric.Diagram):
        name = "compact"
    if name == "symmetric" and any(isinstance(box, traced.Trace) for box in diagram.boxes):
        name = "traced"
    known = {d.value: d for d in Doctrine}
    if name not in known:
        raise CatenaryError(f"there are no {name} diagrams here")
    return known[name]


class _From:
    def __init__(self, doctrine: Doctrine, signature: Signature | None):
        self.signature = free(doctrine) if signature is None else signature
        self.given = signature

    def held(self, diagram: Any) -> Held:
        """A diagram; a sum where there is one."""
        from discopy import cat

        if isinstance(diagram, cat.Sum):
            terms = [(1, self.held(term)) for term in diagram.terms]
            found = Sum.zero(self.type(diagram.dom), self.type(diagram.cod), self.signature)
            for _, term in terms:
                found = found + term
            return found
        if not any(isinstance(box, cat.Sum) for box in diagram.boxes):
            layers = []
            images: dict[int, Any] = {}
            for box, offset in zip(diagram.boxes, diagram.offsets, strict=True):
                if id(box) not in images:
                    images[id(box)] = self.box(box)
                layers.append((images[id(box)], offset))
            return Diagram(self.type(diagram.dom), self.type(diagram.cod), layers, self.signature)
        total: Held = Diagram.id(self.type(diagram.dom), self.signature)
        for box, offset in zip(diagram.boxes, diagram.offsets, strict=True):
            wires = total.cod
            image: Any = self.held(box) if isinstance(box, cat.Sum) else self.box(box)
            layer = wires[:offset] @ image @ wires[offset + len(image.dom) :]
            total = Sum.of(total) >> layer
            if len(total) > MOST_TERMS:
                raise CatenaryError(f"sums that multiply out to more than {MOST_TERMS:,} terms")
        return total

    def type(self, ty: Any) -> Ty:
        found = []
        for ob in ty.inside:
            if hasattr(ob, "exponent"):
                found.append(self._exponential(ob))
            else:
                found.append(Ob(str(ob.name), getattr(ob, "z", 0)))
        return Ty.of(tuple(found))

    def _exponential(self, ob: Any) -> Ob:
        from discopy import closed

        base, exponent = self.type(ob.base), self.type(ob.exponent)
        if isinstance(ob, closed.Over):
            return Exponential(base, exponent)
        if isinstance(ob, closed.Under):
            return Exponential(base, exponent, True)
        raise CatenaryError(f"the exponential {ob} has no side: write it with << or >>")

    def box(self, box: Any) -> Box | Diagram:
        from discopy import (
            balanced,
            braided,
            cat,
            closed,
            feedback,
            frobenius,
            markov,
            rigid,
            symmetric,
            traced,
        )

        doctrine = self.signature.doctrine
        dom = self.type(box.dom)
        if isinstance(box, symmetric.Swap):
            return Swap(self.type(box.left), self.type(box.right))
        if isinstance(box, braided.Braid):
            left, right = self.type(box.left), self.type(box.right)
            return Braid(right, left).dagger() if box.is_dagger else Braid(left, right)
        if isinstance(box, balanced.Twist):
            return Twist(dom).dagger() if box.is_dagger else Twist(dom)
        if isinstance(box, rigid.Cup):
            return bend(kinds.CUP, self.type(box.left), self.type(box.right), doctrine)
        if isinstance(box, rigid.Cap):
            return bend(kinds.CAP, self.type(box.left), self.type(box.right), doctrine)
        if isinstance(box, frobenius.Spider):
            return self.spider(box)
        if isinstance(box, markov.Discard):
            return Discard(dom)
        if isinstance(box, markov.Copy):
            return _copies(dom, len(box.cod))
        if isinstance(box, closed.Eval):
            base, exponent = self.type(box.base), self.type(box.exponent)
            return Eval(base << exponent if box.left else exponent >> base)
        if isinstance(box, closed.Curry):
            return Curry(self.plain(box.arg), box.n, not box.left)
        if isinstance(box, traced.Trace):
            return Trace(self.plain(box.arg), 1, bool(box.left))
        if isinstance(box, cat.Bubble):
            return self.bubble(box)
        if isinstance(box, (cat.Sum, feedback.Feedback, markov.Merge)):
            raise CatenaryError(f"a DisCoPy {type(box).__name__} has no counterpart here")
        made = Box(
            str(box.name),
            dom,
            self.type(box.cod),
            _half_turns(box.data, box.name),
            dagger=bool(box.is_dagger),
            z=getattr(box, "z", 0),
            signature=free(doctrine),
        )
        return self.signature.declare(made)

    def plain(self, diagram: Any) -> Diagram:
        """What is curried or traced."""
        found = self.held(diagram)
        if isinstance(found, Sum):
            raise CatenaryError("a sum inside a curried or traced diagram: distribute it first")
        return found

    def spider(self, box: Any) -> Box:
        inputs, outputs, ty = len(box.dom), len(box.cod), self.type(box.typ)
        (phase,) = _half_turns(box.phase or 0, "of a spider")
        return Spider(inputs, outputs, ty, phase=phase)

    def bubble(self, box: Any) -> Box:
        if len(box.args) != 1 or box.method != "bubble":
            raise CatenaryError(f"a bubble contains one diagram and has no method of its own: {box}")
        (arg,) = box.args
        inner = _From(_doctrine_of(arg), None) if self.given is None else self
        ends = (self.type(box.dom), self.type(box.cod))
        return Bubble(inner.held(arg), str(box.name), *ends, signature=self.signature)


def _copies(ty: Ty, wires: int) -> Box | Diagram:
    """A copy of one wire to any number."""
    if wires == 0:
        return Discard(ty)
    if wires == 1:
        return Diagram.id(ty)
    found = Copy(ty).diagram
    for _ in range(wires - 2):
        found = found >> Copy(ty) @ found.cod[1:]
    return Copy(ty) if wires == 2 else found
