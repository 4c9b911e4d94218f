"""What the search works on outside the symmetric doctrine: open hypergraphs by their canonical forms."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from catenary.diagrams import Diagram, Equation, OpenHypergraph
from catenary.diagrams.equality import canonical_form, normalised
from catenary.rewriting import contexts
from catenary.rewriting.proof import Proof
from catenary.rewriting.routes import follow
from catenary.rewriting.rule import Rule
from catenary.rewriting.schemes import redexes_at, undetermined
from catenary.rewriting.symmetry import twins_of
from catenary.rewriting.theory import Theory


class GraphSpace:
    """Diagrams of any doctrine that rewrites, as open hypergraphs held by their canonical forms."""

    exact = True

    def __init__(self, theory: Theory):
        theory.require_fixed_arity("search")
        self.theory, self.rules = theory, list(theory.rules)
        self.graphs: dict[Hashable, OpenHypergraph] = {}
        self.sites: dict[tuple[Hashable, bool], contexts.Site] = {}  # of the diagram that was looked at last

    def form(self, graph: OpenHypergraph) -> Hashable:
        """What equal diagrams share."""
        return canonical_form(graph)

    def site(self, key: Hashable, families: bool = False) -> contexts.Site:
        """The diagram prepared for matching."""
        if (key, families) not in self.sites:
            self.sites = {place: site for place, site in self.sites.items() if place[0] == key}
            graph = self.graphs[key]
            doctrine, twins = self.theory.signature.doctrine, twins_of(graph)
            self.sites[key, families] = contexts.Site(graph, doctrine, families, twins)
        return self.sites[key, families]

    def _hold(self, graph: OpenHypergraph) -> Hashable:
        key = self.form(graph)
        self.graphs.setdefault(key, graph)
        return key

    def key(self, diagram: Diagram) -> Hashable:
        return self._hold(normalised(OpenHypergraph.from_diagram(diagram.over(self.theory.signature))))

    def size(self, key: Hashable) -> int:
        return len(self.graphs[key].edges)

    def labels(self, key: Hashable) -> Iterator[Hashable]:
        return (edge.box for edge in self.graphs[key].edges)

    def sides(self, backward: bool) -> list[tuple[Rule, bool, int, tuple[Rule, bool]]]:
        found = []
        for rule in self.rules:
            left, right = (len(side.edges) for side in rule.graphs)
            for forward in (True, False):
                if (not rule.directed or forward != backward) and not (
                    rule.variables and undetermined(rule, forward)
                ):
                    growth = right - left if forward else left - right
                    found.append((rule, forward, growth, (rule, forward)))
        return found

    def moves(self, key: Hashable, side: tuple[Rule, bool]) -> Iterator[tuple[Rule, Hashable]]:
        graph, (rule, forward) = self.graphs[key], side
        for redex in redexes_at(rule, self.site(key, bool(rule.variables)), forward):
            left, right = redex.instance.sides(forward)
            context = contexts.context_of(left, graph, redex.match)
            yield redex.instance, self._hold(normalised(contexts.plug(context, right)[0]))

    def proof(self, equation: Equation, route: list[tuple[Rule, bool, Hashable]]) -> Proof:
        steps = [(rule, forward, self.graphs[key]) for rule, forward, key in route]
        return follow(self.theory, equation.left, steps, equation.right)
