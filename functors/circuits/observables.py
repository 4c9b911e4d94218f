"""Observables: sums of Pauli strings with exact coefficients, their expectation values, and Pauli propagation.

Qubit 0 is the first letter and the first tensor factor.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from catenary.diagrams.errors import ArityError, LimitReached, expect, expect_count
from catenary.diagrams.phases import Phase, is_symbolic, radians
from catenary.functors.bitsets import bits
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.decompose import to_basic
from catenary.functors.circuits.gates import CircuitError, Gate
from catenary.functors.circuits.lines import in_order
from catenary.functors.circuits.pauli import Pauli, Tableau, hermitian
from catenary.functors.circuits.simulate import state_vector

Scalar: TypeAlias = Any
"""An int, Fraction, SymPy expression, float or complex number."""
Masks: TypeAlias = tuple[int, int]
"""The X and Z masks of a Hermitian Pauli string: bit q for qubit q, both for a Y."""

_NUMBERS = (int, float, complex, Fraction, np.number)


def _is_exact(value: Scalar) -> bool:
    return not isinstance(value, (float, complex, np.inexact))


def _complex(real: Scalar, imaginary: Scalar) -> Scalar:
    """real + i·imaginary, exact where both are."""
    if imaginary == 0:
        return real
    if _is_exact(real) and _is_exact(imaginary):
        import sympy

        return sympy.sympify(real) + sympy.I * sympy.sympify(imaginary)
    return real + 1j * imaginary


@dataclass(frozen=True, init=False, repr=False, eq=False)
class PauliSum:
    """A linear combination of Pauli strings. Immutable; ``==`` compares the collected terms.

    Args:
        n_qubits: number of qubits.
        terms: the coefficient of each Hermitian string, by its X and Z masks; zeros are left out.

    Raises:
        ArityError: for a string on more qubits.

    >>> x, z = PauliSum.from_letters({"X": 1}), PauliSum.from_letters({"Z": 1})
    >>> print(x @ z - z @ x), print(2 * x + x / 2)
    -2*I*Y
    5/2*X
    (None, None)
    """

    n_qubits: int
    terms: Mapping[Masks, Scalar]

    def __init__(self, n_qubits: int, terms: Mapping[Masks, Scalar]):
        n = expect_count(n_qubits, "the number of qubits")
        if any(min(masks) < 0 or max(masks).bit_length() > n for masks in terms):
            raise ArityError(f"a Pauli string goes beyond the {n} qubits of the observable")
        object.__setattr__(self, "n_qubits", n)
        kept = {masks: value for masks, value in terms.items() if value != 0}
        object.__setattr__(self, "terms", kept)

    @staticmethod
    def from_letters(terms: Mapping[str, Scalar] | str) -> PauliSum:
        """From strings such as ``"XIZ"``, all of one length, with their coefficients (1 for a single string).

        Raises:
            CircuitError: for other letters, or strings of different lengths.
        """
        given = {terms: 1} if isinstance(terms, str) else dict(terms)
        lengths = {len(letters) for letters in given}
        if len(lengths) != 1 or any(set(letters) - set("IXYZ") for letters in given):
            raise CircuitError(
                f"Pauli strings are of one length and of the letters I, X, Y and Z: {list(given)[:4]}"
            )
        paulis = [(Pauli.from_letters(letters), value) for letters, value in given.items()]
        return PauliSum(lengths.pop(), {(p.x, p.z): value for p, value in paulis})

    @staticmethod
    def from_matrix(matrix: NDArray[Any] | Sequence[Sequence[Any]], *, tolerance: float = 0.0) -> PauliSum:
        """The decomposition of a 2^n by 2^n matrix, in O(n·4^n) by Walsh–Hadamard transforms.

        Args:
            matrix: of numbers, or an object array of exact numbers, whose coefficients are then exact.
            tolerance: coefficients of at most this modulus are left out.

        Raises:
            ArityError: if it is not 2^n by 2^n.
            LimitReached: beyond 13 qubits.

        >>> print(PauliSum.from_matrix([[1, 2], [2, -1]]))
        Z + 2.0*X
        """
        given = np.asarray(matrix)
        size = len(given) if given.ndim == 2 else 0
        n = size.bit_length() - 1
        if given.shape != (size, size) or size != 1 << max(n, 0):
            raise ArityError(
                f"a matrix of shape {given.shape} is no operator on qubits: 2^n by 2^n is needed"
            )
        _limit(n)
        exact = given.dtype == object
        work = given if exact else given.astype(complex)
        rows = np.arange(size)
        # tr(P·M) = i^|x&z| Σ_j (-1)^{z·j} M[j, j⊕x]
        traces = _walsh(work[rows, rows ^ rows[:, None]], n)
        swap = _reversed_bits(n)
        terms: dict[Masks, Scalar] = {}
        units = (1, 1j, -1, -1j)
        if not exact:
            found = traces / size
            for x, z in zip(*np.nonzero(abs(found) > tolerance), strict=True):
                value = complex(found[x, z]) * units[int(x & z).bit_count() & 3]
                terms[swap[x], swap[z]] = value if value.imag else value.real
            return PauliSum(n, terms)
        for x in range(size):
            for z in range(size):
                if traces[x, z] == 0:
                    continue
                value = (
                    traces[x, z] * Fraction(1, size)
                    if isinstance(traces[x, z], (int, Fraction))
                    else (traces[x, z] / size)
                )
                power = (x & z).bit_count() & 3
                value = -value if power & 2 else value
                value = (
                    _complex(0, value)
                    if power & 1 and isinstance(value, (int, Fraction))
                    else (_times_i(value) if power & 1 else value)
                )
                terms[swap[x], swap[z]] = value
        kept = terms if not tolerance else {k: v for k, v in terms.items() if abs(v) > tolerance}
        return PauliSum(n, kept)

    def to_matrix(self) -> NDArray[np.complex128]:
        """The matrix, 2^n by 2^n, in O(n·2^n) for each X mask that occurs.

        Raises:
            LimitReached: beyond 13 qubits.
            CircuitError: for a coefficient with free symbols.

        >>> PauliSum.from_letters("Y").to_matrix().tolist()
        [[0j, -1j], [1j, 0j]]
        """
        n = self.n_qubits
        _limit(n)
        rows, swap = np.arange(1 << n), _reversed_bits(n)
        columns: dict[int, NDArray[np.complex128]] = {}
        for (x, z), value in self.terms.items():
            row = columns.setdefault(swap[x], np.zeros(1 << n, dtype=complex))
            row[swap[z]] = _number(value) * (1, 1j, -1, -1j)[(x & z).bit_count() & 3]
        out = np.zeros((1 << n, 1 << n), dtype=complex)
        for x, row in columns.items():
            out[rows ^ x, rows] = _walsh(row, n)
        return out

    # Arithmetic

    def _other(self, other: PauliSum) -> PauliSum:
        if other.n_qubits != self.n_qubits:
            raise ArityError(f"observables on {self.n_qubits} and {other.n_qubits} qubits do not combine")
        return other

    def __add__(self, other: object) -> PauliSum:
        if not isinstance(other, PauliSum):
            return NotImplemented
        terms = dict(self.terms)
        for masks, value in self._other(other).terms.items():
            terms[masks] = terms.get(masks, 0) + value
        return PauliSum(self.n_qubits, terms)

    def __neg__(self) -> PauliSum:
        return PauliSum(self.n_qubits, {masks: -value for masks, value in self.terms.items()})

    def __sub__(self, other: object) -> PauliSum:
        return self + -other if isinstance(other, PauliSum) else NotImplemented

    def __mul__(self, scalar: Scalar) -> PauliSum:
        """Each coefficient times a number or expression; operators are composed by ``@``."""
        if isinstance(scalar, PauliSum) or not (
            isinstance(scalar, _NUMBERS) or hasattr(scalar, "free_symbols")
        ):
            return NotImplemented
        return PauliSum(
            self.n_qubits, {masks: _product(value, scalar) for masks, value in self.terms.items()}
        )

    __rmul__ = __mul__

    def __truediv__(self, scalar: Scalar) -> PauliSum:
        exact = isinstance(scalar, (int, Fraction)) and scalar
        found: PauliSum = self * (Fraction(1) / scalar if exact else 1 / scalar)
        return found

    def __matmul__(self, other: object) -> PauliSum:
        """The composite operator: ``(a @ b)`` applies ``b`` first."""
        if not isinstance(other, PauliSum):
            return NotImplemented
        parts: tuple[dict[Masks, Scalar], dict[Masks, Scalar]] = ({}, {})  # real and imaginary
        for (x1, z1), one in self.terms.items():
            for (x2, z2), two in self._other(other).terms.items():
                made = hermitian(x1, z1) * hermitian(x2, z2)
                power = (made.phase - (made.x & made.z).bit_count()) & 3
                part, key = parts[power & 1], (made.x, made.z)
                value = _product(one, two)
                part[key] = part.get(key, 0) + (-value if power & 2 else value)
        keys = dict.fromkeys([*parts[0], *parts[1]])
        return PauliSum(self.n_qubits, {k: _complex(parts[0].get(k, 0), parts[1].get(k, 0)) for k in keys})

    def dagger(self) -> PauliSum:
        """The adjoint: coefficients conjugated."""
        return PauliSum(self.n_qubits, {masks: v.conjugate() for masks, v in self.terms.items()})

    def commutator(self, other: PauliSum) -> PauliSum:
        """``self @ other - other @ self``."""
        return self @ other - other @ self

    def commutes(self, other: PauliSum) -> bool:
        """Whether the two commute.

        >>> PauliSum.from_letters("XX").commutes(PauliSum.from_letters("ZZ"))
        True
        """
        return not self.commutator(other).terms

    # Looking inside

    def letters(self) -> Iterator[tuple[str, Scalar]]:
        """The strings and their coefficients.

        >>> list(PauliSum.from_letters({"XY": 2}).letters())
        [('XY', 2)]
        """
        for (x, z), value in self.terms.items():
            pauli = Pauli(x, z)
            yield "".join(pauli.letter(q) for q in range(self.n_qubits)), value

    def __len__(self) -> int:
        return len(self.terms)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PauliSum):
            return NotImplemented
        return self.n_qubits == other.n_qubits and self.terms == other.terms

    def __hash__(self) -> int:
        return hash((self.n_qubits, frozenset(self.terms.items())))

    def __str__(self) -> str:
        shown = [f"{letters}" if v == 1 else f"{v}*{letters}" for letters, v in self.letters()]
        return " + ".join(shown) or "0"

    def __repr__(self) -> str:
        return (
            f"PauliSum.from_letters({dict(self.letters())!r})"
            if self.terms
            else f"PauliSum({self.n_qubits}, {{}})"
        )


def _product(one: Scalar, two: Scalar) -> Scalar:
    """A product that is exact where both are: SymPy takes no Fraction for one of its own."""
    for a, b in ((one, two), (two, one)):
        if isinstance(a, Fraction) and hasattr(b, "free_symbols"):
            import sympy

            return sympy.Rational(a.numerator, a.denominator) * b
    return one * two


def _times_i(value: Scalar) -> Scalar:
    if hasattr(value, "free_symbols"):
        import sympy

        return sympy.I * value
    return 1j * value


def _number(value: Scalar) -> complex:
    if getattr(value, "free_symbols", None):
        raise CircuitError(f"the coefficient {value} has free symbols: bind them to numbers first")
    return complex(value)


def _limit(n: int, most: int = 13) -> None:
    if n > most:
        raise LimitReached("a dense observable", f"{most} qubits: keep it as a sum of strings")


def _walsh(values: NDArray[Any], n: int) -> NDArray[Any]:
    """Σ_j (-1)^{z·j} v_j along the last axis."""
    out = values.copy()
    for k in range(n):
        pairs = out.reshape(*out.shape[:-1], -1, 2, 1 << k)
        low, high = pairs[..., 0, :].copy(), pairs[..., 1, :].copy()
        pairs[..., 0, :], pairs[..., 1, :] = low + high, low - high
    return out


def _reversed_bits(n: int) -> list[int]:
    """Basis states have qubit 0 as their highest bit, masks as their lowest."""
    out = [0]
    for k in range(n):
        out += [value | 1 << (n - 1 - k) for value in out]
    return out


# Expectation values


def _unitary(circuit: Circuit, observable: PauliSum) -> Circuit:
    expect(observable, PauliSum, "the observable", "a PauliSum")
    if not circuit.is_unitary:
        raise CircuitError(
            "the circuit is not unitary: measure in it with sample, or take its density_matrix for the expectation"
        )
    if circuit.n_qubits != observable.n_qubits:
        raise ArityError(f"an observable on {observable.n_qubits} qubits, a circuit on {circuit.n_qubits}")
    return in_order(circuit)


def _quarters(gate: Gate) -> int | None:
    """The quarter turns of an rz that is a Clifford gate."""
    angle = gate.params[0]
    return int(angle * 2) if isinstance(angle, Fraction) and angle.denominator <= 2 else None


def _rotations(circuit: Circuit) -> tuple[Tableau, list[tuple[int, int, int, Phase]]]:
    """The circuit as Pauli rotations (x, z, sign, angle) in order and then a Clifford, up to global phase."""
    tableau = Tableau(circuit.n_qubits)
    turns: list[tuple[int, int, int, Phase]] = []
    named = {"t": Fraction(1, 4), "tdg": Fraction(-1, 4)}
    for gate in to_basic(circuit).gates:
        if gate.name == "rz" and (quarters := _quarters(gate)) is not None:
            tableau.phase_gate(gate.qubits[0], quarters)
        elif gate.name in ("rz", "t", "tdg"):
            angle = gate.params[0] if gate.params else named[gate.name]
            turns.append((*tableau.row_z(gate.qubits[0]), angle))
        elif gate.name != "barrier":
            tableau.apply(gate)
    return tableau, turns


def expectation(
    circuit: Circuit,
    observable: PauliSum,
    method: Literal["auto", "clifford", "state", "network"] = "auto",
    **options: Any,
) -> Scalar:
    """⟨0…0|C†·O·C|0…0⟩ for a unitary circuit C.

    Args:
        circuit: the circuit, without free angles.
        observable: on as many qubits; its coefficients may have free symbols.
        method: ``"clifford"``: exact, by the tableau; ``"state"``: by the state vector; ``"network"``:
            contracts ⟨0|C†PC|0⟩ for each string, gates outside its light cone left out. ``"auto"`` takes the
            first that can do it, the state vector up to 16 qubits.
        options: of :func:`~catenary.functors.tensor.contract`, for ``"network"``.

    Returns:
        An exact number by ``"clifford"`` if the coefficients are, a float or complex number otherwise.

    Raises:
        CircuitError: if the circuit is not unitary, or not Clifford where that was asked for.
        ArityError: for a different number of qubits.
        PhaseError: if an angle has free symbols.

    >>> bell = Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])
    >>> expectation(bell, PauliSum.from_letters({"XX": 2, "YY": Fraction(1, 2), "ZI": 7}))
    Fraction(3, 2)
    """
    plain = _unitary(circuit, observable)
    if method not in ("auto", "clifford", "state", "network"):
        raise CircuitError(f"expectations are by 'auto', 'clifford', 'state' or 'network', not {method!r}")
    total: Scalar = 0
    if method in ("auto", "clifford"):
        tableau, turns = _rotations(plain)
        if not turns:
            for (x, z), value in observable.terms.items():
                back = tableau.pull(hermitian(x, z))
                if not back.x:
                    total = total + value * back.sign
            return total
        if method == "clifford":
            raise CircuitError(f"the circuit has {len(turns)} rotations that are not Clifford gates")
    if method == "state" or (method == "auto" and plain.n_qubits <= 16):
        state = state_vector(plain)
        swap, indices = plain.n_qubits - 1, np.arange(len(state))
        for (x, z), value in observable.terms.items():
            flip = sum(1 << (swap - q) for q in bits(x))
            signs = 1 - 2 * (
                np.bitwise_count(indices & sum(1 << (swap - q) for q in bits(z))).astype(int) & 1
            )
            # P|j⟩ = i^|x&z| (-1)^{z·j} |j⊕x⟩
            found = np.vdot(state[indices ^ flip], signs * state) * (1, 1j, -1, -1j)[(x & z).bit_count() & 3]
            total = total + value * float(found.real)
        return total
    from catenary.functors.tensor import contract
    from catenary.functors.tensor.circuits import circuit_network

    for (x, z), value in observable.terms.items():
        cone = _light_cone(plain, x | z)
        string = [Gate("IXZY"[(x >> q & 1) | (z >> q & 1) << 1].lower(), (q,)) for q in bits(x | z)]
        there = Circuit(plain.n_qubits, cone)
        around = there >> Circuit(plain.n_qubits, string) >> there.dagger()
        used = sorted({q for gate in around.gates for q in gate.qubits})
        place = {q: k for k, q in enumerate(used)}
        small = [Gate(g.name, tuple(place[q] for q in g.qubits), g.params) for g in around.gates]
        zeros = "0" * len(used)
        network = circuit_network(Circuit(len(used), small), zeros, zeros)
        found = complex(np.asarray(contract(network, **options))) if small else 1.0 + 0j
        total = total + value * found.real
    return total


def _light_cone(circuit: Circuit, support: int) -> tuple[Gate, ...]:
    """The gates that the value of an observable on some qubits depends on."""
    kept = []
    for gate in reversed(circuit.gates):
        mask = sum(1 << q for q in gate.qubits)
        if gate.name != "barrier" and mask & support:
            support |= mask
            kept.append(gate)
    return tuple(reversed(kept))


# Pauli propagation


@dataclass(frozen=True, slots=True)
class Propagated:
    """An observable carried back through a circuit.

    Attributes:
        observable: what is left of C†·O·C.
        error: an upper bound of the operator norm of what was left out, so that of every expectation value:
            the sum of the moduli of the dropped coefficients (each string has norm 1, and the gates that
            follow keep norms). Rounding of floats is not in it.
        dropped: number of terms dropped.
        largest: the most terms held at a time.
    """

    observable: PauliSum
    error: float
    dropped: int
    largest: int

    @property
    def expectation(self) -> Scalar:
        """The value on |0…0⟩, within ``error`` of the true one: the coefficients of the strings of I and Z."""
        return sum((value for (x, _), value in self.observable.terms.items() if not x), 0)


def propagate(
    circuit: Circuit,
    observable: PauliSum,
    *,
    smallest: float = 0.0,
    max_terms: int | None = None,
) -> Propagated:
    """C†·O·C by Pauli propagation (the Heisenberg picture), with truncation and a bound of its error.

    The circuit is taken as Pauli rotations and then one Clifford, which costs one step for each string; a rotation
    splits the strings that anticommute with it. Source: Rudolph, Jones, Teng, Angrisani & Holmes, *Pauli
    propagation*, arXiv 2505.21606.

    Args:
        circuit: unitary; free angles are allowed where nothing is to be truncated.
        observable: on as many qubits.
        smallest: terms with coefficients of smaller modulus are dropped after each rotation.
        max_terms: after each rotation, only so many of the largest terms are kept.

    Raises:
        CircuitError: if the circuit is not unitary, or a term to truncate has free symbols.
        ArityError: for a different number of qubits.

    >>> circuit = Circuit(1, [Gate("h", (0,)), Gate("t", (0,)), Gate("h", (0,))])
    >>> found = propagate(circuit, PauliSum.from_letters("Z"))
    >>> round(found.expectation, 6), found.error
    (0.707107, 0.0)
    """
    plain = _unitary(circuit, observable)
    if not 0 <= smallest < math.inf:
        raise ArityError(f"the smallest coefficient to keep is a number from 0, not {smallest}")
    most = None if max_terms is None else expect_count(max_terms, "the number of terms")
    tableau, turns = _rotations(plain)
    terms: dict[Masks, Scalar] = {}
    for (x, z), value in observable.terms.items():
        back = tableau.pull(hermitian(x, z))
        terms[back.x, back.z] = value if back.sign > 0 else -value
    error, dropped, largest = 0.0, 0, len(terms)

    def cut(least: float, keep: int | None) -> None:
        nonlocal terms, error, dropped
        sizes = {masks: abs(_number(value)) for masks, value in terms.items()}
        order = sorted(sizes, key=lambda masks: (-sizes[masks], masks))
        kept = [masks for masks in order[:keep] if sizes[masks] >= least]
        chosen = set(kept)
        lost = [sizes[masks] for masks in order if masks not in chosen]
        error = math.fsum([error, *lost])
        dropped += len(lost)
        terms = {masks: terms[masks] for masks in kept}

    for x, z, sign, angle in reversed(turns):
        cos, sin = _cos_sin(angle)
        sin = sin * sign
        fresh: dict[Masks, Scalar] = {}
        turned: dict[Masks, Scalar] = {}
        axis = hermitian(x, z)
        for (a, b), value in terms.items():
            if not ((a & z).bit_count() + (b & x).bit_count()) & 1:
                fresh[a, b] = value
                continue
            # e^{iθA/2}·P·e^{-iθA/2} = cos θ·P + i·sin θ·A·P where A and P anticommute
            made = axis * hermitian(a, b)
            power = (made.phase + 1 - (made.x & made.z).bit_count()) & 3
            fresh[a, b] = value * cos
            turned[made.x, made.z] = -(value * sin) if power else value * sin
        for masks, value in turned.items():
            fresh[masks] = fresh[masks] + value if masks in fresh else value
        terms = {masks: value for masks, value in fresh.items() if value != 0}
        largest = max(largest, len(terms))
        if smallest or (most is not None and len(terms) > most):
            cut(smallest, most)
    return Propagated(PauliSum(plain.n_qubits, terms), error, dropped, largest)


def _cos_sin(angle: Phase) -> tuple[Scalar, Scalar]:
    if is_symbolic(angle):
        import sympy

        return sympy.cos(sympy.pi * angle), sympy.sin(sympy.pi * angle)
    if isinstance(angle, Fraction) and (angle * 4).denominator == 1:
        root = math.sqrt(0.5)
        eighth = int(angle * 4) % 8
        table = (1, root, 0, -root, -1, -root, 0, root)
        return table[eighth], table[(eighth - 2) % 8]
    return math.cos(radians(angle)), math.sin(radians(angle))


def total_z(n: int, qubits: Iterable[int] | None = None) -> PauliSum:
    """The sum of Z over some qubits, all unless given.

    >>> print(total_z(2))
    ZI + IZ
    """
    return PauliSum(n, {(0, 1 << q): 1 for q in (range(n) if qubits is None else qubits)})
