"""Tensor contraction beside cotengra, opt_einsum, quimb and tensornetwork, in one run.

All times are CPU seconds from the arrays to the value: the search for a path is part of them, every cache is
emptied before each run, and the least of the runs counts. Each library is given hyper-edges where it has
them, several of its own ways to find a path, and quimb its own simplification; the best of all is what the
ratio is taken to. A way whose path is above a limit of multiply-adds or of memory is not run: where none of
them could be, the row names the cheapest path that was found instead of a time. Run with OMP_NUM_THREADS=1:
CPU seconds of several threads are added up.
"""

from __future__ import annotations

import importlib
import math
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks import _networks as made
from catenary.functors.circuits import Circuit
from catenary.functors.tensor import (
    TensorNetwork,
    contract,
    contraction,
    expected_cost_of,
    network,
    plan,
    search,
)
from catenary.functors.tensor.circuits import circuit_network
from catenary.rewriting.amplitudes import amplitude, plan_amplitude

RUNS = 3
_LIMIT = 3e10  # multiply-adds: above it a path is not run
_ELEMENTS = 2**26  # the same for the largest tensor
_HARD = 1e11  # expected multiply-adds of a network that is given to the quick searches only
_LONG = 1.0  # seconds after which a run is not repeated


class TooLarge(Exception):  # noqa: N818 the name says it
    """A peer's path that is not run; its argument is the decimal logarithm of its multiply-adds."""


def _check(multiply_adds: float, largest: float, limit: float = _LIMIT) -> None:
    if multiply_adds > limit or largest > _ELEMENTS:
        raise TooLarge(math.log10(multiply_adds))


def _timed(work: Callable[[], Any], runs: int = RUNS) -> tuple[float, Any]:
    least, value = math.inf, None
    for _ in range(runs):
        for kept in (
            contraction._planned,
            contraction._limited,
            contraction._compiled,
            contraction._expected,
            network.reduction,
            search._start,
        ):
            kept.cache_clear()
        start = time.process_time()
        value = work()
        taken = time.process_time() - start
        least = min(least, taken)
        if taken > _LONG:
            break
    return least, value


def _cotengra(given: TensorNetwork, optimize: Callable[[], Any]) -> Any:
    import cotengra as ctg

    symbols = [ctg.get_symbol(i) for i in range(len(given.sizes))]
    inputs = [tuple(symbols[i] for i in ixs) for ixs in given.indices]
    output = tuple(symbols[i] for i in given.output)
    sizes = dict(zip(symbols, given.sizes, strict=True))
    tree = ctg.array_contract_tree(inputs, output, sizes, optimize=optimize())
    _check(float(tree.contraction_cost()), float(tree.max_size()))
    return tree.contract(given.arrays)


def _opt_einsum(given: TensorNetwork, optimize: Any) -> Any:
    import opt_einsum as oe

    pieces: list[Any] = []
    for array, ixs in zip(given.arrays, given.indices, strict=True):
        pieces += [array, list(ixs)]
    path, info = oe.contract_path(*pieces, list(given.output), optimize=optimize)
    _check(float(info.opt_cost), float(info.largest_intermediate), _LIMIT / 100)  # its hyper-edges are slow
    return oe.contract(*pieces, list(given.output), optimize=path)


def _quimb(given: TensorNetwork, steps: str, optimize: Callable[[], Any]) -> Any:
    import quimb.tensor as qtn

    tensors = [
        qtn.Tensor(array, [f"i{i}" for i in ixs])
        for array, ixs in zip(given.arrays, given.indices, strict=True)
    ]
    whole = qtn.TensorNetwork(tensors).full_simplify(steps, output_inds=())
    tree = whole.contraction_tree(optimize(), output_inds=())
    _check(float(tree.contraction_cost()), float(tree.max_size()))
    return whole.contract(..., output_inds=(), optimize=tree)


def _tensornetwork(given: TensorNetwork) -> Any:
    import tensornetwork as tn

    from catenary.functors.bridges.tensornetwork import path, without_hyperedges
    from catenary.functors.tensor.paths import cost_of

    core = network.reduction(given.structure)
    arrays, scale = core.core(given.arrays)
    ordinary = without_hyperedges(core.inputs, core.output, core.sizes)
    nodes: list[Any] = [tn.Node(array) for array in arrays]
    for size, legs in ordinary.copies:
        nodes.append(tn.CopyNode(legs, size))
    ends: dict[int, Any] = {}
    for node, ixs in zip(nodes, ordinary.inputs, strict=True):
        for axis, index in enumerate(ixs):
            if index in ends:
                tn.connect(ends.pop(index), node[axis])
            else:
                ends[index] = node[axis]
    cost = cost_of(ordinary.inputs, ordinary.output, ordinary.sizes, path(ordinary))
    _check(float(cost.multiply_adds), float(cost.largest), _LIMIT / 10)
    value = tn.contractors.greedy(nodes).tensor
    return value if scale is None else value * scale


def _peers(given: TensorNetwork, quick: bool) -> dict[str, Callable[[], Any]]:
    found: dict[str, Callable[[], Any]] = {}
    try:
        import cotengra as ctg
    except ImportError:
        return found
    trials = {
        "greedy": ctg.GreedyOptimizer,
        "auto": lambda: ctg.AutoOptimizer(seed=0),
        "random-greedy": lambda: ctg.RandomGreedyOptimizer(max_repeats=128, seed=0),
    }
    hard = expected_cost_of(given).multiply_adds > _HARD
    if not quick and not hard:
        trials["auto-hq"] = lambda: ctg.AutoHQOptimizer(seed=0)
    for name, optimize in trials.items():
        found[f"cotengra {name}"] = lambda optimize=optimize: _cotengra(given, optimize)  # type: ignore[misc]
    for library, run in (
        ("opt_einsum", {} if hard else {"opt_einsum auto": lambda: _opt_einsum(given, "auto")}),
        (
            "quimb",
            {
                f"quimb {steps} {name}": lambda steps=steps, name=name: _quimb(given, steps, trials[name])  # type: ignore[misc]
                for steps in ("R", "ADCR", "ADCRS")
                for name in ("greedy", "auto")
            },
        ),
        ("tensornetwork", {} if hard else {"tensornetwork greedy": lambda: _tensornetwork(given)}),
    ):
        try:
            __import__(library)
        except ImportError:
            continue
        found |= run
    return found


def _row(
    name: str,
    given: TensorNetwork,
    quick: bool,
    ours: Callable[[], Any],
    ours_plan: Callable[[], Any],
) -> dict[str, object]:
    taken, value = _timed(ours)
    row: dict[str, object] = {"network": name, "log10": round(ours_plan().log10, 2), "ours s": taken}
    best: dict[str, tuple[float, str]] = {}
    refused: list[tuple[float, str]] = []
    for how, run in _peers(given, quick).items():
        library = how.partition(" ")[0]
        try:
            seconds, theirs = _timed(run, 2 if quick else RUNS)
        except TooLarge as error:
            refused.append((error.args[0], how))
            continue
        except Exception as error:  # a peer that fails is said to, and does not end the run
            row.setdefault("note", f"{how}: {type(error).__name__}")
            continue
        scale = max(abs(complex(value)), 1e-12)
        if abs(complex(np.asarray(theirs)) - complex(value)) > 1e-6 * scale:
            row.setdefault("note", f"{how} differs")
        best[library] = min(best.get(library, (math.inf, "")), (seconds, how))
    for library in ("cotengra", "opt_einsum", "quimb", "tensornetwork"):
        row[f"{library} s"] = best[library][0] if library in best else None
    if best:
        seconds, how = min(best.values())
        row["best peer"], row["ours/best"] = how, taken / seconds
    elif refused:
        log10, how = min(refused)
        row["best peer"] = f"{how}: 10^{log10:.1f}, not run"
    return row


def _networks(quick: bool) -> dict[str, TensorNetwork]:
    if quick:
        return {
            "inner product n=40 χ=16": made.matrix_product(40, 16),
            "lattice 6×6 χ=4": made.lattice(6, 4),
            "3-regular n=60": made.random_regular(60),
            "QAOA p=2 n=20": made.qaoa(20, 2),
            "amplitude 4×5 depth 8": made.grid_amplitude(4, 5, 8),
            **{f"#SAT 40 variables, formula {k}": made.satisfiability(40, 70, k) for k in (6, 7)},
        }
    return {
        "inner product n=100 χ=32": made.matrix_product(),
        "lattice 8×8 χ=4": made.lattice(),
        "3-regular n=100": made.random_regular(),
        "QAOA p=3 n=40": made.qaoa(),
        "amplitude 5×6 depth 10": made.grid_amplitude(),
        **{f"#SAT 60 variables, formula {k}": made.satisfiability(60, 100, k) for k in range(6, 11)},
    }


def _circuits(quick: bool) -> dict[str, Circuit]:
    if quick:
        return {"Clifford n=20": made.clifford(20, 400), "Clifford+T n=20": made.clifford_t(20, 350)}
    return {
        "Clifford n=20": made.clifford(20, 400),
        "Clifford n=30": made.clifford(),
        "Clifford+T n=24": made.clifford_t(24, 450),
        "Clifford+T n=30": made.clifford_t(),
    }


def matmul_rate(dtype: Any = np.complex128, size: int = 1200) -> float:
    """Multiply-adds a CPU second of a large square matrix product: the best of three."""
    matrix = np.ones((size, size), dtype)
    return size**3 / min(_timed(lambda: matrix @ matrix)[0] for _ in range(2))


def _rate(quick: bool) -> dict[str, object]:
    """The execution alone of a 30-qubit circuit network, against the rate of a matrix product."""
    rows, columns, depth = (4, 5, 10) if quick else (5, 6, 12)
    given = made.grid_amplitude(rows, columns, depth)
    simple, _, _ = contraction._prepared(given, "auto")
    ready = contraction.compile_network(simple)
    # the first run also pays for memory that the process never had
    first, *later = (_timed(lambda: ready(simple.arrays), 1)[0] for _ in range(4))
    taken, rate = min(later), matmul_rate()
    return {
        "network": f"execution alone, {rows}×{columns} depth {depth}",
        "log10": round(ready.plan.log10, 2),
        "ours s": taken,
        "of matmul": ready.plan.multiply_adds / taken / rate,
        "first run": ready.plan.multiply_adds / first / rate,
    }


def _mean(rows: Sequence[dict[str, object]]) -> dict[str, object]:
    """The geometric mean of the formulas' ratios: a search draws at random, and so do the peers'."""
    ratios = [row["ours/best"] for row in rows if str(row["network"]).startswith("#SAT")]
    logs = [math.log(ratio) for ratio in ratios if isinstance(ratio, float)]
    if not logs:
        return {"network": "#SAT, geometric mean", "note": "no peer was run"}
    return {
        "network": f"#SAT, geometric mean of {len(logs)}",
        "ours/best": math.exp(sum(logs) / len(logs)),
    }


def run(quick: bool = False) -> list[dict[str, object]]:
    """One row for each network, with the best of each library, and the ratio of our time to the best."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries note each other's absence
        rows = [
            _row(name, given, quick, lambda given=given: contract(given), lambda given=given: plan(given))  # type: ignore[misc]
            for name, given in _networks(quick).items()
        ]
        rows.append(_mean(rows))
        for name, circuit in _circuits(quick).items():
            zeros = "0" * circuit.n_qubits
            rows.append(
                _row(
                    name,
                    circuit_network(circuit, zeros, zeros),
                    quick,
                    lambda c=circuit, z=zeros: amplitude(c, z, z),  # type: ignore[misc]
                    lambda c=circuit, z=zeros: plan_amplitude(c, z, z),  # type: ignore[misc]
                )
            )
        rows.append(_rate(quick))
    for name in ("tensor_small", "tensor_rewriting", "tensor_workers"):
        try:
            part = importlib.import_module(f"benchmarks.{name}")
        except ImportError as error:  # it needs a library that is not there
            rows.append({"network": name, "note": str(error)})
            continue
        rows += part.run(quick)
    return rows
