"""Costs: names, weighted sums, and the order that they make."""

import pytest

from catenary.functors.circuits.counts import Counts
from catenary.rewriting.circuits.costs import COSTS, Cost

SMALL = Counts(qubits=3, t=5, two_qubit=7, gates=20, depth=9)


@pytest.mark.parametrize("name", COSTS)
def test_a_name_compares_that_count_first_and_all_others_after(name: str) -> None:
    key = Cost.of(name).key(SMALL)
    assert key[0] == getattr(SMALL, name)
    assert isinstance(key[0], int)
    assert sorted(key[1:]) == sorted(getattr(SMALL, other) for other in COSTS)


def test_sums() -> None:
    sum_ = Cost.of("two_qubit + 0.1*gates")
    assert sum_ == Cost.of({"two_qubit": 1, "gates": 0.1}) == Cost.of(" two_qubit+0.1 * gates ")
    assert sum_.key(SMALL)[0] == pytest.approx(9.0)
    assert Cost.of("t + t") == Cost.of("2*t")
    assert Cost.of("1e-3*depth + t").key(SMALL)[0] == pytest.approx(5.009)
    assert Cost.of("10*t + gates").counts_t
    assert not Cost.of("t + 10*gates").counts_t


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("two_qubit", 0.0),
        ("depth", 3.0),
        ("t + depth", 3.0),
        ("two_qubit + 0.1*depth", 0.1),
        ("9*depth + gates", 3.0),
    ],
)
def test_what_depth_costs_in_annealing(text: str, wanted: float) -> None:
    assert Cost.of(text).depth_cost == pytest.approx(wanted)


@pytest.mark.parametrize("text", [*COSTS, "2*t", "two_qubit + 0.1*gates", "0.25*depth + t"])
def test_what_a_cost_prints_reads_back(text: str) -> None:
    assert str(Cost.of(text)) == text
    assert Cost.of(str(Cost.of(text))) == Cost.of(text)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("beauty", "one of two_qubit, t, gates, depth"),
        ("", "one of two_qubit"),
        ("two_qubit + ", "one of two_qubit"),
        ("two_qubit - t", "one of two_qubit"),
        ("x*t", "'x' in the cost 'x\\*t' is no number"),
        ("0*t", "weight of t is a positive number, not 0"),
        ("-1*t", "weight of t is a positive number"),
        ("nan*t", "weight of t is a positive number"),
        ("inf*t", "weight of t is a positive number"),
        ({}, "at least one of"),
        ({"qubits": 1}, "one of two_qubit"),
    ],
)
def test_bad_costs_are_named(bad: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Cost.of(bad)
