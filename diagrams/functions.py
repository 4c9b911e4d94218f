"""Python functions as diagrams: wires are the variables, boxes and diagrams are called on them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from catenary.diagrams.boxes import Box
from catenary.diagrams.builder import Builder, Wire
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.errors import ArityError, CatenaryError, CompositionError, WireError
from catenary.diagrams.signature import Signature
from catenary.diagrams.types import Ty

_tracing: ContextVar[Builder | None] = ContextVar("tracing", default=None)  # for boxes without inputs


def diagram_of(
    dom: Ty | Callable[..., Any] | None = None,
    cod: Ty | None = None,
    signature: Signature | None = None,
) -> Any:
    """Decorator: a Python function on wires becomes the diagram that it draws.

    The function is called once, with a wire for each object of ``dom``. Inside it boxes and diagrams are called
    on wires, ``f(x, y)``, and give one wire or a tuple of them; the wires that it returns are the codomain. A
    variable is used once, unless the signature's doctrine copies and discards.

    Args:
        dom: the type of the inputs. Unless given, parameters are annotated with types; one annotated with a
            wider type is a tuple of wires.
        cod: the type of the outputs, checked where given, also as the annotation of the result.
        signature: the signature; that of the boxes unless given.

    Returns:
        The decorator; or the :class:`Diagram`, where it is used without arguments.

    Raises:
        WireError: for a variable used twice or never where the doctrine does not copy or discard, or wires that
            would cross in a planar doctrine, with the line.
        ArityError, CompositionError: for wires that do not fit.

    >>> from catenary.diagrams import Doctrine, free
    >>> a = Ty("a")
    >>> f, g = Box("f", a @ a, a), Box("g", a, a @ a)
    >>> @diagram_of(a @ a)
    ... def d(x, y):
    ...     left, right = g(x)
    ...     return f(right, y), left
    >>> d == g @ a >> a @ f >> Diagram.permutation([1, 0], a @ a)
    True
    >>> @diagram_of
    ... def e(x: a, y: a) -> a:
    ...     return f(*d(x, y))
    >>> e == d >> f
    True
    """
    if callable(dom) and not isinstance(dom, Ty):
        return _drawn(dom, None, cod, signature)
    given = dom
    if given is not None and not isinstance(given, Ty):
        raise CatenaryError(f"diagram_of takes a type as dom, not {given!r}")
    if cod is not None and not isinstance(cod, Ty):
        raise CatenaryError(f"diagram_of takes a type as cod, not {cod!r}")
    return lambda function: _drawn(function, given, cod, signature)


def call(box: Box | Diagram, wires: tuple[Any, ...]) -> Any:
    """What ``box(x, y)`` does: apply it to wires of a builder.

    Raises:
        WireError: outside a function that is being drawn, for a box without inputs.
    """
    stack = list(wires[:1])
    while stack:
        first = stack.pop()
        if isinstance(first, Wire):
            return first.builder.apply(box, *wires)
        if isinstance(first, (tuple, list)):
            stack.extend(first[:1])
    builder = _tracing.get()
    if builder is None:
        raise WireError(
            f"{box!s:.80} is called on the wires of a Builder, or inside a function under @diagram_of",
            reason="foreign",
        )
    return builder.apply(box, *wires)


def feedback(ty: Ty) -> Any:
    """Inside a function that is being drawn: wires that come from what is made later, closed by
    :func:`close`, in doctrines with a trace.

    >>> from catenary.diagrams import Doctrine, free
    >>> a = Ty("a")
    >>> f = Box("f", a @ a, a @ a, signature=free(Doctrine.TRACED))
    >>> @diagram_of(a, signature=free(Doctrine.TRACED))
    ... def looped(x):
    ...     state = feedback(a)
    ...     after, out = f(state, x)
    ...     close(state, after)
    ...     return out
    >>> print(looped.cod)
    a
    """
    return _drawing("feedback").feedback(ty)


def close(loop: Any, wires: Any) -> None:
    """Inside a function that is being drawn: where the wires of :func:`feedback` come from."""
    _drawing("close").close(loop, wires)


def _drawing(what: str) -> Builder:
    builder = _tracing.get()
    if builder is None:
        raise WireError(f"{what} is called inside a function under @diagram_of", reason="foreign")
    return builder


def _drawn(
    function: Callable[..., Any], dom: Ty | None, cod: Ty | None, signature: Signature | None
) -> Diagram:
    name = getattr(function, "__name__", "function")
    annotations = _annotations(function) if dom is None or cod is None else {}
    bundles: list[int] | None = None
    names = list(inspect.signature(function).parameters)
    if dom is None:
        types = []
        for parameter in names:
            ty = annotations.get(parameter)
            if not isinstance(ty, Ty):
                raise CatenaryError(
                    f"{name}: parameter {parameter!r} has no type; annotate it with a Ty, or give "
                    f"diagram_of(dom, …)"
                )
            types.append(ty)
        bundles = list(map(len, types))
        dom = Ty.of(tuple(ob for ty in types for ob in ty.objects))
    wanted = cod if cod is not None else annotations.get("return")
    builder = Builder(dom, signature)
    arguments: list[Any] = list(builder.inputs)
    if bundles is not None:
        rows = iter(arguments)
        arguments = [next(rows) if n == 1 else tuple(next(rows) for _ in range(n)) for n in bundles]
        if all(n == 1 for n in bundles):
            builder.name(names)
    else:
        builder.name(names)
        try:
            inspect.signature(function).bind(*arguments)
        except TypeError as error:
            raise ArityError(f"{name} is drawn on the {len(arguments)} wires of {dom}: {error}") from None
    token = _tracing.set(builder)
    try:
        result = function(*arguments)
    finally:
        _tracing.reset(token)
    if inspect.iscoroutine(result) or inspect.isgenerator(result):
        result.close()
        raise CatenaryError(f"{name}: a generator or coroutine cannot be drawn; return the wires")
    outputs = [] if result is None else list(result) if isinstance(result, (tuple, list)) else [result]
    diagram = builder.build(*outputs)
    if isinstance(wanted, Ty) and diagram.cod != diagram.signature.doctrine.reduce(wanted):
        raise CompositionError(diagram.cod.objects, wanted.objects, (f"{name} gives", "cod"))
    return diagram


def _annotations(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return inspect.get_annotations(function, eval_str=True)
    except Exception:  # written as text, of names that are gone: they may not be types at all
        return {}


__all__ = ["call", "close", "diagram_of", "feedback"]
