"""Chunks of work on real executors, and what happens when a worker dies."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catenary.diagrams import CatenaryError, LimitReached
from catenary.functors.executors import in_chunks
from catenary.functors.tensor import TensorNetwork, contract
from catenary.functors.tensor.sliced import contract_on


def processes(count: int) -> ProcessPoolExecutor:
    """A pool of fresh processes: a fork would take over the threads of a library that another test imported."""
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))


def regular(n: int, size: int, seed: int, output: int = 0) -> TensorNetwork:
    """A random 3-regular network."""
    rng = np.random.default_rng(seed)
    ends = rng.permutation(np.repeat(np.arange(n), 3))
    indices: list[list[int]] = [[] for _ in range(n)]
    for index, pair in enumerate(ends.reshape(-1, 2)):
        for t in pair:
            indices[t].append(index)
    arrays = [rng.standard_normal((size,) * 3) / size for _ in range(n)]
    return TensorNetwork(indices, arrays, list(range(output)))


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_results_come_in_order_and_streams_are_read_as_needed(threads: ThreadPoolExecutor) -> None:
    read = 0

    def stream() -> Iterator[int]:
        nonlocal read
        for number in count():
            read += 1
            yield number

    assert list(islice(in_chunks(divmod, 100, (n + 1 for n in stream()), threads, ahead=4), 5)) == [
        divmod(100, n) for n in range(1, 6)
    ]
    assert read <= 10


def test_what_the_function_raises_comes_through(threads: ThreadPoolExecutor) -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_chunks(divmod, 1, [1, 0], threads))
    with pytest.raises(CatenaryError, match="submit"):
        list(in_chunks(divmod, 1, [1], 3))  # type: ignore[arg-type]


class Flaky:
    """An executor whose worker is lost the first so many times."""

    def __init__(self, losses: int):
        self.losses = losses

    def submit(self, function: Any, /, *arguments: Any) -> Any:
        future: Future[Any] = Future()
        if self.losses:
            self.losses -= 1
            future.set_exception(ConnectionResetError("worker gone"))
        else:
            future.set_result(function(*arguments))
        return future


def test_lost_chunks_are_done_again() -> None:
    assert list(in_chunks(divmod, 9, [2, 4], Flaky(3))) == [(4, 1), (2, 1)]
    with pytest.raises(LimitReached, match="lost 2 times"):
        list(in_chunks(divmod, 9, [2], Flaky(2), retries=1))


def die_once(marker: str, chunk: int) -> int:
    if chunk == 2 and not os.path.exists(marker):
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return chunk * chunk


def test_a_process_pool_that_breaks_is_made_again(tmp_path: Path) -> None:
    marker = str(tmp_path / "died")
    found = list(in_chunks(die_once, marker, range(6), lambda: processes(1)))
    assert found == [n * n for n in range(6)]
    os.remove(marker)
    with processes(1) as pool, pytest.raises(LimitReached, match="broken pool"):
        list(in_chunks(die_once, marker, range(6), pool))


@pytest.mark.parametrize("output", [0, 3])
def test_slices_on_threads_and_processes(output: int, threads: ThreadPoolExecutor) -> None:
    network = regular(24, 3, seed=output, output=output)
    expected = contract(network)
    done: list[float | None] = []
    for pool in (threads, lambda: processes(2)):
        value = contract_on(network, pool, seconds=1e-4, progress=lambda part, _: done.append(part))
        np.testing.assert_allclose(value, expected, rtol=1e-10, atol=1e-12)
        assert value.shape == expected.shape
    assert done.count(1.0) == 2
    assert (contract_on(network, threads, seconds=1e-4) == contract_on(network, threads, seconds=1e-4)).all()


def test_small_networks_are_contracted_here() -> None:
    class Never:
        def submit(self, function: Any, /, *arguments: Any) -> Any:
            raise AssertionError

    assert contract_on(TensorNetwork((), (), (), ()), Never()) == 1
    m = np.eye(2)
    assert contract_on(TensorNetwork(((0, 1), (1, 0)), (m, m), ()), Never()) == 2


@pytest.mark.filterwarnings("default")
def test_a_dask_worker_killed_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="dask is not installed")
    monkeypatch.chdir(tmp_path)
    network = regular(34, 3, seed=1, output=1)
    expected = contract(network)
    killed = threading.Event()
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):

        def kill(part: float | None, text: str) -> None:
            if not killed.is_set():
                killed.set()
                (pid, *_) = client.run(os.getpid).values()
                os.kill(pid, signal.SIGKILL)

        value = contract_on(network, client, seconds=1e-3, progress=kill)
    assert killed.is_set()
    np.testing.assert_allclose(value, expected, rtol=1e-10, atol=1e-12)


def test_broken_executors_are_lost_workers() -> None:
    class Broken(Flaky):
        def submit(self, function: Any, /, *arguments: Any) -> Any:
            if self.losses:
                self.losses -= 1
                raise BrokenExecutor("gone")
            return super().submit(function, *arguments)

    pools = iter([Broken(1), Broken(0)])
    assert list(in_chunks(divmod, 9, [2, 4], lambda: next(pools))) == [(4, 1), (2, 1)]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_ray() -> None:
    ray = pytest.importorskip("ray", reason="ray is not installed")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)

    class RayFuture:
        def __init__(self, reference: Any):
            self.reference = reference

        def result(self) -> Any:
            return ray.get(self.reference)

    class RayExecutor:
        def submit(self, function: Any, /, *arguments: Any) -> Any:
            return RayFuture(ray.remote(function).remote(*arguments))

    network = regular(34, 3, seed=1, output=1)
    try:
        value = contract_on(network, RayExecutor(), seconds=1e-3)
    finally:
        ray.shutdown()
    np.testing.assert_allclose(value, contract(network), rtol=1e-10, atol=1e-12)


MPI = """
import numpy as np
from mpi4py.futures import MPIPoolExecutor
from catenary.functors.tensor import TensorNetwork, contract
from catenary.functors.tensor.sliced import contract_on

if __name__ == "__main__":
    m = np.random.default_rng(0).standard_normal((64, 64))
    network = TensorNetwork([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)], [m] * 5, ())
    with MPIPoolExecutor() as pool:
        print(bool(np.isclose(contract_on(network, pool, seconds=1e-4), contract(network))))
"""


@pytest.mark.slow
def test_mpi(tmp_path: Path) -> None:
    pytest.importorskip("mpi4py", reason="mpi4py is not installed")
    launcher = shutil.which("mpiexec")
    if launcher is None:
        pytest.skip("mpiexec is not installed")
    script = tmp_path / "slices.py"
    script.write_text(MPI)
    command = [launcher, "-n", "3", sys.executable, "-m", "mpi4py.futures", str(script)]
    allowed = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    oversubscribed = {
        "OMPI_MCA_rmaps_base_oversubscribe": "1",
        "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    }
    done = subprocess.run(
        command, env=os.environ | allowed | oversubscribed, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "True", done.stderr


@pytest.mark.parametrize(
    "options", [{"ahead": 0}, {"ahead": -1}, {"executor": object()}, {"executor": lambda: 5}]
)
def test_what_would_run_nothing_is_refused(options: Any) -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(CatenaryError):
        list(in_chunks(pow, 2, range(5), **{"executor": pool, **options}))
