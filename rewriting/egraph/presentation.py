"""Directed presentations: theories outside the symmetric doctrine, with the doctrine's structure as boxes and its laws as rules.

* hypergraph: merge, unit, split and end of each object, a special commutative Frobenius algebra (Carboni & Walters, J. Pure
  Appl. Algebra 49 (1987));
* compact closed and traced: cap and cup, with snakes and symmetry; a trace is a cap and a cup (Joyal, Street & Verity, Math.
  Proc. Camb. Phil. Soc. 119 (1996));
* Markov: split and end, a cocommutative comonoid; a box whose outputs are discarded is not there.

A diagram is read with its structure fused first: each spider is one comb of these boxes. A step by a law is no step in the
doctrine; any other is a step by the same rule between the diagrams that are read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from catenary.diagrams import (
    Box,
    Diagram,
    Doctrine,
    DoctrineError,
    Edge,
    Ob,
    OpenHypergraph,
    RewriteError,
    Signature,
    Swap,
    Ty,
)
from catenary.diagrams.equality import normalised
from catenary.rewriting.proof import Proof
from catenary.rewriting.routes import follow
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

_Put: TypeAlias = Callable[[Box, list[int]], list[int]]
_SHAPES: dict[str, tuple[int, int]] = {
    "merge": (2, 1),
    "unit": (0, 1),
    "split": (1, 2),
    "end": (1, 0),
    "cap": (0, 2),
    "cup": (2, 0),
}
_STRUCTURE: dict[Doctrine, tuple[str, ...]] = {
    Doctrine.HYPERGRAPH: ("merge", "unit", "split", "end"),
    Doctrine.COMPACT: ("cap", "cup"),
    Doctrine.TRACED: ("cap", "cup"),
    Doctrine.MARKOV: ("split", "end"),
}


class Presentation:
    """A theory as a theory of the symmetric doctrine.

    Args:
        theory: hypergraph, compact closed, traced or Markov. Over a free signature the generators are those that the rules
            name.

    Attributes:
        theory: the directed theory, with the laws of the structure.

    Raises:
        DoctrineError, RewriteError: where there is none, naming what to use instead.

    >>> from catenary.rewriting.library import complementary_pair
    >>> directed = Presentation(complementary_pair()).theory
    >>> directed.signature.doctrine.value, print(directed["special a"])
    special a: split a >> merge a = id(a)
    ('symmetric', None)
    """

    def __init__(self, theory: Theory):
        signature = theory.signature
        names = _STRUCTURE.get(signature.doctrine)
        if names is None:
            raise DoctrineError(
                "event net (prove searches over canonical forms)",
                signature.doctrine.value,
                [Doctrine.SYMMETRIC.value, *(doctrine.value for doctrine in _STRUCTURE)],
            )
        self.original = theory
        self._boxes: dict[Box, Box] = {}
        self._generators = dict(signature.generators or _in_rules(theory))
        obs = sorted({ob.name for box in self._generators.values() for ob in _objects(box)})
        obs += [name for name in signature.objects or () if name not in obs]
        structure = [_structural(name, ob) for ob in obs for name in names]
        plain = [_plain(box) for box in self._generators.values()]
        self.signature = Signature(
            f"{signature.name}, directed", Doctrine.SYMMETRIC, obs, [*structure, *plain]
        )
        self._structural = {(name, ob): self.signature[f"{name} {ob}"] for ob in obs for name in names}
        self._own = set(self._structural.values())
        rules = [
            Rule(rule.name, self.present(rule.left), self.present(rule.right), rule.directed)
            for rule in theory
            if not rule.variables
        ]
        laws = [law for ob in obs for law in self._laws(ob)]
        known = {rule.name for rule in rules}
        laws = [Rule(_fresh(law.name, known), law.left, law.right, law.directed) for law in laws]
        self.theory = Theory(f"{theory.name}, directed", self.signature, [*rules, *laws])
        self.left_out = len(rules) < len(theory)

    @property
    def generators(self) -> tuple[Box, ...]:
        """The boxes of the theory itself."""
        return tuple(self._generators.values())

    def is_structure(self, box: Box) -> bool:
        """Whether a box is one of the doctrine's and not of the theory's."""
        return box in self._own

    # Reading into the presentation

    def present(self, diagram: Diagram | Box) -> Diagram:
        """The directed diagram.

        Raises:
            SignatureError: if it is not over the theory's signature.
            RewriteError: for phases of spiders, spiders of a named structure, and rotated boxes.
        """
        diagram = (diagram.diagram if isinstance(diagram, Box) else diagram).over(self.original.signature)
        graph = normalised(OpenHypergraph.from_diagram(diagram))
        obs = [ob.name for ob in diagram.dom.objects]
        edges: list[Edge] = []
        dom = list(range(len(obs)))
        cod = self._run(graph.to_diagram(), dom, obs, edges)
        objects = tuple([Ob(name) for name in obs])
        return OpenHypergraph(objects, tuple(edges), tuple(dom), tuple(cod), self.signature).to_diagram()

    def _run(self, diagram: Diagram, wires: list[int], obs: list[str], edges: list[Edge]) -> list[int]:
        """The wires after a diagram, whose boxes are added to the edges."""
        wires = list(wires)

        def put(box: Box, sources: list[int]) -> list[int]:
            targets = list(range(len(obs), len(obs) + len(box.cod)))
            obs.extend(ob.name for ob in box.cod.objects)
            edges.append(Edge(box, tuple(sources), tuple(targets)))
            return targets

        for box, at in diagram.layers:
            taken = wires[at : at + len(box.dom)]
            if box.kind == "swap":
                width = box.data[0]
                made = taken[width:] + taken[:width]
            elif box.kind in ("spider", "copy", "discard"):
                self._refuse_phases(box)
                (ob,) = box.data[2].objects if box.kind == "spider" else box.dom.objects
                made = self._comb(put, taken, len(box.cod), ob.name)
            elif box.kind in ("cup", "cap"):
                made = self._bend(put, box, taken)
            elif box.kind == "trace":
                inner, width, left = box.data
                names = [
                    ob.name
                    for ob in (
                        inner.dom.objects[:width] if left else inner.dom.objects[len(inner.dom) - width :]
                    )
                ]
                caps = [put(self._structural["cap", name], []) for name in names]
                into, back = [cap[0] for cap in caps], [cap[1] for cap in caps]
                after = self._run(inner, into + taken if left else taken + into, obs, edges)
                ends = after[:width] if left else after[len(after) - width :]
                made = after[width:] if left else after[: len(after) - width]
                for name, one, other in zip(names, ends, back, strict=True):
                    put(self._structural["cup", name], [one, other])
            else:
                made = put(self._plain(box), taken)
            wires[at : at + len(box.dom)] = made
        return wires

    def _plain(self, box: Box) -> Box:
        if box.kind != "box" or box.z:
            raise RewriteError(
                f"{box} is turned or holds a diagram, which the directed presentation of an event net does not have; "
                "prove and rewrite take it"
            )
        if box not in self._boxes:
            self._boxes[box] = (
                self.signature[box.name].replace(params=box.params)
                if box.params
                else self.signature[box.name]
            )
        return self._boxes[box]

    @staticmethod
    def _refuse_phases(box: Box) -> None:
        if box.params or len(box.data) > 3:
            raise RewriteError(
                f"{box} has a phase or belongs to a named structure, which the event net's presentation does not have; "
                "prove and rewrite take it, and catenary.rewriting.zx simplifies ZX diagrams"
            )

    def _comb(self, put: _Put, taken: list[int], outputs: int, ob: str) -> list[int]:
        inputs = list(taken)
        if not inputs:
            inputs = put(self._structural["unit", ob], [])
        while len(inputs) > 1:
            inputs[:2] = put(self._structural["merge", ob], inputs[:2])
        if not outputs:
            return put(self._structural["end", ob], inputs)
        while len(inputs) < outputs:
            inputs[-1:] = put(self._structural["split", ob], inputs[-1:])
        return inputs

    def _bend(self, put: _Put, box: Box, taken: list[int]) -> list[int]:
        (ob, _) = (*box.dom.objects, *box.cod.objects)
        if ("cup", ob.name) in self._structural:
            return put(self._structural[box.kind, ob.name], taken)
        return self._comb(put, taken, len(box.cod), ob.name)

    # Reading back

    def read_back(self, graph: OpenHypergraph) -> OpenHypergraph:
        """The diagram of the original theory."""
        root = list(range(len(graph.vertices)))

        def top(v: int) -> int:
            while root[v] != v:
                v = root[v]
            return v

        kept: list[Edge] = []
        for edge in graph.edges:
            if edge.box not in self._own:
                kept.append(edge)
                continue
            first, *rest = (*edge.sources, *edge.targets)
            for v in rest:
                one, other = top(first), top(v)
                root[max(one, other)] = min(one, other)
        alive = [v for v in range(len(root)) if root[v] == v]
        number = {v: k for k, v in enumerate(alive)}

        def names(row: tuple[int, ...]) -> tuple[int, ...]:
            return tuple([number[top(v)] for v in row])

        signature = self.original.signature
        edges = tuple([Edge(self._original(e.box), names(e.sources), names(e.targets)) for e in kept])
        vertices = tuple([graph.vertices[v] for v in alive])
        found = OpenHypergraph(vertices, edges, names(graph.dom), names(graph.cod), signature)
        return normalised(found)

    def _original(self, box: Box) -> Box:
        found = self._generators[box.name]
        return found.replace(params=box.params) if box.params else found

    def proof(self, start: Diagram, proof: Proof, end: Diagram | None = None) -> Proof:
        """The proof in the original theory of one in the presentation, checked.

        Raises:
            RewriteError: if a step cannot be followed there.
        """
        start = start.over(self.original.signature)
        route = []
        last = normalised(OpenHypergraph.from_diagram(start))
        for _, step, result in proof.rewrites():
            if step.rule in self.original:
                last = self.read_back(result.graph)
                route.append((self.original[step.rule], step.forward, last))
        found = follow(self.original, start, route, last.to_diagram() if end is None else end)
        found.check()
        return found

    def _laws(self, ob: str) -> Iterator[Rule]:
        wire = Diagram.id(Ty(ob), self.signature)
        box = {
            name: self.signature[f"{name} {ob}"].diagram
            for name in _STRUCTURE[self.original.signature.doctrine]
        }
        swap = Swap(Ty(ob), Ty(ob))
        laws: dict[str, tuple[Diagram, Diagram]] = {}
        if "merge" in box:
            m, u = box["merge"], box["unit"]
            laws["assoc"] = m @ wire >> m, wire @ m >> m
            laws["unit"] = u @ wire >> m, wire
            laws["comm"] = swap >> m, m
        if "split" in box:
            n, c = box["split"], box["end"]
            laws["coassoc"] = n >> n @ wire, n >> wire @ n
            laws["counit"] = n >> c @ wire, wire
            laws["cocomm"] = n >> swap, n
        if "merge" in box:
            laws["special"] = n >> m, wire
            laws["frobenius"] = n @ wire >> wire @ m, m >> n
            laws["frobenius back"] = wire @ n >> m @ wire, m >> n
        if "cup" in box:
            cap, cup = box["cap"], box["cup"]
            laws["snake"] = cap @ wire >> wire @ cup, wire
            laws["snake back"] = wire @ cap >> cup @ wire, wire
            laws["symmetric cup"] = swap >> cup, cup
            laws["symmetric cap"] = cap >> swap, cap
        yield from (Rule(f"{name} {ob}", *sides) for name, sides in laws.items())
        if "split" in box and "merge" not in box and ob == min(ob for _, ob in self._structural):
            for name, generator in self._generators.items():
                made = self.signature[name].diagram
                ends = [self._ends(ty) for ty in (generator.cod, generator.dom)]
                yield Rule(f"{name} discarded", made >> ends[0], ends[1], directed=True)

    def _ends(self, ty: Ty) -> Diagram:
        found = Diagram.id(Ty(), self.signature)
        for ob in ty.objects:
            found = found @ self.signature[f"end {ob.name}"]
        return found


def _objects(box: Box) -> tuple[Ob, ...]:
    return (*box.dom.objects, *box.cod.objects)


def _in_rules(theory: Theory) -> dict[str, Box]:
    """The generators that the rules name, of a theory over a free signature."""
    sides = [side for rule in theory for side in rule.graphs]
    boxes = [edge.box for side in sides for edge in side.edges if edge.box.kind == "box" and not edge.box.z]
    return {box.name: box.replace(params=()) for box in boxes}


def _structural(name: str, ob: str) -> Box:
    inputs, outputs = _SHAPES[name]
    return Box(f"{name} {ob}", Ty(ob) ** inputs, Ty(ob) ** outputs)


def _plain(box: Box) -> Box:
    dom, cod = (Ty(*[ob.name for ob in ty.objects]) for ty in (box.dom, box.cod))
    return Box(box.name, dom, cod, box.params)


def _fresh(name: str, known: set[str]) -> str:
    while name in known:
        name += "'"
    return name
