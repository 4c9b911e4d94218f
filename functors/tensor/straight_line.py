"""Contractions written out as Python functions: one line for each pair of tensors.

The generated source holds integers and names of our own only, never text from a network. Small pairs are one
call of NumPy's einsum, which takes any order of axes without moving data; large ones are matrix products.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_letters
from typing import Any

import numpy as np

from catenary.diagrams import ContractionError
from catenary.functors.tensor.network import Array

try:  # np.einsum without its dispatch, which costs as much as a small pair
    from numpy._core.multiarray import c_einsum as _einsum
except ImportError:  # pragma: no cover - another NumPy
    _einsum = np.einsum

_BATCH = "Z"
_LETTERS = ascii_letters.replace(_BATCH, "")
_GEMM = 32
"""Multiply-adds of a pair with a constant from which its operand is worth transposing for a matrix product."""
_MATMUL = 1024
"""Multiply-adds of a pair on a batch from which a matrix product for each member is faster."""


@dataclass(frozen=True)
class Step:
    """A pair contraction on a batch.

    Attributes:
        left, right: the numbers of the operands.
        spec: the einsum equation, batch axis last where an operand has one.
    """

    left: int
    right: int
    spec: str


@dataclass(frozen=True, eq=False)
class BatchProgram:
    """What :func:`batch_program` makes.

    Attributes:
        forward: ``forward(constants, leaves, batch)`` gives the value (\\*shape, batch) and what the adjoint
            needs.
        adjoint: ``adjoint(constants, saved, gradient, batch, into)`` writes the gradients of the leaves, each
            into one array of ``into`` of its size and the batch.
        constants: the arrays that both take.
        steps: the same for libraries with an einsum of their own.
        final: the axes of the last tensor in the order of the output, or ``None``.
        elements: entries of everything that is alive for one member of the batch.
        sources: the generated code.
    """

    forward: Callable[..., Any]
    adjoint: Callable[..., None]
    constants: tuple[Array, ...]
    steps: tuple[Step, ...]
    final: tuple[int, ...] | None
    elements: int
    sources: tuple[str, str]


def load(source: str, name: str, names: Mapping[str, Any] | None = None) -> Callable[..., Any]:
    """A function from source that this module wrote, with no names but those given and a few of NumPy's."""
    scope: dict[str, Any] = {
        "E": _einsum,
        "M": np.matmul,
        "A": np.ascontiguousarray,
        "O": np.asarray,
        "__builtins__": {"len": len, "type": type},
        **(names or {}),
    }
    exec(compile(source, f"<contraction {name}>", "exec"), scope)
    found: Callable[..., Any] = scope[name]
    return found


def _dims(values: Sequence[int]) -> str:
    return "".join(f"{v}," for v in values)


class Emitter:
    """Writes contractions of named arrays with the batch axis last."""

    def __init__(self, sizes: Sequence[int]):
        self.sizes = sizes
        self.constants: list[Array] = []

    def size(self, ixs: Sequence[int]) -> int:
        return math.prod(self.sizes[i] for i in ixs)

    def constant(self, array: Array) -> str:
        self.constants.append(np.asarray(array, order="C"))
        return f"c[{len(self.constants) - 1}]"

    def spec(self, left: Sequence[int], lb: bool, right: Sequence[int], rb: bool, out: Sequence[int]) -> str:
        names: dict[int, str] = {}
        for index in (*left, *right):
            if index not in names:
                if len(names) == len(_LETTERS):
                    raise ContractionError(
                        f"a pair of tensors has more than {len(_LETTERS)} different indices"
                    )
                names[index] = _LETTERS[len(names)]
        text = ["".join(names[i] for i in ixs) for ixs in (left, right, out)]
        z = [_BATCH if b else "" for b in (lb, rb, lb or rb)]
        return f"{text[0]}{z[0]},{text[1]}{z[1]}->{text[2]}{z[2]}"

    def with_constant(
        self,
        array: Array,
        fixed: Sequence[int],
        name: str,
        ixs: Sequence[int],
        out: Sequence[int] | None,
        free: Sequence[int],
    ) -> tuple[str, list[int]]:
        """A constant with a batched array; ``out`` is the wanted order, or ``None`` with the indices in
        ``free``, best first.
        """
        there = set(ixs)
        kept = set(free if out is None else out)
        summed = [i for i in ixs if i in set(fixed) and i not in kept]
        shared = [i for i in ixs if i in set(fixed) and i in kept]
        own = [i for i in fixed if i not in there]
        if out is not None:
            own.sort(key=list(out).index)
        rest = [i for i in ixs if i not in set(fixed)]
        leading = list(ixs[: len(summed)]) == summed
        work = self.size(summed) * self.size(own) * self.size(rest)
        order = [*own, *rest]
        if not summed or shared or (out is not None and list(out) != order) or not (leading or work >= _GEMM):
            found = list(free if out is None else out)
            spec = self.spec(fixed, False, ixs, True, found)
            return f'E("{spec}",{self.constant(array)},{name})', found
        matrix = array.transpose([list(fixed).index(i) for i in own + summed])
        matrix = matrix.reshape(self.size(own), self.size(summed))
        turned = name
        if not leading:
            axes = [list(ixs).index(i) for i in summed + rest]
            turned = f"{name}.transpose({_dims([*axes, len(ixs)])})"
        flat = f"{turned}.reshape({self.size(summed)},-1)"
        shape = _dims([self.sizes[i] for i in order])
        return f"{self.constant(matrix)}.dot({flat}).reshape({shape}B)", order

    def both(
        self, left: str, lixs: Sequence[int], right: str, rixs: Sequence[int], out: Sequence[int]
    ) -> str:
        """Two batched arrays, in the wanted order of the result."""
        kept, there, here = set(out), set(lixs), set(rixs)
        summed = [i for i in lixs if i in here and i not in kept]
        shared = [i for i in lixs if i in here and i in kept]
        first = [i for i in lixs if i not in here]
        second = [i for i in rixs if i not in there]
        m, k, n, h = (self.size(ixs) for ixs in (first, summed, second, shared))
        if m * k * n < _MATMUL or min(m * n, k) < 8:
            return f'E("{self.spec(lixs, True, rixs, True, out)}",{left},{right})'

        def turned(name: str, ixs: Sequence[int], wanted: Sequence[int], shape: Sequence[int]) -> str:
            axes = [len(ixs), *(list(ixs).index(i) for i in wanted)]
            return f"A({name}.transpose({_dims(axes)})).reshape(B,{_dims(shape)})"

        a = turned(left, lixs, shared + first + summed, (h, m, k))
        b = turned(right, rixs, shared + summed + second, (h, k, n))
        order = shared + first + second
        shape = _dims([self.sizes[i] for i in order])
        axes = [1 + order.index(i) for i in out]
        return f"A(M({a},{b}).reshape(B,{shape}).transpose({_dims([*axes, 0])}))"


def batch_program(
    leaves: Sequence[tuple[Sequence[int], Array | None]],
    output: Sequence[int],
    sizes: Sequence[int],
    pairs: Sequence[tuple[int, int, Sequence[int]]],
    slots: Sequence[tuple[int, int]],
) -> BatchProgram:
    """The program of a contraction on a batch, and its adjoint.

    Args:
        leaves: for each tensor its indices and its array, ``None`` where it depends on the parameters.
        output: the indices of the result.
        sizes: the dimension of each index.
        pairs: the operands of each pair and the set of indices of its result; no pair of two constants.
        slots: for each leaf that depends on the parameters, in order, its group and its place there. A slot
            may occur several times.
    """
    emit = Emitter(sizes)
    order: list[list[int]] = [list(ixs) for ixs, _ in leaves]
    fixed: list[Array | None] = [array for _, array in leaves]
    death: dict[int, int] = {i: len(pairs) + k for k, i in enumerate(output)}
    for step, (a, b, out) in enumerate(pairs):
        for i in {*_indices_of(order, a, pairs, len(leaves)), *_indices_of(order, b, pairs, len(leaves))}:
            if i not in set(out):
                death[i] = step
    head = ["def forward(c,g,B):"]
    slot_of: dict[int, tuple[int, int]] = {}
    free_slots = iter(slots)
    for t, (ixs, array) in enumerate(leaves):
        if array is None:
            group, place = slot_of[t] = next(free_slots)
            shape = _dims([sizes[i] for i in ixs])
            head.append(f" x{t}=g[{group}][{place}].reshape({shape}B)")
    steps = []
    saved: set[int] = set()
    for step, (a, b, out) in enumerate(pairs):
        new = len(leaves) + step
        last = step == len(pairs) - 1
        wanted = list(output) if last else sorted(out, key=lambda i: death[i])
        held_a, held_b = fixed[a], fixed[b]
        if held_a is not None:
            expression, found = emit.with_constant(
                held_a, order[a], f"x{b}", order[b], list(output) if last else None, wanted
            )
        elif held_b is not None:
            expression, found = emit.with_constant(
                held_b, order[b], f"x{a}", order[a], list(output) if last else None, wanted
            )
        else:
            expression, found = emit.both(f"x{a}", order[a], f"x{b}", order[b], wanted), wanted
            saved |= {a, b}
        steps.append(Step(a, b, emit.spec(order[a], fixed[a] is None, order[b], fixed[b] is None, found)))
        head.append(f" x{new}={expression}")
        order.append(found)
        fixed.append(None)
    root = len(order) - 1
    final = None if order[root] == list(output) else tuple(order[root].index(i) for i in output)
    result = f"x{root}" if final is None else f"x{root}.transpose({_dims([*final, len(final)])})"
    keep = sorted(saved)
    head.append(f" return {result},({''.join(f'x{t},' for t in keep)})")
    tail = _adjoint(emit, leaves, order, fixed, pairs, keep, final, slot_of)
    sources = ("\n".join(head), "\n".join(tail))
    elements = sum(math.prod(sizes[i] for i in ixs) for ixs in order)
    return BatchProgram(
        load(sources[0], "forward"),
        load(sources[1], "adjoint"),
        tuple(emit.constants),
        tuple(steps),
        final,
        elements,
        sources,
    )


def _indices_of(
    order: Sequence[Sequence[int]], t: int, pairs: Sequence[tuple[int, int, Sequence[int]]], count: int
) -> Sequence[int]:
    """The indices of a tensor or of the result of a pair, in any order."""
    return order[t] if t < count else pairs[t - count][2]


def _adjoint(
    emit: Emitter,
    leaves: Sequence[tuple[Sequence[int], Array | None]],
    order: Sequence[Sequence[int]],
    fixed: Sequence[Array | None],
    pairs: Sequence[tuple[int, int, Sequence[int]]],
    keep: Sequence[int],
    final: tuple[int, ...] | None,
    slot_of: Mapping[int, tuple[int, int]],
) -> list[str]:
    root = len(order) - 1
    lines = ["def adjoint(c,s,d,B,g):"]
    if keep:
        lines.append(f" {''.join(f'x{t},' for t in keep)}=s")
    if final is None:
        lines.append(f" d{root}=d")
    else:
        back = [final.index(k) for k in range(len(final))]
        lines.append(f" d{root}=d.transpose({_dims([*back, len(final)])})")
    written: set[tuple[int, int]] = set()

    def leaf(t: int) -> None:
        if t in slot_of:
            slot = slot_of[t]
            equal = "+=" if slot in written else "="
            written.add(slot)
            size = emit.size(order[t])
            lines.append(f" g[{slot[0]}][{slot[1]}]{equal}d{t}.reshape({size},B)")

    for step in reversed(range(len(pairs))):
        a, b, _ = pairs[step]
        new = len(leaves) + step
        for mine, other in ((a, b), (b, a)):
            if fixed[mine] is not None:
                continue
            array = fixed[other]
            if array is not None:
                text, _ = emit.with_constant(array, order[other], f"d{new}", order[new], order[mine], ())
            else:
                text = emit.both(f"d{new}", order[new], f"x{other}", order[other], order[mine])
            lines.append(f" d{mine}={text}")
            leaf(mine)
    if not pairs:
        leaf(root)
    return lines
