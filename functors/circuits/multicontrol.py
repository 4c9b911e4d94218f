"""Many controls by few: the constructions of Barenco et al., *Elementary gates for quantum computation*,
arXiv quant-ph/9503016."""

from __future__ import annotations

from collections.abc import Sequence

from catenary.diagrams.phases import Phase
from catenary.functors.circuits.gates import Gate


def flip(controls: Sequence[int], target: int) -> list[Gate]:
    """X under at most two controls."""
    return [Gate(("x", "cx", "ccx")[len(controls)], (*controls, target))]


def with_dirty(controls: Sequence[int], target: int, ancillas: Sequence[int]) -> list[Gate]:
    """Lemma 7.2 of Barenco et al.: k - 2 ancillas in any state, 4(k - 2) Toffoli gates."""
    k = len(controls)
    if k <= 2:
        return flip(controls, target)
    lines = [*ancillas[: k - 2], target]
    down = [Gate("ccx", (controls[j + 1], lines[j - 1], lines[j])) for j in range(k - 2, 0, -1)]
    first = Gate("ccx", (controls[0], controls[1], lines[0]))
    inner = [*down[1:], first, *reversed(down[1:])]
    return [down[0], *inner, down[0], *inner]


def with_clean(controls: Sequence[int], target: int, ancillas: Sequence[int]) -> list[Gate]:
    """k - 2 ancillas in state 0, 2(k - 2) + 1 Toffoli gates."""
    k = len(controls)
    if k <= 2:
        return flip(controls, target)
    up = [Gate("ccx", (controls[0], controls[1], ancillas[0]))]
    up += [Gate("ccx", (controls[j + 1], ancillas[j - 1], ancillas[j])) for j in range(1, k - 2)]
    return [*up, Gate("ccx", (controls[-1], ancillas[k - 3], target)), *reversed(up)]


def with_one_dirty(controls: Sequence[int], target: int, ancilla: int) -> list[Gate]:
    """Corollary 7.4 of Barenco et al.: one ancilla in any state; each half borrows the other's lines."""
    k = len(controls)
    if k <= 2:
        return flip(controls, target)
    half = (k + 1) // 2 if k > 3 else 2
    left, right = list(controls[:half]), [*controls[half:], ancilla]
    one = with_dirty(left, ancilla, [*controls[half:], target])
    two = with_dirty(right, target, left)
    return [*one, *two, *one, *two]


def controlled_phase(controls: Sequence[int], target: int, angle: Phase) -> list[Gate]:
    """Lemma 7.5 of Barenco et al.: diag(1, …, 1, e^{iθ}) without ancillas, the target a borrowed line."""
    gates: list[Gate] = []
    left = list(controls)
    while len(left) > 1:
        last = left.pop()
        angle = angle / 2
        inner = with_one_dirty(left, last, target)
        gates += [Gate("cp", (last, target), (angle,)), *inner, Gate("cp", (last, target), (-angle,)), *inner]
    gates.append(Gate("cp", (left[0], target), (angle,)) if left else Gate("p", (target,), (angle,)))
    return gates
