"""Unitary models of gate theories: what each box is, as a circuit of the library's gates or as a matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from catenary.diagrams import Box, Diagram, Doctrine, DoctrineError, OpenHypergraph, RewriteError
from catenary.diagrams.errors import ArgumentError
from catenary.diagrams.phases import Phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate
from catenary.functors.circuits.signature import GATE_SIGNATURE
from catenary.functors.circuits.simulate import unitary
from catenary.rewriting.theory import Theory

WIDEST = 10
"""Wires up to which diagrams are compared as matrices, where a box is given as a matrix."""
_CLOSE = 1e-9

Image = Any  # a Circuit, or an array of shape (2**n, 2**n)


class UnitaryModel:
    """A meaning of a gate theory in which every wire is a qubit and every box unitary.

    Args:
        name: as it is shown.
        images: for each box, by generator name or by a function, a :class:`Circuit` on as many qubits as the box
            has wires, or its matrix of shape ``(2**n, 2**n)``, the first wire the most significant bit. A box
            without wires is a phase: a :class:`Circuit` on no qubits with a global phase, or a 1×1 matrix.

    With circuits alone, diagrams are compared by :func:`~catenary.rewriting.circuits.verify`; with a matrix
    among them as matrices, to nine decimals, up to ten wires.

    >>> from catenary.diagrams import Ty
    >>> q = Ty("q")
    >>> swap_t = Box("v", q, q)
    >>> model = UnitaryModel("roots", {"v": Circuit(1, [Gate("sx", (0,))])})
    >>> model.compare(swap_t >> swap_t >> swap_t >> swap_t, Diagram.id(q))[0]
    'equal'
    """

    def __init__(self, name: str, images: Mapping[str, Image] | Callable[[Box], Image]):
        self.name = name
        self._images = images
        self._known: dict[Box, Image] = {}

    def image(self, box: Box) -> Image:
        """What a box is.

        Raises:
            RewriteError: if the model has nothing for it, or nothing that fits.
        """
        if box not in self._known:
            self._known[box] = self._checked(box)
        return self._known[box]

    def _checked(self, box: Box) -> Image:
        import numpy as np

        try:
            found = self._images(box) if callable(self._images) else self._images[box.name]
        except KeyError:
            raise RewriteError(f"the unitary model {self.name} does not say what {box} is") from None
        wires = len(box.dom)
        if len(box.cod) != wires:
            raise RewriteError(
                f"{box} has {wires} inputs and {len(box.cod)} outputs, so it is not unitary; wires as classes "
                "are for unitary gates, EGraph takes any box"
            )
        if isinstance(found, Circuit):
            if found.n_qubits != wires or not found.is_unitary:
                raise RewriteError(f"the image of {box} is no unitary circuit on {wires} qubits")
            return found
        matrix = np.asarray(found, dtype=complex)
        if matrix.shape != (2**wires, 2**wires):
            raise RewriteError(f"the image of {box} has shape {matrix.shape}, not {(2**wires, 2**wires)}")
        if not np.allclose(matrix @ matrix.conj().T, np.eye(2**wires), atol=_CLOSE):
            raise RewriteError(f"the image of {box} is not unitary")
        return matrix

    def circuit(self, diagram: Diagram) -> Circuit | None:
        """The circuit of a diagram; ``None`` if one of its boxes is given as a matrix."""
        graph = OpenHypergraph.from_diagram(diagram)
        line = {v: k for k, v in enumerate(graph.dom)}
        gates: list[Gate] = []
        phase: Phase = Fraction(0)
        for e in graph.topological_order() or ():
            edge = graph.edges[e]
            image = self.image(edge.box)
            if not isinstance(image, Circuit):
                return None
            phase += image.global_phase
            lines = [line[v] for v in edge.sources]
            gates += [Gate(g.name, tuple([lines[q] for q in g.qubits]), g.params) for g in image.gates]
            line.update(zip(edge.targets, lines, strict=True))
        return _permuted(len(graph.dom), gates, [line[v] for v in graph.cod], phase)

    def matrix(self, diagram: Diagram) -> Any:
        """The matrix of a diagram on at most ten wires, outputs as rows."""
        import numpy as np

        graph = OpenHypergraph.from_diagram(diagram)
        wires = len(graph.dom)
        if wires > WIDEST:
            raise RewriteError(f"the matrix of a diagram on {wires} wires; the most is {WIDEST}")
        state = np.eye(2**wires, dtype=complex).reshape((2,) * wires + (-1,))
        at = {v: k for k, v in enumerate(graph.dom)}
        for e in graph.topological_order() or ():
            edge = graph.edges[e]
            image = self.image(edge.box)
            array = unitary(image) if isinstance(image, Circuit) else image
            axes = [at[v] for v in edge.sources]
            n = len(axes)
            if not n:
                state = state * complex(array.reshape(()))
                continue
            array = array.reshape((2,) * (2 * n))
            state = np.moveaxis(np.tensordot(array, state, (range(n, 2 * n), axes)), range(n), axes)
            at.update(zip(edge.targets, axes, strict=True))
        order = [at[v] for v in graph.cod]
        return np.transpose(state, [*order, wires]).reshape(2**wires, 2**wires)

    def compare(self, left: Diagram, right: Diagram, *, seconds: float = 10.0) -> tuple[str, Phase | None]:
        """``"equal"``, ``"not equal"`` or ``"unknown"``, and φ in half turns with left = exp(iπφ)·right."""
        import numpy as np

        one, other = self.circuit(left), self.circuit(right)
        if one is not None and other is not None:
            from catenary.rewriting.circuits.verify import verify

            verdict = verify(one, other, budget=max(0.0, seconds))
            return verdict.answer, verdict.global_phase
        if len(left.dom) > WIDEST:
            return "unknown", None
        ratio = self.matrix(right).conj().T @ self.matrix(left)
        phase = ratio[0, 0]
        if abs(abs(phase) - 1) > _CLOSE or not np.allclose(ratio, phase * np.eye(len(ratio)), atol=_CLOSE):
            return "not equal", None
        return "equal", float(np.angle(phase) / np.pi)

    def check(self, theory: Theory) -> None:
        """Raise unless every box of the rules is unitary and every rule an equality up to a phase.

        Raises:
            DoctrineError: for a theory that is not symmetric.
            RewriteError: naming the box or the rule.
        """
        if theory.signature.doctrine is not Doctrine.SYMMETRIC:
            raise DoctrineError("unitary model", theory.signature.doctrine.value, [Doctrine.SYMMETRIC.value])
        for rule in theory:
            if rule.variables:
                continue  # its instances are checked when they are made
            self.check_rule(rule.name, rule.left, rule.right)

    def check_rule(self, name: str, left: Diagram, right: Diagram) -> None:
        """Raise unless two diagrams are equal up to a phase in the model."""
        import numpy as np

        ratio = self.matrix(right).conj().T @ self.matrix(left)
        if not np.allclose(ratio, ratio[0, 0] * np.eye(len(ratio)), atol=1e-7):
            raise RewriteError(f"in the unitary model {self.name} the two sides of rule {name!r} differ")


def _permuted(qubits: int, gates: list[Gate], outputs: list[int], phase: Phase) -> Circuit:
    """The gates, and swaps that bring each output to its place."""
    gates = list(gates)
    outputs = list(outputs)
    for k in range(qubits):
        j = outputs.index(k)
        if j != k:  # the value for output j is on line k; exchange what lines hold
            gates.append(Gate("swap", (k, outputs[k])))
            outputs[j], outputs[k] = outputs[k], k
    return Circuit(qubits, gates, global_phase=phase)


def registered(theory: Theory) -> UnitaryModel:
    """The model of a theory over the gate signature or over a gate signature of the library.

    Raises:
        RewriteError: for any other theory, saying what to do.
    """
    from catenary.rewriting.library.circuits import GADGETS, GATES

    for signature, model in ((GATE_SIGNATURE, GATE_MODEL), (GATES, _library()), (GADGETS, _gadgets())):
        if signature.includes(theory.signature):
            return model
    raise RewriteError(
        f"no unitary model is registered for the theory {theory.name}: give one, model=UnitaryModel(…). Without "
        "one, wires as classes prove false equations (that every box is copied, f = g from f ⊗ h = g ⊗ h); "
        "EGraph, the event net, is for every symmetric theory"
    )


def _gate(box: Box) -> Circuit:
    return Circuit.from_diagram(box.diagram)


GATE_MODEL = UnitaryModel("gates", _gate)
"""The library's gates as themselves."""


def _library() -> UnitaryModel:
    one = {name: Circuit(1, [Gate(name.lower(), (0,))]) for name in "HST"}
    phase = Circuit(0, (), global_phase=Fraction(1, 4))
    return UnitaryModel("circuits", {**one, "CX": Circuit(2, [Gate("cx", (0, 1))]), "w": phase})


def _gadgets() -> UnitaryModel:
    def image(box: Box) -> Circuit:
        if box.name == "CX":
            return Circuit(2, [Gate("cx", (0, 1))])
        if box.name[0] != "P":
            raise ArgumentError("a box of the theory of phase gadgets", "CX, P, P2 or P3", box.name)
        last = len(box.dom) - 1
        ladder = [Gate("cx", (k, last)) for k in range(last)]
        return Circuit(last + 1, [*ladder, Gate("p", (last,), box.params), *reversed(ladder)])

    return UnitaryModel("phase gadgets", image)


__all__ = ["GATE_MODEL", "UnitaryModel", "registered"]
