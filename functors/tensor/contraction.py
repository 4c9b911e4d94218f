"""Contraction: plan, then contract, by an engine of :mod:`catenary.functors.tensor.engines`.

A plan depends on the structure of a network alone and is kept by it, in memory and, where asked for, on disk.
Before the path is searched the network is simplified by its entries, where the contraction is expected to
take longer than that (:mod:`catenary.functors.tensor.simplification`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path as FilePath
from typing import Any, Literal, TypeAlias

import numpy as np

from catenary.diagrams import ContractionError
from catenary.diagrams.errors import expect
from catenary.functors.tensor.backends import common_library, foreign_value
from catenary.functors.tensor.engines import ENGINES, Runner, engine_named, open_plan
from catenary.functors.tensor.network import (
    Array,
    Reduction,
    Structure,
    TensorNetwork,
    keep_array,
    reduction,
)
from catenary.functors.tensor.pathcache import Cache, cache_folder, recall, remember
from catenary.functors.tensor.paths import Cost
from catenary.functors.tensor.program import Plan
from catenary.functors.tensor.quick import quick
from catenary.functors.tensor.search import expected_cost, slice_path
from catenary.functors.tensor.simplification import simplify as simplified_by_entries

__all__ = [
    "ENGINES",
    "MEMORY",
    "WORK",
    "Contraction",
    "Simplify",
    "compile_network",
    "contract",
    "expected_cost_of",
    "plan",
]

MEMORY = 4 * 2**30
"""Bytes that a contraction may hold at a time, unless it is told otherwise."""
WORK = 10**12
"""Multiply-adds that a contraction may take, unless it is told otherwise: minutes on one thread."""
Simplify: TypeAlias = Literal["auto"] | bool | Callable[[TensorNetwork], TensorNetwork]
"""Whether to simplify a network by its entries first: where it is expected to pay, always, never, or by a
function of the caller's, which has to keep the value and the boundary."""

# Seconds, measured: what simplification takes, and for each tensor.
_SIMPLIFY = 5e-4
_SIMPLIFY_TENSOR = 6e-5
_WORTH = 2.0
_BETTER = 0.8
_FEW = 9


@dataclass(frozen=True, eq=False)
class Contraction:
    """A network's structure made ready: called with arrays of that structure, it gives the value. Reusable
    and immutable.

    Attributes:
        structure: indices, output and sizes of the networks that it contracts.
        plan: what it will do.

    >>> m = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> trace = compile_network(TensorNetwork(((0, 1), (1, 0)), (m, m), ()))
    >>> float(trace([m, m])), float(trace([2 * m, m]))
    (2.0, 4.0)
    """

    structure: Structure
    plan: Plan
    _core: Reduction = field(repr=False)
    _run: Runner = field(repr=False)

    def __call__(self, arrays: Sequence[Any]) -> Any:
        """The value with these tensors, in the order and shapes of the structure: an array of numpy, or of
        torch or jax where a tensor is.

        Raises:
            ContractionError: for a wrong number of tensors or a wrong shape.
        """
        value = self._quick(arrays)
        if value is not None:
            return value
        indices, _, sizes = self.structure
        if len(arrays) != len(indices):
            raise ContractionError(f"the contraction takes {len(indices)} tensors, not {len(arrays)}")
        checked = []
        for t, (array, ixs) in enumerate(zip(arrays, indices, strict=True)):
            if type(array) is not np.ndarray or array.dtype.kind not in "fc":
                array = keep_array(array)
            if array.shape != tuple([sizes[i] for i in ixs]):
                raise ContractionError(
                    f"tensor {t} has shape {array.shape}, expected {tuple(sizes[i] for i in ixs)}"
                )
            checked.append(array)
        return self._value(checked)

    @cached_property
    def _quick(self) -> Callable[[Sequence[Any]], Array | None]:
        # written out at the first call: a network that is contracted once does not pay for it
        plain = self.plan.engine in ("cotengra", "numpy")
        return quick(self.structure, self._core, self.plan.path if plain else (), self.plan.sliced)

    def _value(self, arrays: Sequence[Any]) -> Any:
        library = "numpy" if all(type(a) is np.ndarray for a in arrays) else common_library(arrays)
        if library != "numpy":
            _, output, sizes = self.structure
            shape = tuple(sizes[i] for i in output)
            return foreign_value(self._core, shape, self._run, arrays, library)
        dtype = np.result_type(*{array.dtype for array in arrays}) if arrays else np.dtype(np.float64)
        if (
            self._core.empty
        ):  # nothing is added up; numpy's matmul of empty long doubles writes where it may not
            _, output, sizes = self.structure
            return np.zeros(tuple(sizes[i] for i in output), dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            core, scale = self._core.core(arrays)
            value = self._core.expand(self._run(core) if core else np.array(1.0), scale, dtype)
        if not np.isfinite(value).all() and all(np.isfinite(array).all() for array in arrays):
            raise ContractionError(f"the value overflows {dtype}: scale the tensors down")
        if len(core) < 2 and any(np.may_share_memory(value, array) for array in arrays):
            return value.copy()
        return value


@lru_cache(maxsize=1024)
def _planned(structure: Structure, engine: str, seed: int, itemsize: int, folder: FilePath | None) -> Plan:
    core = reduction(structure)
    chosen = engine_named(engine)
    if folder is None or not chosen.searches:
        return chosen.plan(core, seed, itemsize)
    kept = recall(core, seed, folder)
    if kept is not None:
        path, method = kept
        return open_plan(engine, f"{method}, from the cache", core, path)
    found = chosen.plan(core, seed, itemsize)
    remember(core, seed, folder, found.path, found.method)
    return found


def _check_work(plan: Plan, work: int | None) -> None:
    if work is not None and plan.multiply_adds > work:
        limit = f"10^{math.log10(work):.1f}" if work > 0 else str(work)
        raise ContractionError(
            f"the contraction takes 10^{plan.log10:.1f} multiply-adds, above the limit of "
            f"{limit}: raise work="
        )


@lru_cache(maxsize=1024)
def _limited(
    structure: Structure,
    engine: str,
    seed: int,
    itemsize: int,
    memory: int | None,
    work: int | None,
    folder: FilePath | None,
) -> Plan:
    core = reduction(structure)
    result = math.prod(core.sizes[i] for i in core.output)
    full = math.prod(structure[2][i] for i in structure[1])
    if memory is not None and full * itemsize > memory:
        raise ContractionError(
            f"the result has {full} elements of {itemsize} bytes, above the memory limit of {memory} bytes: "
            f"fix or close some of the boundary, or raise memory="
        )
    plan = _planned(structure, engine, seed, itemsize, folder)
    _check_work(plan, work)  # slicing only adds to it
    extra = full if full != result else 0
    if core.empty:
        return plan  # an index of dimension 0: the value is zeros, nothing is contracted
    if memory is not None and (plan.peak + extra) * itemsize > memory:
        peak = memory // itemsize - extra
        if not engine_named(engine).slices:
            raise ContractionError(
                f"the contraction by {engine} needs {(plan.peak + extra) * itemsize} bytes, above the "
                "memory limit of "
                f"{memory}: use the engine cotengra, which slices, or raise memory="
            )
        path, sliced = slice_path(core.inputs, core.output, core.sizes, plan.path, peak, seed)
        plan = open_plan(engine, plan.method, core, path, sliced)
        _check_work(plan, work)
    return plan


@lru_cache(maxsize=1024)
def _compiled(
    structure: Structure,
    engine: str,
    seed: int,
    itemsize: int,
    memory: int | None,
    work: int | None,
    folder: FilePath | None,
) -> Contraction:
    plan = _limited(structure, engine, seed, itemsize, memory, work, folder)
    core = reduction(structure)
    return Contraction(structure, plan, core, engine_named(engine).run(core, plan))


@lru_cache(maxsize=1024)
def _expected(structure: Structure) -> Cost:
    core = reduction(structure)
    return expected_cost(core.inputs, core.output, core.sizes)


def _prepared(network: TensorNetwork, how: Simplify) -> tuple[TensorNetwork, str, int]:
    """The network to contract, what was applied to it, and the multiply-adds expected without that."""
    expect(network, TensorNetwork, "what is contracted", "a TensorNetwork")
    count = len(network.arrays)
    if how is False or (how == "auto" and count < _FEW):
        return network, "", 0
    if how not in (True, "auto") and not callable(how):
        raise ContractionError(f"simplify= is True, False, 'auto' or a function of networks, not {how!r}")
    if callable(how):
        found = how(network)
        if found.shape != network.shape or found.inputs != network.inputs:
            raise ContractionError(
                f"the simplifier changed the boundary from {network.shape} to {found.shape}"
            )
        return (
            found,
            getattr(how, "__name__", "the given function"),
            _expected(network.structure).multiply_adds,
        )
    if not all(type(array) is np.ndarray for array in network.arrays):
        return network, "", 0  # entries that are differentiated or on a device are not looked at
    before = _expected(network.structure)
    seconds = before.seconds * network.dtype.itemsize / 16  # the model is of complex128
    if how == "auto" and seconds < _WORTH * (_SIMPLIFY + _SIMPLIFY_TENSOR * count):
        return network, "", 0
    simple = simplified_by_entries(network)
    after = _expected(simple.network.structure)
    if how == "auto" and after.seconds > _BETTER * before.seconds:
        return network, "", 0
    return simple.network, str(simple), before.multiply_adds


def expected_cost_of(network: TensorNetwork) -> Cost:
    """What the contraction of a network is expected to cost, on one greedy path: a quick estimate.

    >>> expected_cost_of(TensorNetwork(((0,), (0,)), (np.ones(3), np.ones(3)), ())).multiply_adds
    3
    """
    return _expected(network.structure)


def plan(
    network: TensorNetwork,
    engine: str = "cotengra",
    *,
    memory: int | None = MEMORY,
    work: int | None = WORK,
    seed: int = 0,
    simplify: Simplify = "auto",
    cache: Cache = False,
) -> Plan:
    """What a contraction would do and cost; nothing is contracted. Plans are kept by structure.

    Args:
        network: the network.
        engine: one of :data:`ENGINES`.
        memory: bytes that may be held at a time; above it the engine cotengra slices. ``None``: no limit.
        work: multiply-adds that may be done. ``None``: no limit.
        seed: for the path search; the same seed gives the same path.
        simplify: whether to simplify by the entries first; ``"auto"``: where the expected contraction takes
            longer than that and gets shorter by it. Or a function from networks to networks.
        cache: a folder where found paths are kept between runs, ``True`` for the user's cache folder. Paths
            in memory are always kept.

    Raises:
        ContractionError: above a limit, naming it.
        MissingExtra: for an engine that is not installed.
    """
    prepared, applied, before = _prepared(network, simplify)
    itemsize = prepared.dtype.itemsize
    found = _limited(prepared.structure, engine, seed, itemsize, memory, work, cache_folder(cache))
    if not found.sliced and not found.rounds and not applied:
        return found
    names = reduction(prepared.structure).names
    sliced, rounds = (tuple([names[i] for i in ixs]) for ixs in (found.sliced, found.rounds))
    return replace(found, sliced=sliced, rounds=rounds, simplified=applied, before=before)


def compile_network(
    network: TensorNetwork,
    engine: str = "cotengra",
    *,
    memory: int | None = MEMORY,
    work: int | None = WORK,
    seed: int = 0,
    cache: Cache = False,
) -> Contraction:
    """The contraction of every network with this one's structure, ready to run on other arrays; kept by
    structure. It does not simplify by the entries, which may change.

    The arguments are those of :func:`plan`.
    """
    expect(network, TensorNetwork, "what is compiled", "a TensorNetwork")
    itemsize = network.dtype.itemsize
    return _compiled(network.structure, engine, seed, itemsize, memory, work, cache_folder(cache))


def contract(
    network: TensorNetwork,
    engine: str = "cotengra",
    *,
    memory: int | None = MEMORY,
    work: int | None = WORK,
    seed: int = 0,
    simplify: Simplify = "auto",
    cache: Cache = False,
) -> Array:
    """The value of a network: an array with one axis for each boundary place, of numpy, or of torch or jax
    where a tensor is.

    The arguments are those of :func:`plan`. The dtype is the promotion of the tensors' dtypes.

    >>> m = np.arange(4.0).reshape(2, 2)
    >>> contract(TensorNetwork(((0, 1), (1, 2)), (m, m), (0, 2)), "numpy")
    array([[ 2.,  3.],
           [ 6., 11.]])
    """
    prepared, _, _ = _prepared(network, simplify)
    ready = compile_network(prepared, engine, memory=memory, work=work, seed=seed, cache=cache)
    value = ready._value(prepared.arrays)
    return value if prepared is network else _of_dtype(value, network)


def _of_dtype(value: Array, network: TensorNetwork) -> Array:
    return value if value.dtype == network.dtype else value.astype(network.dtype)
