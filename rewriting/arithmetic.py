"""Arithmetic as a cartesian theory: SymPy expressions as diagrams with fewest operations, and code from them.

The generators are the operations of a straight-line program on one object ``number``. ``fewest_operations`` saturates
an e-graph of values with the laws of commutative rings and extracts the diagram of least cost in which what occurs
twice is computed once; ``python_source`` writes it as a Python function for numbers or NumPy arrays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from catenary.diagrams import Box, CatenaryError, Diagram, Doctrine, Edge, OpenHypergraph, Signature, Ty
from catenary.diagrams.equality import normalised
from catenary.rewriting.egraph.values import Constants, ValueExtraction, ValueGraph
from catenary.rewriting.limits import Limits
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory

if TYPE_CHECKING:
    import sympy

NUMBER = Ty("number")
FUNCTIONS = ("sin", "cos", "tan", "exp", "log", "sqrt", "asin", "acos", "atan", "sinh", "cosh", "tanh")
"""Functions of one number."""

COST: dict[str, float] = {
    "constant": 0.0,
    "add": 1.0,
    "sub": 1.0,
    "mul": 1.0,
    "neg": 1.0,
    "div": 4.0,
    "power": 8.0,
    **dict.fromkeys(FUNCTIONS, 10.0),
    "sqrt": 4.0,
}
"""Cost of each operation: about its time in additions; constants are free."""

OPERATIONS: dict[str, float] = {**dict.fromkeys(COST, 1.0), "constant": 0.0}
"""Every operation costs 1."""

_SHAPES = {"add": 2, "sub": 2, "mul": 2, "div": 2, "power": 2, "neg": 1, **dict.fromkeys(FUNCTIONS, 1)}


def _generators() -> list[Box]:
    boxes = [Box(name, NUMBER**count, NUMBER) for name, count in _SHAPES.items()]
    return [*boxes, Box("constant", Ty(), NUMBER, (Fraction(0),))]


ARITHMETIC = Signature("arithmetic", Doctrine.CARTESIAN, ["number"], _generators())
"""add, sub, mul, div, power: 2 → 1; neg and the functions: 1 → 1; ``constant(value)``: 0 → 1."""


def constant(value: Any) -> Box:
    """The box of a number."""
    return Box("constant", Ty(), NUMBER, (value,), signature=ARITHMETIC)


class _Terms:
    """Builds an open hypergraph: values are vertex numbers."""

    def __init__(self, inputs: int):
        self.count = inputs
        self.edges: list[Edge] = []
        self.known: dict[tuple[Any, ...], int] = {}

    def apply(self, box: Box, *inputs: int) -> int:
        """The output of a box of one output."""
        key = (box.name, box.params, inputs)
        if key not in self.known:
            self.known[key] = self.count
            self.edges.append(Edge(box, inputs, (self.count,)))
            self.count += 1
        return self.known[key]

    def diagram(self, inputs: int, outputs: Sequence[int]) -> Diagram:
        """The diagram of some values."""
        obs = NUMBER.objects * self.count
        graph = OpenHypergraph(obs, tuple(self.edges), tuple(range(inputs)), tuple(outputs), ARITHMETIC)
        return normalised(graph).to_diagram()


@lru_cache(maxsize=1)
def commutative_rings() -> Theory:
    """The laws of commutative rings with subtraction, division and powers 2, as far as they hold for all numbers
    for which both sides are defined.
    """
    rules: list[Rule] = []

    def law(name: str, inputs: int, left: Any, right: Any, *, directed: bool = False) -> None:
        sides = []
        for side in (left, right):
            terms = _Terms(inputs)

            def op(name: str, *values: int, terms: _Terms = terms) -> int:
                return terms.apply(ARITHMETIC[name], *values)

            def number(value: int, terms: _Terms = terms) -> int:
                return terms.apply(constant(Fraction(value)))

            sides.append(terms.diagram(inputs, [side(op, number, *range(inputs))]))
        rules.append(Rule(name, sides[0], sides[1], directed))

    law("add commutes", 2, lambda o, k, x, y: o("add", x, y), lambda o, k, x, y: o("add", y, x))
    law("mul commutes", 2, lambda o, k, x, y: o("mul", x, y), lambda o, k, x, y: o("mul", y, x))
    for op in ("add", "mul"):
        law(
            f"{op} associates",
            3,
            lambda o, k, x, y, z, op=op: o(op, o(op, x, y), z),
            lambda o, k, x, y, z, op=op: o(op, x, o(op, y, z)),
        )
    law(
        "distributes",
        3,
        lambda o, k, x, y, z: o("add", o("mul", x, y), o("mul", x, z)),
        lambda o, k, x, y, z: o("mul", x, o("add", y, z)),
    )
    law(
        "distributes over sub",
        3,
        lambda o, k, x, y, z: o("sub", o("mul", x, y), o("mul", x, z)),
        lambda o, k, x, y, z: o("mul", x, o("sub", y, z)),
    )
    law(
        "one more",
        2,
        lambda o, k, x, y: o("add", o("mul", x, y), x),
        lambda o, k, x, y: o("mul", x, o("add", y, k(1))),
        directed=True,
    )
    law(
        "sub of add",
        3,
        lambda o, k, x, y, z: o("sub", o("add", x, y), z),
        lambda o, k, x, y, z: o("add", x, o("sub", y, z)),
    )
    law(
        "sub of sub",
        3,
        lambda o, k, x, y, z: o("sub", o("sub", x, y), z),
        lambda o, k, x, y, z: o("sub", x, o("add", y, z)),
    )
    law("sub", 2, lambda o, k, x, y: o("add", x, o("neg", y)), lambda o, k, x, y: o("sub", x, y))
    law("minus", 1, lambda o, k, x: o("mul", k(-1), x), lambda o, k, x: o("neg", x))
    law("neg neg", 1, lambda o, k, x: o("neg", o("neg", x)), lambda o, k, x: x, directed=True)
    law("neg of sub", 2, lambda o, k, x, y: o("neg", o("sub", x, y)), lambda o, k, x, y: o("sub", y, x))
    law(
        "neg in mul",
        2,
        lambda o, k, x, y: o("mul", o("neg", x), y),
        lambda o, k, x, y: o("neg", o("mul", x, y)),
    )
    law("sub of itself", 1, lambda o, k, x: o("sub", x, x), lambda o, k, x: k(0), directed=True)
    law("zero", 1, lambda o, k, x: o("add", x, k(0)), lambda o, k, x: x, directed=True)
    law("minus zero", 1, lambda o, k, x: o("sub", x, k(0)), lambda o, k, x: x, directed=True)
    law("one", 1, lambda o, k, x: o("mul", x, k(1)), lambda o, k, x: x, directed=True)
    law("times zero", 1, lambda o, k, x: o("mul", x, k(0)), lambda o, k, x: k(0), directed=True)
    law("twice", 1, lambda o, k, x: o("mul", k(2), x), lambda o, k, x: o("add", x, x))
    law("over one", 1, lambda o, k, x: o("div", x, k(1)), lambda o, k, x: x, directed=True)
    law(
        "mul div",
        3,
        lambda o, k, x, y, z: o("div", o("mul", x, y), z),
        lambda o, k, x, y, z: o("mul", x, o("div", y, z)),
    )
    law(
        "common denominator",
        3,
        lambda o, k, x, y, z: o("add", o("div", x, z), o("div", y, z)),
        lambda o, k, x, y, z: o("div", o("add", x, y), z),
        directed=True,
    )
    for n in (2, 3, 4):
        law(
            f"power {n}",
            1,
            lambda o, k, x, n=n: o("power", x, k(n)),
            lambda o, k, x, n=n: _repeated(o, x, n),
        )
    return Theory("commutative rings", ARITHMETIC, rules)


def _repeated(op: Callable[..., int], x: int, n: int) -> int:
    result = x
    for _ in range(n - 1):
        result = op("mul", x, result)
    return result


def _value(box: Box) -> Any:
    return box.params[0] if box.name == "constant" else None


def _evaluate(box: Box, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
    if not all(isinstance(value, Fraction) for value in values):
        return None
    x = values[0]
    if box.name == "neg":
        return (-x,)
    if len(values) < 2:
        return None
    y = values[1]
    if box.name == "div":
        return None if y == 0 else (x / y,)
    if box.name == "power":
        small = y.denominator == 1 and abs(y) <= 16 and (x != 0 or y > 0)
        return (x ** int(y),) if small else None
    return {"add": (x + y,), "sub": (x - y,), "mul": (x * y,)}.get(box.name)


CONSTANTS = Constants(_value, _evaluate, constant)
"""Constant folding with fractions: exact."""


def from_sympy(expressions: Iterable[sympy.Expr], symbols: Sequence[sympy.Symbol]) -> Diagram:
    """The diagram that computes some expressions from the values of symbols, in order.

    Equal parts are shared. Sums and products become chains; quotients and differences are read as such.

    Raises:
        CatenaryError: for a symbol that is not among ``symbols``, or a function without an operation.

    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> diagram = from_sympy([x * y + x], [x, y])
    >>> sorted(box.name for box in diagram.boxes if box.name in COST)
    ['add', 'mul']
    """
    import sympy

    place = {symbol: i for i, symbol in enumerate(symbols)}
    terms = _Terms(len(place))

    def op(name: str, *values: int) -> int:
        return terms.apply(ARITHMETIC[name], *values)

    def number(value: Any) -> int:
        if value.is_Rational:
            return terms.apply(constant(Fraction(int(value.p), int(value.q))))
        return terms.apply(constant(value if not value.is_Float else float(value)))

    def chain(name: str, values: list[int]) -> int:
        result = values[0]
        for value in values[1:]:
            result = op(name, result, value)
        return result

    def power(base: int, exponent: sympy.Expr) -> int:
        if exponent == sympy.Rational(1, 2):
            return op("sqrt", base)
        if exponent.is_Integer and 2 <= int(exponent) <= 64:
            half = power(base, exponent // 2) if exponent > 3 else base
            if exponent > 3:
                square = op("mul", half, half)
                return op("mul", square, base) if int(exponent) % 2 else square
            return chain("mul", [base] * int(exponent))
        return op("power", base, walk(exponent))

    def walk(expression: Any) -> int:
        if expression in place:
            return place[expression]
        if expression.is_number and not expression.args:
            return number(expression)
        if expression.is_Symbol:
            raise CatenaryError(
                f"{expression} is not among the symbols ({', '.join(map(str, symbols))}): add it to them"
            )
        if expression.is_Add:
            plus = [t for t in expression.args if not t.could_extract_minus_sign()]
            minus = [-t for t in expression.args if t.could_extract_minus_sign()]
            if not plus:
                return op("neg", chain("add", [walk(t) for t in minus]))
            result = chain("add", [walk(t) for t in plus])
            for t in minus:
                result = op("sub", result, walk(t))
            return result
        if expression.is_Mul:
            above, below = sympy.fraction(expression)
            if below != 1 and (below.args or not below.is_number):
                return op("div", walk(above), walk(below))
            if expression.could_extract_minus_sign():
                return op("neg", walk(-expression))
            return chain("mul", [walk(f) for f in expression.args])
        if expression.is_Pow:
            base, exponent = expression.args
            if exponent.could_extract_minus_sign():
                return op("div", number(sympy.Integer(1)), walk(base**-exponent))
            if base == sympy.E:
                return op("exp", walk(exponent))
            return power(walk(base), exponent)
        name = type(expression).__name__
        if name in FUNCTIONS:
            return op(name, walk(expression.args[0]))
        raise CatenaryError(
            f"{expression} has no operation ({name}); there are + - * / ** and {', '.join(FUNCTIONS)}"
        )

    return terms.diagram(len(place), [walk(sympy.sympify(e)) for e in expressions])


def operations(diagram: Diagram, cost: Mapping[str, float] = OPERATIONS) -> float:
    """The cost of a diagram of arithmetic, each shared operation once."""
    graph = normalised(OpenHypergraph.from_diagram(diagram))
    return sum(cost[edge.box.name] for edge in graph.edges)


def fewest_operations(
    diagram: Diagram,
    cost: Mapping[str, float] = OPERATIONS,
    *,
    limits: Limits | None = None,
    rounds: int = 4,
    engine: str = "python",
) -> ValueExtraction:
    """A diagram of least cost that the laws of commutative rings lead to, what occurs twice computed once.

    The result of each round is saturated again, until nothing is gained.

    Args:
        diagram: over :data:`ARITHMETIC`.
        cost: of each operation, by name.
        limits: of each round.
        rounds: at most.
        engine: ``"python"`` or ``"egglog"``.

    >>> import sympy
    >>> x, y, z = sympy.symbols("x y z")
    >>> found = fewest_operations(from_sympy([x * y + x * z + y + z], [x, y, z]))
    >>> found.before, found.cost
    (5.0, 3.0)
    """
    limits = limits or Limits(seconds=10.0, depth=5, places=3_000)
    current, before = diagram, None
    best: ValueExtraction | None = None
    for _ in range(rounds):
        graph = ValueGraph(commutative_rings(), analyses=[CONSTANTS])
        graph.add(current)
        graph.saturate(limits, engine="egglog" if engine == "egglog" else "python")
        found = graph.extract(current, cost=cost, limits=limits)
        before = found.before if before is None else before
        if best is not None and found.cost >= best.cost:
            break
        best, current = found, found.diagram
    assert best is not None
    assert before is not None
    return ValueExtraction(best.diagram, best.cost, before, best.optimal, best.report)


_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "power": "**"}


def python_source(
    diagram: Diagram, name: str = "f", *, inputs: Sequence[str] = (), module: str = "math"
) -> str:
    """A Python function that computes a diagram of arithmetic, one line for each operation.

    Args:
        diagram: over :data:`ARITHMETIC`.
        name: of the function.
        inputs: names of its arguments; ``x0``, ``x1`` … unless given.
        module: where the functions are: ``"math"``, ``"numpy"``, ``"cmath"`` or ``"sympy"``.

    Raises:
        CatenaryError: for a wrong number of names or a name that is no identifier, or a box that is no operation.

    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> print(python_source(from_sympy([x**2 + 1], [x]), inputs=["x"]))
    def f(x):
        t0 = x * x
        t1 = 1 + t0
        return (t1,)
    """
    graph = normalised(OpenHypergraph.from_diagram(diagram))
    inputs = list(inputs) or [f"x{i}" for i in range(len(graph.dom))]
    if len(inputs) != len(graph.dom):
        raise CatenaryError(f"{len(inputs)} names for {len(graph.dom)} inputs")
    for word in (name, *inputs):
        if not word.isidentifier() or (word[0] == "t" and word[1:].isdigit()):
            raise CatenaryError(f"{word!r} cannot name an argument or a function here")
    module_of = {"numpy": {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}}.get(module, {})
    text: dict[int, str] = dict(zip(graph.dom, inputs, strict=True))
    lines = [f"def {name}({', '.join(inputs)}):"]
    count = 0
    for e in graph.topological_order() or ():
        edge = graph.edges[e]
        arguments = [text[v] for v in edge.sources]
        box = edge.box
        if box.name == "constant":
            text[edge.targets[0]] = _number(box.params[0], module)
            continue
        if box.name in _INFIX:
            value = f" {_INFIX[box.name]} ".join(arguments)
        elif box.name == "neg":
            value = f"-{arguments[0]}"
        elif box.name in FUNCTIONS:
            value = f"{module}.{module_of.get(box.name, box.name)}({arguments[0]})"
        else:
            raise CatenaryError(f"{box} is no operation of arithmetic")
        lines.append(f"    t{count} = {value}")
        text[edge.targets[0]] = f"t{count}"
        count += 1
    outputs = ", ".join(text[v] for v in graph.cod)
    lines.append(f"    return ({outputs}{',' if len(graph.cod) == 1 else ''})")
    return "\n".join(lines)


def _number(value: Any, module: str) -> str:
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return str(value.numerator) if value >= 0 else f"({value.numerator})"
        return f"({value.numerator} / {value.denominator})"
    return repr(value) if isinstance(value, float) else repr(float(value))


def python_function(diagram: Diagram, *, module: str = "math") -> Callable[..., tuple[Any, ...]]:
    """The function of :func:`python_source`, compiled."""
    import importlib

    space: dict[str, Any] = {module: importlib.import_module(module) if module != "math" else math}
    exec(compile(python_source(diagram, module=module), "<diagram>", "exec"), space)
    found: Callable[..., tuple[Any, ...]] = space["f"]
    return found
