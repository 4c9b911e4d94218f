"""ZX diagrams as a target: any signature mapped to spiders and Hadamards, with an exact scalar.

The Frobenius structure of a diagram becomes the Z spider, its cups and caps bent wires; circuits and gates are read
through :func:`~catenary.functors.zx.circuit_to_zx`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catenary.diagrams import Box, CatenaryError, Diagram, Signature, Ty
from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.functor import Functor
from catenary.functors.targets.circuits import Circuits, ScaledCircuit
from catenary.functors.targets.diagrams import Diagrams
from catenary.functors.zx import QUBIT, ZX, X, Z, circuit_to_zx, scalar_box


@dataclass(frozen=True)
class ZXDiagrams(Diagrams):
    """The category of ZX diagrams: :class:`Diagrams` over :data:`~catenary.functors.zx.ZX`.

    In a functor's table the image of an object is a number of qubits (or a type of them); the image of a generator is
    a ZX diagram or box, a circuit, a list of gates or the name of a gate. Spiders may have a phase and be of the
    structure ``"Z"`` (the default) or ``"X"``.

    >>> from catenary.diagrams import Spider
    >>> from catenary.functors.circuits import Gate
    >>> n = Ty("n")
    >>> f = Box("f", n, n)
    >>> F = Functor({"n": 1}, {f: [Gate("rz", (0,), (1,))]}, ZXDiagrams())
    >>> print(F(f))
    Z(π) >> qubit @ scalar(0, 3π/2)
    >>> F(f >> Spider(1, 2, n)).cod
    Ty('qubit', 'qubit')
    """

    signature: Signature | None = ZX

    def spider(
        self, inputs: int, outputs: int, ob: Ty, phase: Phase | int = 0, structure: str = ""
    ) -> Diagram:
        """The Z or X spider, on several wires its bundles of legs."""
        if structure not in ("", "Z", "X"):
            raise CatenaryError(f"ZX diagrams have the spiders Z and X, not {structure}")
        if structure != "X" and phase == 0:
            return super().spider(inputs, outputs, ob)
        width = len(ob)
        each = (X if structure == "X" else Z)(inputs, outputs, phase).diagram
        row = Diagram.id(Ty(), ZX)
        for _ in range(width):
            row = row @ each
        into = _transposed(inputs, width)
        return into >> row >> _transposed(width, outputs)

    def read_object(self, value: Any) -> Ty:
        """A type of qubits from how many there are."""
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return QUBIT**value
        if isinstance(value, Ty) and all(ob.name == "qubit" for ob in value.objects):
            return QUBIT ** len(value)
        raise CatenaryError(
            f"the image of an object under a functor into ZX diagrams is a number of qubits, not {value!r}"
        )

    def read(self, image: Any, dom: Ty, cod: Ty, what: str) -> Diagram:
        """A ZX diagram from a diagram or box, a circuit, gates or the name of a gate."""
        if isinstance(image, (str, list, tuple, Circuit)):
            image = Circuits().read(image, len(dom), len(cod), what)
        if isinstance(image, ScaledCircuit):
            found = circuit_to_zx(image.circuit)
            return found @ scalar_box(image.root_twos) if image.root_twos else found
        return super().read(image, dom, cod, what)


def _transposed(rows: int, columns: int) -> Diagram:
    """The crossing that brings ``rows`` bundles of ``columns`` wires to ``columns`` bundles of ``rows``."""
    order = [r * columns + c for c in range(columns) for r in range(rows)]
    return Diagram.permutation(order, QUBIT ** len(order), ZX)


def gates_to_zx() -> Functor[Ty, Diagram]:
    """The functor from the gate signature to ZX diagrams: :func:`~catenary.functors.zx.circuit_to_zx`, box by box.

    >>> from catenary.functors.circuits import GATE_SIGNATURE
    >>> print(gates_to_zx()(GATE_SIGNATURE["h"]))
    H
    """
    return Functor({"qubit": 1}, _gate_to_zx, ZXDiagrams())


def _gate_to_zx(box: Box) -> Diagram:
    return circuit_to_zx(Circuit.from_diagram(box.diagram))
