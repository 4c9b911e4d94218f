"""Certificates: equalities that an algorithm found, not rules.

A certificate says that two diagrams are equal, and by which decision procedure; :meth:`Certificate.verify` runs it again
from nothing. It is no proof: :mod:`catenary.rewriting.checker` takes rewrite steps only, and a calculation with a
certificate in it has no :class:`~catenary.rewriting.Proof`.

| kind | decides | by |
|---|---|---|
| ``isotopy`` | the laws of the diagrams' doctrine alone, planar, braided and rigid ones too | normal forms |
| ``rotations`` | circuits, up to a phase that is stated | Pauli rotations that cancel, and the Clifford tableau left |
| ``matrices`` | Clifford+T circuits of at most 8 qubits, up to a phase that is stated | integers of Z[exp(iπ/4)] |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from catenary.diagrams import Box, CatenaryError, Diagram, RewriteError
from catenary.diagrams.errors import ArgumentError, expect
from catenary.rewriting.limits import Deadline


class CertificateError(CatenaryError, ValueError):
    """A certificate whose decision procedure does not say that the two diagrams are equal.

    Attributes:
        kind: the procedure.
    """

    def __init__(self, kind: str, reason: str):
        self.kind = kind
        super().__init__(f"no certificate of kind {kind!r}: {reason}")


@dataclass(frozen=True)
class Certificate:
    """That two diagrams are equal, by a decision procedure that is named. Made by :func:`certify`.

    Attributes:
        kind: ``"isotopy"``, ``"rotations"`` or ``"matrices"``.
        left, right: the diagrams.
        detail: what the procedure found; for circuits the phase of left over right, in half turns.
    """

    kind: str
    left: Diagram
    right: Diagram
    detail: str

    def verify(self) -> None:
        """Decide again.

        Raises:
            CertificateError: if the procedure does not find what the certificate says.
        """
        again = certify(self.left, self.right, self.kind)
        if again.detail != self.detail:
            raise CertificateError(self.kind, f"it says {self.detail!r}, which is {again.detail!r}")

    def to_json(self) -> dict[str, Any]:
        """The certificate as a JSON value (schema ``catenary/certificate``)."""
        from catenary.diagrams.files import to_json

        return {
            "schema": "catenary/certificate",
            "version": 1,
            "kind": self.kind,
            "left": to_json(self.left),
            "right": to_json(self.right),
            "detail": self.detail,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Certificate:
        """The certificate of a JSON value. It is not verified: call :meth:`verify`.

        Raises:
            RewriteError: if the value is no certificate of a known version.
        """
        from catenary.diagrams.files import from_json

        try:
            if (value["schema"], value["version"]) != ("catenary/certificate", 1):
                raise RewriteError("not a certificate of version 1")
            texts = [value[key] for key in ("kind", "detail")]
            if not all(isinstance(text, str) for text in texts):
                raise RewriteError("a certificate's kind and detail are text")
            return cls(texts[0], from_json(value["left"]), from_json(value["right"]), texts[1])
        except (KeyError, TypeError, AttributeError) as error:
            raise RewriteError(f"not a well-formed certificate: {error!r}") from None


def certify(left: Diagram | Box, right: Diagram | Box, kind: str = "isotopy") -> Certificate:
    """The certificate of a kind for two diagrams.

    Raises:
        CertificateError: if the procedure does not find them equal.
        ArgumentError: for an unknown kind.

    >>> from catenary.diagrams import Cap, Cup, Ty
    >>> n = Ty("n")
    >>> snake = n @ Cap(n.r, n) >> Cup(n, n.r) @ n
    >>> certify(snake, Diagram.id(n)).detail
    'equal by =='
    """
    sides = [side.diagram if isinstance(side, Box) else side for side in (left, right)]
    for side in sides:
        expect(side, Diagram, "what is certified", "a diagram or a box")
    if kind not in KINDS:
        raise ArgumentError("the kind of a certificate", f"one of {', '.join(KINDS)}", kind)
    try:
        return Certificate(kind, sides[0], sides[1], KINDS[kind](sides[0], sides[1]))
    except CertificateError:
        raise
    except CatenaryError as error:  # what the procedure does not take, or could not finish
        raise CertificateError(kind, str(error)) from None


def _isotopy(left: Diagram, right: Diagram) -> str:
    from catenary.diagrams.isotopy import equal

    answer = equal(left, right)
    if answer.value != "yes":
        raise CertificateError("isotopy", f"{answer.value}, {answer.reason}")
    return answer.reason


def _rotations(left: Diagram, right: Diagram) -> str:
    from catenary.rewriting.circuits.unitaries import pauli_miter

    one, other = _circuits("rotations", left, right)
    phase, form, *_ = pauli_miter(one, other, deadline=Deadline(60.0).at)
    if phase is None:
        raise CertificateError("rotations", f"{len(form.rotations)} rotations or a tableau are left")
    return f"phase {phase}"


def _matrices(left: Diagram, right: Diagram) -> str:
    from catenary.rewriting.circuits.dense import exact_phase, is_clifford_t

    one, other = _circuits("matrices", left, right)
    if one.n_qubits > 8 or not (is_clifford_t(one) and is_clifford_t(other)):
        raise CertificateError("matrices", "for Clifford+T circuits of at most 8 qubits")
    equal, phase = exact_phase(one, other, deadline=Deadline(60.0).at)
    if not equal:
        raise CertificateError("matrices", "the matrices differ")
    return f"phase {phase}"


def _circuits(kind: str, left: Diagram, right: Diagram) -> list[Any]:
    from catenary.functors.circuits import Circuit

    found = [Circuit.from_diagram(side) for side in (left, right)]
    if found[0].n_qubits != found[1].n_qubits:
        raise CertificateError(kind, "they have different numbers of qubits")
    return found


KINDS: Mapping[str, Callable[[Diagram, Diagram], str]] = MappingProxyType(
    {"isotopy": _isotopy, "rotations": _rotations, "matrices": _matrices}
)
"""For each kind its decision procedure."""
