"""Contraction paths by cotengra, the search scaled to the work that it can save.

Up to 8 tensors the optimal path; up to 15 the better of a few greedy ones; above that random-greedy trials
(in Rust where cotengrust is installed), then optimal re-contraction of subtrees, then, where the expected
contraction is longer than a search, hyper-optimisation. Every choice is seeded and bounded by counts, never
by the clock: the same network gets the same path. (Gray & Kourtis, *Hyper-optimized tensor network
contraction*, arXiv 2002.01935.)
"""

from __future__ import annotations

import importlib.util
import math
import warnings
from collections.abc import Sequence
from typing import Any

from catenary.diagrams import ContractionError
from catenary.functors.tensor.program import Inputs, Path, cost_of

OPTIMAL_BELOW = 9
GREEDY_BELOW = 16
TRIALS = 128

# Seconds, measured: what a multiply-add takes, and what a step of the search takes for each tensor.
_MULTIPLY_ADD = 1e-9
_GREEDY = 1e-5
_SUBTREES_8 = 2e-3
_SUBTREES_10 = 5e-3
_HYPER = 3e-3
_HYPER_UP_TO = 400  # tensors: a hyper-optimisation trial is much worse than linear


def has_rust() -> bool:
    """Whether cotengrust, the Rust form of cotengra's greedy and optimal searches, is installed."""
    return importlib.util.find_spec("cotengrust") is not None


def search(inputs: Inputs, output: Sequence[int], sizes: Sequence[int], *, seed: int = 0) -> tuple[Path, str]:
    """A good path for a network in core form, and how it was found."""
    count = len(inputs)
    if count < 2:
        return (), "nothing to contract"
    if count == 2:
        return ((0, 1),), "one pair"
    tree, method = _tree(inputs, output, sizes, seed)
    return _ssa(tree), method


def _ssa(tree: Any) -> Path:
    return tuple((int(a), int(b)) for a, b in tree.get_ssa_path())


def _named(inputs: Inputs, output: Sequence[int], sizes: Sequence[int]) -> tuple[Any, Any, Any]:
    from cotengra import get_symbol as symbol  # the Rust searches take one-letter names

    names = [symbol(i) for i in range(len(sizes))]
    named = [tuple(names[i] for i in ixs) for ixs in inputs]
    return named, tuple(names[i] for i in output), {names[i]: size for i, size in enumerate(sizes)}


def _tree(inputs: Inputs, output: Sequence[int], sizes: Sequence[int], seed: int) -> tuple[Any, str]:
    import cotengra as ctg

    named, out, size_dict = _named(inputs, output, sizes)
    rust = has_rust()
    count = len(inputs)

    def from_path(path: Any) -> Any:
        return ctg.ContractionTree.from_path(named, out, size_dict, ssa_path=path)

    def random_greedy(trials: int, seed: int) -> Any:
        optimizer = ctg.RandomGreedyOptimizer(max_repeats=trials, seed=seed, accel="auto", parallel=False)
        return from_path(optimizer.ssa_path(named, out, size_dict))

    if count < OPTIMAL_BELOW:
        optimizer = ctg.OptimalOptimizer(minimize="flops", accel="auto")
        return from_path(optimizer.ssa_path(named, out, size_dict)), "optimal"
    if count < GREEDY_BELOW:
        return random_greedy(16, seed), "random-greedy, 16 trials"
    # a trial is about linear in the tensors; very large networks get fewer
    trials = max(4, min(TRIALS if rust else TRIALS // 4, 200_000 // count))
    tree = random_greedy(trials, seed)
    method = f"random-greedy, {trials} trials"

    def worth(seconds: float) -> bool:
        """Whether the contraction is expected to take longer than this part of the search."""
        return bool(tree.contraction_cost() * _MULTIPLY_ADD > seconds * count)

    if not worth(_SUBTREES_8):
        return tree, method
    tree.subtree_reconfigure_(subtree_size=8, seed=seed)
    method += ", subtrees of 8"
    more = 8 * trials
    if rust and worth(more * _GREEDY + _SUBTREES_10):
        other = random_greedy(more, seed + 1)
        other.subtree_reconfigure_(subtree_size=10, seed=seed)
        if other.contraction_cost() < tree.contraction_cost():
            tree, method = other, f"random-greedy, {more} trials, subtrees of 10"
    trials = 16
    if count <= _HYPER_UP_TO and worth(trials * _HYPER):
        other = _hyper(named, out, size_dict, seed, trials)
        if other is not None and other.contraction_cost() < tree.contraction_cost():
            tree, method = other, f"hyper-optimised, {trials} trials, subtrees of 10"
    return tree, method


def _hyper(named: Any, out: Any, size_dict: Any, seed: int, trials: int) -> Any:
    import cotengra as ctg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cotengra notes the optional optimisers it does not find
        optimizer = ctg.HyperOptimizer(
            methods=["labels"],
            max_repeats=trials,
            parallel=False,
            optlib="random",
            seed=seed,
            on_trial_error="ignore",
        )
        tree = optimizer.search(named, out, size_dict)
    if tree is not None:
        tree.subtree_reconfigure_(subtree_size=10, seed=seed)
    return tree


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
