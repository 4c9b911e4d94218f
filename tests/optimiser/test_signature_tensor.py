"""Fewer columns with the same signature tensor, and the Clifford gates between."""

import cmath
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.rewriting.circuits.signature_tensor import Moves, clifford_difference, fewer_columns

SEEDS = st.integers(0, 10_000)


def tensor(columns: list[int], n: int) -> np.ndarray:
    """S_abc from its definition."""
    rows = np.array([[column >> a & 1 for column in columns] for a in range(n)], dtype=int).reshape(n, -1)
    found: np.ndarray = np.einsum("aj,bj,cj->abc", rows, rows, rows) % 2
    return found


def phases(counts: dict[int, int], n: int) -> np.ndarray:
    """exp(iπ/4 · Σ count · parity) on every basis state."""
    return np.array(
        [
            cmath.exp(0.25j * cmath.pi * sum(c * ((m & x).bit_count() & 1) for m, c in counts.items()))
            for x in range(1 << n)
        ]
    )


@given(seed=SEEDS)
def test_the_tensor_stays_and_columns_get_no_more(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(1, 6)
    columns = rng.sample(range(1, 1 << n), rng.randint(0, min(16, (1 << n) - 1)))
    found = fewer_columns(list(columns), n, rng)
    assert len(found) <= len(columns)
    assert len(set(found)) == len(found)
    assert (tensor(found, n) == tensor(columns, n)).all()


def least(columns: list[int], n: int) -> int:
    """The least number of columns: as many as are in the lightest word of a coset of RM(n - 4, n), punctured."""
    points = range(1, 1 << n)
    generators = [sum(1 << p for p in points)]
    if n == 5:
        generators += [sum(1 << p for p in points if p >> a & 1) for a in range(n)]
    words = {sum(1 << column for column in columns)}
    for generator in generators:
        words |= {word ^ generator for word in words}
    return min(word.bit_count() for word in words)


@pytest.mark.parametrize("n", [4, 5])
def test_few_rows_get_the_least_number_of_columns(n: int) -> None:
    rng = random.Random(n)
    reached = 0
    for _ in range(40):
        columns = rng.sample(range(1, 1 << n), rng.randint(1, (1 << n) - 1))
        found, wanted = len(fewer_columns(columns, n, rng)), least(columns, n)
        assert found >= wanted
        reached += found == wanted
    assert reached >= 30


def test_columns_that_occur_twice_cancel() -> None:
    assert fewer_columns([3, 3, 5], 3, random.Random(0)) == [5]


@given(seed=SEEDS)
def test_the_clifford_difference_is_exact(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(1, 5)
    before = {
        mask: rng.randrange(-9, 10) for mask in rng.sample(range(1, 1 << n), rng.randint(0, (1 << n) - 1))
    }
    after = fewer_columns([mask for mask, count in before.items() if count & 1], n, rng)
    rest = clifford_difference(before, after)
    assert all(count % 2 == 0 and mask.bit_count() <= 2 for mask, count in rest.items())
    assert np.allclose(phases(before, n), phases(dict.fromkeys(after, 1), n) * phases(rest, n))


def test_different_tensors_are_refused() -> None:
    with pytest.raises(ValueError, match="tensors differ"):
        clifford_difference({1: 1}, [])
    with pytest.raises(ValueError, match="tensors differ"):
        clifford_difference({7: 1}, [1, 2, 4])
    with pytest.raises(ValueError, match="tensors differ"):
        clifford_difference({3: 2}, [1])


@given(seed=SEEDS)
def test_the_sets_are_those_that_keep_the_tensor(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(1, 5)
    columns = rng.sample(range(1, 1 << n), rng.randint(1, min(9, (1 << n) - 1)))
    moves = Moves(columns, n)
    z = rng.randrange(1, 1 << n)
    rest = [column ^ z if column >> z.bit_length() - 1 & 1 else column for column in columns]
    rows = [sum((column >> a & 1) << k for k, column in enumerate(rest)) for a in range(n)]
    spanned = {0}
    for y in moves.sets(z):
        spanned |= {y ^ other for other in spanned}
    wanted = {
        y | (y.bit_count() & 1) << len(columns)
        for y in range(1 << len(columns))
        if all((y & a & b).bit_count() % 2 == 0 for a in rows for b in rows)
    }
    assert spanned == wanted
    for y in wanted:
        moved = moves.moved(z, y)
        assert len(moved) == len(columns) - moves.gain(z, y)
        clifford_difference(dict.fromkeys(columns, 1), moved)
