"""What a functor may map into: the ``Category`` protocol.

A category here is a value with methods on opaque objects and morphisms. ``id``, ``then`` and ``tensor`` are
always there; the structure of the stronger doctrines (``swap``, ``cup``, ``cap``, ``spider``, ``copy``,
``discard``, ``dagger``, ``rotate``) is there as far as the category has it. Nothing is inherited: any object
with the methods will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

from catenary.diagrams import CompositionError, DoctrineError

O = TypeVar("O")  # noqa: E741 objects
M = TypeVar("M")  # morphisms


@runtime_checkable
class Category(Protocol[O, M]):
    """A strict monoidal category with objects ``O`` and morphisms ``M``.

    Optional methods, looked up by name when a diagram needs them:

    * ``swap(a, b)``: the symmetry from ``a @ b`` to ``b @ a``;
    * ``cup(a, b)``, ``cap(a, b)``: from ``a @ b`` to the unit and back, ``b`` the right adjoint of ``a`` (or
        ``a`` of ``b``);
    * ``adjoint(a, turn)``: the right (``turn=1``) or left (``turn=-1``) adjoint of an object;
    * ``spider(inputs, outputs, a)``, ``copy(a)``, ``discard(a)``; of a named Frobenius structure or with a
      phase ``spider(inputs, outputs, a, structure=…, phase=…)``;
    * ``braid(a, b, sign)``: the braiding from ``a @ b`` to ``b @ a``, the left wire over the right one for
      ``sign=1`` (``swap`` where it is absent); ``twist(a, sign)`` (the identity where ``swap`` is there);
    * ``add(f, g)``, ``scale(scalar, f)``, ``zero(dom, cod)``: the linear structure that sums are mapped to;
    * ``bubble(name, inside, dom, cod)``: the image of a bubble, given that of its inside;
    * ``dagger(f)``: the adjoint from ``cod`` to ``dom``;
    * ``trace(f, ob, left=False)``: the trace of ``f`` over the object ``ob``, which its domain and codomain
      end with (``left``: begin with);
    * ``exponential(base, exponent, left=False)``: the object ``base << exponent`` (``left``:
      ``exponent >> base``); ``evaluate(base, exponent, left=False)``: from ``(base << exponent) @ exponent``
      (``exponent @ (exponent >> base)``) to ``base``; ``curry(f, ob, left=False)``: the last (first) inputs
      ``ob`` of ``f`` turned into an exponential of the codomain. Where ``exponential`` is absent, cups and
      caps make them: ``base @ exponent.l`` and ``exponent.r @ base``;
    * ``self_cup(a)``, ``self_cap(a)``: those of an object that is its own dual, where they are not
        ``cup(a, a)``;
    * ``rotate(f, turn, dom, cod, self_dual)``: the transpose of ``f`` by half a turn, to the right or left,
      onto the product of the objects ``dom`` and ``cod``, which are their own duals or the adjoints of those
      of ``f``; made from cups and caps where it is absent;
    * ``read(image, dom, cod, what)``: a morphism from what a user may write in a functor's table;
    * ``of_diagram(diagram, functor)``: the image of a whole diagram at once, instead of box by box.
    """

    def id(self, ob: O, /) -> M:
        """The identity."""
        ...

    def then(self, f: M, g: M, /) -> M:
        """``f`` followed by ``g``."""
        ...

    def tensor(self, f: M, g: M, /) -> M:
        """``f`` beside ``g``."""
        ...

    def product(self, obs: Sequence[O], /) -> O:
        """The tensor product of objects; of none, the unit."""
        ...

    def dom(self, f: M, /) -> O:
        """The domain."""
        ...

    def cod(self, f: M, /) -> O:
        """The codomain."""
        ...


class TargetError(DoctrineError):
    """A functor's target lacks a structural operation that a diagram uses.

    Attributes:
        operation: the operation, e.g. ``"cup"``.
        doctrine: the target.
    """

    def __init__(self, operation: str, target: object, place: str = ""):
        super().__init__(operation, type(target).__name__, ())
        self.args = (
            f"the functor's target {type(target).__name__} has no {operation}{place}: "
            f"use a target with it, or remove it from the diagram first",
        )

    def __str__(self) -> str:
        return str(self.args[0])


class ImageError(CompositionError):
    """An image in a functor's table whose boundary is not the image of its generator's boundary.

    Attributes:
        generator: the generator, as text.
        index: the first wire that differs.
    """

    def __init__(
        self, generator: str, side: str, got: Sequence[object], wanted: Sequence[object], place: str = ""
    ):
        super().__init__(got, wanted, ("image has", "functor wants"))
        self.generator = generator
        table = str(self.args[0]).partition("\n")[2]
        self.args = (
            f"the image of {generator}{place} has the wrong {side}: wire {self.index} differs "
            f"({len(self.left)} wires against {len(self.right)})\n{table}",
        )

    def __str__(self) -> str:
        return str(self.args[0])


def operation(target: object, name: str, place: str = "") -> Any:
    """A structural operation of a target.

    Raises:
        TargetError: if the target does not have it.
    """
    found = getattr(target, name, None)
    if found is None:
        raise TargetError(name, target, place)
    return found
