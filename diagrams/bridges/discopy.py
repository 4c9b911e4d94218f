"""DisCoPy diagrams to and from (discopy 1.2).

Monoidal, rigid, pivotal, symmetric, compact, hypergraph, Markov and cartesian diagrams go to DisCoPy's
``monoidal``, ``rigid``, ``pivotal``, ``symmetric``, ``frobenius`` (self-dual, for both) and ``markov`` (for
both). Parameters become a box's ``data``, in full turns as DisCoPy counts them: a number where there is one,
a tuple where there are more.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from catenary.diagrams.boxes import (
    CAP,
    COPY,
    CUP,
    DISCARD,
    SPIDER,
    SWAP,
    Box,
    Copy,
    Discard,
    Spider,
    Swap,
    bend,
)
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import CatenaryError
from catenary.diagrams.optional import optional
from catenary.diagrams.phases import Phase, as_phase
from catenary.diagrams.signature import Doctrine, Signature, free
from catenary.diagrams.types import Ob, Ty

_MODULE = {
    Doctrine.MONOIDAL: "monoidal",
    Doctrine.RIGID: "rigid",
    Doctrine.PIVOTAL: "pivotal",
    Doctrine.BRAIDED: "braided",
    Doctrine.SYMMETRIC: "symmetric",
    Doctrine.TRACED: "symmetric",
    Doctrine.COMPACT: "frobenius",
    Doctrine.HYPERGRAPH: "frobenius",
    Doctrine.MARKOV: "markov",
    Doctrine.CARTESIAN: "markov",
}


def to_discopy(diagram: Diagram) -> Any:
    """The DisCoPy diagram with the same boxes at the same offsets.

    Raises:
        MissingExtra: if discopy is not installed.
    """
    optional("discopy", "discopy")
    from discopy import frobenius, markov, monoidal, pivotal, rigid, symmetric

    modules = {
        "monoidal": monoidal,
        "braided": monoidal,
        "rigid": rigid,
        "pivotal": pivotal,
        "symmetric": symmetric,
        "frobenius": frobenius,
        "markov": markov,
    }
    module: Any = modules[_MODULE[diagram.signature.doctrine]]
    # Objects and boxes are made by the class of the module that has its own, else by the one it inherits
    # from.
    makers: dict[Box, Any] = {}
    inside = []
    for ty, (box, offset) in zip(diagram.types(), diagram.layers, strict=False):
        if box not in makers:
            makers[box] = _box(module, box)
        left, right = _type(module, ty[:offset]), _type(module, ty[offset + len(box.dom) :])
        inside.extend((left @ makers[box] @ right).inside)
    return module.Diagram(tuple(inside), _type(module, diagram.dom), _type(module, diagram.cod))


def _type(module: Any, ty: Ty) -> Any:
    if not any(ob.z for ob in ty.objects):
        return module.Ty(*(ob.name for ob in ty.objects))
    if not hasattr(module.Ty(), "r"):
        raise CatenaryError(f"DisCoPy's {module.__name__} has no adjoints for the type {ty}")
    return module.Ty(*(module.Ob(ob.name, ob.z) for ob in ty.objects))


def _box(module: Any, box: Box) -> Any:
    dom, cod = _type(module, box.dom), _type(module, box.cod)
    if box.kind == SWAP:
        (split,) = box.data
        left, right = dom[:split], dom[split:]
        return module.Swap(left, right) if len(box.dom) == 2 else module.Diagram.swap(left, right)
    if box.kind in (CUP, CAP):
        ty = dom if box.kind == CUP else cod
        left, right = ty[: len(ty) // 2], ty[len(ty) // 2 :]
        if len(ty) == 2:
            return (module.Cup if box.kind == CUP else module.Cap)(left, right)
        return (module.Diagram.cups if box.kind == CUP else module.Diagram.caps)(left, right)
    if box.kind == SPIDER:
        inputs, outputs, ty = box.data
        if len(ty) == 1:
            return module.Spider(inputs, outputs, _type(module, ty))
        return module.Diagram.spiders(inputs, outputs, _type(module, ty))
    if box.kind in (COPY, DISCARD):
        return module.Diagram.copy(dom, 2 if box.kind == COPY else 0)
    data: Any = tuple(_full_turns(phase) for phase in box.params)
    data = None if not data else data[0] if len(data) == 1 else data
    extra = {"z": box.z} if box.z else {}
    return module.Box(box.name, dom, cod, data=data, is_dagger=box.dagger_flag, **extra)


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


def from_discopy(diagram: Any, signature: Signature | None = None) -> Diagram:
    """The diagram of a DisCoPy diagram of the ``monoidal``, ``rigid``, ``pivotal``, ``symmetric``,
    ``compact``, ``frobenius`` or ``markov`` kind, or any that inherits from these.

    Args:
        diagram: the DisCoPy diagram.
        signature: the signature it becomes a diagram of; the free one of the kind's doctrine unless given.

    Raises:
        MissingExtra: if discopy is not installed.
        CatenaryError: for bubbles, sums, spiders with phases and boxes with data that are not numbers.
    """
    optional("discopy", "discopy")
    from discopy import frobenius, markov, monoidal, pivotal, rigid, symmetric, traced

    if not isinstance(diagram, monoidal.Diagram) or isinstance(diagram, monoidal.Sum):
        raise CatenaryError(f"expected a DisCoPy diagram, not {type(diagram).__name__}")
    kinds = (
        (frobenius, Doctrine.HYPERGRAPH),
        (markov, Doctrine.MARKOV),
        (pivotal, Doctrine.PIVOTAL),
        (rigid, Doctrine.RIGID),
        (symmetric, Doctrine.SYMMETRIC),
        (monoidal, Doctrine.MONOIDAL),
    )
    doctrine = next(d for module, d in kinds if isinstance(diagram, module.Diagram))
    if doctrine in (Doctrine.PIVOTAL, Doctrine.RIGID) and isinstance(diagram, symmetric.Diagram):
        doctrine = Doctrine.COMPACT
    signature = free(doctrine) if signature is None else signature

    def convert(box: Any) -> Box:
        dom, cod = _from_type(box.dom), _from_type(box.cod)
        if isinstance(box, symmetric.Swap):
            return Swap(_from_type(box.left), _from_type(box.right))
        if isinstance(box, rigid.Cup):
            return bend(CUP, _from_type(box.left), _from_type(box.right), signature.doctrine)
        if isinstance(box, rigid.Cap):
            return bend(CAP, _from_type(box.left), _from_type(box.right), signature.doctrine)
        if isinstance(box, frobenius.Spider):
            if box.phase:
                raise CatenaryError(
                    "a spider with a phase is a generator: map it to one of your signature first"
                )
            inputs, outputs = len(box.dom), len(box.cod)
            return Spider(inputs, outputs, _from_type(box.typ))
        if isinstance(box, markov.Discard):
            return Discard(dom)
        if isinstance(box, markov.Copy) and len(cod) == 2 * len(dom):
            return Copy(dom)
        if isinstance(box, (monoidal.Bubble, monoidal.Sum, traced.Trace, markov.Copy)):
            raise CatenaryError(f"a DisCoPy {type(box).__name__} has no counterpart here")
        return signature.declare(
            Box(
                str(box.name),
                dom,
                cod,
                _half_turns(box.data, box.name),
                dagger=bool(box.is_dagger),
                z=getattr(box, "z", 0),
                signature=free(doctrine),
            )
        )

    layers = [(convert(box), offset) for box, offset in zip(diagram.boxes, diagram.offsets, strict=True)]
    return Diagram(_from_type(diagram.dom), _from_type(diagram.cod), layers, signature)


def _from_type(ty: Any) -> Ty:
    return Ty(*(Ob(str(ob.name), getattr(ob, "z", 0)) for ob in ty.inside))
