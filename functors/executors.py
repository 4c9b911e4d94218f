"""Work in chunks on any executor: threads, processes, Dask, Ray or MPI behind ``submit``.

An executor is any object with ``submit(function, *arguments)`` that returns an object with ``result()``:
those of ``concurrent.futures``, a ``dask.distributed.Client``, ``mpi4py.futures.MPIPoolExecutor``, or a few
lines around Ray. Results come in the order of the chunks, whatever order they are done in; a chunk whose
worker was lost is done again.
"""

from __future__ import annotations

import concurrent.futures
import hashlib
import pickle
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

from catenary.diagrams import CatenaryError, LimitReached

Progress = Callable[[float | None, str], None]
T = TypeVar("T")
_KEPT = 8  # shared values that a worker keeps
_LOST = (concurrent.futures.BrokenExecutor, concurrent.futures.CancelledError, ConnectionError, EOFError)
_LOST_NAMES = frozenset(  # of libraries that need not be installed
    {"KilledWorker", "CommClosedError", "FutureCancelledError", "WorkerCrashedError", "RayActorError"}
)


class Executor(Protocol):
    """Anything with ``submit``."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """Start a call; the result has a method ``result()`` that waits for it."""
        ...


class Shared:
    """A value that every chunk needs, sent to a worker once and kept there. Made by :func:`in_chunks`."""

    def __init__(self, value: Any):
        self._data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
        self._key = hashlib.sha256(self._data).digest()

    def open(self) -> Any:
        """The value, unpickled once in each process."""
        if self._key in _OPENED:
            _OPENED.move_to_end(self._key)
        else:
            _OPENED[self._key] = pickle.loads(self._data)
            while len(_OPENED) > _KEPT:
                _OPENED.popitem(last=False)
        return _OPENED[self._key]


_OPENED: OrderedDict[bytes, Any] = OrderedDict()


def _call(function: Callable[[Any, Any], T], shared: Any, chunk: Any) -> T:
    return function(shared.open() if isinstance(shared, Shared) else shared, chunk)


def in_chunks(
    function: Callable[[Any, Any], T],
    shared: Any,
    chunks: Iterable[Any],
    executor: Executor | Callable[[], Executor],
    *,
    ahead: int = 32,
    retries: int = 3,
    progress: Progress | None = None,
    total: int | None = None,
) -> Iterator[T]:
    """``function(shared, chunk)`` for every chunk, in the order of the chunks.

    Args:
        function: a function that pickles (defined at the top of a module), where the executor's workers are
            other processes.
        shared: what all calls need. With Dask it is scattered to the workers once, otherwise it goes with the
            chunk and is unpickled once in each process.
        chunks: the work. It is read as it is needed, so it may be a long stream.
        executor: anything with ``submit``; or a function that makes one, called again when it breaks for good,
            as a process pool does when one of its processes dies.
        ahead: how many chunks are submitted before the first of them has its result.
        retries: how often one chunk is done again when its worker is lost.
        progress: called with the part that is done (``None`` without ``total``) and a text.
        total: the number of chunks, if known.

    Raises:
        CatenaryError: for what is no executor; unless ``ahead`` is positive.
        LimitReached: if a chunk's worker was lost more often than ``retries``.
        Exception: what the function raises comes through as it is.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as pool:
    ...     list(in_chunks(pow, 2, range(5), pool))
    [1, 2, 4, 8, 16]
    """
    make: Callable[[], Executor] | None = None
    if not hasattr(executor, "submit"):
        if not callable(executor):
            raise CatenaryError(
                f"an executor has a method submit, or is a function that makes one: {executor!r}"
            )
        make = executor
    if ahead < 1:
        raise CatenaryError(f"at least one chunk is submitted ahead, not {ahead}")
    pool: Executor = make() if make else executor  # type: ignore[assignment]
    if not hasattr(pool, "submit"):
        raise CatenaryError(f"the function gave {pool!r}, which has no method submit")
    sent = _sent(pool, shared)
    waiting: deque[tuple[Any, int, Any]] = deque()
    source = iter(chunks)
    done = 0

    def submit(chunk: Any) -> Any:
        try:
            return pool.submit(_call, function, sent, chunk)
        except Exception as error:
            if not _is_lost(error):
                raise
            return _Failed(error)

    def fill() -> None:
        while len(waiting) < ahead:
            for chunk in source:
                waiting.append((chunk, 0, submit(chunk)))
                break
            else:
                return

    try:
        fill()
        while waiting:
            chunk, losses, future = waiting.popleft()
            try:
                result: T = future.result()
            except Exception as error:
                if not _is_lost(error):
                    raise
                if losses >= retries:
                    raise LimitReached("work in chunks", f"a worker lost {losses + 1} times") from error
                broken = isinstance(error, concurrent.futures.BrokenExecutor)
                if broken and make is None:
                    raise LimitReached(
                        "work in chunks",
                        "a broken pool; give a function that makes the executor, and it is made again",
                    ) from error
                if broken and make is not None:
                    _close(pool)
                    pool = make()
                sent = _sent(pool, shared)  # it may have been lost with the worker
                if broken:
                    again = [(c, n, submit(c)) for c, n, _ in waiting]
                    waiting.clear()
                    waiting.extend(again)
                waiting.appendleft((chunk, losses + 1, submit(chunk)))
                continue
            done += 1
            if progress is not None:
                progress(None if not total else done / total, f"{done} chunks done")
            yield result
            fill()
    finally:
        for _, _, future in waiting:
            cancel = getattr(future, "cancel", None)
            if cancel is not None:
                cancel()
        if make is not None:
            _close(pool)


class _Failed:
    def __init__(self, error: Exception):
        self._error = error

    def result(self) -> Any:
        raise self._error


def _sent(pool: Executor, shared: Any) -> Any:
    scatter = getattr(pool, "scatter", None)
    if scatter is not None:  # Dask: a future of the value, resolved where the call runs
        return scatter(shared, broadcast=True, hash=False)
    if isinstance(pool, concurrent.futures.ThreadPoolExecutor):
        return shared
    return Shared(shared)


def _is_lost(error: BaseException) -> bool:
    return isinstance(error, _LOST) or type(error).__name__ in _LOST_NAMES


def _close(pool: Any) -> None:
    for name in ("shutdown", "close"):
        close = getattr(pool, name, None)
        if close is not None:
            close()
            return
