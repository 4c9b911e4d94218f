"""Theory files as values: a signature with named axioms, claims and diagrams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from catenary.diagrams.diagram import Diagram
from catenary.diagrams.equation import Equation
from catenary.diagrams.errors import SignatureError
from catenary.diagrams.signature import Signature
from catenary.diagrams.sums import Sum


@dataclass(frozen=True, repr=False)
class Document:
    """What a theory file says. Immutable.

    Args:
        name: the theory's name; the signature has the same.
        signature: its objects and generators, which are finite sets, and its doctrine.
        axioms: the equations assumed; those with ``directed`` were written as rules.
        claims: the equations to be proved.
        diagrams: named diagrams, in order.
        sums: named sums of diagrams, in order.

    Raises:
        SignatureError: for an open signature, a name used twice, or diagrams over a signature that does not
            fit.

    >>> from catenary.diagrams import Box, Doctrine, Ty
    >>> Document("one", Signature("one", Doctrine.SYMMETRIC, ["A"], [Box("f", Ty("A"), Ty("A"))])).claims
    ()
    """

    name: str
    signature: Signature
    axioms: tuple[Equation, ...] = ()
    claims: tuple[Equation, ...] = ()
    diagrams: Mapping[str, Diagram] = field(default_factory=dict)
    sums: Mapping[str, Sum] = field(default_factory=dict)

    def __post_init__(self) -> None:
        signature = self.signature
        if self.name != signature.name:
            raise SignatureError(
                f"document {self.name!r} has a signature with another name, {signature.name!r}"
            )
        if signature.objects is None or signature.generators is None:
            raise SignatureError(
                f"signature {signature.name} is open: a document lists its objects and generators"
            )
        set_ = object.__setattr__
        set_(self, "axioms", tuple(_over(equation, signature) for equation in self.axioms))
        set_(self, "claims", tuple(_over(equation, signature) for equation in self.claims))
        diagrams = {name: diagram.over(signature) for name, diagram in self.diagrams.items()}
        set_(self, "diagrams", MappingProxyType(diagrams))
        sums = {name: value.over(signature) for name, value in self.sums.items()}
        set_(self, "sums", MappingProxyType(sums))
        for what, names in (
            ("name", [*sorted(signature.objects), *signature.generators, *diagrams, *sums]),
            ("equation", [equation.name for equation in self.axioms + self.claims]),
        ):
            seen: set[str] = set()
            for name in names:
                if not name:
                    raise SignatureError(f"document {self.name}: an empty {what}")
                if name in seen:
                    raise SignatureError(f"document {self.name} uses the {what} {name!r} twice")
                seen.add(name)

    def __hash__(self) -> int:
        return hash((self.name, self.signature, tuple(self.diagrams), tuple(self.sums)))

    def __repr__(self) -> str:
        return f"Document({', '.join(map(repr, self._fields()))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Document, self._fields())

    def _fields(self) -> tuple[Any, ...]:
        fields = (self.name, self.signature, self.axioms, self.claims, dict(self.diagrams))
        return (*fields, dict(self.sums)) if self.sums else fields


def _over(equation: Equation, signature: Signature) -> Equation:
    left, right = equation.left.over(signature), equation.right.over(signature)
    return replace(equation, left=left, right=right)
