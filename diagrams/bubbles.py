"""Bubbles: boxes that contain a diagram."""

from __future__ import annotations

from catenary.diagrams.boxes import BUBBLE, Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import CatenaryError
from catenary.diagrams.nesting import Held
from catenary.diagrams.signature import Signature
from catenary.diagrams.sums import Sum
from catenary.diagrams.types import Ty


def Bubble(
    diagram: Held | Box,
    name: str = "",
    dom: Ty | None = None,
    cod: Ty | None = None,
    *,
    signature: Signature | None = None,
) -> Box:
    """A box that contains a diagram or a sum: an operation on diagrams, or a functor drawn as a box.

    Two bubbles are equal when name and boundary are, and what is inside is equal as diagrams are. Dagger and
    rotation mark a bubble from outside, as they mark a generator: an operation need not commute with them.

    Args:
        diagram: what is inside; kind ``"bubble"``, ``box.data[0]``.
        name: which operation it is; a functor maps bubbles by name.
        dom, cod: the boundary, that of the inside unless given.
        signature: where the bubble stands, that of the inside unless given: a functorial box stands in the
            functor's target and holds a diagram of its source.

    >>> a, b = Ty("a"), Ty("b")
    >>> f, g = Box("f", a, b), Box("g", a, b)
    >>> Bubble(f @ a >> b @ g, "log") == Bubble(a @ g >> f @ b, "log")
    True
    >>> print(Bubble(f - g, "exp") >> f.dagger())
    exp[f - g] >> f†
    """
    if isinstance(diagram, Box):
        diagram = diagram.diagram
    if not isinstance(diagram, (Diagram, Sum)):
        raise CatenaryError(f"a bubble contains a diagram or a sum of diagrams, not {diagram!r}")
    if not isinstance(name, str):
        raise CatenaryError(f"the name of a bubble is text, not {name!r}")
    dom = diagram.dom if dom is None else dom
    cod = diagram.cod if cod is None else cod
    for ty in (dom, cod):
        if not isinstance(ty, Ty):
            raise CatenaryError(f"bubble {name}: dom and cod are types (Ty), not {ty!r}")
    hash(diagram)  # kept by the diagram: a hash then never goes more than one level down
    signature = diagram.signature if signature is None else signature
    return Box._make(name or BUBBLE, dom, cod, (), False, 0, BUBBLE, (diagram,), signature)
