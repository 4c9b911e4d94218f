"""Contraction engines by name, behind one interface: plan, then contract.

* ``cotengra`` (the default): paths by cotengra, run as a straight line of batched matrix products;
* ``numpy``: a greedy path, numpy alone;
* ``opt_einsum``: paths and execution by opt_einsum;
* ``tensornetwork``: nodes and contractions by the TensorNetwork library along a greedy path of ours, for
  which hyper-edges are split into copy tensors of three legs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from catenary.diagrams import ContractionError, UnknownGenerator
from catenary.diagrams.optional import optional
from catenary.functors.tensor.network import Array, Reduction, Structure, TensorNetwork, reduction
from catenary.functors.tensor.program import Path, Plan, Program, cost_of, greedy_path
from catenary.functors.tensor.search import search, slice_path

MEMORY = 4 * 2**30
"""Bytes that a contraction may hold at a time, unless it is told otherwise."""
WORK = 10**12
"""Multiply-adds that a contraction may take, unless it is told otherwise: minutes on one thread."""

_Runner: TypeAlias = Callable[[Sequence[Array]], Array]


def _open_plan(engine: str, method: str, core: Reduction, path: Path, sliced: tuple[int, ...] = ()) -> Plan:
    cut = set(sliced)
    inner = [[i for i in ixs if i not in cut] for ixs in core.inputs]
    cost = cost_of(inner, [i for i in core.output if i not in cut], core.sizes, path)
    slices = math.prod(core.sizes[i] for i in sliced)
    whole = sum(math.prod(core.sizes[i] for i in ixs) for ixs in core.inputs) if sliced else 0
    result = math.prod(core.sizes[i] for i in core.output) if sliced else 0
    return Plan(
        engine,
        method,
        len(core.inputs),
        len(core.sizes),
        cost.multiply_adds * slices,
        max(cost.largest, result),
        cost.peak + whole + result,
        path,
        sliced,
        slices,
    )


def _plan_cotengra(core: Reduction, seed: int) -> Plan:
    path, method = search(core.inputs, core.output, core.sizes, seed=seed)
    return _open_plan("cotengra", method, core, path)


def _plan_numpy(core: Reduction, seed: int) -> Plan:
    return _open_plan("numpy", "greedy", core, greedy_path(core.inputs, core.output, core.sizes))


def _run_program(core: Reduction, plan: Plan) -> _Runner:
    return Program(core.inputs, core.output, core.sizes, plan.path, plan.sliced)


def _ssa(path: Sequence[Sequence[int]], count: int) -> Path:
    """A path in opt_einsum's numbers, where used tensors leave the list, in static single-assignment
    numbers.
    """
    live = list(range(count))
    found = []
    for step in path:
        if len(step) < 2:
            continue
        first, *rest = (live[i] for i in step)
        for i in sorted(step, reverse=True):
            del live[i]
        for other in rest:  # a step of several tensors is a row of pairs
            found.append((first, other))
            first = count + len(found) - 1
        live.append(first)
    return tuple(found)


def _plan_opt_einsum(core: Reduction, seed: int) -> Plan:
    oe = optional("opt_einsum", "opt_einsum")
    if len(core.inputs) < 2:
        return _open_plan("opt_einsum", "nothing to contract", core, ())
    method = "auto" if len(core.inputs) <= 16 else "greedy"
    symbols = [oe.get_symbol(i) for i in range(len(core.sizes))]
    equation = ",".join("".join(symbols[i] for i in ixs) for ixs in core.inputs)
    equation += "->" + "".join(symbols[i] for i in core.output)
    shapes = [tuple(core.sizes[i] for i in ixs) for ixs in core.inputs]
    path, _ = oe.contract_path(equation, *shapes, shapes=True, optimize=method)
    return _open_plan("opt_einsum", method, core, _ssa(path, len(core.inputs)))


def _run_opt_einsum(core: Reduction, plan: Plan) -> _Runner:
    oe = optional("opt_einsum", "opt_einsum")
    linear: list[tuple[int, ...]] = []
    live = list(range(len(core.inputs)))
    for step, (a, b) in enumerate(plan.path):
        linear.append((live.index(a), live.index(b)))
        live = [t for t in live if t not in (a, b)] + [len(core.inputs) + step]

    def run(arrays: Sequence[Array]) -> Array:
        if not arrays:
            return np.array(1.0)
        pieces: list[Any] = []
        for array, ixs in zip(arrays, core.inputs, strict=True):
            pieces += [array, list(ixs)]
        return np.asarray(oe.contract(*pieces, list(core.output), optimize=linear or [(0,)]))

    return run


def _plan_tensornetwork(core: Reduction, seed: int) -> Plan:
    from catenary.functors.bridges import tensornetwork

    expanded = tensornetwork.without_hyperedges(core.inputs, core.output, core.sizes)
    inputs = expanded.inputs
    path = tensornetwork.path(expanded)
    cost = cost_of(inputs, expanded.output, expanded.sizes, path)
    return Plan(
        "tensornetwork",
        f"greedy, {len(inputs) - len(core.inputs)} copy tensors",
        len(inputs),
        len(expanded.sizes),
        cost.multiply_adds,
        cost.largest,
        cost.peak,
        path,
    )


def _run_tensornetwork(core: Reduction, plan: Plan) -> _Runner:
    from catenary.functors.bridges import tensornetwork

    return tensornetwork.runner(
        tensornetwork.without_hyperedges(core.inputs, core.output, core.sizes), plan.path
    )


@dataclass(frozen=True)
class _Engine:
    plan: Callable[[Reduction, int], Plan]
    run: Callable[[Reduction, Plan], _Runner]
    slices: bool = False


ENGINES: Mapping[str, _Engine] = MappingProxyType(
    {
        "cotengra": _Engine(_plan_cotengra, _run_program, slices=True),
        "numpy": _Engine(_plan_numpy, _run_program),
        "opt_einsum": _Engine(_plan_opt_einsum, _run_opt_einsum),
        "tensornetwork": _Engine(_plan_tensornetwork, _run_tensornetwork),
    }
)
"""The engines by name."""


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
    _run: _Runner = field(repr=False)

    def __call__(self, arrays: Sequence[Any]) -> Array:
        """The value with these tensors, in the order and shapes of the structure.

        Raises:
            ContractionError: for a wrong number of tensors or a wrong shape.
        """
        indices, _, sizes = self.structure
        if len(arrays) != len(indices):
            raise ContractionError(f"the contraction takes {len(indices)} tensors, not {len(arrays)}")
        checked = []
        for t, (array, ixs) in enumerate(zip(arrays, indices, strict=True)):
            if type(array) is not np.ndarray or array.dtype.kind not in "fc":
                array = np.asarray(array)
                array = array.astype(np.float64) if array.dtype.kind in "biu" else array
            if array.shape != tuple([sizes[i] for i in ixs]):
                raise ContractionError(
                    f"tensor {t} has shape {array.shape}, expected {tuple(sizes[i] for i in ixs)}"
                )
            checked.append(array)
        return self._value(checked)

    def _value(self, arrays: Sequence[Array]) -> Array:
        dtype = np.result_type(*{array.dtype for array in arrays}) if arrays else np.dtype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            core, scale = self._core.core(arrays)
            value = self._core.expand(self._run(core), scale, dtype)
        if not np.isfinite(value).all() and all(np.isfinite(array).all() for array in arrays):
            raise ContractionError(f"the value overflows {dtype}: scale the tensors down")
        if len(core) < 2 and any(np.may_share_memory(value, array) for array in arrays):
            return value.copy()
        return value


def _engine(name: str) -> _Engine:
    if name not in ENGINES:
        raise UnknownGenerator(name, ENGINES, "the list of contraction engines")
    return ENGINES[name]


@lru_cache(maxsize=1024)
def _planned(structure: Structure, engine: str, seed: int) -> Plan:
    return _engine(engine).plan(reduction(structure), seed)


def _check_work(plan: Plan, work: int | None) -> None:
    if work is not None and plan.multiply_adds > work:
        raise ContractionError(
            f"the contraction takes 10^{plan.log10:.1f} multiply-adds, above the limit of "
            f"10^{math.log10(work):.1f}: raise work="
        )


@lru_cache(maxsize=1024)
def _limited(
    structure: Structure, engine: str, seed: int, itemsize: int, memory: int | None, work: int | None
) -> Plan:
    core = reduction(structure)
    result = math.prod(core.sizes[i] for i in core.output)
    full = math.prod(structure[2][i] for i in structure[1])
    if memory is not None and full * itemsize > memory:
        raise ContractionError(
            f"the result has {full} elements of {itemsize} bytes, above the memory limit of {memory} bytes: "
            f"fix or close some of the boundary, or raise memory="
        )
    plan = _planned(structure, engine, seed)
    _check_work(plan, work)  # slicing only adds to it
    extra = full if full != result else 0
    if memory is not None and (plan.peak + extra) * itemsize > memory:
        peak = memory // itemsize - extra
        if not _engine(engine).slices:
            raise ContractionError(
                f"the contraction by {engine} needs {(plan.peak + extra) * itemsize} bytes, above the "
                "memory limit of "
                f"{memory}: use the engine cotengra, which slices, or raise memory="
            )
        path, sliced = slice_path(core.inputs, core.output, core.sizes, plan.path, peak, seed)
        plan = _open_plan(engine, plan.method, core, path, sliced)
        _check_work(plan, work)
    return plan


@lru_cache(maxsize=1024)
def _compiled(
    structure: Structure, engine: str, seed: int, itemsize: int, memory: int | None, work: int | None
) -> Contraction:
    plan = _limited(structure, engine, seed, itemsize, memory, work)
    core = reduction(structure)
    return Contraction(structure, plan, core, _engine(engine).run(core, plan))


def plan(
    network: TensorNetwork,
    engine: str = "cotengra",
    *,
    memory: int | None = MEMORY,
    work: int | None = WORK,
    seed: int = 0,
) -> Plan:
    """What a contraction would do and cost; nothing is contracted. Plans are kept by structure.

    Args:
        network: the network.
        engine: one of :data:`ENGINES`.
        memory: bytes that may be held at a time; above it the engine cotengra slices. ``None``: no limit.
        work: multiply-adds that may be done. ``None``: no limit.
        seed: for the path search; the same seed gives the same path.

    Raises:
        ContractionError: above a limit, naming it.
        MissingExtra: for an engine that is not installed.
    """
    found = _limited(network.structure, engine, seed, network.dtype.itemsize, memory, work)
    names = reduction(network.structure).names
    return replace(found, sliced=tuple(names[i] for i in found.sliced)) if found.sliced else found


def compile_network(
    network: TensorNetwork,
    engine: str = "cotengra",
    *,
    memory: int | None = MEMORY,
    work: int | None = WORK,
    seed: int = 0,
) -> Contraction:
    """The contraction of every network with this one's structure, ready to run on other arrays; kept by
    structure.

    The arguments are those of :func:`plan`.
    """
    return _compiled(network.structure, engine, seed, network.dtype.itemsize, memory, work)


def contract(
    network: TensorNetwork,
    engine: str = "cotengra",
    *,
    memory: int | None = MEMORY,
    work: int | None = WORK,
    seed: int = 0,
) -> Array:
    """The value of a network: an array with one axis for each boundary place.

    The arguments are those of :func:`plan`. The dtype is the promotion of the tensors' dtypes.

    >>> m = np.arange(4.0).reshape(2, 2)
    >>> contract(TensorNetwork(((0, 1), (1, 2)), (m, m), (0, 2)), "numpy")
    array([[ 2.,  3.],
           [ 6., 11.]])
    """
    return compile_network(network, engine, memory=memory, work=work, seed=seed)._value(network.arrays)
