"""Functions on flat arrays that numba compiles where it is installed, and random numbers for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

try:
    from numba import njit

    COMPILED = True

    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        result: Callable[..., Any] = njit(cache=True, nogil=True)(function)
        return result

except ImportError:  # the same moves, about a hundred times slower
    COMPILED = False

    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        return function


def integers(size: int, value: int = 0) -> Any:
    """An array for compiled functions; a list where they are not compiled, since plain Python reads it faster."""
    return np.full(size, value, dtype=np.int64) if COMPILED else [value] * size


def numbers(size: int) -> Any:
    """The same for floating-point numbers."""
    return np.zeros(size) if COMPILED else [0.0] * size


def seeds(seed: int) -> Any:
    """The state of random numbers for :func:`draw`."""
    state = integers(2)
    state[0], state[1] = seed * 7919 % 2147483562 + 1, seed * 104729 % 2147483398 + 1
    return state


@compiled
def draw(state: Any, bound: int) -> int:
    """A random integer below ``bound`` (L'Ecuyer 1988: two multiplicative generators combined)."""
    one = state[0] * 40014 % 2147483563
    two = state[1] * 40692 % 2147483399
    state[0] = one
    state[1] = two
    return int((one - two) % 2147483562 % bound)


@compiled
def weight(mask: int) -> int:
    """How many bits are set."""
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count
