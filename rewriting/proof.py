"""Proofs as data: rewrite steps from one diagram to another.

A step names a rule of the theory, a direction, and a match into the *current* graph. The first graph is
``OpenHypergraph.from_diagram(start)``; the graph after a step is numbered as :mod:`catenary.rewriting.dpo`
states. :mod:`catenary.rewriting.checker` replays proofs without using this package's matcher or rewriter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catenary.diagrams import Box, Diagram, InputError, OpenHypergraph, Phase, PhaseError, RewriteError
from catenary.diagrams.boxes import GENERATOR
from catenary.diagrams.equality import normalised
from catenary.diagrams.expressions import decode_phase, encode_phase
from catenary.diagrams.shown import Shown
from catenary.rewriting.dpo import Rewrite, rewrite
from catenary.rewriting.matching import Match
from catenary.rewriting.rule import rewritable
from catenary.rewriting.schemes import Redex
from catenary.rewriting.theory import Theory

SCHEMA = "catenary/proof"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One rewrite step: a rule's name, its direction, and the match into the current graph.

    Attributes:
        values: for a rule with variables the instance that is used, as (name, value) for each variable in the order of
            names. One that is left out stands for itself.
    """

    rule: str
    forward: bool
    match: Match
    values: tuple[tuple[str, Phase], ...] = ()

    @classmethod
    def of(cls, redex: Redex) -> Step:
        """The step that uses a rule where it was found."""
        return cls(redex.rule.name, redex.forward, redex.match, redex.instance.values)

    def __str__(self) -> str:
        shown = ", ".join(f"{name} = {value}" for name, value in self.values)
        return self.rule + (f" [{shown}]" if shown else "") + ("" if self.forward else " (backwards)")


@dataclass(frozen=True)
class Proof(Shown):
    """Evidence that ``start = end`` in a theory (that ``start`` rewrites to ``end``, where rules are
    directed).

    Nothing is checked on construction: :meth:`check` does.

    >>> from catenary.diagrams import Ty
    >>> from catenary.rewriting.rule import Rule
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> theory = Theory("involution", f.signature, [Rule("twice", f >> f, Diagram.id(Ty("a")))])
    >>> step = Step("twice", True, Match((0, 1), (0, 1, 2)))
    >>> Proof(f >> f >> f, f.diagram, (step,), theory).check()
    """

    start: Diagram
    end: Diagram
    steps: tuple[Step, ...]
    theory: Theory

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", rewritable(self.start).over(self.theory.signature))
        object.__setattr__(self, "end", rewritable(self.end).over(self.theory.signature))

    def __len__(self) -> int:
        return len(self.steps)

    def check(self) -> None:
        """Replay the proof with the independent checker.

        Raises:
            RewriteError: naming the first step that does not hold.
        """
        from catenary.rewriting.checker import check

        check(self)

    @property
    def rules_used(self) -> tuple[str, ...]:
        """The names of the rules, each once, in the order of first use."""
        return tuple(dict.fromkeys(step.rule for step in self.steps))

    def rewrites(self) -> Iterator[tuple[OpenHypergraph, Step, Rewrite]]:
        """For each step the graph before it, the step, and its result.

        Raises:
            RewriteError: if a step does not apply.
        """
        graph = normalised(OpenHypergraph.from_diagram(self.start))
        for step in self.steps:
            rule = self.theory.instance(step.rule, dict(step.values))
            result = rewrite(graph, rule, step.match, step.forward)
            yield graph, step, result
            graph = result.graph

    def reversed(self) -> Proof:
        """The proof of ``end = start``.

        Raises:
            RewriteError: if a directed rule is used, or the proof does not hold.
        """
        from catenary.rewriting.routes import follow

        route = []
        for graph, step, _ in self.rewrites():
            rule = self.theory.instance(step.rule, dict(step.values))
            if rule.directed:
                raise RewriteError(f"rule {step.rule} is directed: the proof cannot be read backwards")
            route.append((rule, not step.forward, graph))
        return follow(self.theory, self.end, reversed(route), self.start)

    def then(self, other: Proof) -> Proof:
        """This proof followed by another that starts where it ends.

        Raises:
            RewriteError: if it does not start there.
        """
        from catenary.rewriting.routes import follow

        theory = self.theory if self.theory == other.theory else self.theory.union(other.theory)
        route = [
            (theory.instance(step.rule, dict(step.values)), step.forward, result.graph)
            for source in (self, other)
            for _, step, result in source.rewrites()
        ]
        return follow(theory, self.start, route, other.end)

    def diagrams(self) -> Iterator[tuple[str, Diagram, frozenset[int]]]:
        """The proof as pictures: (label, diagram, highlighted boxes) before and after each step.

        Each step gives two: the diagram with the boxes that will be replaced, and the result with the boxes
        put in their place. Numbers index ``Diagram.boxes``. A proof without steps gives the one diagram.
        """
        if not self.steps:
            yield "start", self.start, frozenset()
            return
        for number, (graph, step, result) in enumerate(self.rewrites(), 1):
            yield (f"{number}. {step}: redex", *_marked(graph, step.match.edges))
            yield (f"{number}. {step}: result", *_marked(result.graph, result.added))

    def _steps_(self, most: int) -> Iterator[tuple[str, Diagram, frozenset[int]]]:
        """For pictures: each diagram with what will be replaced in it, under the step that led to it; of a long
        proof the first ones, and the end.
        """
        if not self.steps:
            yield "", self.start, frozenset()
            return
        label = ""
        for number, (graph, step, result) in enumerate(self.rewrites(), 1):
            yield (label, *_marked(graph, step.match.edges))
            label = str(step)
            if number == len(self.steps):
                yield (label, *_marked(result.graph, result.added))
            elif number == most - 1:
                yield f"… {len(self.steps) - number + 1} more steps …", self.end, frozenset()
                return

    def to_json(self) -> dict[str, Any]:
        """The proof as a JSON value (schema ``catenary/proof``)."""
        from catenary.diagrams.files import to_json

        rules = [to_json(rule.equation) for rule in self.theory.rules]
        families = [to_json(family.family) for family in self.theory.families]
        return {
            "schema": SCHEMA,
            "version": VERSION,
            "theory": {
                "name": self.theory.name,
                "signature": to_json(self.theory.signature),
                "rules": rules,
                **({"families": families} if families else {}),
            },
            "start": to_json(self.start),
            "end": to_json(self.end),
            "steps": [
                {
                    "rule": step.rule,
                    "forward": step.forward,
                    "edges": list(step.match.edges),
                    "vertices": list(step.match.vertices),
                    **({"glue": list(step.match.glue)} if step.match.glue else {}),
                    **({"ends": list(step.match.ends)} if step.match.ends else {}),
                    **(_phases(step.match) if step.match.phases else {}),
                    **({} if step.match.context is None else {"context": to_json(step.match.context)}),
                    **({"values": {n: encode_phase(v) for n, v in step.values}} if step.values else {}),
                }
                for step in self.steps
            ],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any], source: str = "<proof>") -> Proof:
        """The proof of a JSON value. It is not checked: call :meth:`check`.

        Raises:
            InputError: if the value is not a proof of a known version.
        """
        from catenary.diagrams.files import from_json

        if not isinstance(value, Mapping) or value.get("schema") != SCHEMA:
            raise InputError(f"not a proof: expected an object with schema {SCHEMA!r}", source=source)
        if value.get("version") != VERSION:
            raise InputError(
                f"proof version {value.get('version')!r} is not known; expected {VERSION}", source=source
            )
        try:
            parts = value["theory"]
            rules = [from_json(rule) for rule in (*parts["rules"], *parts.get("families", []))]
            theory = Theory(str(parts["name"]), from_json(parts["signature"]), rules)
            steps = tuple(_read_step(step, source) for step in value["steps"])
            return cls(from_json(value["start"]), from_json(value["end"]), steps, theory)
        except (KeyError, TypeError, AttributeError, PhaseError) as error:
            raise InputError(f"not a well-formed proof: {error!r}", source=source) from None


def _phases(match: Match) -> dict[str, Any]:
    return {"phases": [[k, encode_phase(phase)] for k, phase in match.phases]}


def _read_step(value: Mapping[str, Any], source: str) -> Step:
    from catenary.diagrams.files import from_json

    rows = [value["edges"], value["vertices"], value.get("glue", []), value.get("ends", [])]
    pairs = value.get("phases", [])
    if not all(isinstance(pair, list) and len(pair) == 2 and type(pair[0]) is int for pair in pairs):
        raise InputError("the phases of a step are pairs of a point and a phase", source=source)
    phases = tuple([(k, decode_phase(phase)) for k, phase in pairs])
    numbers = [number for row in rows for number in row]
    if not isinstance(value["forward"], bool) or any(type(number) is not int for number in numbers):
        raise InputError("a step has a boolean direction and integer maps", source=source)
    values = tuple(sorted((str(name), decode_phase(v)) for name, v in value.get("values", {}).items()))
    edges, vertices, glue, ends = map(tuple, rows)
    context = from_json(value["context"]) if "context" in value else None
    if context is not None and not isinstance(context, OpenHypergraph):
        raise InputError("the context of a step is an open hypergraph", source=source)
    match = Match(edges, vertices, glue, ends, phases, context)
    return Step(str(value["rule"]), value["forward"], match, values)


# The mark goes into a field that generators leave empty, so that layering sees the same graph with the same
# names.
_MARK = ("highlighted",)


def _marked(graph: OpenHypergraph, edges: Iterable[int]) -> tuple[Diagram, frozenset[int]]:
    """The graph as a diagram, and the places of the given edges among its boxes."""
    chosen = set(edges)
    marked = [
        type(edge)(edge.box.replace(data=_MARK), edge.sources, edge.targets)
        if e in chosen and edge.box.kind == GENERATOR
        else edge
        for e, edge in enumerate(graph.edges)
    ]
    diagram = graph.relabel(marked, graph.dom, graph.cod, drop=False).to_diagram()
    found = frozenset(i for i, box in enumerate(diagram.boxes) if box.data == _MARK)
    return diagram.map_boxes(_unmark), found


def _unmark(box: Box) -> Box:
    return box.replace(data=()) if box.data == _MARK else box
