"""Diagrammatic differentiation: the derivative of a diagram by a symbol, as a sum of diagrams.

The product rule puts the derivative of one box in its place, for every box that depends on the symbol; the
chain rule multiplies by the derivative of its angle; the derivative of a box is a sum of the same box at
shifted angles. A linear map whose entries are combinations of e^{iπaθ} has, as a map, one shift rule, and as a
channel, where the differences of its exponents a count, another: the parameter-shift rule. (Toumi, Yeung &
de Felice, *Diagrammatic Differentiation for Quantum Machine Learning*, arXiv 2103.07960; the rule with four
shifts: Anselmetti et al., arXiv 2104.05695.)

>>> import sympy
>>> from catenary.functors.circuits import Circuit, Gate
>>> a = sympy.Symbol("a")
>>> circuit = Circuit(1, [Gate("rz", (0,), (2 * a,))])
>>> [(scalar, str(term)) for scalar, term in differentiate(circuit, a)]
[(pi, 'rz(π·(2*a + 1))')]
>>> [(scalar, str(term)) for scalar, term in differentiate(circuit, a, mixed=True)]
[(pi, 'rz(π·(2*a + 1/2))'), (-pi, 'rz(π·(2*a - 1/2))')]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from catenary.diagrams import Box, CatenaryError, Diagram, Sum
from catenary.diagrams.boxes import CURRY, TRACE
from catenary.diagrams.nesting import inside
from catenary.diagrams.phases import as_phase, is_symbolic
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import GATES, Gate
from catenary.functors.circuits.signature import GLOBAL_PHASE
from catenary.functors.circuits.simulate import gate_matrix
from catenary.functors.tensor.parameters import FREQUENCIES

Exponents: TypeAlias = Sequence[Fraction | int | float]
Rule: TypeAlias = Exponents | Callable[[Box, int, bool], Iterable[tuple[Any, Diagram | Box]]]
_TINY = 1e-12
_PHASED = frozenset(["Z", "X"])  # spiders of the ZX signature: 1 and e^{iπα}


class DerivativeError(CatenaryError, ValueError):
    """A box whose derivative is not known.

    Attributes:
        box: the box, as text.
        place: its place in the diagram.
    """

    def __init__(self, box: str, place: int, problem: str):
        self.box, self.place = box, place
        super().__init__(f"box {place} ({box}) {problem}")


def differentiate(
    diagram: Diagram | Box | Sum | Circuit,
    symbol: Any,
    *,
    mixed: bool = False,
    rules: Mapping[str, Rule] | None = None,
) -> Sum:
    """The derivative by a symbol, as a sum of diagrams of the same boundary.

    Args:
        diagram: a diagram of gates, of ZX spiders, or of boxes with ``rules``; a sum of them, its scalars
            differentiated too; or a circuit, which stands for its diagram.
        symbol: a SymPy symbol, or a name.
        mixed: whether the terms are to be evaluated as channels (doubled: as density matrices, probabilities,
            expectation values) and not as linear maps. The derivative of a channel is not the doubling of the
            derivative: the two rules differ.
        rules: for families of boxes by name, the exponents a of the e^{iπaθ} in their entries, or a function
            of the box, the number of the parameter and ``mixed`` that gives pairs (scalar, diagram).

    Raises:
        DerivativeError: for a box with the symbol in a parameter and no rule, or around a diagram that it is
            not linear in.

    >>> import sympy
    >>> from catenary.diagrams import Ty
    >>> a, x = sympy.Symbol("a"), Ty("x")
    >>> f = Box("f", x, x, [a**2])
    >>> [(scalar, str(term)) for scalar, term in differentiate(f >> f, "a", rules={"f": (0, 1)})][:2]
    [(pi*a, 'f(π·(a**2 + 1/2)) >> f(π·(a**2))'), (-pi*a, 'f(π·(a**2 - 1/2)) >> f(π·(a**2))')]
    """
    if isinstance(diagram, Circuit):
        diagram = diagram.to_diagram()
    total = Sum.of(diagram)
    name = symbol if isinstance(symbol, str) else getattr(symbol, "name", None)
    if not isinstance(name, str):
        raise CatenaryError(f"derivatives are by a symbol or its name, not by {symbol!r}")
    terms: list[tuple[Any, Diagram]] = []
    for scalar, part in total.terms:
        slope = _slope(scalar, name)
        if slope != 0:
            terms.append((slope, part))
        terms += [(scalar * factor, new) for factor, new in _product_rule(part, name, mixed, rules or {})]
    return Sum(terms, total.dom, total.cod, signature=total.signature)


def gradient(
    diagram: Diagram | Box | Sum | Circuit,
    symbols: Sequence[Any],
    *,
    mixed: bool = False,
    rules: Mapping[str, Rule] | None = None,
) -> tuple[Sum, ...]:
    """The derivatives by several symbols, in their order; the arguments are those of :func:`differentiate`."""
    return tuple(differentiate(diagram, symbol, mixed=mixed, rules=rules) for symbol in symbols)


def _slope(value: Any, name: str) -> Any:
    """The derivative of a scalar or an angle by the symbols of this name."""
    if not hasattr(value, "free_symbols"):
        return 0
    found: Any = 0
    for symbol in value.free_symbols:
        if symbol.name == name:
            found += value.diff(symbol)
    return found


def _product_rule(
    diagram: Diagram, name: str, mixed: bool, rules: Mapping[str, Rule]
) -> Iterator[tuple[Any, Diagram]]:
    for place, (box, offset) in enumerate(diagram.layers):
        new = list(_box_rule(box, place, name, mixed, rules))
        if not new:
            continue
        before, after = diagram[:place], diagram[place + 1 :]
        left, right = before.cod[:offset], before.cod[offset + len(box.dom) :]
        for scalar, piece in new:
            middle = Diagram.id(left, diagram.signature) @ piece @ Diagram.id(right, diagram.signature)
            yield scalar, before >> middle >> after


def _box_rule(
    box: Box, place: int, name: str, mixed: bool, rules: Mapping[str, Rule]
) -> Iterator[tuple[Any, Diagram | Box]]:
    held = inside(box)
    if held is not None:
        inner = differentiate(held, name, mixed=mixed, rules=rules)
        if not inner.terms:
            return
        if box.kind not in (TRACE, CURRY):
            raise DerivativeError(str(box), place, "is not linear in the diagram that it holds")
        for scalar, part in inner.terms:
            yield scalar, box.replace(data=(part, *box.data[1:]))
        return
    for k, angle in enumerate(box.params):
        slope = _slope(angle, name) if is_symbolic(angle) else 0
        if slope == 0:
            continue
        rule = rules.get(box.name)
        if rule is None:
            rule = _known(box, k)
        if rule is None:
            raise DerivativeError(
                str(box), place, f"has {name} in a parameter and no rule: give rules={{{box.name!r}: …}}"
            )
        if callable(rule):
            yield from ((slope * scalar, piece) for scalar, piece in rule(box, k, mixed))
            continue
        try:
            exponents = tuple(Fraction(e) for e in rule)
        except (TypeError, ValueError, OverflowError) as error:
            raise DerivativeError(
                str(box), place, f"has a rule that is no list of exponents: {error}"
            ) from None
        for scalar, shift in shifts(exponents, mixed):
            params = list(box.params)
            params[k] = as_phase(angle + _rational(shift))
            yield slope * scalar, box.replace(params=tuple(params))


def _rational(value: Fraction) -> Any:
    import sympy

    return sympy.Rational(value.numerator, value.denominator)


@lru_cache(maxsize=256)
def shifts(exponents: tuple[Fraction, ...], mixed: bool) -> tuple[tuple[Any, Fraction], ...]:
    """The derivative of Σ e^{iπaθ} E_a over the given exponents a, as pairs (scalar, shift in half turns).

    Args:
        exponents: all the exponents, 0 for what is constant.
        mixed: whether it is that of the channel, whose exponents are the differences.

    Raises:
        CatenaryError: unless the frequencies are one, with 0 or without, or one and its double.

    >>> shifts((Fraction(-1, 2), Fraction(1, 2)), True)
    ((pi/2, Fraction(1, 2)), (-pi/2, Fraction(-1, 2)))
    """
    import sympy

    if mixed:
        found = {a - b for a in exponents for b in exponents}
    else:
        found = set(exponents)
    waves = sorted({abs(a) for a in found if a})
    if not waves:
        return ()
    w = waves[0]
    rate = sympy.pi * _rational(w)
    if len(waves) == 1:
        if 0 not in found:  # all of it turns by a quarter
            return ((rate, 1 / (2 * w)),)
        return ((rate / 2, 1 / (2 * w)), (-rate / 2, -1 / (2 * w)))
    if len(waves) == 2 and waves[1] == 2 * w:
        near, far = rate * (sympy.sqrt(2) + 2) / 4, rate * (sympy.sqrt(2) - 2) / 4
        at = 1 / (4 * w)
        return ((near, at), (-near, -at), (far, 3 * at), (-far, -3 * at))
    raise CatenaryError(
        f"no shift rule for the frequencies {', '.join(map(str, waves))}: only for one, and for one and its "
        "double"
    )


def _known(box: Box, k: int) -> Exponents | None:
    """The exponents of a gate or spider in its parameter number k."""
    name = box.name.rpartition(": ")[2] if box.name.startswith("if ") else box.name
    if name in GATES and len(box.params) == GATES[name].n_params:
        return _gate_exponents(name, k)
    if name == GLOBAL_PHASE:
        return (1,)
    if name == "mcp":
        return (0, 1)
    if name.startswith("rpauli "):
        return (Fraction(-1, 2), Fraction(1, 2))
    if name in _PHASED and len(box.params) == 1:
        return (0, 1)
    return None


@lru_cache(maxsize=256)
def _gate_exponents(name: str, k: int) -> tuple[Fraction, ...]:
    """Which e^{iπaθ} there are in a gate's entries as functions of its parameter number k."""
    w = FREQUENCIES[name][k]
    if not w:
        return (Fraction(0),)
    spec = GATES[name]
    qubits = tuple(range(spec.n_qubits))
    rows = []
    for at in (Fraction(0), 1 / (2 * w), 1 / w):
        # the others have values at which nothing vanishes by chance
        params = [Fraction(2 * i + 3, 10) for i in range(spec.n_params)]
        params[k] = at
        rows.append(gate_matrix(Gate(name, qubits, tuple(params))))
    constant, cosine = (rows[0] + rows[2]) / 2, (rows[0] - rows[2]) / 2
    sine = rows[1] - constant
    parts = ((-w, cosine + 1j * sine), (Fraction(0), constant), (w, cosine - 1j * sine))
    return tuple(a for a, part in parts if np.abs(part).max() > _TINY)
