"""Closed structure: currying and evaluation, on exponential types ``b << a`` and ``a >> b``."""

from __future__ import annotations

from catenary.diagrams.boxes import CURRY, EVAL, Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import ArityError, CatenaryError, CompositionError
from catenary.diagrams.signature import Doctrine, structural
from catenary.diagrams.types import Exponential, Ty


def Curry(diagram: Diagram | Box, n: int = 1, left: bool = False) -> Box:
    """The currying of a diagram: its last ``n`` inputs (``left``: its first) become an exponential output.

    From ``c @ a`` to ``b`` it makes a box from ``c`` to ``b << a``; on the left, from ``a @ c`` to ``b`` one
    from ``c`` to ``a >> b``. Kind ``"curry"``, data ``(diagram, n, left)``. Structure of biclosed doctrines
    (planar), closed ones (symmetric; ``b << a`` and ``a >> b`` are isomorphic there, and kept apart) and
    cartesian closed ones.

    Raises:
        ArityError: for no inputs, or more than there are.
        DoctrineError: over a declared signature that is not closed.

    >>> a, b, c = map(Ty, "abc")
    >>> f = Box("f", c @ a, b)
    >>> print(Curry(f).cod, Curry(f, left=True).cod)
    (b << a) (c >> b)
    """
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    if not isinstance(diagram, Diagram):
        raise CatenaryError(f"a diagram is curried, not {diagram!r}; a sum term by term: sum.map(Curry)")
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= len(diagram.dom):
        raise ArityError(f"curry {n!r} of {len(diagram.dom)} inputs: from 1 to all of them")
    left = bool(left)
    signature = diagram.signature.join(structural(Doctrine.BICLOSED))
    if signature is not diagram.signature:
        diagram = diagram.over(signature)
    split = n if left else len(diagram.dom) - n
    before, after = diagram.dom[:split], diagram.dom[split:]
    dom, cod = (after, before >> diagram.cod) if left else (before, diagram.cod << after)
    hash(diagram)  # kept by the diagram: a hash then never goes more than one level down
    return Box._make(CURRY, dom, cod, (), False, 0, CURRY, (diagram, n, left), signature)


def Eval(ty: Ty) -> Box:
    """The evaluation of an exponential: ``(b << a) @ a`` to ``b``, or ``a @ (a >> b)`` to ``b``.

    Kind ``"eval"``, data ``(ty, left)``.

    Raises:
        CompositionError: for a type that is not one exponential.

    >>> a, b = Ty("a"), Ty("b")
    >>> print(Eval(b << a).dom, "→", Eval(b << a).cod)
    (b << a) a → b
    """
    power = exponential(ty)
    signature = structural(Doctrine.BICLOSED)
    return Box._make(EVAL, power.dom, power.base, (), False, 0, EVAL, (ty, power.left), signature)


def exponential(ty: Ty) -> Exponential:
    """The exponential object that a type is.

    Raises:
        CompositionError: for a type that is not one exponential.

    >>> exponential(Ty("b") << Ty("a")).exponent
    Ty('a')
    """
    if not isinstance(ty, Ty):
        raise CatenaryError(f"expected an exponential type, a << b or a >> b, not {ty!r}")
    ob = ty.objects[0] if len(ty) == 1 else None
    if not isinstance(ob, Exponential) or ob.z:
        raise CompositionError(
            ty.objects, ["b << a"], ("type", "wanted"), "one exponential: b << a or a >> b"
        )
    return ob


def Uncurry(diagram: Diagram | Box) -> Diagram:
    """The diagram with its exponential output evaluated: what was curried, up to :func:`beta_eta`.

    From a diagram from ``c`` to ``b << a`` it makes one from ``c @ a`` to ``b``; to ``a >> b``, one from
    ``a @ c``.

    >>> a, b, c = map(Ty, "abc")
    >>> g = Box("g", c, b << a)
    >>> print(Uncurry(g), "from", Uncurry(g).dom)
    g @ a >> eval from c a
    """
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    power = exponential(diagram.cod)
    if power.left:
        return power.exponent @ diagram >> Eval(diagram.cod)
    return diagram @ power.exponent >> Eval(diagram.cod)
