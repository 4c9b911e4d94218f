"""Circuit pictures: the usual drawing of lines, controls and boxed gates, as SVG and as text."""

from __future__ import annotations

from dataclasses import dataclass

from catenary.diagrams.drawing.elements import SCALE, document, escape, num, rect, text
from catenary.diagrams.drawing.metrics import SMALL_FONT, cells, text_width
from catenary.diagrams.drawing.nodes import shorten
from catenary.diagrams.phases import format_phase
from catenary.functors.circuits.circuit import Circuit
from catenary.functors.circuits.gates import Gate

CONTROLLED = {
    "cx": (1, "⊕"),
    "cy": (1, "Y"),
    "cz": (1, "●"),
    "ch": (1, "H"),
    "csx": (1, "√X"),
    "crx": (1, "Rx"),
    "cry": (1, "Ry"),
    "crz": (1, "Rz"),
    "cp": (1, "P"),
    "cu1": (1, "P"),
    "cu3": (1, "U3"),
    "cu": (1, "U"),
    "ccx": (2, "⊕"),
    "ccz": (2, "●"),
    "c3x": (3, "⊕"),
    "c4x": (4, "⊕"),
    "cswap": (1, "×"),
    "swap": (0, "×"),
}
"""Gates drawn with controls: how many, and what stands on the other qubits."""

NAMES = {
    "sdg": "S†",
    "tdg": "T†",
    "sx": "√X",
    "sxdg": "√X†",
    "id": "I",
    "iswap": "iSWAP",
    "reset": "|0⟩",
    "init": "|0⟩",
    "post": "⟨0|",
    "rx": "Rx",
    "ry": "Ry",
    "rz": "Rz",
}

LABEL_FONT = 0.34
LINE_PITCH = 1.0
SIGNS = ("●", "⊕", "×")


@dataclass(frozen=True, slots=True)
class Placed:
    """A gate in its column. ``marks`` says what stands on which line: a sign or the label of a box.

    ``low`` and ``high`` are the outermost lines it takes; ``joined`` says whether one box covers all of
    its qubits.
    """

    gate: Gate
    column: int
    marks: tuple[tuple[int, str], ...]
    low: int
    high: int
    joined: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A circuit packed into columns; ``omitted`` gates were left out after them."""

    circuit: Circuit
    placed: tuple[Placed, ...]
    columns: int
    omitted: int

    @property
    def lines(self) -> int:
        """Number of lines: the qubits and, where there are classical bits, one line for all of those."""
        return self.circuit.n_qubits + (1 if self.circuit.n_clbits else 0)


def label_of(gate: Gate) -> str:
    """The text in a gate's box: name and angles.

    >>> from fractions import Fraction
    >>> label_of(Gate("rz", (0,), (Fraction(1, 4),))), label_of(Gate("tdg", (0,)))
    ('Rz(π/4)', 'T†')
    """
    name = gate.label or CONTROLLED.get(gate.name, (0, NAMES.get(gate.name, gate.name.upper())))[1]
    angles = f"({', '.join(map(format_phase, gate.params))})" if gate.params else ""
    return shorten(name + angles, 30)


def pack(circuit: Circuit, max_gates: int | None = 1000) -> Picture:
    """Put every gate into the first column where all lines that it crosses are free."""
    shown = circuit.gates if max_gates is None else circuit.gates[:max_gates]
    free = [0] * (circuit.n_qubits + 1)
    placed: list[Placed] = []
    for gate in shown:
        classical = bool(gate.clbits or gate.condition)
        low = min(gate.qubits, default=0)
        high = circuit.n_qubits if classical else max(gate.qubits, default=0)
        column = max(free[low : high + 1])
        free[low : high + 1] = [column + 1] * (high + 1 - low)
        marks, joined = _marks(gate)
        placed.append(Placed(gate, column, marks, low, high, joined))
    return Picture(circuit, tuple(placed), max(free), len(circuit.gates) - len(shown))


def _marks(gate: Gate) -> tuple[tuple[tuple[int, str], ...], bool]:
    label = label_of(gate)
    if gate.name in CONTROLLED and not gate.label:
        controls = CONTROLLED[gate.name][0]
        return tuple((q, "●" if k < controls else label) for k, q in enumerate(gate.qubits)), False
    if gate.name in ("measure", "barrier", "reset", "init", "post") or len(gate.qubits) == 1:
        return tuple((q, "M" if gate.name == "measure" else label) for q in gate.qubits), False
    # A box over neighbouring lines in order; otherwise a box on each line, numbered by the gate's own order.
    first = gate.qubits[0] if gate.qubits else 0
    if gate.qubits == tuple(range(first, first + len(gate.qubits))):
        return tuple((q, label) for q in gate.qubits), True
    return tuple((q, f"{label}:{k}") for k, q in enumerate(gate.qubits)), False


def line_names(circuit: Circuit) -> tuple[str, ...]:
    """The names at the left of the lines, from the circuit's registers.

    >>> line_names(Circuit(2, ()))
    ('q0', 'q1')
    """
    if circuit.qregs:
        return tuple(
            shorten(f"{register.name}{i}" if len(circuit.qregs) == 1 else f"{register.name}[{i}]", 16)
            for register in circuit.qregs
            for i in range(register.size)
        )
    return tuple(f"q{i}" for i in range(circuit.n_qubits))


def _open_lines(picture: Picture) -> list[list[tuple[int, int]]]:
    """For each qubit the columns between which its line exists; -1 and ``columns`` are the ends."""
    circuit = picture.circuit
    inputs = frozenset(circuit.inputs)
    begun: list[int | None] = [-1 if q in inputs else None for q in range(circuit.n_qubits)]
    stretches: list[list[tuple[int, int]]] = [[] for _ in range(circuit.n_qubits)]
    for item in picture.placed:
        for q in item.gate.qubits:
            if item.gate.name == "init":
                begun[q] = item.column
            elif item.gate.name == "post":
                start = begun[q]
                stretches[q].append((-1 if start is None else start, item.column))
                begun[q] = None
    for q, start in enumerate(begun):
        if start is not None:
            stretches[q].append((start, picture.columns))
    return stretches


def _describe(picture: Picture) -> str:
    circuit = picture.circuit
    return f"Quantum circuit on {circuit.n_qubits} qubits with {len(circuit.gates)} gates"


def _notes(picture: Picture) -> list[str]:
    notes = []
    if picture.omitted:
        notes.append(f"… {picture.omitted} more gates …")
    if picture.circuit.global_phase != 0:
        notes.append(f"global phase {format_phase(picture.circuit.global_phase)}")
    return notes


def circuit_svg(
    circuit: Circuit,
    *,
    wrap: int = 60,
    widest: float = 36.0,
    max_gates: int | None = 1000,
    dark: str | bool = "auto",
    title: str | None = None,
    number: int = 0,
) -> str:
    """A circuit as an SVG picture: lines run right, gates are packed into columns.

    Args:
        wrap: number of columns after which the picture goes on below;
        widest: the same as a width, in distances between lines.
        max_gates: gates beyond these are left out, and the picture says so; ``None`` shows all.
        dark, title, number: as for :func:`catenary.diagrams.drawing.to_svg`.

    >>> circuit_svg(Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1))])).count('class="target"')
    1
    """
    picture = pack(circuit, max_gates)
    painter = _Painter(picture, max(1, wrap), widest)
    content, width, height = painter.paint()
    return document(content, width, height, _describe(picture) if title is None else title, dark, number)


class _Painter:
    """Draws a packed circuit; coordinates are units until the last moment."""

    def __init__(self, picture: Picture, wrap: int, widest: float):
        self.picture = picture
        widths = [0.5] * max(picture.columns, 1)
        for item in picture.placed:
            need = max((self.width(mark) for _, mark in item.marks), default=0.5)
            if item.gate.name == "barrier":
                need = 0.2
            if item.gate.condition or item.gate.clbits:
                need = max(need, 2 * text_width(self.classical(item.gate), SMALL_FONT) + 0.3)
            widths[item.column] = max(widths[item.column], need)
        names = line_names(picture.circuit)
        self.names = names
        self.start = 0.35 + max([text_width(name, SMALL_FONT) for name in (*names, "c")]) + 0.2
        self.middle: list[float] = []
        self.block: list[int] = []
        self.ends: list[float] = []
        x, first = self.start + 0.25, 0
        for column, wide in enumerate(widths):
            if column and (column - first == wrap or x + wide > self.start + widest):
                self.ends.append(x)
                x = self.start + 0.25
                first = column
            self.middle.append(x + wide / 2)
            self.block.append(len(self.ends))
            x += wide + 0.3
        self.ends.append(x)
        self.parts: list[str] = []
        self.height = picture.lines * LINE_PITCH + 0.5

    @staticmethod
    def width(mark: str) -> float:
        return 0.4 if mark in SIGNS else max(0.62, text_width(mark, LABEL_FONT) + 0.26)

    @staticmethod
    def classical(gate: Gate) -> str:
        if gate.condition:
            return f"={gate.condition[1]}"
        bits = gate.clbits
        return str(bits[0]) if len(bits) == 1 else f"{bits[0]}…" if bits else ""

    def y(self, line: int, block: int) -> float:
        return 0.65 + line * LINE_PITCH + block * self.height

    def stroke(self, x: float, y: float, to_x: float, to_y: float, css: str = "wire") -> None:
        d = f"M{num(x * SCALE)} {num(y * SCALE)}L{num(to_x * SCALE)} {num(to_y * SCALE)}"
        self.parts.append(f'<path class="{css}" d="{d}"/>')

    def double(self, x: float, y: float, to_x: float, to_y: float) -> None:
        dx, dy = (0.0, 0.035) if y == to_y else (0.035, 0.0)
        self.stroke(x - dx, y - dy, to_x - dx, to_y - dy)
        self.stroke(x + dx, y + dy, to_x + dx, to_y + dy)

    def paint(self) -> tuple[str, float, float]:
        self.lines()
        for item in self.picture.placed:
            shown = escape(label_of(item.gate))
            self.parts.append(f'<g class="gate"><title>{escape(item.gate.name)}: {shown}</title>')
            self.gate(item)
            self.parts.append("</g>")
        blocks = len(self.ends)
        width = max(self.ends) + 0.4
        height = blocks * self.height - 0.2
        for note in _notes(self.picture):
            self.parts.append(text(self.start, height + 0.1, SMALL_FONT, note, "type start"))
            width = max(width, self.start + text_width(note, SMALL_FONT) + 0.3)
            height += 0.5
        return f"<g>{''.join(self.parts)}</g>", width, height

    def lines(self) -> None:
        circuit = self.picture.circuit
        for q, stretches in enumerate(_open_lines(self.picture)):
            for first, last in stretches:
                for block, end in enumerate(self.ends):
                    columns = [c for c in (first, last) if 0 <= c < len(self.block)]
                    begin_block = self.block[first] if first in columns else 0
                    end_block = self.block[last] if last in columns else len(self.ends) - 1
                    if begin_block <= block <= end_block:
                        x = self.middle[first] if first >= 0 and block == begin_block else self.start
                        to_x = self.middle[last] if last in columns and block == end_block else end
                        self.stroke(x, self.y(q, block), to_x, self.y(q, block))
        for block, end in enumerate(self.ends):
            for q, name in enumerate(self.names):
                self.parts.append(text(self.start - 0.15, self.y(q, block), SMALL_FONT, name, "type end"))
            if circuit.n_clbits:
                y = self.y(circuit.n_qubits, block)
                self.double(self.start, y, end, y)
                self.parts.append(text(self.start - 0.15, y, SMALL_FONT, "c", "type end"))

    def gate(self, item: Placed) -> None:
        gate, block = item.gate, self.block[item.column]
        x = self.middle[item.column]
        lines = [q for q, _ in item.marks]
        top, bottom = self.y(min(lines, default=0), block), self.y(max(lines, default=0), block)
        if gate.name == "barrier":
            for q in lines:
                self.stroke(x, self.y(q, block) - 0.45, x, self.y(q, block) + 0.45, "wire dashed")
            return
        if gate.clbits or gate.condition:
            y = self.y(self.picture.circuit.n_qubits, block)
            self.double(x, bottom, x, y - 0.12)
            if gate.condition:
                self.parts.append(self.circle(x, y, 0.09, "dot"))
            else:
                points = f"{num((x - 0.12) * SCALE)},{num((y - 0.2) * SCALE)} {num((x + 0.12) * SCALE)},"
                points += f"{num((y - 0.2) * SCALE)} {num(x * SCALE)},{num((y - 0.02) * SCALE)}"
                self.parts.append(f'<polygon class="dot" points="{points}"/>')
            self.parts.append(text(x + 0.14, y - 0.3, SMALL_FONT, self.classical(gate), "type start"))
        if top != bottom and not item.joined:
            self.stroke(x, top, x, bottom)
        if item.joined:
            label = item.marks[0][1]
            wide = self.width(label)
            self.parts.append(rect(x - wide / 2, top - 0.32, wide, bottom - top + 0.64, 0.06))
            self.parts.append(text(x, (top + bottom) / 2, LABEL_FONT, label, "gatename"))
            return
        for q, mark in item.marks:
            self.mark(gate, x, self.y(q, block), mark)

    def mark(self, gate: Gate, x: float, y: float, mark: str) -> None:
        if mark == "●":
            self.parts.append(self.circle(x, y, 0.1, "dot"))
        elif mark == "⊕":
            self.parts.append(self.circle(x, y, 0.2, "target"))
            self.stroke(x - 0.2, y, x + 0.2, y)
            self.stroke(x, y - 0.2, x, y + 0.2)
        elif mark == "×":
            self.stroke(x - 0.12, y - 0.12, x + 0.12, y + 0.12)
            self.stroke(x - 0.12, y + 0.12, x + 0.12, y - 0.12)
        elif gate.name == "measure":
            self.parts.append(rect(x - 0.34, y - 0.3, 0.68, 0.6, 0.06))
            left, right, base = num((x - 0.2) * SCALE), num((x + 0.2) * SCALE), num((y + 0.14) * SCALE)
            radius = num(0.2 * SCALE)
            self.parts.append(
                f'<path class="wire" d="M{left} {base}A{radius} {radius} 0 0 1 {right} {base}"/>'
            )
            self.stroke(x, y + 0.14, x + 0.17, y - 0.17)
        elif gate.name in ("init", "post"):
            wide = self.width(mark)
            self.parts.append(rect(x - wide / 2, y - 0.27, wide, 0.54, 0.27, "cap"))
            self.parts.append(text(x, y, LABEL_FONT, mark, "gatename"))
        else:
            wide = self.width(mark)
            self.parts.append(rect(x - wide / 2, y - 0.32, wide, 0.64, 0.06))
            self.parts.append(text(x, y, LABEL_FONT, mark, "gatename"))

    @staticmethod
    def circle(x: float, y: float, r: float, css: str) -> str:
        return f'<circle class="{css}" cx="{num(x * SCALE)}" cy="{num(y * SCALE)}" r="{num(r * SCALE)}"/>'


def circuit_text(circuit: Circuit, *, width: int = 100, max_gates: int | None = 1000) -> str:
    """A circuit as lines of text.

    Args:
        width: number of characters after which the picture goes on below.
        max_gates: gates beyond these are left out, and the text says so; ``None`` shows all.

    >>> print(circuit_text(Circuit(2, [Gate("h", (0,)), Gate("cx", (0, 1)), Gate("t", (1,))])), end="")
    q0: ─H─●───
           │
    q1: ───⊕─T─
    """
    picture = pack(circuit, max_gates)
    names = [f"{name}: " for name in line_names(circuit)] + (["c: "] if circuit.n_clbits else [])
    head = max((cells(name) for name in names), default=0)
    columns: list[list[Placed]] = [[] for _ in range(picture.columns)]
    for item in picture.placed:
        columns[item.column].append(item)
    stretches = _open_lines(picture)
    blocks: list[list[str]] = []
    rows: list[str] = []
    for number, items in enumerate(columns):
        drawn = _text_column(picture, items, number, stretches)
        if not rows or cells(rows[0]) + cells(drawn[0]) > max(width, head + 8):
            rows = [" " * head for _ in range(max(2 * picture.lines - 1, 0))]
            for line, name in enumerate(names):
                rows[2 * line] = name + " " * (head - cells(name))
            blocks.append(rows)
        for k, piece in enumerate(drawn):
            rows[k] += piece
    if not columns:
        blocks.append([row for name in names for row in (name + "───", "")][:-1])
    out = "\n\n".join("\n".join(row.rstrip() for row in block) for block in blocks)
    return "\n".join([out, *_notes(picture)]).strip("\n") + "\n"


def _text_column(
    picture: Picture, items: list[Placed], column: int, stretches: list[list[tuple[int, int]]]
) -> list[str]:
    """One column of text: for every line its row, and between lines the row of connections."""
    qubits = picture.circuit.n_qubits
    marks: dict[int, str] = {}
    joins: set[int] = set()
    crossed: dict[int, str] = {}
    for item in items:
        gate = item.gate
        lines = [q for q, _ in item.marks]
        for q, mark in item.marks:
            marks[q] = mark if gate.name != "barrier" else "░"
        if not lines:
            continue
        low, high = min(lines), max(lines)
        if gate.name == "barrier":
            continue
        reach = qubits if gate.clbits or gate.condition else high
        for line in range(low, reach):
            joins.add(line)
        for line in range(low + 1, reach):
            if line not in marks:
                crossed[line] = "┼"
        if reach == qubits:
            bits = ",".join(map(str, gate.clbits))
            marks[qubits] = f"={gate.condition[1]}" if gate.condition else bits
    wide = max([1, *(cells(mark) for mark in marks.values())])
    rows = []
    for line in range(picture.lines):
        if line < qubits:
            alive = any(first <= column <= last for first, last in stretches[line])
            starts = any(first == column for first, last in stretches[line])
            ends = any(last == column for first, last in stretches[line])
            before = "─" if alive and not starts else " "
            after = "─" if alive and not ends else " "
            blank = "─" if alive else " "
        else:
            before = after = blank = "═"
        mark = marks.get(line, crossed.get(line, blank if line not in crossed else "┼"))
        if mark == "┼" and blank == " ":
            mark = "│"
        free = wide - cells(mark)
        left = free // 2
        end = after if column + 1 == picture.columns else ""
        rows.append(before * (left + 1) + mark + after * (free - left) + end)
        if line + 1 < picture.lines:
            middle = (wide - 1) // 2
            bar = "│" if line in joins else " "
            tail = " " if column + 1 == picture.columns else ""
            rows.append(" " + " " * middle + bar + " " * (wide - 1 - middle) + tail)
    return rows
