"""Functions, streams, finite sets and probability against scipy, numpy and brute force."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import islice, product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from catenary.diagrams import (
    ArityError,
    Box,
    Bubble,
    CatenaryError,
    CompositionError,
    Copy,
    Curry,
    Doctrine,
    Eval,
    LimitReached,
    Spider,
    Ty,
)
from catenary.functors.category import ImageError, TargetError
from catenary.functors.functor import Functor
from catenary.functors.targets import (
    FiniteFunction,
    FiniteFunctions,
    Kernel,
    Kernels,
    Machine,
    Matrices,
    NoFixedPoint,
    NotCausal,
    NotStochastic,
    NullSet,
    Polynomials,
    PythonFunctions,
    Relation,
    Relations,
    Streams,
)
from tests.functors.random_diagrams import PLAIN, diagrams, signature
from tests.functors.target_cases import NAMED, drawn

# Functions


def test_loops_of_functions() -> None:
    start = PythonFunctions(start={int: 0}, limit=50)
    grow = start.read(lambda x: (x, x + 1), (int,), (int, int), "grow")
    with pytest.raises(NoFixedPoint, match=r"loop on int did not come to rest.*50 rounds"):
        start.trace(grow, (int,))()
    with pytest.raises(NoFixedPoint, match="no starting value"):
        PythonFunctions().trace(grow, (int,))()
    with pytest.raises(ImageError, match="traced"):
        start.trace(grow, (str,))
    # a graph's reachable nodes, as the least fixed point of a set
    edges = {0: {1}, 1: {2}, 2: {0}, 3: {4}, 4: set()}
    sets = PythonFunctions(start={set: frozenset()})
    step = sets.read(
        lambda seeds, seen: (seen | seeds | {y for x in seen for y in edges[x]},) * 2,
        (set, set),
        (set, set),
        "step",
    )
    assert sets.trace(step, (set,))(frozenset({1})) == {0, 1, 2}
    # what the loop does not need is not computed from nothing
    swap = PythonFunctions().swap((int,), (int,))
    assert PythonFunctions().trace(swap, (int,))(7) == 7


def test_loops_nested_too_deep() -> None:
    target = PythonFunctions(start={int: 0})
    both = target.read(lambda x, y: (x, x), (int, int), (int, int), "f")
    streams = Streams()
    part = streams.then(
        streams.read(lambda x, y: (x, x), (int, int), (int, int), "f"), streams.delay((int, int), (0, 0))
    )
    loop, flow = target.trace(both, (int,)), streams.trace(part, (int,))
    for _ in range(2_000):
        loop = target.trace(target.tensor(loop, target.id((int,))), (int,))
        flow = streams.trace(streams.tensor(flow, streams.id((int,))), (int,))
    with pytest.raises(LimitReached, match="recursion"):
        loop(1)
    with pytest.raises(LimitReached, match="recursion"):
        next(flow([1]))


def test_nested_loops_of_streams() -> None:
    """Forty loops in one another: what was found in a tick is not looked for again."""
    streams = Streams()
    part = streams.read(lambda x, y: (x + y, x), (int, int), (int, int), "f")
    later = streams.then(part, streams.tensor(streams.id((int,)), streams.delay((int,), (0,))))
    flow = streams.trace(later, (int,))  # x[t] + x[t-1]
    for _ in range(40):
        crossed = streams.then(streams.tensor(flow, streams.id((int,))), streams.swap((int,), (int,)))
        flow = streams.trace(crossed, (int,))
    assert list(flow([1, 2, 3])) == [1, 3, 5]


@given(x=st.integers(), y=st.integers(), z=st.integers())
def test_functions_are_closed(x: int, y: int, z: int) -> None:
    target = PythonFunctions()
    i = (int,)
    f = target.read(lambda a, b, c: (a * b + c, c), (int,) * 3, (int,) * 2, "f")
    for left in (False, True):
        curried = target.curry(f, (int, int), left)
        evaluate = target.evaluate((int,) * 2, (int, int), left)
        if left:
            back = target.then(target.tensor(target.id((int, int)), curried), evaluate)
        else:
            back = target.then(target.tensor(curried, target.id((int, int))), evaluate)
        assert back(x, y, z) == f(x, y, z)  # beta
        power = target.exponential(i, i, left)
        again = target.curry(target.evaluate(i, i, left), i, left)
        assert again.dom == again.cod == power
        assert again(lambda n: 3 * n)(x) == 3 * x  # eta, up to what functions do
    with pytest.raises(ImageError, match="curried"):
        target.curry(f, (str,))


# Streams


@settings(max_examples=30)
@given(
    b=st.lists(st.floats(-1, 1), min_size=2, max_size=2),
    a=st.floats(-0.9, 0.9),
    xs=st.lists(st.floats(-1, 1), min_size=1, max_size=20),
)
def test_a_filter_with_feedback(b: list[float], a: float, xs: list[float]) -> None:
    """y[t] = b0 x[t] + b1 x[t-1] - a y[t-1], as a traced diagram, against scipy."""
    n = Ty("n")
    add = Box("add", n @ n, n)
    streams = Streams()
    delay = streams.delay((float,), (0.0,))
    table = {
        "add": lambda x, y: x + y,
        "b0": lambda x: b[0] * x,
        "b1": lambda x: b[1] * x,
        "a": lambda x: -a * x,
        "later": delay,
    }
    b0, b1, back, later = (Box(name, n, n) for name in ("b0", "b1", "a", "later"))
    functor = Functor({"n": float}, table, streams)
    inner = Copy(n) @ n >> b0 @ later @ n >> n @ b1 @ n >> add @ n >> add >> Copy(n) >> n @ back >> n @ later
    filtered = streams.trace(functor(inner), (float,))
    np.testing.assert_allclose(list(filtered(xs)), lfilter(b, [1, a], xs), atol=1e-9)
    # a trace and feedback differ by the delay
    undelayed = functor(Copy(n) @ n >> b0 @ later @ n >> n @ b1 @ n >> add @ n >> add >> Copy(n) >> n @ back)
    again = streams.feedback(undelayed, (float,), (0.0,))
    np.testing.assert_allclose(list(again(xs)), lfilter(b, [1, a], xs), atol=1e-9)


def test_streams_that_cannot_be() -> None:
    streams = Streams()
    add = streams.read(lambda x, y: (x + y, x + y), (int, int), (int, int), "add")
    loop = streams.trace(add, (int,))
    with pytest.raises(NotCausal, match=r"tick 0.*delay"):
        list(loop([1, 2]))
    with pytest.raises(ArityError, match="reads 1 streams"):
        loop([1], [2])
    with pytest.raises(ArityError, match="not a stream"):
        loop(3)
    with pytest.raises(ArityError, match="next state"):
        list(streams.read(Machine(0, lambda s, x: x), (int,), (int,), "bad")([1]))
    with pytest.raises(ArityError, match="tuple of 2"):
        list(streams.read(lambda x: x, (int,), (int, int), "bad")([1]))
    with pytest.raises(ArityError, match="initial values"):
        streams.delay((int,), ())
    with pytest.raises(CatenaryError, match="Machine"):
        Functor({"n": int}, {Box("f", Ty("n"), Ty("n")): 3}, streams)
    # a loop through two wires that only crosses: settled without a delay
    crossing = streams.trace(streams.swap((int,), (int,)), (int,))
    assert list(crossing([3, 4])) == [3, 4]
    # an undefined state stays undefined instead of becoming a wrong one
    late = streams.then(add, streams.tensor(streams.delay((int,), (9,)), streams.id((int,))))
    seen = streams.trace(late, (int,))([1, 2])
    assert next(seen) == 9
    with pytest.raises(NotCausal, match="tick 1"):
        next(seen)


def test_fibonacci() -> None:
    numbers = islice(
        Streams().feedback(
            Streams().read(lambda a, b: (a, b, a + b), (int,) * 2, (int,) * 3, "f"), (int, int), (0, 1)
        )(),
        90,
    )
    assert list(numbers) == [sympy.fibonacci(k) for k in range(90)]


# Finite sets and relations


@settings(max_examples=30)
@given(data=st.data(), seed=st.integers(0, 5))
def test_finite_functions_agree_with_functions(data: Any, seed: int) -> None:
    case = NAMED["finite functions"]
    functor = case.functor(seed)
    table = {box.name: functor.image(box) for box in PLAIN}

    def called(image: FiniteFunction) -> Any:
        return lambda *xs: image(*xs)

    functions = Functor(case.obs, {name: called(image) for name, image in table.items()}, PythonFunctions())
    f = data.draw(diagrams(signature(Doctrine.CARTESIAN), max_dom=2, max_width=4, daggers=False))
    ours, theirs = functor(f), functions(f)
    for point in product(*map(range, ours.dom)):
        assert ours(*point) == theirs(*point)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_relations_as_sets_of_pairs(seed: int) -> None:
    rng = random.Random(seed)
    r, s = drawn(rng, "relations", (2, 3), (4,)), drawn(rng, "relations", (4,), (3,))
    pairs = [(x, y, z) for x in range(2) for y in range(3) for z in range(4) if ((x, y), z) in r]
    target = Relations()
    joined = {((x, y), w) for x, y, z in pairs for w in range(3) if (z, w) in s}
    assert target.then(r, s) == Relation.of(joined, (2, 3), (3,))
    assert target.dagger(r) == Relation.of([(z, (x, y)) for x, y, z in pairs], (4,), (2, 3))
    assert len(r) == len(pairs)
    assert Relation.from_array(r.array, 2) == r
    other = drawn(rng, "relations", (2, 3), (4,))
    assert (r & other) <= r <= (r | other)
    assert bool(r) == (len(r) > 0)
    functions = [x for x in (r, other) if x.is_function]
    assert all(len(f) == 6 for f in functions)


def test_tables_that_are_wrong() -> None:
    bit = Ty("bit")
    f = Box("f", bit, bit)
    for target, image, error, text in (
        (FiniteFunctions(), lambda x: 2, ArityError, "not one of the 2 elements"),
        (FiniteFunctions(), {0: 1}, CatenaryError, "no value at"),
        (FiniteFunctions(), {0: 1, 1: 1, 2: 0}, CatenaryError, "more than its 2"),
        (FiniteFunctions(), 3, CatenaryError, "mapping"),
        (Relations(), [[1, 2], [0, 1]], CatenaryError, "truth values"),
        (Relations(), [1, 0], ArityError, "shape"),
        (Relations(), {(0, 2)}, ArityError, "not one of the 2"),
        (Kernels(), [[Fraction(1, 2)] * 2, [1, 1]], NotStochastic, "sums to 2"),
        (Kernels(), [[0.5, 0.4], [0.5, 0.5]], NotStochastic, "sums to 0.9"),
        (Kernels(), [[2, -1], [1, 0]], NotStochastic, "no probability"),
        (Kernels(), [[float("nan"), 1], [1, 0]], NotStochastic, "no probability"),
        (Kernels(), [["1", 0], [1, 0]], NotStochastic, "Fraction"),
        (Kernels(), {0: {0: 1}}, ArityError, "without a distribution"),
        (Kernels(), lambda x: x, NotStochastic, "is a mapping"),
        (Kernels(), [1, 0], ArityError, "shape"),
    ):
        with pytest.raises(error, match=text):
            Functor({"bit": 2}, {f: image}, target)
    for target in (FiniteFunctions(), Relations(), Kernels()):
        with pytest.raises(CatenaryError, match="finite set"):
            Functor({"bit": "two"}, {f: None}, target)
        with pytest.raises(LimitReached, match="points"):
            target.id((2,) * 40)


def test_wide_relations_with_few_points() -> None:
    """The work follows the points that occur: 30 wires of three values each."""
    n = Ty("n")
    start, succ = Box("start", Ty(), n), Box("succ", n, n)
    functor = Functor({"n": 3}, {start: {((), 0)}, succ: {(0, 1), (1, 2), (2, 0)}}, Relations())
    wide = start.diagram
    for _ in range(29):
        wide = wide @ start
    for k in range(30):
        wide = wide >> n**k @ succ @ n ** (29 - k)
    for k in reversed(range(1, 30)):
        wide = wide >> n ** (k - 1) @ Spider(2, 1, n)
    assert functor(wide)() == [1]


# Kernels


def _joint(rng: random.Random, cod: tuple[int, ...], dom: tuple[int, ...] = (2,)) -> Kernel:
    found: Kernel = drawn(rng, "kernels", dom, cod)
    return found


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6))
def test_conditionals(seed: int) -> None:
    rng = random.Random(seed)
    target = Kernels()
    k = _joint(rng, (2, 3))
    first, rest = k.disintegrate(1, null="uniform")
    # copy the input; draw x; copy it; draw y knowing x and the input
    again = target.then(target.copy((2,)), target.tensor(first, target.id((2,))))
    again = target.then(again, target.tensor(target.copy((2,)), target.id((2,))))
    again = target.then(again, target.tensor(target.id((2,)), rest))
    assert again == k
    # where the condition has probability 0 the choice is free, and only there
    other = k.conditional(1, null=_joint(rng, (3,), (2, 2)))
    for x, a in product(range(2), range(2)):
        if first(a).get(x):
            assert other(x, a) == rest(x, a)
    null = any(first(a).get(x, 0) == 0 for x in range(2) for a in range(2))
    if null:
        with pytest.raises(NullSet, match="probability 0"):
            k.conditional(1)
    else:
        assert k.conditional(1) == rest
    assert k.conditional(0) == k
    assert k.conditional(2, null="uniform").cod == ()
    assert k.marginal([1, 0]) == target.then(k, target.swap((2,), (3,)))
    assert k.marginal([0]) == target.then(k, target.tensor(target.id((2,)), target.discard((3,))))


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6))
def test_bayesian_inversion(seed: int) -> None:
    rng = random.Random(seed)
    target = Kernels()
    prior, k, after = _joint(rng, (3,), ()), _joint(rng, (2,), (3,)), _joint(rng, (3,), (2,))
    back = k.invert(prior, null="uniform")
    pushed = target.then(prior, k)
    there = target.then(target.then(prior, target.copy((3,))), target.tensor(target.id((3,)), k))
    home = target.then(target.then(pushed, target.copy((2,))), target.tensor(back, target.id((2,))))
    assert there == home
    # inversion is functorial, and an involution, almost surely
    whole = target.then(k, after).invert(prior, null="uniform")
    steps = target.then(after.invert(pushed, null="uniform"), back)
    assert whole.equals_almost_surely(steps, target.then(pushed, after))
    assert back.invert(pushed, null="uniform").equals_almost_surely(k, prior)
    # against the formula with floats
    joint = prior.array[:, None] * k.array
    for y, total in enumerate(joint.sum(axis=0)):
        if total:
            np.testing.assert_allclose(back.array[y], joint[:, y] / total, atol=1e-12)


def test_kernels_of_floats_and_determinism() -> None:
    half = Kernel.of([0.5, 0.5], (), (2,))
    assert half.allclose(Kernel.of([Fraction(1, 2)] * 2, (), (2,)))
    assert not half.is_deterministic
    xor = Kernel.of(FiniteFunction((2, 2), (2,), (0, 1, 1, 0)), (2, 2), (2,))
    assert xor.is_deterministic
    assert xor.support == {0, 1}
    with pytest.raises(ArityError, match="no inputs"):
        xor.invert(xor)
    with pytest.raises(CatenaryError, match="null is"):
        half.conditional(0, null="none")
    with pytest.raises(CompositionError):
        Kernels().then(half, xor)
    assert Kernel.of({0: 1}, (), (2,))() == {0: 1}


# Closed structure, sums and bubbles of diagrams


@settings(max_examples=40)
@given(x=st.integers(-9, 9), y=st.integers(-9, 9), left=st.booleans())
def test_diagrams_with_closures(x: int, y: int, left: bool) -> None:
    """Currying and evaluation of diagrams are closures: beta by running both sides."""
    a, b = Ty("a"), Ty("b")
    f = Box("f", a @ b, a)
    functor = Functor({"a": int, "b": int}, {f: lambda x, y: 3 * x - y}, PythonFunctions())
    curried = Curry(f, 1, left)
    if left:
        whole = a @ curried >> Eval(curried.cod)
    else:
        whole = curried @ b >> Eval(curried.cod)
    assert functor(whole)(x, y) == functor(f)(x, y) == 3 * x - y
    held = functor(curried)(y if left else x)
    assert held(x if left else y) == 3 * x - y


def test_sums_and_bubbles() -> None:
    a = Ty("a")
    f, g = Box("f", a, a), Box("g", a, a)
    pairs = {f: {(0, 1)}, g: {(0, 2), (1, 2)}}
    relations = Functor({"a": 3}, pairs, Relations(), bubble=lambda name, r: Relations().dagger(r))
    assert relations(f + g) == relations(f) | relations(g)
    assert relations(2 * f.diagram) == relations(f)
    assert relations(Bubble(f >> g)) == Relations().dagger(relations(f >> g))
    with pytest.raises(CatenaryError, match="cannot be taken -1 times"):
        relations(f - g)
    matrices = Functor({"a": 1}, {f: [["1/3"]], g: [[2]]}, Matrices())
    assert matrices(f + Fraction(1, 2) * g.diagram).array.item() == Fraction(4, 3)
    assert matrices((f + g) >> (f + g)).array.item() == Fraction(7, 3) ** 2
    assert matrices(f - f) == Matrices().zero(1, 1)
    polynomials = Functor({"a": 1}, {f: lambda v: v * v, g: lambda v: v + 1}, Polynomials())
    assert polynomials((f >> g) + Fraction(1, 2) * g.diagram)(3) == 12
    with pytest.raises(TargetError, match="Kernels has no add"):
        Functor({"a": 1}, {f: [[1]], g: [[1]]}, Kernels())(f + g)
