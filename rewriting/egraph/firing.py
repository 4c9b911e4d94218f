"""Firing transitions of an event net, one by one, on a real diagram.

Every step is checked on the diagram itself: the boxes must be there, the match injective, wired as the
pattern wants and convex. What the net believes and the diagram does not is refused here, so whatever comes
out is a sequence of convex double-pushout steps.
"""

from __future__ import annotations

from catenary.diagrams import RewriteError
from catenary.rewriting.dpo import replace
from catenary.rewriting.egraph.net import Net
from catenary.rewriting.egraph.parts import Loaded, Transition
from catenary.rewriting.matching import Match, Wires, Wiring, is_convex
from catenary.rewriting.proof import Step


class Run:
    """A diagram with the places and wire names of its marking.

    Args:
        net: the net.
        wiring: the diagram, in the numbering of the proof format.
        loaded: what :meth:`Net.add` gave for it.
    """

    def __init__(self, net: Net, wiring: Wiring, loaded: Loaded):
        self.net, self.wiring, self.dom, self.cod = net, wiring, loaded.dom, loaded.cod
        self.marking = set(loaded.marking)
        self.steps: list[Step] = []
        self.edge_of = {p: e for e, p in enumerate(loaded.of_box)}
        vertex = self._name()
        if vertex is None:
            raise RewriteError("the marking is not that of the diagram")
        self.vertex_of: dict[int, int] = vertex

    def _name(self) -> dict[int, int] | None:
        """The vertex of each wire name, read off the boxes; ``None`` if the names do not fit the diagram."""
        wiring, places = self.wiring, self.net.places
        vertex: dict[int, int] = {}
        makes: set[int] = set(self.dom)
        takes: set[int] = set(self.cod)
        vertex |= dict(zip(self.dom + self.cod, wiring.dom + wiring.cod, strict=True))
        for p, e in self.edge_of.items():
            _, sources, targets = places[p]
            for names, vertices, ends in (
                (sources, wiring.sources[e], takes),
                (targets, wiring.targets[e], makes),
            ):
                for w, v in zip(names, vertices, strict=True):
                    if w in ends or vertex.setdefault(w, v) != v:
                        return None
                    ends.add(w)
        identities = [places[p] for p in self.marking if p not in self.edge_of]
        for _, (above,), (below,) in identities:
            if above in takes or below in makes:
                return None
            takes.add(above)
            makes.add(below)
        waiting = identities
        while waiting:
            later = []
            for identity in waiting:
                _, (above,), (below,) = identity
                if above in vertex:
                    if vertex.setdefault(below, vertex[above]) != vertex[above]:
                        return None
                elif below in vertex:
                    vertex[above] = vertex[below]
                else:
                    later.append(identity)
            if len(later) == len(waiting):
                return None
            waiting = later
        return vertex if makes == takes else None

    def enabled(self, transition: Transition) -> bool:
        """Whether the places that it takes are there and those it makes are not."""
        marking = self.marking
        before = transition.before
        return all(p in marking for p in before) and not any(
            p in marking and p not in before for p in transition.after
        )

    def fire(self, transition: Transition) -> bool:
        """Fire a transition if it is enabled and its match is convex in the diagram; say whether it was."""
        if not self.enabled(transition):
            return False
        old = self.wiring, self.edge_of, self.vertex_of, self.marking
        edge_of = {p: e for p, e in self.edge_of.items() if p not in transition.before}
        marking = (self.marking - set(transition.before)) | set(transition.after)
        side = transition.side
        step = None
        if side is None:
            for p, q in transition.renamed:
                edge_of[q] = self.edge_of[p]
        else:
            shape = side.pattern.wiring
            names = self.vertex_of
            if any(w not in names for w in transition.vertices):
                return False
            edges = tuple([self.edge_of[p] for p in transition.edges])
            vertices = tuple([names[w] for w in transition.vertices])
            if not _matches(shape, self.wiring, edges, vertices):
                return False
            if not is_convex(side.pattern, self.wiring, edges, vertices):
                return False
            match = Match(edges, vertices)
            self.wiring, kept, _, _ = replace(self.wiring, shape, side.replacement, match)
            edge_of = {p: kept[e] for p, e in edge_of.items()}
            for p, q in transition.renamed:
                edge_of[q] = kept[self.edge_of[p]]
            first = len(self.wiring.labels) - len(side.replacement.labels)
            for at, p in enumerate(transition.made):
                edge_of[p] = first + at
            step = Step(side.rule.name, side.forward, match)
        self.edge_of, self.marking = edge_of, marking
        vertex = self._name()
        if vertex is None:
            self.wiring, self.edge_of, self.vertex_of, self.marking = old
            return False
        self.vertex_of = vertex
        if step is not None:
            self.steps.append(step)
        return True

    def fire_all(self, chosen: list[int]) -> list[int]:
        """Fire these transitions in some order that works; return those that could not be fired."""
        transitions = self.net.transitions
        left = sorted(chosen, key=lambda t: (transitions[t].depth, t))
        moved = True
        while left and moved:
            moved = False
            later = []
            for t in left:
                if self.fire(transitions[t]):
                    moved = True
                else:
                    later.append(t)
            left = later
        return left


def _matches(shape: Wiring, target: Wiring, edges: tuple[int, ...], vertices: Wires) -> bool:
    """Whether the maps are injective and keep labels, ports and types."""
    if len(set(edges)) != len(edges) or len(set(vertices)) != len(vertices):
        return False
    if any(shape.obs[v] != target.obs[w] for v, w in enumerate(vertices)):
        return False
    for e, image in enumerate(edges):
        if shape.labels[e] != target.labels[image]:
            return False
        if tuple([vertices[v] for v in shape.sources[e]]) != target.sources[image]:
            return False
        if tuple([vertices[v] for v in shape.targets[e]]) != target.targets[image]:
            return False
    return True
