"""Random diagrams over a small signature, for the tests of functors and tensors."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from catenary.diagrams import Box, Cap, Copy, Cup, Diagram, Discard, Doctrine, Signature, Spider, Swap, Ty

A, B, C = Ty("a"), Ty("b"), Ty("c")
DIMS = {"a": 2, "b": 3, "c": 1}
PLAIN = [
    Box("f", A, B),
    Box("g", A @ B, A),
    Box("h", Ty(), A),
    Box("k", B, Ty()),
    Box("m", B, A @ B),
    Box("s", Ty(), Ty()),
    Box("w", C @ A, A @ C),
    Box("u", Ty(), C),
]


def signature(doctrine: Doctrine) -> Signature:
    """The generators with a doctrine."""
    return Signature(f"random {doctrine.value}", doctrine, ["a", "b", "c"], PLAIN)


@st.composite
def diagrams(
    draw: Any,
    over: Signature,
    *,
    dom: Ty | None = None,
    max_dom: int = 3,
    max_boxes: int = 6,
    max_width: int = 4,
    daggers: bool = True,
    rotations: bool = True,
) -> Diagram:
    """A random diagram: generators with their daggers and rotations, and all structure of the doctrine."""
    doctrine = over.doctrine
    assert over.generators is not None
    if dom is None:
        dom = Ty(*draw(st.lists(st.sampled_from("abc"), max_size=max_dom)))
    pool = list(over.generators.values())
    if daggers:
        pool += [box.dagger() for box in pool]
    if rotations and doctrine.has("cup"):
        pool += [box.r for box in pool] + [box.l for box in pool]
    reduce = doctrine.reduce
    wires = list(dom.objects)
    layers: list[tuple[Box, int]] = []
    for _ in range(draw(st.integers(0, max_boxes))):
        options: list[tuple[Box, int]] = []
        for box in pool:
            inputs = reduce(box.dom).objects
            starts = range(len(wires) - len(inputs) + 1)
            options += [(box, at) for at in starts if tuple(wires[at : at + len(inputs)]) == inputs]
        structure = []
        for offset in range(len(wires) + 1):
            here = [Ty.of((ob,)) for ob in wires[offset : offset + 3]]
            if len(here) > 1:
                if doctrine.has("swap"):
                    structure.append((Swap(here[0], here[1]), offset))
                    if len(here) > 2:
                        structure.append((Swap(here[0], here[1] @ here[2]), offset))
                if doctrine.has("cup") and (here[0].r == here[1] or reduce(here[0].r) == here[0] == here[1]):
                    structure.append((Cup(here[0], here[1]), offset))
                if doctrine.has("spider") and here[0] == here[1]:
                    structure.append((Spider(2, draw(st.integers(0, 2)), here[0]), offset))
                if doctrine.has("spider") and here[:2] == here[1:]:
                    structure.append((Spider(3, 1, here[0]), offset))
            if here and doctrine.has("spider"):
                structure.append((Spider(1, draw(st.integers(0, 3)), here[0]), offset))
            if here and doctrine.has("copy") and not doctrine.has("spider"):
                structure += [(Copy(here[0]), offset), (Discard(here[0]), offset)]
            if doctrine.has("cup"):
                ob = draw(st.sampled_from([A, B]))
                structure.append((Cap(reduce(ob.r), ob), offset))
            if doctrine.has("spider"):
                structure.append((Spider(0, draw(st.integers(0, 2)), draw(st.sampled_from([A, B]))), offset))
        options += structure
        options = [(b, o) for b, o in options if len(wires) - len(b.dom) + len(b.cod) <= max_width]
        if not options:
            break
        box, offset = draw(st.sampled_from(options))
        layers.append((box, offset))
        wires[offset : offset + len(box.dom)] = reduce(box.cod).objects
    return Diagram(dom, Ty.of(tuple(wires)), layers, over)
