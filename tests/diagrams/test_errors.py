"""Phases and errors: what they accept, refuse and say."""

import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import (
    ArityError,
    CompositionError,
    DoctrineError,
    InputError,
    LimitReached,
    MissingExtra,
    PhaseError,
    UnknownGenerator,
)
from catenary.diagrams.phases import as_phase, format_phase, reduce_phase, snap, to_float, unit

x = sympy.Symbol("x")


@pytest.mark.parametrize(
    "error",
    [
        CompositionError("ab", "ac", ("one", "other")),
        DoctrineError("cup", "symmetric", ["rigid"]),
        UnknownGenerator("foo", ["fo", "bar"], "the table"),
        InputError("no good", source="f.json", line=2, column=3, text="one\ntwo"),
        MissingExtra("discopy", "discopy"),
        LimitReached("search", "3 steps"),
        ArityError("two"),
    ],
    ids=lambda e: type(e).__name__,
)
def test_errors_pickle(error):
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back) == vars(error)


def test_input_errors_point_at_the_place():
    text = str(InputError("unexpected w", source="f.cat", line=2, column=2, text="one\ntwo"))
    assert text == "f.cat:2:2: unexpected w\n  two\n   ^"


def test_phases_from_every_kind_of_number():
    assert as_phase(np.int64(3)) == Fraction(3)
    assert isinstance(as_phase(np.float64(0.5)), float)
    assert as_phase(sympy.Rational(1, 3)) == Fraction(1, 3)
    assert as_phase(sympy.pi) == math.pi
    assert as_phase(x + 1) == x + 1
    for bad in (True, None, "1", 1j, sympy.I, sympy.nan, sympy.oo, float("inf"), sympy.Matrix([x]), [1]):
        with pytest.raises(PhaseError):
            as_phase(bad)
    with pytest.raises(PhaseError, match="free parameters"):
        to_float(x)


@given(st.fractions(-8, 8, max_denominator=64))
def test_arithmetic_of_phases(phase):
    assert 0 <= reduce_phase(phase) < 2
    assert (phase - reduce_phase(phase)) % 2 == 0
    assert unit(phase) == pytest.approx(complex(math.cos(math.pi * phase), math.sin(math.pi * phase)))
    assert "π" in format_phase(phase) or phase == 0


@given(st.integers(-1000, 1000), st.integers(0, 12))
def test_decimal_angles_snap_to_what_they_stand_for(k, power):
    exact = Fraction(k, 2**power)
    assert snap(float(exact) * math.pi / math.pi) == exact
    assert reduce_phase(x + Fraction(9, 2)) == x + sympy.Rational(1, 2)
