"""The execution of contractions over semirings (:mod:`catenary.functors.tensor.semirings`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from catenary.diagrams import ContractionError
from catenary.functors.tensor.contraction import plan
from catenary.functors.tensor.network import Array, Reduction, TensorNetwork, reduction
from catenary.functors.tensor.program import Path, path_pairs
from catenary.functors.tensor.semirings import COUNTING, BestAssignment, Semiring

_MANTISSA = 53


def evaluate(network: TensorNetwork, ring: Semiring, limits: Mapping[str, Any]) -> Array:
    """See :func:`~catenary.functors.tensor.semirings.contract_over`."""
    arrays = _read(network, ring)
    core = reduction(network.structure)
    if core.empty:
        return np.full(network.shape, ring.zero, ring.dtype)
    path, sliced = _path(network, core, limits)
    with np.errstate(over="ignore", invalid="ignore"):
        terms, scale = _core(core, arrays, ring)
        if ring is COUNTING:
            value = _count(core, terms, path, sliced)
        else:
            value = _sliced(core, terms, path, sliced, ring, ring.product)
        value = ring.times(value, scale)
    _check_overflow(value, arrays, ring)
    return _expand(core, np.asarray(value, dtype=ring.dtype), ring, network.shape)


def _read(network: TensorNetwork, ring: Semiring) -> list[Array]:
    pairs = zip(network.arrays, network.names, strict=True)
    return [ring.array(a, n) for a, n in pairs]


def _check_overflow(value: Any, arrays: Sequence[Array], ring: Semiring) -> None:
    if ring.dtype not in (np.float64, np.complex128):
        return
    # the infinity that is the semiring's zero is a value like another
    wrong = ~(np.isfinite(value) | (value == ring.zero))
    if wrong.any() and all((np.isfinite(a) | (a == ring.zero)).all() for a in arrays):
        raise ContractionError(f"the value overflows {np.dtype(ring.dtype)} over the semiring {ring.name}")


def _path(network: TensorNetwork, core: Reduction, limits: Mapping[str, Any]) -> tuple[Path, tuple[int, ...]]:
    found = plan(network, **limits, simplify=False)
    number = {name: i for i, name in enumerate(core.names)}
    return found.path, tuple(number[name] for name in found.sliced)


def _core(core: Reduction, arrays: Sequence[Array], ring: Semiring) -> tuple[list[Array], Array]:
    """The core's tensors and the scalar factor."""
    terms = []
    for t, kept, axes in core.terms:
        array = arrays[t]
        if axes is not None:
            array = _traced(_narrow(array), axes, kept, ring)
        terms.append(array)
    # arrays without axes, as numpy would make machine integers of large ones
    try:
        loops = ring.one if core.loops == 1 else ring.natural(core.loops)
    except OverflowError:
        raise ContractionError(
            f"the closed loops give a factor of about 2^{core.loops.bit_length()}, too large for a float"
        ) from None
    scale = np.asarray(loops, dtype=ring.dtype)
    for t, axes in core.scalars:
        array = arrays[t] if not axes else _traced(_narrow(arrays[t]), axes, (), ring)
        scale = np.asarray(ring.times(scale, array.reshape(())), dtype=ring.dtype)
    return terms, scale


def _narrow(array: Array) -> Array:
    return array.reshape([size for size in array.shape if size != 1])


def _diagonal(array: Array, axes: Sequence[int]) -> tuple[Array, list[int]]:
    """The entries where axes of the same index agree, and the indices that are left, each once."""
    left = list(axes)
    for index in dict.fromkeys(axes):
        while left.count(index) > 1:
            first = left.index(index)
            second = left.index(index, first + 1)
            array = np.diagonal(array, axis1=first, axis2=second)  # the diagonal becomes the last axis
            left = [i for at, i in enumerate(left) if at not in (first, second)] + [index]
    return array, left


def _traced(array: Array, axes: Sequence[int], kept: Sequence[int], ring: Semiring) -> Array:
    array, left = _diagonal(array, axes)
    summed = tuple(at for at, index in enumerate(left) if index not in kept)
    if summed:
        array = np.asarray(ring.plus.reduce(array, axis=summed), dtype=ring.dtype)
        left = [index for index in left if index in kept]
    return array.transpose([left.index(index) for index in kept])


def _grouped(
    left: Sequence[int], right: Sequence[int], out: Sequence[int]
) -> tuple[list[int], list[int], list[int], list[int]]:
    """The indices of a pair: on both and kept, left alone, right alone, summed."""
    there, here, kept = set(left), set(right), set(out)
    return (
        [i for i in left if i in here and i in kept],
        [i for i in left if i not in here],
        [i for i in right if i not in there],
        [i for i in left if i in here and i not in kept],
    )


_Product = Callable[[Array, Array], Array]


def _pairwise(
    inputs: Sequence[Sequence[int]],
    output: Sequence[int],
    sizes: Sequence[int],
    arrays: Sequence[Array],
    path: Path,
    product: _Product,
    stack: int = 0,
) -> Array:
    """The core contracted along a path; ``stack`` leading axes of every array are carried along."""
    live: list[Any] = list(arrays)
    orders: list[Sequence[int]] = list(inputs)
    for a, b, _, _, out in path_pairs(inputs, output, path):
        batch, own, other, summed = _grouped(orders[a], orders[b], out)
        rows, columns, inner = (math.prod(sizes[i] for i in ixs) for ixs in (own, other, summed))
        lead = live[a].shape[:stack]
        first = _permuted(live[a], orders[a], batch + own + summed, stack).reshape(*lead, -1, rows, inner)
        second = _permuted(live[b], orders[b], batch + summed + other, stack).reshape(
            *lead, -1, inner, columns
        )
        value = product(first, second)
        live.append(value.reshape((*lead, *(sizes[i] for i in batch + own + other))))
        orders.append(batch + own + other)
        live[a] = live[b] = None
    return _permuted(live[-1], orders[-1], output, stack)


def _permuted(array: Array, order: Sequence[int], wanted: Sequence[int], stack: int) -> Array:
    return array.transpose([*range(stack), *(stack + order.index(i) for i in wanted)])


def _sliced(
    core: Reduction,
    terms: Sequence[Array],
    path: Path,
    sliced: Sequence[int],
    ring: Semiring,
    product: _Product,
) -> Array:
    if not terms:
        return np.asarray(ring.one, dtype=ring.dtype)
    if not sliced:
        return _pairwise(core.inputs, core.output, core.sizes, terms, path, product)
    cut = set(sliced)
    inner = [[i for i in ixs if i not in cut] for ixs in core.inputs]
    output = [i for i in core.output if i not in cut]
    total = np.full([core.sizes[i] for i in core.output], ring.zero, ring.dtype)
    for values in np.ndindex(*(core.sizes[i] for i in sliced)):
        at = dict(zip(sliced, values, strict=True))
        pieces = [
            array[tuple(at.get(i, slice(None)) for i in ixs)]
            for array, ixs in zip(terms, core.inputs, strict=True)
        ]
        place = tuple(at.get(i, slice(None)) for i in core.output)
        part = _pairwise(inner, output, core.sizes, pieces, path, product)
        total[place] = ring.plus(total[place], part)
    return total


def _expand(core: Reduction, value: Array, ring: Semiring, shape: tuple[int, ...]) -> Array:
    """The network's value from the core's: zero off the diagonal of repeated boundary indices."""
    if core.spread is None:
        return np.ascontiguousarray(value).reshape(shape)
    sizes, places, distinct = core.spread
    full = np.full(sizes, ring.zero, ring.dtype)
    known = set(core.output)
    spread = value.reshape([core.sizes[i] if i in known else 1 for i in distinct])
    extent = dict(zip(places, sizes, strict=True))
    spread = np.broadcast_to(spread, [extent[i] for i in distinct])
    for at in np.ndindex(spread.shape):
        entry = dict(zip(distinct, at, strict=True))
        full[tuple(entry[i] for i in places)] = spread[at]
    return full.reshape(shape)


# Counting by residues: exact integers on floating-point matrix products


def _count(core: Reduction, terms: Sequence[Array], path: Path, sliced: Sequence[int]) -> Array:
    """The integers' value by the Chinese remainder theorem: every residue is exact in double precision."""
    if not terms:
        return np.asarray(1, dtype=object)
    largest = [max((abs(x) for x in term.flat), default=0) for term in terms]
    inner = set(range(len(core.sizes))) - set(core.output)
    bound = math.prod(largest) * math.prod(core.sizes[i] for i in inner)
    if not bound:
        return np.full([core.sizes[i] for i in core.output], 0, object)
    longest = _longest_sum(core, path, sliced)
    # residues below p: sums of `longest` products stay below 2^53
    limit = math.isqrt(2**_MANTISSA // max(1, longest))
    primes: list[int] = []
    modulus = 1
    candidate = limit
    while modulus <= 2 * bound:
        candidate = _prime_below(candidate)
        primes.append(candidate)
        modulus *= candidate
    p = np.array(primes, dtype=np.float64)
    pieces = [
        np.array([[int(x) % q for x in term.flat] for q in primes], dtype=np.float64).reshape(
            len(primes), *term.shape
        )
        for term in terms
    ]

    def product(a: Array, b: Array) -> Array:
        return np.asarray(np.fmod(a @ b, p[:, None, None, None]))

    cut = set(sliced)
    names = [[i for i in ixs if i not in cut] for ixs in core.inputs]
    output = [i for i in core.output if i not in cut]
    total = np.zeros([len(primes), *(core.sizes[i] for i in core.output)])
    for values in np.ndindex(*(core.sizes[i] for i in sliced)):
        at = dict(zip(sliced, values, strict=True))
        parts = [
            array[(slice(None), *(at.get(i, slice(None)) for i in ixs))]
            for array, ixs in zip(pieces, core.inputs, strict=True)
        ]
        place = (slice(None), *(at.get(i, slice(None)) for i in core.output))
        part = _pairwise(names, output, core.sizes, parts, path, product, stack=1)
        total[place] = np.fmod(total[place] + part, p.reshape(-1, *[1] * (part.ndim - 1)))
    units = [modulus // q * pow(modulus // q, -1, q) for q in primes]
    found = np.empty(total.shape[1:], object)
    for entry in np.ndindex(found.shape):
        number = sum(int(total[(k, *entry)]) * unit for k, unit in enumerate(units)) % modulus
        found[entry] = number - modulus if number > modulus // 2 else number
    return found


def _longest_sum(core: Reduction, path: Path, sliced: Sequence[int]) -> int:
    cut = set(sliced)
    inner = [[i for i in ixs if i not in cut] for ixs in core.inputs]
    output = [i for i in core.output if i not in cut]
    longest = 1
    for _, _, left, right, out in path_pairs(inner, output, path):
        longest = max(longest, math.prod(core.sizes[i] for i in {*left, *right}.difference(out)))
    return longest


def _prime_below(limit: int) -> int:
    """The largest prime below a limit, which is below 2^27."""
    n = limit - 1 if limit % 2 == 0 else limit - 2
    while n > 2 and any(n % d == 0 for d in range(3, math.isqrt(n) + 1, 2)):
        n -= 2
    if n < 3:
        raise ContractionError("a sum is too long to be counted exactly: lower memory= so that it is sliced")
    return n


# The best assignment


def best(network: TensorNetwork, ring: Semiring, limits: Mapping[str, Any]) -> BestAssignment:
    """See :func:`~catenary.functors.tensor.semirings.best_assignment`."""
    better = ring.better
    if better is None:
        raise ContractionError(
            f"sums over the semiring {ring.name} are not one of their terms: best assignments are over "
            "boolean, min_plus, max_plus or max_times"
        )
    # the boundary is summed too, so every index is decided
    network = TensorNetwork._trusted(
        (network.indices, (), network.sizes), tuple(_read(network, ring)), 0, network.names
    )
    arrays = network.arrays
    core = reduction(network.structure)
    if core.empty:
        raise ContractionError("an index has dimension 0: there is no assignment")
    path, sliced = _path(network, core, limits)
    if sliced:
        raise ContractionError("the best assignment needs the whole contraction in memory: raise memory=")
    terms, scale = _core(core, arrays, ring)
    live: list[Any] = list(terms)
    orders: list[Sequence[int]] = list(core.inputs)
    choices = []
    for a, b, _, _, out in path_pairs(core.inputs, (), path):
        batch, own, other, summed = _grouped(orders[a], orders[b], out)
        inner = math.prod(core.sizes[i] for i in summed)
        one = _permuted(live[a], orders[a], batch + own + summed, 0)
        two = _permuted(live[b], orders[b], batch + other + summed, 0)
        one = one.reshape(*(core.sizes[i] for i in batch + own), *[1] * len(other), inner)
        two = two.reshape(
            *(core.sizes[i] for i in batch), *[1] * len(own), *(core.sizes[i] for i in other), inner
        )
        value, choice = _choose(ring, one, two, inner, better)
        live.append(value)
        live[a] = live[b] = None
        orders.append(batch + own + other)
        choices.append((a, b, batch + own + other, summed, choice))
    value = ring.times(scale, live[-1].reshape(()))[()] if live else scale[()]
    if not better(value, ring.zero):
        raise ContractionError(
            f"no assignment is worth more than the zero of {ring.name}"
            + (" (or than the smallest number: take logarithms and max_plus)" * (ring.name == "max_times"))
        )
    chosen: dict[int, int] = {}
    for _, _, order, summed, choice in reversed(choices):
        flat = int(choice[tuple(chosen[i] for i in order)])
        for index in reversed(summed):
            flat, chosen[index] = divmod(flat, core.sizes[index])
    found = {core.names[index]: place for index, place in chosen.items()}
    _inside(network, found, better)
    number = value.item() if isinstance(value, np.generic) else value
    return BestAssignment(number, tuple(found.get(index, 0) for index in range(len(network.sizes))))


def _choose(
    ring: Semiring, one: Array, two: Array, inner: int, better: Callable[[Any, Any], Any]
) -> tuple[Array, Array]:
    value = np.asarray(ring.times(one[..., 0], two[..., 0]))
    choice = np.zeros(value.shape, np.int64)
    for k in range(1, inner):
        other = ring.times(one[..., k], two[..., k])
        wins = better(other, value)
        value = np.where(wins, other, value)
        choice[wins] = k
    return value, choice


def _inside(network: TensorNetwork, found: dict[int, int], better: Callable[[Any, Any], Any]) -> None:
    """Decide the indices that occur on one tensor alone, or on none."""
    for ixs, array in zip(network.indices, network.arrays, strict=True):
        open_ = [index for index in dict.fromkeys(ixs) if index not in found]
        if not open_:
            continue
        champion: Any = None
        for values in np.ndindex(*(network.sizes[i] for i in open_)):
            at = {**found, **dict(zip(open_, values, strict=True))}
            entry = array[tuple(at[i] for i in ixs)]
            if champion is None or better(entry, champion[0]):
                champion = (entry, values)
        found.update(zip(open_, champion[1], strict=True))
