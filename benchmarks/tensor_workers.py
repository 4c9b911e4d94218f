"""Slices of one contraction: two threads beside two Dask workers. Wall time, as the work is in other processes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from catenary.functors.tensor import TensorNetwork, plan
from catenary.functors.tensor.sliced import contract_on


def regular(n: int, size: int, seed: int) -> TensorNetwork:
    """A random 3-regular network of ``n`` tensors with indices of one size."""
    rng = np.random.default_rng(seed)
    ends = rng.permutation(np.repeat(np.arange(n), 3)).reshape(-1, 2)
    indices: list[list[int]] = [[] for _ in range(n)]
    for index, pair in enumerate(ends):
        for t in pair:
            indices[t].append(index)
    return TensorNetwork(indices, [rng.standard_normal((size,) * 3) / size for _ in range(n)], ())


def _wall(call: Callable[[], Any], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def run(quick: bool = False) -> list[dict[str, Any]]:
    """One row: seconds on two threads, on two Dask workers, and their ratio."""
    try:
        import distributed
    except ImportError:
        return [{"work": "slices on two Dask workers", "note": "dask is not installed"}]
    network = regular(40 if quick else 88, 4, 0)
    cost = plan(network, work=None)
    repeats = 1 if quick else 2
    options: dict[str, Any] = {"workers": 2, "seconds": 0.2, "work": None}
    with ThreadPoolExecutor(2) as pool:
        threads = _wall(lambda: contract_on(network, pool, **options), repeats)
    logging.getLogger("distributed").setLevel(logging.ERROR)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.run(_warm)
        dask = _wall(lambda: contract_on(network, client, **options), repeats)
    return [
        {
            "work": f"3-regular network of {len(network)} tensors, 10^{cost.log10:.1f} multiply-adds, in slices",
            "two threads (s)": round(threads, 3),
            "two Dask workers (s)": round(dask, 3),
            "Dask / threads": round(dask / threads, 2),
        }
    ]


def _warm() -> None:
    import catenary.functors.tensor.sliced  # noqa: F401
