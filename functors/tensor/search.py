"""Contraction paths by cotengra, the search scaled to the work that it can save.

Up to 8 tensors the optimal path. Above that pairs that do not grow are contracted first, then comes a greedy
path, then starts of two kinds: random-greedy trials (in Rust where cotengrust is installed) and orders of
eliminated indices (:mod:`catenary.functors.tensor.elimination`), which follow the hyper-edges. Each start is
improved by optimal re-contraction of small subtrees, and most of the later ones are of the kind that did
better; then come larger subtrees, then hyper-optimisation: every part only while the expected contraction is
longer than the search. Paths are compared by their expected time, not by their multiply-adds alone:
hyper-edge networks spend it on moving elements. Every choice is seeded and bounded by counts, never by the
clock: the same network gets the same path. (Gray & Kourtis, *Hyper-optimized tensor network contraction*,
arXiv 2002.01935.)
"""

from __future__ import annotations

import importlib.util
import math
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import Any

from catenary.diagrams import ContractionError
from catenary.functors.tensor.elimination import Elimination
from catenary.functors.tensor.paths import Cost, Inputs, Meter, Path, absorb, cost_of, greedy_path, in_pairs

OPTIMAL_BELOW = 9
TRIALS = 8
"""Random-greedy trials, or elimination orders, of each start."""
STARTS = 64
"""Starts at most."""

# Seconds, measured: what a random-greedy trial takes for each pair of tensors at an index, an elimination
# order for each index, and what the other parts of the search take for each tensor.
_GREEDY = 2.5e-7
_ORDER = 1.2e-5
_GREEDY_WITHOUT_RUST = 1e-5
_SUBTREES = {4: 1.2e-4, 6: 2.5e-4, 8: 1.2e-3, 10: 5e-3}
_HYPER = 4e-3
_HYPER_TRIALS = 16
_HYPER_UP_TO = 400  # tensors: a hyper-optimisation trial is much worse than linear
_PATIENCE = 2.0  # so many times longer than the search is the contraction that it may shorten


@cache
def has_rust() -> bool:
    """Whether cotengrust, the Rust form of cotengra's greedy and optimal searches, is installed."""
    return importlib.util.find_spec("cotengrust") is not None


def search(
    inputs: Inputs, output: Sequence[int], sizes: Sequence[int], *, seed: int = 0, itemsize: int = 16
) -> tuple[Path, str]:
    """A good path for a network in core form, and how it was found.

    ``itemsize`` is the bytes of an element: a contraction of smaller ones is shorter, and so is its search.
    """
    count = len(inputs)
    if count < 2:
        return (), "nothing to contract"
    if count == 2:
        return ((0, 1),), "one pair"
    if count < OPTIMAL_BELOW:
        return _Search(
            _named(inputs, output, sizes), Meter(inputs, output, sizes), inputs, seed, 1.0
        ).optimal()
    start = _start(tuple(map(tuple, inputs)), tuple(output), tuple(sizes))
    if len(start.core) < 3:
        return start.path, "rank simplification"
    then, method = _Search(start.named, start.meter, start.core, seed, itemsize / 16).run(start.greedy)
    return start.first + _joined(then, start.left, count + len(start.first)), method


def expected_cost(inputs: Inputs, output: Sequence[int], sizes: Sequence[int]) -> Cost:
    """What a contraction is expected to cost, by one greedy path: what it takes to find that is small against
    any contraction worth a search.
    """
    return _start(tuple(map(tuple, inputs)), tuple(output), tuple(sizes)).cost


@dataclass(frozen=True)
class _Start:
    """Where a search starts: the pairs that do not grow, what they leave, a greedy path of that (of pairs, or of
    the indices of hyper-edges), and the expected cost of the whole.
    """

    first: Path
    left: tuple[int, ...]
    core: tuple[tuple[int, ...], ...]
    named: tuple[Any, Any, Any]
    meter: Meter
    greedy: Path
    path: Path
    cost: Cost


@lru_cache(maxsize=64)
def _start(inputs: tuple[tuple[int, ...], ...], output: tuple[int, ...], sizes: tuple[int, ...]) -> _Start:
    first, core, left = absorb(inputs, output, sizes)
    held = sorted({index for ixs in core for index in ixs})
    number = {index: k for k, index in enumerate(held)}
    small = tuple([tuple([number[i] for i in ixs]) for ixs in core])
    open_, dims = [number[i] for i in output], [sizes[i] for i in held]
    named: tuple[Any, Any, Any] = ((), (), {})
    greedy: Path = ()
    if len(core) == 2:
        greedy = ((0, 1),)
    elif len(core) > 2:
        try:
            import cotengra as ctg
        except ImportError:
            greedy = greedy_path(small, open_, dims)
        else:
            named = _named(small, open_, dims)
            greedy = in_pairs(ctg.GreedyOptimizer(accel="auto").ssa_path(*named), len(small))
    meter = Meter(small, open_, dims)
    if len(core) > 2 and _hyper(core) and meter.cost(greedy).seconds > 10 * _ORDER * len(dims):
        graph = Elimination(small, open_, dims)
        greedy = min(greedy, graph.path(graph.order()[0]), key=lambda path: meter.cost(path).seconds)
    path = first + _joined(greedy, left, len(inputs) + len(first))
    return _Start(
        first, tuple(left), small, named, meter, greedy, path, Meter(inputs, output, sizes).cost(path)
    )


def _hyper(inputs: Inputs) -> bool:
    """Whether an index is on more than two tensors."""
    return max(Counter(chain.from_iterable(inputs)).values(), default=0) > 2


def _joined(path: Path, left: Sequence[int], made: int) -> Path:
    """The path of what ``absorb`` left, in the numbers of the whole network."""
    count = len(left)
    return tuple(
        [
            (left[a] if a < count else made + a - count, left[b] if b < count else made + b - count)
            for a, b in path
        ]
    )


class _Search:
    """The best path so far, and the ways to find a better one."""

    def __init__(self, named: tuple[Any, Any, Any], meter: Meter, inputs: Inputs, seed: int, pace: float):
        self.named = named
        self.count = len(inputs)
        self.inputs = inputs
        holders = Counter(chain.from_iterable(inputs))
        rate = _GREEDY if has_rust() else _GREEDY_WITHOUT_RUST
        # what the trials of a start take: cotengra looks at 16 neighbours at most
        self.trials = TRIALS * rate * sum(n * min(n, 16) for n in holders.values())
        self.orders = TRIALS * _ORDER * len(holders)
        self.hyper = _hyper(inputs)
        self.meter = meter
        self.seed = seed
        self.pace = pace
        self.path: Path = ()
        self.cost = Cost(0, 0, 0, 0, math.inf)
        self.method = ""
        self.spent = 0.0

    def offer(self, path: Sequence[Sequence[int]], method: str) -> float:
        """Keep a path if it is the best so far; returns its expected time."""
        pairs = in_pairs(path, self.count)
        cost = self.meter.cost(pairs)
        if cost.seconds < self.cost.seconds:
            self.path, self.cost, self.method = pairs, cost, method
        return cost.seconds

    def spend(self, seconds: float) -> bool:
        """Whether the contraction is expected to be long enough for a part of the search that takes this
        long; if so it counts as spent.
        """
        if self.pace * self.cost.seconds < _PATIENCE * (self.spent + seconds):
            return False
        self.spent += seconds
        return True

    @cached_property
    def elimination(self) -> Elimination:
        """The network as a graph of its indices."""
        number = {name: i for i, name in enumerate(self.named[2])}
        return Elimination(self.inputs, [number[name] for name in self.named[1]], [*self.named[2].values()])

    def optimal(self) -> tuple[Path, str]:
        """The path with the fewest multiply-adds."""
        import cotengra as ctg

        self.offer(ctg.OptimalOptimizer(minimize="flops", accel="auto").ssa_path(*self.named), "optimal")
        return self.path, self.method

    def run(self, greedy: Path) -> tuple[Path, str]:
        """All the parts of the search that are worth it, after a greedy path."""
        self.offer(greedy, "greedy")
        first, takes = (self._eliminated, self.orders) if self.hyper else (self._trials, self.trials)
        if not self.spend(takes):
            return self.path, self.method
        self.offer(*first(0, TRIALS))
        self._starts()
        for size in (8, 10):
            if self.spend(_SUBTREES[size] * self.count):
                self._subtrees(self.path, size, self.method)
        if self.count <= _HYPER_UP_TO and self.spend(_HYPER_TRIALS * _HYPER * self.count):
            self._hyper()
        return self.path, self.method

    def _starts(self) -> None:
        """Starts of both kinds, each improved by its subtrees: first one of each, then three of four of the
        kind that has the better path.
        """
        kinds = (self._eliminated, self._trials)
        takes = (self.orders, self.trials)
        best = [math.inf, math.inf]
        for start in range(STARTS):
            better = int(best[1] < best[0])
            # where indices are hyper-edges their order comes first
            kind = (start + (not self.hyper)) % 2 if start < 2 else better ^ (start % 4 == 3)
            size = 4 if start < 2 else 6
            if not self.spend(takes[kind] + _SUBTREES[size] * self.count):
                break
            # the first subtrees are better spent on the best of twice as many trials
            path, method = kinds[kind](start, TRIALS if start else 2 * TRIALS)
            best[kind] = min(best[kind], self._subtrees(path, size, f"{method} of start {start}"))

    def _eliminated(self, start: int, trials: int) -> tuple[Path, str]:
        first = TRIALS * (STARTS * self.seed + start)
        orders = [self.elimination.order(first + k if start + k else None) for k in range(trials)]
        order, _ = min(orders, key=lambda found: found[1])
        return self.elimination.path(order), "elimination"

    def _trials(self, start: int, trials: int) -> tuple[Path, str]:
        import cotengra as ctg

        seed = STARTS * self.seed + start
        optimizer = ctg.RandomGreedyOptimizer(max_repeats=trials, seed=seed, accel="auto", parallel=False)
        return in_pairs(optimizer.ssa_path(*self.named), self.count), "random-greedy"

    def _subtrees(self, path: Path, size: int, method: str) -> float:
        import cotengra as ctg

        tree = ctg.ContractionTree.from_path(*self.named, ssa_path=path)
        tree.subtree_reconfigure_(subtree_size=size, seed=self.seed, minimize="combo")
        return self.offer(tree.get_ssa_path(), f"{method.partition(', subtrees')[0]}, subtrees of {size}")

    def _hyper(self) -> None:
        import cotengra as ctg

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cotengra notes the optional optimisers it does not find
            optimizer = ctg.HyperOptimizer(
                methods=["labels"],
                max_repeats=_HYPER_TRIALS,
                parallel=False,
                optlib="random",
                minimize="combo",
                seed=self.seed,
                on_trial_error="ignore",
            )
            tree = optimizer.search(*self.named)
        if tree is not None:
            self._subtrees(tree.get_ssa_path(), 10, f"hyper-optimised, {_HYPER_TRIALS} trials")


def _ssa(tree: Any) -> Path:
    return tuple((int(a), int(b)) for a, b in tree.get_ssa_path())


def _named(inputs: Inputs, output: Sequence[int], sizes: Sequence[int]) -> tuple[Any, Any, Any]:
    from cotengra import get_symbol as symbol  # the Rust searches take one-letter names

    names = [symbol(i) for i in range(len(sizes))]
    named = [tuple(names[i] for i in ixs) for ixs in inputs]
    return named, tuple(names[i] for i in output), {names[i]: size for i, size in enumerate(sizes)}


def split_path(
    inputs: Inputs,
    output: Sequence[int],
    sizes: Sequence[int],
    path: Path,
    slices: int,
    largest: int | None = None,
    seed: int = 0,
) -> tuple[Path, tuple[int, ...]]:
    """A path and indices to slice that give at least so many slices, for as little more work as possible.

    Where the indices do not suffice nothing is sliced. With ``largest`` no tensor of a slice has more elements.
    """
    import cotengra as ctg

    named, out, size_dict = _named(inputs, output, sizes)
    number = {name: i for i, name in enumerate(size_dict)}
    tree = ctg.ContractionTree.from_path(named, out, size_dict, ssa_path=path)
    inner = math.prod(size for i, size in enumerate(sizes) if i not in output)
    if inner >= slices:
        tree.slice_(target_slices=slices, target_size=largest, seed=seed)
        tree.subtree_reconfigure_(subtree_size=8, seed=seed)
    return _ssa(tree), tuple(sorted(number[name] for name in tree.sliced_inds))


def slice_path(
    inputs: Inputs, output: Sequence[int], sizes: Sequence[int], path: Path, peak: int, seed: int = 0
) -> tuple[Path, tuple[int, ...]]:
    """A path and indices to slice so that no more than ``peak`` elements are alive at a time.

    Raises:
        ContractionError: if no slicing brings it under the limit: the given tensors and the result alone are
            above it.
    """
    import cotengra as ctg

    base = sum(math.prod(sizes[i] for i in ixs) for ixs in inputs) + math.prod(sizes[i] for i in output)
    named, out, size_dict = _named(inputs, output, sizes)
    number = {name: i for i, name in enumerate(size_dict)}
    target = max(2, peak // 2)
    while base < peak and target >= 2:
        tree = ctg.ContractionTree.from_path(named, out, size_dict, ssa_path=path)
        for parent, _, _ in list(tree.traverse()):
            tree.get_legs(parent)  # from the leaves up: asked at the root, cotengra would recurse
            tree.get_involved(parent)
        tree.slice_(target_size=target, seed=seed)
        tree.subtree_reconfigure_(subtree_size=8, seed=seed)
        sliced = tuple(sorted(number[name] for name in tree.sliced_inds))
        found = _ssa(tree)
        cut = set(sliced)
        cost = cost_of(
            [[i for i in ixs if i not in cut] for ixs in inputs],
            [i for i in output if i not in cut],
            sizes,
            found,
        )
        if base + cost.peak <= peak:
            return found, sliced
        target //= 4
    raise ContractionError(
        f"the contraction needs more than the limit of {peak} elements in memory, and slicing does not "
        "bring it below: "
        f"its tensors and result alone take {base} elements; raise memory= or close some of the boundary"
    )
