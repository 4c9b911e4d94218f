"""Small contractions as one generated function: what a call of a compiled network runs.

The function checks its tensors, contracts them in one line each and answers ``None`` where it does not apply
(other dtypes or shapes, a value that is not finite): the general way then runs, or says what is wrong. The
source holds integers and names of our own only.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from catenary.functors.tensor.network import Array, Reduction, Structure
from catenary.functors.tensor.paths import Path
from catenary.functors.tensor.program import path_pairs
from catenary.functors.tensor.straight_line import Emitter, load

_REAL, _COMPLEX = np.dtype(np.float64), np.dtype(np.complex128)
_TENSORS = 64
_WORK = 1 << 14
"""Multiply-adds of a pair above which writing it out gains nothing."""
_PRODUCT = 200
"""Multiply-adds of a pair from which a matrix product is faster than einsum, transpositions included."""


def quick(
    structure: Structure, core: Reduction, path: Path, sliced: Sequence[int] = ()
) -> Callable[[Sequence[Any]], Array | None]:
    """A function of a network's tensors that gives its value, or ``None`` where it does not apply.

    Args:
        structure: the network's.
        core: its reduction.
        path: the pairs to contract.
        sliced: the indices that the plan slices; a sliced contraction is not small.

    >>> from catenary.functors.tensor.network import reduction
    >>> structure = (((0, 1), (1, 2)), (0, 2), (2, 2, 2))
    >>> run = quick(structure, reduction(structure), ((0, 1),))
    >>> run([np.eye(2), np.ones((2, 2))])
    array([[1., 1.],
           [1., 1.]])
    >>> run([np.eye(2), np.ones((2, 3))]) is None
    True
    """
    source = quick_source(structure, core, path) if not sliced else None
    if source is None:
        return lambda arrays: None
    names = {"ND": np.ndarray, "F": _REAL, "C": _COMPLEX, "finite": cmath.isfinite, "still": np.errstate}
    return load(source, "run", names)


def quick_source(structure: Structure, core: Reduction, path: Path) -> str | None:
    """The source of :func:`quick`'s function, ``None`` where the network is not small."""
    indices, _, sizes = structure
    if core.empty or core.spread is not None or not path or len(indices) > _TENSORS or core.loops != 1:
        return None
    pairs = path_pairs(core.inputs, core.output, path)
    if any(math.prod(core.sizes[i] for i in {*left, *right}) > _WORK for _, _, left, right, _ in pairs):
        return None
    lines = ["def run(t):", f" if len(t)!={len(indices)}: return"]
    lines.append(f" {''.join(f'a{t},' for t in range(len(indices)))}=t")
    checks = []
    for t, ixs in enumerate(indices):
        shape = "".join(f"{sizes[i]}," for i in ixs)
        checks.append(f"type(a{t}) is not ND or a{t}.shape!=({shape})")
    lines.append(f" if {' or '.join(checks)}: return")
    lines.append(" d=a0.dtype")
    same = " or ".join(
        ["d is not F and d is not C", *(f"a{t}.dtype is not d" for t in range(1, len(indices)))]
    )
    # tensors of both kinds are as good; other dtypes go the general way
    mixed = " or ".join(f"(a{t}.dtype is not F and a{t}.dtype is not C)" for t in range(len(indices)))
    lines.append(f" if ({same}) and ({mixed}): return")
    lines.append(' with still(over="ignore",invalid="ignore"):')
    emit = Emitter(core.sizes)
    for x, ((t, kept, axes), ixs) in enumerate(zip(core.terms, core.inputs, strict=True)):
        if axes is None:
            lines.append(f"  x{x}=a{t}")
            continue
        squeezed = (
            "".join(f"{core.sizes[i]}," for i in ixs) if len(set(axes)) == len(kept) == len(axes) else ""
        )
        if squeezed:
            turned = [axes.index(k) for k in kept]
            plain = turned == list(range(len(turned)))
            dims = "".join(f"{core.sizes[ixs[kept.index(k)]]}," for k in axes)
            turn = "" if plain else f".transpose({''.join(f'{k},' for k in turned)})"
            lines.append(f"  x{x}=a{t}.reshape(({dims})){turn}")
            continue
        dims = "".join(f"{sizes[i]}," for i in indices[t] if sizes[i] != 1)
        lines.append(f'  x{x}=E("{_letters(axes)}->{_letters(kept)}",a{t}.reshape(({dims})))')
    order: list[list[int]] = [list(ixs) for ixs in core.inputs]
    death = {i: len(pairs) + k for k, i in enumerate(core.output)}
    for step, (_, _, left, right, out) in enumerate(pairs):
        for i in {*left, *right}.difference(out):
            death[i] = step
    for step, (a, b, _, _, out) in enumerate(pairs):
        new = len(core.inputs) + step
        wanted = list(core.output) if step == len(pairs) - 1 else sorted(out, key=lambda i: -death[i])
        text, found = _pair(emit, f"x{a}", order[a], f"x{b}", order[b], wanted, fixed=step == len(pairs) - 1)
        lines.append(f"  x{new}={text}")
        order.append(found)
    lines.append(f"  v=x{len(order) - 1}")
    for t, axes in core.scalars:
        dims = "".join(f"{sizes[i]}," for i in indices[t] if sizes[i] != 1)
        first = max(axes or (), default=-1) + 1
        names = _letters(range(first, first + len(core.output)))
        lines.append(f'  v=E("{_letters(axes or ())},{names}->{names}",a{t}.reshape(({dims})),v)')
    full = tuple(sizes[i] for i in structure[1])
    if full != tuple(core.sizes[i] for i in core.output):
        lines.append(f" v=v.reshape({''.join(f'{n},' for n in full)})")
    if core.output:
        names = _letters(range(len(full)))
        lines.append(f' return v if finite(E("{names}->",v)) else None')
    else:
        lines.append(" v=O(v)\n return v if finite(v.item()) else None")
    return "\n".join(lines)


def _letters(axes: Sequence[int] | range) -> str:
    from string import ascii_letters

    return "".join(ascii_letters[k] for k in axes)


def _pair(
    emit: Emitter, x: str, left: list[int], y: str, right: list[int], wanted: list[int], fixed: bool
) -> tuple[str, list[int]]:
    """A pair contraction as an expression, and the order of its result's axes."""
    kept = set(wanted)
    both = [i for i in left if i in set(right)]
    summed = [i for i in both if i not in kept]
    shared = [i for i in both if i in kept]
    first, second = [i for i in left if i not in set(both)], [i for i in right if i not in set(both)]
    work = emit.size(first) * emit.size(second) * emit.size(summed)
    if len(summed) == 1 and not shared:
        (i,) = summed
        # dot sums the last axis of one with the last but one (or only) of the other
        for a, ixs, b, others, rows, columns in (
            (x, left, y, right, first, second),
            (y, right, x, left, second, first),
        ):
            if fixed and rows + columns != wanted:
                continue
            if ixs[-1] == i:
                turned = a
            elif len(ixs) == 2:
                turned = f"{a}.T"
            else:
                continue
            if len(others) == 1 or (len(others) == 2 and others[0] == i):
                return f"{turned}.dot({b})", rows + columns
            if len(others) == 2:
                return f"{turned}.dot({b}.T)", rows + columns
    if shared or not summed or work < _PRODUCT:
        return f'E("{emit.spec(left, False, right, False, wanted)}",{x},{y})', wanted
    m, k, n = emit.size(first), emit.size(summed), emit.size(second)

    def turned_to(name: str, ixs: list[int], goal: list[int], rows: int, columns: int) -> str:
        axes = [ixs.index(i) for i in goal]
        turn = "" if axes == sorted(axes) else f".transpose({''.join(f'{a},' for a in axes)})"
        return f"{name}{turn}.reshape({rows},{columns})"

    a = turned_to(x, left, first + summed, m, k)
    b = turned_to(y, right, summed + second, k, n)
    text = f"{a}.dot({b}).reshape(({''.join(f'{emit.sizes[i]},' for i in first + second)}))"
    order = first + second
    if fixed and order != wanted:
        axes = "".join(f"{order.index(i)}," for i in wanted)
        return f"{text}.transpose({axes})", wanted
    return text, order
