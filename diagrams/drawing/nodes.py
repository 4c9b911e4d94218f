"""From the layers of a diagram to the nodes of a picture: what is drawn, with which wires."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catenary.diagrams.boxes import CAP, COPY, CUP, DISCARD, SPIDER, SWAP, Box
from catenary.diagrams.diagram import Diagram
from catenary.diagrams.phases import format_phase
from catenary.diagrams.types import Ob

if TYPE_CHECKING:
    from catenary.diagrams.drawing.shapes import Inset

ZX_NAMES = ("Z", "X", "H", "HBox")
DOTS = ("spider", "copy", "Z", "X", "phase")
CROSSINGS = ("permutation", "braid")
BODILESS = (*CROSSINGS, "cup", "cap")
NESTING = ("bubble", "trace", "curry")
LONGEST_LABEL = 36
WIDEST_FUSED = 64


@dataclass(frozen=True, slots=True)
class Node:
    """Something that is drawn where one or more boxes of a diagram stand.

    Attributes:
        kind: ``box state effect scalar spider phase copy discard Z X H permutation braid twist cup cap bubble
            trace curry more``.
        label: the text shown in it, shortened if it is long; ``title`` is the whole of it.
        inputs, outputs: numbers of the wires above and below.
        boxes: the places in the diagram's list of boxes that it stands for.
        targets: for a permutation, the output that each input goes to.
        strands: for spiders and copies on several wires, how many dots there are.
        sign: for braids, +1 if the strands from the left are over the others; for twists, the sense.
        inset: for what contains a diagram, its picture.
    """

    kind: str
    label: str
    title: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    boxes: tuple[int, ...]
    offset: int
    targets: tuple[int, ...] = ()
    strands: int = 1
    sign: int = 0
    inset: Inset | None = None

    @property
    def has_body(self) -> bool:
        """Whether something stands there, rather than wires that only bend."""
        return self.kind not in BODILESS

    @property
    def is_dot(self) -> bool:
        """Whether its wires meet in a point rather than end on the side of a box."""
        return self.kind in DOTS


@dataclass(frozen=True, slots=True)
class Scene:
    """The nodes of a picture in order, and the object on each wire.

    ``dom`` and ``cod`` are the wires on the boundary; ``omitted`` counts boxes left out of a long diagram.
    """

    nodes: tuple[Node, ...]
    wires: tuple[Ob, ...]
    dom: tuple[int, ...]
    cod: tuple[int, ...]
    omitted: int
    is_zx: bool
    is_grammar: bool


def shorten(label: str, longest: int = LONGEST_LABEL) -> str:
    """The label with its middle left out if it is longer than ``longest``, control characters made visible.

    >>> shorten("a" * 50, 9)
    'aaaa…aaaa'
    """
    if len(label) > longest:
        half = (longest - 1) // 2
        label = label[: longest - 1 - half] + "…" + label[len(label) - half :]
    return "".join(c if c.isprintable() else "·" for c in label)


def scene(
    diagram: Diagram,
    max_boxes: int | None = 300,
    *,
    bundles: bool = True,
    inset: Callable[[Box], Inset | None] | None = None,
) -> Scene:
    """The nodes of a diagram, in order. Runs of swaps become permutations; a long diagram loses its middle.

    Args:
        max_boxes: how many boxes are shown before the middle is left out; ``None`` shows all.
        bundles: whether spiders on several wires are drawn as dots; as boxes with their name otherwise.
        inset: makes the picture inside a box that contains a diagram; such boxes are plain ones without one.
    """
    boxes, offsets = diagram.boxes, diagram.offsets
    count = len(boxes)
    first, last = count, count
    if max_boxes is not None and count > max_boxes:
        first = max_boxes // 2
        last = count - (max_boxes - first)
    wires: list[Ob] = list(diagram.dom.objects)
    alive = list(range(len(wires)))
    dom = tuple(alive)
    nodes: list[Node] = []
    is_zx = diagram.signature.name == "ZX"
    is_grammar = (
        not is_zx
        and diagram.signature.doctrine.has("cup")
        and not diagram.dom
        and any(not b.dom for b in boxes)
    )

    def put(
        kind: str,
        label: str,
        offset: int,
        width: int,
        obs: Sequence[Ob],
        at: tuple[int, ...],
        inside: Inset | None = None,
    ) -> None:
        outs = tuple(range(len(wires), len(wires) + len(obs)))
        wires.extend(obs)
        ins = tuple(alive[offset : offset + width])
        alive[offset : offset + width] = outs
        box = boxes[at[0]]
        strands = len(box.data[2]) if box.kind == SPIDER else len(ins) if kind == "copy" else 1
        if strands > 1 and (not bundles or kind in DOTS[2:]):
            kind, label = "box" if obs else "effect", label or kind
        if kind not in ("spider", "copy"):
            strands = 1
        targets: tuple[int, ...] = ()
        sign = 0
        if kind == "braid":
            split, sign = box.data[:2]
            targets = tuple((k - split) % width for k in range(width))
        elif kind == "twist":
            sign = box.data[0]
        nodes.append(Node(kind, shorten(label), label, ins, outs, at, offset, targets, strands, sign, inside))

    place = 0
    while place < count:
        if place == first and last > first:
            here = [wires[w] for w in alive]
            for box, offset in zip(boxes[first:last], offsets[first:last], strict=True):
                here[offset : offset + len(box.dom)] = box.cod.objects
            put("more", f"… {last - first} more boxes …", 0, len(alive), here, tuple(range(first, last)))
            place = last
            continue
        box, offset = boxes[place], offsets[place]
        if box.kind == SWAP:
            end = place + 1
            stop = first if place < first else count
            while end < stop and boxes[end].kind == SWAP:
                end += 1
            while place < end:
                place = _permutation(boxes, offsets, place, end, wires, alive, nodes)
            continue
        if box.is_structural and not box.dom and not box.cod:
            place += 1
            continue
        inside = inset(box) if box.kind in NESTING and inset is not None else None
        kind, label = _classify(box, is_zx, inside is not None)
        put(kind, label, offset, len(box.dom), box.cod.objects, (place,), inside)
        place += 1
    return Scene(tuple(nodes), tuple(wires), dom, tuple(alive), last - first, is_zx, is_grammar)


def _permutation(
    boxes: tuple[Box, ...],
    offsets: tuple[int, ...],
    start: int,
    end: int,
    wires: list[Ob],
    alive: list[int],
    nodes: list[Node],
) -> int:
    """Draw swaps from ``start`` on as permutations; returns the place after the last one that was taken.

    Swaps are taken together only while no two wires cross twice (what is written would not be seen) and no
    three cross each other (they would meet in one point).
    """
    low, high = offsets[start], offsets[start] + len(boxes[start].dom)
    order = list(range(low, high))  # order[k]: which wire of the old order now stands at low + k
    done = start
    while done < end:
        box, offset = boxes[done], offsets[done]
        left, right = min(low, offset), max(high, offset + len(box.dom))
        if done > start and right - left > WIDEST_FUSED:
            break
        trial = list(range(left, low)) + order + list(range(high, right))
        at, width, split = offset - left, len(box.dom), box.data[0]
        one, two = trial[at : at + split], trial[at + split : at + width]
        if done > start and (max(one, default=-1) > min(two, default=right)):
            break
        trial[at : at + width] = two + one
        if done > start and _crosses_thrice(trial):
            break
        low, high, order = left, right, trial
        done += 1
    # Blocks that the permutation keeps apart are drawn as nodes of their own.
    block, reach = 0, -1
    for k, wire in enumerate(order):
        reach = max(reach, wire - low)
        if reach == k:
            piece = [w - low - block for w in order[block : k + 1]]
            if len(piece) > 1:
                first = low + block
                ins = tuple(alive[first : first + len(piece)])
                outs = tuple(range(len(wires), len(wires) + len(piece)))
                wires.extend(wires[ins[w]] for w in piece)
                targets = [0] * len(piece)
                for new, old in enumerate(piece):
                    targets[old] = new
                alive[first : first + len(piece)] = outs
                touched = tuple(
                    i
                    for i in range(start, done)
                    if offsets[i] < first + len(piece) and offsets[i] + len(boxes[i].dom) > first
                )
                nodes.append(Node("permutation", "", "swap", ins, outs, touched, first, tuple(targets)))
            block = k + 1
    return done


def _crosses_thrice(order: list[int]) -> bool:
    """Whether three wires cross each other pairwise: a decreasing subsequence of length three."""
    top, second = -1, -1  # largest so far; largest that has something larger before it
    for value in order:
        if value < second:
            return True
        if value < top:
            second = max(second, value)
        top = max(top, value)
    return False


def _classify(box: Box, is_zx: bool, nested: bool) -> tuple[str, str]:
    """The kind of node for a box, and its label."""
    if box.kind in (CUP, CAP, COPY, DISCARD, "braid"):
        return box.kind, ""
    if box.kind == SPIDER:
        return _spider(box)
    if box.kind == "twist":
        return ("twist", "") if len(box.dom) == 1 else ("box", "θ" if box.data[0] > 0 else "θ⁻¹")
    if box.kind in NESTING:
        name = box.name + "†" * box.dagger_flag + ("ʳ" if box.z > 0 else "ˡ") * abs(box.z)
        return (box.kind, "") if nested else ("box", f"{name}[…]")
    if is_zx and box.name in ZX_NAMES:
        if box.name == "H":
            return "H", "H"
        if box.name == "HBox":
            return "H", _h_box_label(box)
        return box.name, ", ".join(format_phase(p) for p in box.params if p != 0)
    if is_zx and box.name == "scalar":
        return "scalar", _scalar_label(box)
    if box.dom and box.cod:
        return "box", str(box)
    return ("state" if box.cod else "effect" if box.dom else "scalar"), str(box)


def _spider(box: Box) -> tuple[str, str]:
    """A spider: coloured as in ZX where its structure is called Z or X, with its structure's name if it has
    another, and with its phase.
    """
    phase = ", ".join(format_phase(p) for p in box.params if p != 0)
    structure = next((item for item in box.data[3:] if isinstance(item, str)), "")
    if structure in ("Z", "X"):
        return structure, phase
    label = " ".join(filter(None, (structure, phase)))
    return ("phase", label) if label else ("spider", "")


def _h_box_label(box: Box) -> str:
    """The label of an H-box of ZH, nothing where it is -1."""
    phase, modulus = box.params
    if modulus == 1:
        return "" if phase == 1 else format_phase(phase)
    return f"{modulus}" + ("" if phase == 0 else f"·e^i{format_phase(phase)}")


def _scalar_label(box: Box) -> str:
    """The number that a scalar box of ZX stands for: a power of √2 and a phase."""
    power, phase = box.params
    parts = [f"√2^{power}"] if power != 0 else []
    parts += [f"exp(i·{format_phase(phase)})"] if phase != 0 else []
    return (" ".join(parts) or "1") + ("†" if box.dagger_flag else "")
