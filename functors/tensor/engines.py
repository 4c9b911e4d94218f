"""Contraction engines by name, behind one interface: a plan for a structure, and a function that runs it.

* ``cotengra`` (the default): paths by cotengra, run as a straight line of batched matrix products;
* ``numpy``: a greedy path, numpy alone;
* ``opt_einsum``: paths and execution by opt_einsum;
* ``quimb``: tensors and contraction by quimb, along paths of cotengra;
* ``tensornetwork``: nodes and contractions by the TensorNetwork library along a greedy path of ours, for
  which hyper-edges are split into copy tensors of three legs.

Every engine takes arrays of numpy, torch and jax.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from catenary.diagrams import UnknownGenerator
from catenary.diagrams.optional import optional
from catenary.functors.tensor.network import Reduction
from catenary.functors.tensor.paths import Meter, Path, greedy_path, in_pairs
from catenary.functors.tensor.program import Plan, Program
from catenary.functors.tensor.rounds import choose
from catenary.functors.tensor.search import search

Runner: TypeAlias = Callable[[Sequence[Any]], Any]


def open_plan(engine: str, method: str, core: Reduction, path: Path, sliced: tuple[int, ...] = ()) -> Plan:
    """The plan of a path on a core, with its exact cost."""
    cut = set(sliced)
    inner = [[i for i in ixs if i not in cut] for ixs in core.inputs]
    cost, elements = Meter(inner, [i for i in core.output if i not in cut], core.sizes).measured(path)
    slices = math.prod(core.sizes[i] for i in sliced)
    whole = sum(math.prod(core.sizes[i] for i in ixs) for ixs in core.inputs) if sliced else 0
    result = math.prod(core.sizes[i] for i in core.output) if sliced else 0
    straight = engine in ("cotengra", "numpy") and not sliced
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
        elements=elements,
        rounds=choose(core.inputs, core.output, core.sizes, path) if straight else (),
    )


def _plan_cotengra(core: Reduction, seed: int, itemsize: int) -> Plan:
    path, method = search(core.inputs, core.output, core.sizes, seed=seed, itemsize=itemsize)
    return open_plan("cotengra", method, core, path)


def _plan_numpy(core: Reduction, seed: int, itemsize: int) -> Plan:
    return open_plan("numpy", "greedy", core, greedy_path(core.inputs, core.output, core.sizes))


def _run_program(core: Reduction, plan: Plan) -> Runner:
    return Program(core.inputs, core.output, core.sizes, plan.path, plan.sliced, plan.rounds)


def numbered(path: Sequence[Sequence[int]], count: int) -> Path:
    """A path in opt_einsum's numbers, where used tensors leave the list, in static single-assignment
    numbers.

    >>> numbered([(0, 1), (0, 1)], 3)
    ((0, 1), (2, 3))
    """
    live = list(range(count))
    steps = []
    for step in path:
        steps.append([live[i] for i in step])
        for i in sorted(step, reverse=True):
            del live[i]
        live.append(count + len(steps) - 1)
    return in_pairs(steps, count)


def linear(path: Path, count: int) -> list[tuple[int, int]]:
    """The inverse of :func:`numbered`: places in the list of the tensors that are left.

    >>> linear(((0, 1), (2, 3)), 3)
    [(0, 1), (0, 1)]
    """
    live = list(range(count))  # stays sorted: new tensors have the largest numbers
    places = []
    for step, pair in enumerate(path):
        first, second = (bisect.bisect_left(live, t) for t in pair)
        places.append((first, second))
        for at in sorted((first, second), reverse=True):
            del live[at]
        live.append(count + step)
    return places


def _plan_opt_einsum(core: Reduction, seed: int, itemsize: int) -> Plan:
    oe = optional("opt_einsum", "opt_einsum")
    if len(core.inputs) < 2:
        return open_plan("opt_einsum", "nothing to contract", core, ())
    method = "auto" if len(core.inputs) <= 16 else "greedy"
    symbols = [oe.get_symbol(i) for i in range(len(core.sizes))]
    equation = ",".join("".join(symbols[i] for i in ixs) for ixs in core.inputs)
    equation += "->" + "".join(symbols[i] for i in core.output)
    shapes = [tuple(core.sizes[i] for i in ixs) for ixs in core.inputs]
    path, _ = oe.contract_path(equation, *shapes, shapes=True, optimize=method)
    return open_plan("opt_einsum", method, core, numbered(path, len(core.inputs)))


def _run_opt_einsum(core: Reduction, plan: Plan) -> Runner:
    oe = optional("opt_einsum", "opt_einsum")
    places: list[tuple[int, ...]] = [*linear(plan.path, len(core.inputs))] or [(0,)]

    def run(arrays: Sequence[Any]) -> Any:
        pieces: list[Any] = []
        for array, ixs in zip(arrays, core.inputs, strict=True):
            pieces += [array, list(ixs)]
        return oe.contract(*pieces, list(core.output), optimize=places)

    return run


def _plan_quimb(core: Reduction, seed: int, itemsize: int) -> Plan:
    optional("quimb.tensor", "quimb")
    path, method = search(core.inputs, core.output, core.sizes, seed=seed, itemsize=itemsize)
    return open_plan("quimb", method, core, path)


def _run_quimb(core: Reduction, plan: Plan) -> Runner:
    qtn = optional("quimb.tensor", "quimb")
    places = linear(plan.path, len(core.inputs))
    output = tuple(f"i{i}" for i in core.output)

    def run(arrays: Sequence[Any]) -> Any:
        pairs = zip(arrays, core.inputs, strict=True)
        tensors = [qtn.Tensor(array, tuple(f"i{i}" for i in ixs)) for array, ixs in pairs]
        if len(tensors) == 1:
            return tensors[0].transpose(*output).data
        value = qtn.tensor_contract(
            *tensors,
            output_inds=output,
            optimize=places,
            preserve_tensor=True,
            # autoray 0.8 mistakes one array library for another where several are in use; these avoid it
            prefer_einsum=True,
            implementation="cotengra",
        )
        return value.transpose(*output).data

    return run


def _plan_tensornetwork(core: Reduction, seed: int, itemsize: int) -> Plan:
    from catenary.functors.bridges import tensornetwork

    expanded = tensornetwork.without_hyperedges(core.inputs, core.output, core.sizes)
    inputs = expanded.inputs
    path = tensornetwork.path(expanded)
    cost, elements = Meter(inputs, expanded.output, expanded.sizes).measured(path)
    return Plan(
        "tensornetwork",
        f"greedy, {len(inputs) - len(core.inputs)} copy tensors",
        len(inputs),
        len(expanded.sizes),
        cost.multiply_adds,
        cost.largest,
        cost.peak,
        path,
        elements=elements,
    )


def _run_tensornetwork(core: Reduction, plan: Plan) -> Runner:
    from catenary.functors.bridges import tensornetwork

    return tensornetwork.runner(
        tensornetwork.without_hyperedges(core.inputs, core.output, core.sizes), plan.path
    )


@dataclass(frozen=True)
class Engine:
    """An engine.

    Attributes:
        plan: from a core, a seed and the bytes of an element, what it will do.
        run: from a core and its plan, the function from the core's arrays to its value.
        slices: whether it carries out sliced plans.
        searches: whether its paths take long enough to find that they may be kept on disk.
    """

    plan: Callable[[Reduction, int, int], Plan]
    run: Callable[[Reduction, Plan], Runner]
    slices: bool = False
    searches: bool = False


ENGINES: Mapping[str, Engine] = MappingProxyType(
    {
        "cotengra": Engine(_plan_cotengra, _run_program, slices=True, searches=True),
        "numpy": Engine(_plan_numpy, _run_program),
        "opt_einsum": Engine(_plan_opt_einsum, _run_opt_einsum),
        "quimb": Engine(_plan_quimb, _run_quimb, searches=True),
        "tensornetwork": Engine(_plan_tensornetwork, _run_tensornetwork),
    }
)
"""The engines by name."""


def engine_named(name: str) -> Engine:
    """The engine.

    Raises:
        UnknownGenerator: for a name that is not one.
    """
    if name not in ENGINES:
        raise UnknownGenerator(name, ENGINES, "the list of contraction engines")
    return ENGINES[name]
