"""Random OpenQASM 3 programs, in the part of the language that Qiskit reads too."""

from __future__ import annotations

import random

SHAPES = {
    **dict.fromkeys(("x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "id"), (0, 1)),
    **dict.fromkeys(("p", "rx", "ry", "rz", "u1", "phase"), (1, 1)),
    "u2": (2, 1),
    "u3": (3, 1),
    "U": (3, 1),
    **dict.fromkeys(("cx", "cy", "cz", "ch", "swap", "CX"), (0, 2)),
    **dict.fromkeys(("cp", "crx", "cry", "crz", "cphase"), (1, 2)),
    "cu": (4, 2),
    "ccx": (0, 3),
    "cswap": (0, 3),
}
PHASED = ("U", "u2", "u3")
"""Gates whose phase Qiskit takes otherwise than the specification."""


class Programs:
    """Programs on three qubits and two registers of bits."""

    def __init__(self, seed: int):
        self.rng = random.Random(seed)
        self.indent = 0

    def angle(self, names: tuple[str, ...] = ()) -> str:
        rng = self.rng
        choices = [
            "pi",
            "pi/4",
            "-pi/2",
            "3*pi/8",
            f"{rng.uniform(-3, 3):.6f}",
            "2*pi/3",
            "0.5",
            "-(pi - 1.5)*2",
        ]
        return rng.choice(
            [*choices, *names, *(f"{name}/2" for name in names), *(f"-{name} + pi" for name in names)]
        )

    def qubits(self, count: int, lines: list[str]) -> str:
        return ", ".join(self.rng.sample(lines, count))

    def gate(self, lines: list[str], names: tuple[str, ...] = (), modifiers: bool = True) -> str:
        rng = self.rng
        fitting = [n for n, (_, q) in SHAPES.items() if q <= len(lines)]
        name = rng.choice(fitting)
        params, width = SHAPES[name]
        head = ""
        while modifiers and rng.random() < 0.3:
            kind = rng.choice(["inv", "ctrl", "negctrl", "pow"])
            if kind in ("ctrl", "negctrl"):
                if width >= len(lines) or name in PHASED:
                    continue
                count = rng.randint(1, len(lines) - width)
                width += count
                head = f"{kind}{'' if count == 1 else f'({count})'} @ " + head
            elif kind == "pow":
                head = f"pow({rng.randint(-2, 3)}) @ " + head
            else:
                head = "inv @ " + head
        angles = ", ".join(self.angle(names) for _ in range(params))
        return f"{head}{name}{f'({angles})' if params else ''} {self.qubits(width, lines)};"

    def statement(self, lines: list[str], depth: int, free: list[str]) -> list[str]:
        """``free``: bits that no condition around hangs on."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.5:
            return [self.gate(lines)]
        if kind < 0.6 and free:
            bit, qubit = rng.choice(free), rng.choice(lines)
            return [rng.choice([f"{bit} = measure {qubit};", f"measure {qubit} -> {bit};"])]
        if kind < 0.65:
            return [f"reset {rng.choice(lines)};"]
        if kind < 0.7:
            return [f"barrier {self.qubits(2, lines)};"]
        if kind < 0.85 and depth < 2:
            register = rng.choice(["c", "d"])
            inside = [bit for bit in free if not bit.startswith(register)]
            test = rng.choice(
                [f"{register} == {rng.randint(0, 3)}", f"{register}[{rng.randint(0, 1)}]", f"!{register}[0]"]
            )
            out = [f"if ({test}) {{", *self.block(lines, depth + 1, inside), "}"]
            if rng.random() < 0.5:
                out += ["else {", *self.block(lines, depth + 1, inside), "}"]
            return out
        if kind < 0.95:
            return [self.gate(["q[0]", "q[1]", "a"], modifiers=False)]
        return ["h q;", "cx q, a;", "d = measure q;"][: 2 if "d[0]" not in free else 3]

    def block(self, lines: list[str], depth: int, free: list[str]) -> list[str]:
        return [line for _ in range(self.rng.randint(1, 3)) for line in self.statement(lines, depth, free)]

    def definition(self, name: str) -> list[str]:
        args = ["r1", "r2"]
        body = [self.gate(args, ("θ", "φ"), modifiers=False) for _ in range(3)]
        body += ["gphase(θ/3);"]
        return [f"gate {name}(θ, φ) r1, r2 {{", *body, "}"]

    def program(self, size: int = 8) -> str:
        lines = ["q[0]", "q[1]", "a"]
        free = ["c[0]", "c[1]", "d[0]", "d[1]"]
        out = ["OPENQASM 3.0;", 'include "stdgates.inc";', *self.definition("mine")]
        out += ["qubit[2] q;", "qubit a;", "bit[2] c;", "bit[2] d;"]
        for _ in range(size):
            out += self.statement(lines, 0, free)
            if self.rng.random() < 0.2:
                out.append(f"mine({self.angle()}, {self.angle()}) {self.qubits(2, lines)};")
        return "\n".join(out) + "\n"
