"""One contraction on several workers: the slices of a network, in chunks, on any executor."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from catenary.diagrams import ContractionError
from catenary.functors.executors import Executor, Progress, in_chunks
from catenary.functors.tensor.contraction import MEMORY, WORK, plan
from catenary.functors.tensor.network import Array, TensorNetwork, reduction
from catenary.functors.tensor.program import Program
from catenary.functors.tensor.search import split_path

_CHUNKS_A_WORKER = 4  # so that a slow worker does not hold up the others for long


@dataclass(frozen=True, eq=False)
class _Slices:
    """What every worker needs: the arrays, and how they are cut."""

    arrays: tuple[Array, ...]
    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    sizes: tuple[int, ...]
    path: tuple[tuple[int, int], ...]
    cut: tuple[int, ...]

    @property
    def count(self) -> int:
        return math.prod(self.sizes[i] for i in self.cut)

    def run(self, start: int, stop: int) -> Array:
        """The sum of the slices ``start`` to ``stop - 1``."""
        cut = set(self.cut)
        inner = [[i for i in ixs if i not in cut] for ixs in self.inputs]
        program = Program(inner, [i for i in self.output if i not in cut], self.sizes, self.path)
        dtype = np.result_type(*{array.dtype for array in self.arrays})
        total = np.zeros([self.sizes[i] for i in self.output], dtype)
        for number in range(start, stop):
            at: dict[int, int] = {}
            for index in reversed(self.cut):
                number, at[index] = divmod(number, self.sizes[index])
            pieces = [
                array[tuple(at.get(i, slice(None)) for i in ixs)]
                for array, ixs in zip(self.arrays, self.inputs, strict=True)
            ]
            total[tuple(at.get(i, slice(None)) for i in self.output)] += program(pieces)
        return total


def _run(slices: _Slices, bounds: tuple[int, int]) -> Array:
    return slices.run(*bounds)


def contract_on(
    network: TensorNetwork,
    executor: Executor | Callable[[], Executor],
    *,
    workers: int = 2,
    seconds: float = 0.2,
    memory: int | None = MEMORY,
    work: int | None = WORK,
    seed: int = 0,
    retries: int = 3,
    progress: Progress | None = None,
) -> Array:
    """The value of a network, its slices contracted on an executor.

    The network is sliced until every worker has several slices and each fits the memory. The first slice is
    contracted here, which tells how many make a task of at least ``seconds``. Arrays and path are sent once.
    The chunks are added in their order: the result does not depend on who was first, nor on lost workers.

    Args:
        network: the network.
        executor: anything with ``submit``, or a function that makes one (see
            :func:`~catenary.functors.executors.in_chunks`).
        workers: how many work at once.
        seconds: how long a task should take at least; below 0.1 the sending costs more than it saves.
        memory: bytes that one worker may hold.
        work: multiply-adds that may be done, all slices together.
        seed: for the path search.
        retries: how often a chunk is done again when its worker is lost.
        progress: called with the part that is done and a text.

    Raises:
        ContractionError: above a limit.
        LimitReached: if workers are lost too often.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> m = np.arange(16.0).reshape(4, 4)
    >>> ring = TensorNetwork(((0, 1), (1, 2), (2, 0)), (m, m, m), ())
    >>> with ThreadPoolExecutor(2) as pool:
    ...     float(contract_on(ring, pool)), float(ring.contract())
    (34200.0, 34200.0)
    """
    if workers < 1:
        raise ContractionError(f"a contraction needs workers, not {workers}")
    core = reduction(network.structure)
    if core.empty or not core.inputs:
        return network.contract()
    found = plan(network, memory=memory, work=work, seed=seed, simplify=False)
    number = {name: i for i, name in enumerate(core.names)}
    cut = tuple(number[name] for name in found.sliced)
    path = found.path
    wanted = workers * _CHUNKS_A_WORKER
    if found.slices < wanted:
        largest = found.largest if cut else None  # sliced to fit the memory, which still holds
        path, cut = split_path(core.inputs, core.output, core.sizes, path, wanted, largest, seed)
    arrays, scale = core.core(network.arrays)
    if not cut:
        return network.contract(memory=memory, work=work, seed=seed)
    slices = _Slices(tuple(arrays), core.inputs, core.output, core.sizes, path, cut)
    start = time.perf_counter()
    total = slices.run(0, 1)
    taken = max(time.perf_counter() - start, 1e-6)
    rest = slices.count - 1
    chunk = max(1, math.ceil(seconds / taken))
    bounds = [(at, min(at + chunk, slices.count)) for at in range(1, rest + 1, chunk)]
    if len(bounds) <= 1:
        total = total + slices.run(1, slices.count)
    else:
        for part in in_chunks(
            _run, slices, bounds, executor, retries=retries, progress=progress, total=len(bounds)
        ):
            total = total + part
    return core.expand(total, scale, network.dtype)
