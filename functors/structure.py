"""Images of structure under functors: braids, twists, traces, spiders, closed structure, sums.

Each function takes what the functor needs from its target, and makes it from weaker structure where the target
has no method of its own: a braiding from a symmetry, a trace or an exponential from cups and caps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from catenary.diagrams import Box, Sum
from catenary.functors.category import TargetError, operation

if TYPE_CHECKING:
    from catenary.functors.functor import Functor


def _method(target: Any, name: str) -> Any:
    return getattr(target, name, None)


def spider(functor: Functor[Any, Any], box: Box, where: str) -> Any:
    """The image of a spider; structure and phase are handed on where they are not the default ones."""
    inputs, outputs, ty = box.data[:3]
    extra = {}
    if len(box.data) > 3 and box.data[3]:
        extra["structure"] = box.data[3]
    if box.params and box.params[0] != 0:
        extra["phase"] = box.params[0]
    method = operation(functor.target, "spider", where)
    try:
        return method(inputs, outputs, functor.on_type(ty), **extra)
    except TypeError:
        if not extra:
            raise
        what = " and ".join(f"{key} {value}" for key, value in extra.items())
        raise TargetError(f"spider with {what}", functor.target, where) from None


def braid(functor: Functor[Any, Any], box: Box, where: str) -> Any:
    """The image of a braid: the target's braiding, or its symmetry, which is one."""
    split, sign = box.data
    left, right = functor.on_type(box.dom[:split]), functor.on_type(box.dom[split:])
    method = _method(functor.target, "braid")
    if method is not None:
        return method(left, right, sign)
    return operation(functor.target, "swap" if _method(functor.target, "swap") else "braid", where)(
        left, right
    )


def twist(functor: Functor[Any, Any], box: Box, where: str) -> Any:
    """The image of a twist: the target's, or the identity where its braiding is a symmetry."""
    target = functor.target
    ob = functor.on_type(box.dom)
    method = _method(target, "twist")
    if method is not None:
        return method(ob, box.data[0])
    if _method(target, "braid") is None and _method(target, "swap") is not None:
        return target.id(ob)
    raise TargetError("twist", target, where)


def trace(functor: Functor[Any, Any], box: Box, where: str) -> Any:
    """The image of a trace: the target's, or by a cup and a cap where left and right adjoints agree."""
    inside, width, left = box.data
    target: Any = functor.target
    f = functor(inside)
    ob = functor.on_type(inside.dom[:width] if left else inside.dom[len(inside.dom) - width :])
    method = _method(target, "trace")
    if method is not None:
        return method(f, ob, left)
    if any(_method(target, name) is None for name in ("cup", "cap", "adjoint")):
        raise TargetError("trace", target, where)
    dual = target.adjoint(ob, 1)
    if dual != target.adjoint(ob, -1):
        raise TargetError("trace", target, f"{where}, and left and right adjoints of its objects differ")
    dom, cod = target.id(functor.on_type(box.dom)), target.id(functor.on_type(box.cod))
    dual_id = target.id(dual)
    if left:
        first = target.tensor(target.cap(dual, ob), dom)
        last = target.tensor(target.cup(dual, ob), cod)
        middle = target.tensor(dual_id, f)
    else:
        first = target.tensor(dom, target.cap(ob, dual))
        last = target.tensor(cod, target.cup(ob, dual))
        middle = target.tensor(f, dual_id)
    return target.then(target.then(first, middle), last)


def exponential(target: Any, base: Any, exponent: Any, left: bool) -> Any:
    """The image of an exponential object."""
    method = _method(target, "exponential")
    if method is not None:
        return method(base, exponent, left)
    _require_bends(target, "exponential", "")
    return bent_exponential(target, base, exponent, left)


def bent_exponential(target: Any, base: Any, exponent: Any, left: bool) -> Any:
    """The exponential of a rigid category: the base beside an adjoint of the exponent."""
    if left:
        return target.product([target.adjoint(exponent, 1), base])
    return target.product([base, target.adjoint(exponent, -1)])


def _require_bends(target: Any, what: str, where: str) -> None:
    for name in ("cup", "cap", "adjoint"):
        if _method(target, name) is None:
            raise TargetError(what, target, where)


def curry(functor: Functor[Any, Any], box: Box, where: str) -> Any:
    """The image of a currying: the target's, or the inputs bent down by caps."""
    inside, width, left = box.data
    target = functor.target
    f = functor(inside)
    ob = functor.on_type(inside.dom[:width] if left else inside.dom[len(inside.dom) - width :])
    if _method(target, "exponential") is not None:
        return operation(target, "curry", where)(f, ob, left)
    _require_bends(target, "curry", where)
    return bent_curry(target, f, functor.on_type(box.dom), ob, left)


def bent_curry(target: Any, f: Any, rest: Any, ob: Any, left: bool) -> Any:
    """Currying in a rigid category: the inputs ``ob`` bent down by caps; ``rest`` are the others."""
    dom = target.id(rest)
    dual = target.adjoint(ob, 1 if left else -1)
    if left:  # a.r @ a from the unit, then f beside a.r
        first = target.tensor(target.cap(dual, ob), dom)
        return target.then(first, target.tensor(target.id(dual), f))
    first = target.tensor(dom, target.cap(ob, dual))
    return target.then(first, target.tensor(f, target.id(dual)))


def evaluation(functor: Functor[Any, Any], box: Box, where: str) -> Any:
    """The image of an evaluation: the target's, or cups."""
    power = box.data[0].objects[0]
    target = functor.target
    base, exponent = functor.on_type(power.base), functor.on_type(power.exponent)
    if _method(target, "exponential") is not None:
        return operation(target, "evaluate", where)(base, exponent, power.left)
    _require_bends(target, "eval", where)
    return bent_evaluation(target, base, exponent, power.left)


def bent_evaluation(target: Any, base: Any, exponent: Any, left: bool) -> Any:
    """Evaluation in a rigid category: cups."""
    if left:
        return target.tensor(target.cup(exponent, target.adjoint(exponent, 1)), target.id(base))
    return target.tensor(target.id(base), target.cup(target.adjoint(exponent, -1), exponent))


IMAGES: dict[str, Callable[[Any, Box, str], Any]] = {
    "braid": braid,
    "twist": twist,
    "trace": trace,
    "curry": curry,
    "eval": evaluation,
}


def of_sum(functor: Functor[Any, Any], value: Sum) -> Any:
    """The image of a sum: the sum of the images, scaled.

    Raises:
        TargetError: where the target lacks ``add``, ``scale`` or ``zero`` and the sum needs it.
    """
    target = functor.target
    where = f" (a sum of {len(value)} terms)"
    if not value.terms:
        zero = operation(target, "zero", where)
        return zero(functor.on_type(value.dom), functor.on_type(value.cod))
    total: Any = None
    for scalar, diagram in value.terms:
        image = functor(diagram)
        if scalar != 1:
            image = operation(target, "scale", where)(scalar, image)
        total = image if total is None else operation(target, "add", where)(total, image)
    return total
