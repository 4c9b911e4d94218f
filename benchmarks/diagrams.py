"""Diagrams beside discopy 1.2.2 (the newest on PyPI; its development version is not there): building, functors,
equality, snakes, hashes, pictures.

All times are CPU seconds of this process, the least of several runs where one takes under a second, and both
sides in one run. ``floor`` is the ratio, or the seconds, that the project promises. discopy's columns are empty
where it is not installed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from catenary.diagrams import Box, Diagram, Doctrine, OpenHypergraph, Signature, Ty, free
from catenary.diagrams.drawing import to_svg
from catenary.diagrams.equality import canonical_form
from catenary.diagrams.normal_forms import remove_snakes
from catenary.functors.functor import Functor
from catenary.functors.targets import Diagrams

A, WIDTH = Ty("a"), 8


def timed(prepare: Callable[[], Any], work: Callable[[Any], Any], runs: int = 5) -> float:
    """CPU seconds of ``work`` on what ``prepare`` makes, the least of the runs that fit in about a second."""
    least, spent = float("inf"), 0.0
    for _ in range(runs):
        given = prepare()
        start = time.process_time()
        work(given)
        took = time.process_time() - start
        least, spent = min(least, took), spent + took
        if spent > 1:
            break
    return least


def offsets(count: int) -> list[int]:
    """Where the boxes of the benchmark stand: seven places on eight wires, at random but repeatable."""
    rng = random.Random(1)
    return [rng.randrange(WIDTH - 1) for _ in range(count)]


def layers(count: int, signature: Signature | None = None) -> list[Diagram]:
    """Layers of one box on 8 wires, made beforehand."""
    boxes = [Box(f"f{i}", A @ A, A @ A, signature=signature) for i in range(10)]
    return [A**k @ boxes[i % 10] @ A ** (WIDTH - 2 - k) for i, k in enumerate(offsets(count))]


def composed(parts: list[Any]) -> Any:
    """All layers, one ``>>`` after the other."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole >> part
    return whole


def build_and_read(parts: list[Diagram]) -> None:
    """n successive compositions, then boxes, types, hypergraph and hash."""
    whole = composed(parts)
    assert len(whole.boxes) == len(parts)
    for _ in whole.types():
        pass
    whole.to_hypergraph()
    hash(whole)


def nested_snakes(count: int) -> Diagram:
    """A box transposed to the right and back, ``count`` times over."""
    whole = Box("f", A, A, signature=free(Doctrine.RIGID)).diagram
    for _ in range(count):
        whole = whole.transpose().transpose(left=True)
    return whole


def shuffled(diagram: Diagram, moves: int) -> Diagram:
    """An equal diagram by random interchanges."""
    rng = random.Random(2)
    boxes, places = list(diagram.boxes), list(diagram.offsets)
    for _ in range(moves):
        i = rng.randrange(len(boxes) - 1)
        (f, p), (g, q) = (boxes[i], places[i]), (boxes[i + 1], places[i + 1])
        if q >= p + len(f.cod):
            boxes[i : i + 2], places[i : i + 2] = [g, f], [q - len(f.cod) + len(f.dom), p]
        elif q + len(g.dom) <= p:
            boxes[i : i + 2], places[i : i + 2] = [g, f], [q, p + len(g.cod) - len(g.dom)]
    return Diagram(diagram.dom, diagram.cod, zip(boxes, places, strict=True), diagram.signature)


def fresh(diagram: Diagram) -> Diagram:
    """The same layers without what was computed from them."""
    return Diagram(diagram.dom, diagram.cod, diagram.layers, diagram.signature)


class Discopy:
    """The same work for discopy."""

    def __init__(self) -> None:
        from discopy import rigid, symmetric

        self.rigid, self.symmetric = rigid, symmetric
        self.a = symmetric.Ty("a")

    def layers(self, count: int) -> list[Any]:
        """As :func:`layers`."""
        a, boxes = self.a, [self.symmetric.Box(f"f{i}", self.a @ self.a, self.a @ self.a) for i in range(10)]
        return [a**k @ boxes[i % 10] @ a ** (WIDTH - 2 - k) for i, k in enumerate(offsets(count))]

    def build_and_read(self, parts: list[Any]) -> None:
        """Without the hypergraph, which takes it minutes: only compositions, boxes, types and hash."""
        whole = composed(parts)
        assert len(whole.boxes) == len(parts)
        types = [layer.dom for layer in whole.inside]
        assert types
        hash(whole)

    def relabelling(self, whole: Any) -> Any:
        """A functor that renames every box."""
        symmetric = self.symmetric
        ar = {f: symmetric.Box(f.name + "'", f.dom, f.cod) for f in set(whole.boxes)}
        functor = symmetric.Functor(ob={self.a: self.a}, ar=ar)
        return lambda diagram: functor(diagram)

    def equal(self, pair: tuple[Any, Any]) -> None:
        """Equality by its hypergraphs."""
        one, other = pair
        assert one.to_hypergraph() == other.to_hypergraph()

    def snakes(self, count: int) -> Any:
        """As :func:`nested_snakes`."""
        whole = self.rigid.Box("f", self.rigid.Ty("a"), self.rigid.Ty("a"))
        for _ in range(count):
            whole = whole.transpose().transpose(left=True)
        return whole


def _peer() -> Discopy | None:
    try:
        return Discopy()
    except ImportError:
        return None


def run(quick: bool = False) -> list[dict[str, object]]:
    """One row for each promise: ours, discopy's, the ratio, and the floor."""
    peer = _peer()
    rows: list[dict[str, object]] = []

    def row(
        work: str, size: int, ours: float, theirs: float | None = None, floor: str = "", **more: object
    ) -> None:
        found: dict[str, object] = {"work": work, "size": size, "ours s": ours}
        found |= {"discopy s": theirs, "discopy/ours": None if theirs is None else theirs / ours}
        rows.append(found | {"floor": floor} | more)

    build_and_read(layers(100))  # imports are not timed
    to_svg(composed(layers(3)))
    _building(row, peer, quick)
    _functors(row, peer, quick)
    _equality(row, peer, quick)
    _snakes(row, peer, quick)
    _hashes(row)
    _pictures(row, quick)
    return rows


def _building(row: Callable[..., None], peer: Discopy | None, quick: bool) -> None:
    per_box = 0.0
    for count in (200, 2_000) if quick else (1_000, 10_000, 100_000):
        ours = timed(lambda n=count: layers(n), build_and_read)  # type: ignore[misc]
        theirs = None
        if peer is not None and count <= 1_000:
            theirs = timed(lambda n=count: peer.layers(n), peer.build_and_read)  # type: ignore[misc]
        per_box = per_box or ours / count
        row(
            "compose, then boxes, types, hypergraph, hash (discopy: without hypergraph)",
            count,
            ours,
            theirs,
            "50×" if count <= 1_000 else "linear",
            **{"seconds a box / in the first row": ours / count / per_box},
        )


def _functors(row: Callable[..., None], peer: Discopy | None, quick: bool) -> None:
    count = 200 if quick else 1_000
    whole = composed(layers(count))
    whole.boxes  # noqa: B018 the diagram is at hand, not the time that it takes to write it
    ar = {f: Box(f.name + "'", f.dom, f.cod) for f in set(whole.boxes)}
    functor = Functor({"a": A}, ar, Diagrams())
    ours = timed(lambda: functor, lambda f: f(whole).boxes)
    theirs = None
    if peer is not None:
        their_whole = composed(peer.layers(count))
        theirs = timed(lambda: peer.relabelling(their_whole), lambda f: f(their_whole).boxes, 1)
    row("functor relabelling", count, ours, theirs, "50×")


def _equality(row: Callable[..., None], peer: Discopy | None, quick: bool) -> None:
    for count in (50,) if quick else (50, 10_000):
        one = composed(layers(count))
        other = shuffled(one, 5 * count)
        assert one == other
        ours = timed(lambda d=one, e=other: (fresh(d), fresh(e)), lambda p: p[0] == p[1])  # type: ignore[misc]
        theirs = None
        if peer is not None and count == 50 and not quick:
            # the same two diagrams, written anew
            names = {
                f"f{i}": peer.symmetric.Box(f"f{i}", peer.a @ peer.a, peer.a @ peer.a) for i in range(10)
            }
            pair = tuple(
                composed([peer.a**k @ names[box.name] @ peer.a ** (WIDTH - 2 - k) for box, k in d.layers])
                for d in (one, other)
            )
            theirs = timed(lambda p=pair: p, peer.equal, 1)  # type: ignore[misc]
        row("equality after interchanges", count, ours, theirs, "1,000×" if count == 50 else "1 s")


def _snakes(row: Callable[..., None], peer: Discopy | None, quick: bool) -> None:
    for count in (20,) if quick else (20, 1_000):
        whole = nested_snakes(count)
        assert len(remove_snakes(whole)) == 1
        ours = timed(lambda d=whole: fresh(d), remove_snakes)  # type: ignore[misc]
        theirs = None
        if peer is not None and count == 20 and not quick:
            theirs = timed(lambda: peer.snakes(20), lambda d: d.normal_form(), 1)
        row("snake removal, nested double transposes", count, ours, theirs, "100×" if count == 20 else "1 s")


def _hashes(row: Callable[..., None]) -> None:
    count = 3_000
    whole = composed(layers(count))

    def graph() -> OpenHypergraph:
        return fresh(whole).to_hypergraph()

    row("hash of a hypergraph", count, timed(graph, hash), None, "0.05 s")
    hashed = timed(graph, lambda g: hash(canonical_form(g)))
    row("hash of the canonical form", count, hashed, None, "0.05 s")


def _pictures(row: Callable[..., None], quick: bool) -> None:
    per_box = 0.0
    for count in (100, 500) if quick else (100, 1_000, 5_000):
        whole = composed(layers(count))
        ours = timed(lambda d=whole: fresh(d), lambda d: to_svg(d, max_boxes=None))  # type: ignore[misc]
        per_box = per_box or ours / count
        row(
            "SVG",
            count,
            ours,
            None,
            "0.1 s" if count == 100 else "not quadratic",
            **{"seconds a box / in the first row": ours / count / per_box},
        )
