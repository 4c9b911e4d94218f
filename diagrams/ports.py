"""Port graphs: nodes with ordered ports, joined two by two. A connected one is rigid: a root fixes
everything.
"""

from __future__ import annotations

from collections.abc import Sequence

from catenary.diagrams.refinement import Work


class PortGraph:
    """Nodes with ordered ports, each port joined to one other. Filled once, then read.

    Attributes:
        labels: an integer for each node.
        start: the number of each node's first port, and the number of all ports at the end.
        mate: for each port the one it is joined to, -1 for none.
        owner: for each port its node.
    """

    __slots__ = ("labels", "mate", "owner", "start")

    def __init__(self) -> None:
        self.labels: list[int] = []
        self.start: list[int] = [0]
        self.mate: list[int] = []
        self.owner: list[int] = []

    def node(self, label: int, ports: int) -> int:
        """Add a node; its first port."""
        number, first = len(self.labels), self.start[-1]
        self.labels.append(label)
        self.start.append(first + ports)
        self.mate.extend([-1] * ports)
        self.owner.extend([number] * ports)
        return first

    def join(self, p: int, q: int) -> None:
        """Join two ports."""
        self.mate[p] = q
        self.mate[q] = p

    def walk(self, root: int) -> tuple[list[int], list[int]]:
        """The code of what hangs together with a node, and the nodes in the order of the walk.

        Two rooted connected port graphs have an isomorphism exactly when their codes agree.
        """
        start, mate, owner, labels = self.start, self.mate, self.owner, self.labels
        place = {root: 0}
        order = [root]
        total = start[root + 1] - start[root]
        code: list[int] = []
        for node in order:
            code.append(labels[node])
            code.append(start[node + 1] - start[node])
            for p in range(start[node], start[node + 1]):
                q = mate[p]
                if q < 0:
                    code.append(-1)
                    continue
                other = owner[q]
                if other not in place:
                    place[other] = total
                    total += start[other + 1] - start[other]
                    order.append(other)
                code.append(place[other] + q - start[other])
        return code, order

    def components(self, reached: Sequence[int]) -> list[list[int]]:
        """The connected components apart from the nodes that were reached."""
        seen = bytearray(len(self.labels))
        for node in reached:
            seen[node] = 1
        found = []
        for root in range(len(self.labels)):
            if not seen[root]:
                order = self.walk(root)[1]
                for node in order:
                    seen[node] = 1
                found.append(order)
        return found

    def colours(self, component: Sequence[int], rounds: int = 3) -> dict[int, int]:
        """Colours of the nodes of a component that isomorphisms keep."""
        colour = {
            node: hash((self.labels[node], self.start[node + 1] - self.start[node])) for node in component
        }
        for _ in range(rounds):
            fresh = {}
            for node in component:
                row = []
                for p in range(self.start[node], self.start[node + 1]):
                    q = self.mate[p]
                    row.append(0 if q < 0 else hash((colour[self.owner[q]], q - self.start[self.owner[q]])))
                fresh[node] = hash((colour[node], *row))
            colour = fresh
        return colour

    def roots(self, component: Sequence[int]) -> list[int]:
        """Nodes among which isomorphisms choose: those of the rarest colour."""
        if len(component) == 1:
            return list(component)
        groups: dict[int, list[int]] = {}
        for node, colour in self.colours(component).items():
            groups.setdefault(colour, []).append(node)
        return groups[min(groups, key=lambda colour: (len(groups[colour]), colour))]


def least_code(ports: PortGraph, component: Sequence[int], work: Work) -> tuple[int, ...]:
    """The least code of a connected component over its possible roots.

    A root that gives the code of an earlier one shows an automorphism; its orbit need not be tried again.
    """
    roots = ports.roots(component)
    best: list[int] | None = None
    best_order: list[int] = []
    orbit = {node: node for node in component} if len(roots) > 1 else {}

    def find(node: int) -> int:
        while orbit[node] != node:
            orbit[node] = orbit[orbit[node]]
            node = orbit[node]
        return node

    tried: set[int] = set()
    for root in roots:
        if orbit and find(root) in tried:
            continue
        tried.add(find(root) if orbit else root)
        code, order = ports.walk(root)
        work.spend(len(code))
        if best is None or code < best:
            best, best_order = code, order
        elif code == best:
            for one, other in zip(best_order, order, strict=True):
                a, b = find(one), find(other)
                if a != b:
                    orbit[a] = b
            tried = set(map(find, tried))
    assert best is not None
    return tuple(best)
