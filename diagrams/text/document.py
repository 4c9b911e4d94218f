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
from catenary.diagrams.text.families import EquationFamily


@dataclass(frozen=True)
class WrittenProof:
    """A proof as a theory file says it: a chain of diagrams, and for each step the names given as its reason.

    Nothing is checked here but the shape; :mod:`catenary.rewriting.calc` checks every step.

    Raises:
        SignatureError: unless there is one reason less than diagrams, none of them empty.
    """

    claim: str
    diagrams: tuple[Diagram, ...]
    reasons: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if len(self.diagrams) != len(self.reasons) + 1 or not all(self.reasons):
            raise SignatureError(f"proof of {self.claim!r}: every diagram but the first has a reason")


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
        proofs: for some of the claims a proof, step by step.
        families: axioms and rules for all numbers of legs.

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
    proofs: tuple[WrittenProof, ...] = ()
    families: tuple[EquationFamily, ...] = ()

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
        proofs = tuple(
            WrittenProof(p.claim, tuple(d.over(signature) for d in p.diagrams), p.reasons)
            for p in self.proofs
        )
        set_(self, "proofs", proofs)
        set_(self, "families", tuple([family.over(signature) for family in self.families]))
        claims = [claim.name for claim in self.claims]
        for proof in proofs:
            if proof.claim not in claims:
                raise SignatureError(f"document {self.name} proves {proof.claim!r}, which is no claim of it")
        for what, names in (
            ("proof of", [proof.claim for proof in proofs]),
            ("name", [*sorted(signature.objects), *signature.generators, *diagrams, *sums]),
            ("equation", [e.name for e in self.axioms + self.claims] + [f.name for f in self.families]),
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
        more = [dict(self.sums), self.proofs, self.families]
        while more and not more[-1]:
            more.pop()
        return (*fields, *more)


def _over(equation: Equation, signature: Signature) -> Equation:
    left, right = equation.left.over(signature), equation.right.over(signature)
    return replace(equation, left=left, right=right)
