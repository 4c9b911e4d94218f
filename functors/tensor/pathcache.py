"""Found contraction paths kept on disk, one small JSON file for each network.

A file's name is the hash of the network's canonical form: tensors in an order that depends on the shape of
the network alone, as far as colour refinement tells them apart, and indices by first occurrence. So the same
network built in another order is found again, and where refinement leaves ties a path may be searched twice,
never mistaken: the form itself, not only its hash, is what is compared.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import warnings
from pathlib import Path as FilePath
from typing import Any, TypeAlias

from catenary.diagrams import ContractionError
from catenary.functors.tensor.network import Reduction
from catenary.functors.tensor.paths import Meter, Path

Cache: TypeAlias = bool | str | FilePath
FORMAT = "catenary contraction path 1"
_LARGEST = 2**26  # bytes of a file that is read


class CacheWarning(UserWarning):
    """A file of the path cache that is not what it should be, or a cache that cannot be written: the path is
    searched again.
    """


def cache_folder(cache: Cache) -> FilePath | None:
    """The folder that ``cache=`` stands for: ``True`` is ``catenary/paths`` in the user's cache folder
    (``$XDG_CACHE_HOME``, or ``~/.cache``).

    >>> cache_folder("kept").name, cache_folder(False)
    ('kept', None)
    """
    if cache is False:
        return None
    if cache is True:
        home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        return FilePath(home) / "catenary" / "paths"
    return FilePath(cache)


def canonical(core: Reduction) -> tuple[list[int], str]:
    """The order of the tensors, and the network in that order as text.

    >>> from catenary.functors.tensor.network import reduction
    >>> one = reduction((((0, 1), (1, 2, 3), (2, 3)), (0,), (2, 3, 4, 5)))
    >>> other = reduction((((1, 0), (1, 0, 2), (2, 3)), (3,), (5, 4, 3, 2)))
    >>> canonical(one)[1] == canonical(other)[1]
    True
    """
    places: dict[int, int] = {index: k for k, index in enumerate(core.output)}
    holders: list[list[int]] = [[] for _ in core.sizes]
    for t, ixs in enumerate(core.inputs):
        for index in ixs:
            holders[index].append(t)
    # hashes of strings differ from run to run, those of tuples of integers do not
    index_colour = [hash((size, places.get(i, -1), len(holders[i]))) for i, size in enumerate(core.sizes)]
    colour = [0] * len(core.inputs)
    distinct = 0
    while True:
        colour = [
            hash((colour[t], tuple(sorted([index_colour[i] for i in ixs]))))
            for t, ixs in enumerate(core.inputs)
        ]
        now = len(set(colour))
        if now <= distinct or now == len(colour):
            break
        distinct = now
        index_colour = [
            hash((old, tuple(sorted([colour[t] for t in holders[i]])))) for i, old in enumerate(index_colour)
        ]
    order = sorted(range(len(core.inputs)), key=colour.__getitem__)
    number: dict[int, int] = {}
    rows = []
    for t in order:
        for index in sorted(core.inputs[t], key=index_colour.__getitem__):
            number.setdefault(index, len(number))
        rows.append(sorted(number[index] for index in core.inputs[t]))
    sizes = [0] * len(number)
    for index, k in number.items():
        sizes[k] = core.sizes[index]
    return order, json.dumps([rows, [number[i] for i in core.output], sizes], separators=(",", ":"))


def _file(text: str, seed: int, folder: FilePath) -> FilePath:
    return folder / f"{hashlib.sha256(f'{FORMAT};{seed};{text}'.encode()).hexdigest()[:40]}.json"


def recall(core: Reduction, seed: int, folder: FilePath) -> tuple[Path, str] | None:
    """The path that was kept for a network and how it was found, or ``None``. A file that does not hold it is
    passed over with a :class:`CacheWarning`.
    """
    order, text = canonical(core)
    file = _file(text, seed, folder)
    try:
        if file.stat().st_size > _LARGEST:
            raise ContractionError("the file is too large")
        with open(file, encoding="utf-8") as stream:
            found = json.load(stream)
        path, method = _read(found, text)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:  # named errors of ours are ValueErrors
        warnings.warn(f"{file} is not a kept contraction path ({error}): ignored", CacheWarning, stacklevel=2)
        return None
    count = len(order)
    whole = tuple((order[a] if a < count else a, order[b] if b < count else b) for a, b in path)
    return whole, method


def _read(found: Any, text: str) -> tuple[Path, str]:
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ContractionError(f"its format is not {FORMAT!r}")
    if found.get("network") != json.loads(text):
        raise ContractionError("it is of another network")
    pairs, method = found.get("path"), found.get("method")
    if not isinstance(pairs, list) or not isinstance(method, str):
        raise ContractionError("it has no path")
    inputs, output, sizes = json.loads(text)
    made = len(inputs)
    path = []
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and all(type(t) is int for t in pair)):
            raise ContractionError("a step is not a pair of numbers")
        if not all(0 <= t < made for t in pair):
            raise ContractionError("a step names a tensor that is not there")
        path.append((pair[0], pair[1]))
        made += 1
    Meter(inputs, output, sizes).cost(path)  # raises unless it is a path
    return tuple(path), method


def remember(core: Reduction, seed: int, folder: FilePath, path: Path, method: str) -> None:
    """Keep a path. A folder that cannot be written gives a :class:`CacheWarning`."""
    order, text = canonical(core)
    place = {t: k for k, t in enumerate(order)}
    count = len(order)
    pairs = [[place[t] if t < count else t for t in pair] for pair in path]
    record = {"format": FORMAT, "network": json.loads(text), "path": pairs, "method": method}
    file = _file(text, seed, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # written beside and renamed, so that nobody reads half a file
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=folder, suffix=".part", delete=False
        ) as stream:
            json.dump(record, stream, separators=(",", ":"))
        os.replace(stream.name, file)
    except OSError as error:
        warnings.warn(
            f"the contraction path could not be kept in {folder}: {error}", CacheWarning, stacklevel=2
        )
