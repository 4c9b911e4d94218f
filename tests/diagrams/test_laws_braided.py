"""Laws of braided and ribbon doctrines, and what they must not prove."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catenary.diagrams import (
    Box,
    Braid,
    Diagram,
    Doctrine,
    DoctrineError,
    Swap,
    Trace,
    Twist,
    Ty,
    equal,
    free,
)
from catenary.diagrams.bracket import bracket, strands_of
from catenary.diagrams.isotopy import braid_normal_form, moves
from catenary.diagrams.refinement import Work

a, b = Ty("a"), Ty("b")
BRAIDED, RIBBON = free(Doctrine.BRAIDED), free(Doctrine.RIBBON)
types = st.lists(st.sampled_from("ab"), max_size=3).map(lambda names: Ty(*names))
words = st.integers(2, 5).flatmap(
    lambda n: st.tuples(
        st.just(n), st.lists(st.integers(1, n - 1).flatmap(lambda i: st.sampled_from([i, -i])), max_size=9)
    )
)


def artin(word, strands):
    """The braid's automorphism of the free group, faithful by Artin's theorem: reduced words of the images."""

    def reduced(letters):
        found = []
        for letter in letters:
            if found and found[-1] == -letter:
                found.pop()
            else:
                found.append(letter)
        return found

    images = {i: [i] for i in range(1, strands + 1)}
    for letter in word:
        i = abs(letter)
        step = {k: [k] for k in images}
        if letter > 0:
            step[i], step[i + 1] = [i, i + 1, -i], [i]
        else:
            step[i], step[i + 1] = [i + 1], [-(i + 1), i, i + 1]
        # images ∘ step: substitute the images so far into the step
        images = {
            k: reduced(x for s in row for x in (images[s] if s > 0 else [-y for y in reversed(images[-s])]))
            for k, row in step.items()
        }
    return images


def drawn(word, strands):
    cross = Braid(a, a)
    layers = [(cross if letter > 0 else cross.dagger(), abs(letter) - 1) for letter in word]
    return Diagram(a**strands, a**strands, layers, BRAIDED)


@settings(max_examples=150, deadline=None)
@given(words, st.data())
def test_garside_agrees_with_the_faithful_action_on_the_free_group(pair, data):
    n, word = pair
    letters = st.integers(1, n - 1).flatmap(lambda i: st.sampled_from([i, -i]))
    other = list(word)
    for _ in range(data.draw(st.integers(0, 4))):  # a close relative: braid relations, pairs, a random letter
        at = data.draw(st.integers(0, len(other)))
        i = data.draw(letters)
        kind = data.draw(st.sampled_from(["pair", "pair", "triple", "letter"]))
        if kind == "pair":
            other[at:at] = [i, -i]
        elif kind == "triple" and n > 2:
            j = data.draw(st.integers(1, n - 2))
            other[at:at] = [j, j + 1, j, -(j + 1), -j, -(j + 1)]
        elif kind == "letter" and data.draw(st.booleans()):
            other.insert(at, i)
    same = artin(word, n) == artin(other, n)
    assert (braid_normal_form(word, n) == braid_normal_form(other, n)) is same
    assert equal(drawn(word, n), drawn(other, n)).value == ("yes" if same else "no")


def random_diagram(data, signature, size=5, dom=None):
    """Layers drawn at random: boxes of all arities to 2, crossings, and in ribbon doctrines cups, caps, twists."""
    shapes = [("f", a @ a, a), ("g", a, a @ a), ("h", a, a), ("s", Ty(), a), ("e", a, Ty())]
    row = list((dom or data.draw(st.sampled_from([a, a @ a, a**3]))).objects)
    start = Ty.of(tuple(row))
    found = Diagram.id(start, signature)
    for _ in range(data.draw(st.integers(0, size))):
        wires = found.cod
        choices = []
        for name, ins, outs in shapes:
            if len(wires) + len(outs) - len(ins) <= 4:
                places = range(len(wires) - len(ins) + 1)
                box = Box(name, ins, outs, signature=signature)
                choices += [(box, at) for at in places if wires[at : at + len(ins)] == ins]
        for at in range(len(wires) - 1):
            pair = Braid(wires[at], wires[at + 1])
            choices += [(pair, at), (Braid(wires[at + 1], wires[at]).dagger(), at)] * 4
        if signature is RIBBON:
            choices += [(Twist(wires[at]), at) for at in range(len(wires))]
        box, at = data.draw(st.sampled_from(choices))
        found = found >> wires[:at] @ box @ wires[at + len(box.dom) :]
    return found


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_bracket_is_kept_by_every_move(data):
    signature = data.draw(st.sampled_from([BRAIDED, RIBBON]))
    d = random_diagram(data, signature)
    strands = strands_of(d)

    def value(diagram):
        return bracket(diagram, signature.doctrine, strands, Work("test", 10**7))

    expected = value(d)
    for found in list(moves(d))[:6]:
        assert (found.dom, found.cod) == (d.dom, d.cod)
        Diagram(found.dom, found.cod, found.layers, signature)  # the boxes fit
        assert value(found) == expected
        assert hash(found) == hash(d)
        assert equal(d, found).value == "yes"


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_naturality_of_the_braiding(data):
    signature = data.draw(st.sampled_from([BRAIDED, RIBBON]))
    box = data.draw(
        st.sampled_from([("f", a @ a, a), ("g", a, a @ a), ("h", a, b), ("s", Ty(), a), ("e", b, Ty())])
    )
    f = Box(*box, signature=signature)
    x = data.draw(st.sampled_from([a, b]))
    assert equal(f @ x >> Braid(f.cod, x), Braid(f.dom, x) >> x @ f).value == "yes"
    under = Braid(x, f.cod).dagger(), Braid(x, f.dom).dagger()
    assert equal(f @ x >> under[0], under[1] >> x @ f).value == "yes"
    if len(f.dom) and len(f.cod):
        # Over is not under.
        assert f @ x >> Braid(f.cod, x) != Braid(x, f.dom).dagger() >> x @ f
        assert equal(f @ x >> Braid(f.cod, x), Braid(x, f.dom).dagger() >> x @ f).value == "no"


@settings(max_examples=30, deadline=None)
@given(types, types, types)
def test_hexagons_inverses_and_the_symmetric_image(x, y, z):
    assert Braid(x, y @ z) == Braid(x, y) @ z >> y @ Braid(x, z)
    assert Braid(x @ y, z) == x @ Braid(y, z) >> Braid(x, z) @ y
    assert hash(Braid(x, y @ z)) == hash(Braid(x, y) @ z >> y @ Braid(x, z))
    assert Braid(x, Ty()) == Diagram.id(x) == Braid(Ty(), x)
    back = Braid(x, y) >> Braid(x, y).dagger()
    assert equal(back, Diagram.id(x @ y)).value == "yes"
    if x and y:
        assert back != Diagram.id(x @ y)
        assert Braid(x, y) != Braid(y, x).dagger()
        assert equal(Braid(x, y), Braid(y, x).dagger()).value == "no"
        assert equal(Braid(x, y) >> Braid(y, x), Diagram.id(x @ y)).value == "no"
    assert Braid(x, y) == Swap(x, y)
    assert hash(Braid(x, y)) == hash(Swap(x, y))
    assert Braid(x, y).diagram.over(free()) == Braid(y, x).dagger().diagram.over(free())
    around = Twist(x) @ Twist(y) >> Braid(x, y) >> Braid(y, x)
    assert equal(Twist(x @ y), around).value == "yes"
    if len(x) == len(y) == 1:
        assert Twist(x @ y) == around
    assert Twist(x).diagram.over(free(Doctrine.COMPACT)) == Diagram.id(x)


def test_twists_curls_and_their_framing():
    for name in "ab":
        x = Ty(name)
        curl = Braid(x, x).diagram.over(RIBBON)
        for left in (False, True):
            assert equal(curl.trace(left=left), Twist(x)).value == "yes"
            assert equal(curl.dagger().trace(left=left), Twist(x).dagger()).value == "yes"
            assert equal(curl.trace(left=left), Diagram.id(x)).value == "no"
    f = Box("f", a, b, signature=RIBBON)
    assert equal(f >> Twist(b), Twist(a) >> f).value == "yes"
    assert equal(Twist(a) >> Twist(a).dagger(), Diagram.id(a)).value == "yes"
    assert Twist(a) != Diagram.id(a)
    assert equal(Twist(a), Diagram.id(a)).value == "no"


def test_a_crossing_turned_by_cups_and_caps_is_a_crossing():
    across = Braid(a, b).diagram.over(RIBBON)
    assert across.l.r == across == across.r.r
    assert across.transpose() == across.r
    assert hash(across.transpose()) == hash(across.r)
    assert across.transpose() != across.dagger().r


def test_knots_are_told_apart_by_the_bracket():
    cross = Braid(a, a).diagram.over(RIBBON)
    trefoil = (cross >> cross >> cross).trace(2)
    mirror = (cross.dagger() >> cross.dagger() >> cross.dagger()).trace(2)
    unknot = cross.trace(2)
    hopf = (cross >> cross).trace(2)
    for one in (trefoil, mirror, unknot, hopf):
        for other in (trefoil, mirror, unknot, hopf):
            assert (equal(one, other).value == "no") is (one is not other)


def test_what_is_refused():
    with pytest.raises(DoctrineError, match="ribbon"):
        Diagram.id(a, free(Doctrine.PIVOTAL)) @ a >> Braid(a, a).diagram.over(free(Doctrine.PIVOTAL))
    with pytest.raises(DoctrineError, match="braided, ribbon"):
        Braid(a, a).diagram.over(free(Doctrine.RIGID))
    with pytest.raises(DoctrineError, match="ribbon"):
        Twist(a).diagram.over(BRAIDED)
    with pytest.raises(DoctrineError, match="trace"):
        Trace(Swap(a, a)).over(free(Doctrine.SYMMETRIC))
    with pytest.raises(DoctrineError, match="trace"):
        Trace(Swap(a, a)).over(free(Doctrine.MARKOV))


def test_an_answer_is_no_truth_value():
    with pytest.raises(TypeError, match="yes"):
        bool(equal(Braid(a, a), Braid(a, a)))
