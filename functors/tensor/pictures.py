"""Pictures of contraction plans."""

from __future__ import annotations

import html
import math

from catenary.functors.tensor.program import Plan

_STEP_X = 14.0
_STEP_Y = 26.0
_MARGIN = 24.0
_TALLEST = 40  # levels: deeper trees are drawn closer


def plan_svg(plan: Plan) -> str:
    """The contraction tree of a plan: leaves are tensors, inner nodes the pairs, and an edge is as wide as the
    tensor that it stands for is large (on a logarithmic scale); the largest is marked.

    >>> import numpy as np
    >>> from catenary.functors.tensor import TensorNetwork, plan
    >>> m = np.ones((2, 2))
    >>> plan_svg(plan(TensorNetwork(((0, 1), (1, 2)), (m, m), (0, 2)))).startswith("<svg")
    True
    """
    count = len(plan.elements) - len(plan.path)
    children = {count + k: pair for k, pair in enumerate(plan.path)}
    total = len(plan.elements)
    level = [0] * total
    for node, (a, b) in children.items():
        level[node] = 1 + max(level[a], level[b])
    place = [0.0] * total
    leaves = 0
    stack = [total - 1] if total else []
    order: list[int] = []
    while stack:  # leaves from left to right; trees may be as deep as they are large
        node = stack.pop()
        order.append(node)
        if node in children:
            stack += children[node][::-1]
        else:
            place[node] = leaves
            leaves += 1
    for node in reversed(order):
        if node in children:
            a, b = children[node]
            place[node] = (place[a] + place[b]) / 2
    top = max(level, default=0)
    step_y = _STEP_Y * min(1.0, _TALLEST / max(top, 1))
    step_x = _STEP_X * min(1.0, 120 / max(leaves, 1))

    def at(node: int) -> tuple[float, float]:
        return _MARGIN + step_x * place[node], _MARGIN + 34 + step_y * (top - level[node])

    largest = max((plan.elements[node] for node in children), default=0)
    lines, dots = [], []
    for node in order:
        x, y = at(node)
        size = plan.elements[node]
        colour = "#c2410c" if node in children and size == largest else "#334155"
        for child in children.get(node, ()):
            cx, cy = at(child)
            width = 0.6 + 0.25 * math.log2(max(plan.elements[child], 1))
            marked = child in children and plan.elements[child] == largest
            stroke = "#c2410c" if marked else "#64748b"
            lines.append(
                f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{cx:.1f}" y2="{cy:.1f}" stroke="{stroke}" '
                f'stroke-width="{width:.2f}" stroke-linecap="round"/>'
            )
        radius = 3.2 if node in children else 2.0
        dots.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}"><title>{size} elements</title></circle>'
        )
    lines_of_text = [
        f"{plan.tensors} tensors, {plan.indices} indices · 10^{plan.log10:.2f} multiply-adds · "
        f"largest {plan.largest} · peak {plan.peak} elements"
        + (f" · {plan.slices} slices" if plan.sliced else "")
        + (f" · in rounds over {len(plan.rounds)} indices" if plan.rounds else ""),
        f"{plan.engine}: {plan.method}" + (f" · simplified by {plan.simplified}" if plan.simplified else ""),
    ]
    width = max(2 * _MARGIN + step_x * max(leaves - 1, 0), 7.0 * max(map(len, lines_of_text)) + 2 * _MARGIN)
    height = 2 * _MARGIN + 34 + step_y * top
    text = "".join(
        f'<text x="{_MARGIN}" y="{_MARGIN + 15 * k}" font-family="sans-serif" font-size="12" fill="#334155">'
        f"{html.escape(line)}</text>"
        for k, line in enumerate(lines_of_text)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}">{text}{"".join(lines)}{"".join(dots)}</svg>'
    )
