"""The answer to whether two circuits are equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catenary.diagrams.phases import Phase
from catenary.rewriting.circuits.witness import Witness

Answer = Literal["equal", "not equal", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to whether two circuits are equal up to global phase. Immutable.

    Attributes:
        answer: ``"equal"``, ``"not equal"`` or ``"unknown"``.
        method: how the answer was found.
        global_phase: when equal, φ in half turns with a = exp(iπφ)·b; ``None`` where it has no meaning or is
            not known.
        witness: when not equal, an input on which the outputs differ; ``None`` if the circuits differ in
            shape.
        reason: one sentence for people.
        tried: the methods tried, in order.
        permutation: when equal up to a permutation of outputs, the output of b that each output of a is.
    """

    answer: Answer
    method: str
    global_phase: Phase | None = None
    witness: Witness | None = None
    reason: str = ""
    tried: tuple[str, ...] = ()
    permutation: tuple[int, ...] | None = None
