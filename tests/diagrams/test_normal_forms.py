"""Normal forms: equal to what they are forms of, and normal."""

import itertools

import pytest
from hypothesis import given

from catenary.diagrams import Box, Cap, CatenaryError, Cup, Diagram, Doctrine, DoctrineError, Spider, Ty, free
from catenary.diagrams.normal_forms import (
    foliation,
    fuse_spiders,
    interchange,
    interchanger_normal_form,
    remove_snakes,
    snake_steps,
)
from catenary.testing import diagrams, equal_pairs

a, b, n = Ty("a"), Ty("b"), Ty("n")


def checked(d):
    """The diagram built again, every box and type looked at."""
    return Diagram(d.dom, d.cod, d.layers, d.signature)


def has_snake(d):
    wires = [None] * len(d.dom)
    for box, offset in d.layers:
        stop = offset + len(box.dom)
        if box.kind == "cup":
            left, right = wires[offset:stop]
            if (left is not None and left[1] == "right") or (right is not None and right[1] == "left"):
                return True
        made = [(box, "left"), (box, "right")] if box.kind == "cap" else [None] * len(box.cod)
        wires[offset:stop] = made
    return False


@pytest.mark.parametrize("doctrine", [Doctrine.RIGID, Doctrine.PIVOTAL], ids=lambda d: d.value)
def test_snake_removal(doctrine):
    @given(equal_pairs(doctrine, max_boxes=12))
    def check(pair):
        _, d = pair
        straight = checked(remove_snakes(d))
        assert straight == d
        assert not has_snake(straight)
        steps = list(snake_steps(d))
        assert steps[0].identical(d)
        assert steps[-1].identical(straight)
        for one, other in itertools.pairwise(steps):
            assert checked(other) == one
            assert not one.identical(other)

    check()


def test_snake_removal_where_wires_may_cross():
    for sig in (free(Doctrine.COMPACT), free(Doctrine.HYPERGRAPH)):
        f = Box("f", a, b, signature=sig)
        d = f.diagram.transpose().transpose(left=True)
        assert remove_snakes(d).identical(f.diagram)
    with pytest.raises(DoctrineError):
        list(snake_steps(d))


def test_nested_double_transposes():
    f = Box("f", a @ b, b, signature=free(Doctrine.RIGID)).diagram
    d = f
    for _ in range(300):
        d = d.transpose().transpose(left=True)
    assert len(d) > 1500
    assert remove_snakes(d).identical(f)
    assert d == f


def test_obstructing_boxes_move_out_of_the_way():
    sig = free(Doctrine.RIGID)
    f, g, s = (Box(x, n, n, signature=sig) for x in "fgs")
    state = Box("u", Ty(), n, signature=sig)
    d = n @ Cap(n.r, n) >> f @ n.r @ g >> n @ n.r @ state @ n >> Cup(n, n.r) @ n @ s
    straight = checked(remove_snakes(d))
    assert straight == d
    assert [box.name for box in straight.boxes] == ["f", "g", "u", "s"]
    assert len(list(snake_steps(d))) == 3


@given(equal_pairs(Doctrine.MONOIDAL))
def test_interchanger_normal_form(pair):
    for d in pair:
        form = checked(interchanger_normal_form(d))
        assert form == d
        if all(box.dom and box.cod for box in d.boxes):
            assert interchanger_normal_form(form).identical(form)


def test_interchanger_normal_form_is_canonical_for_connected_diagrams():
    sig = free(Doctrine.MONOIDAL)
    split, f, join = (
        Box("c", a, a @ a, signature=sig),
        Box("f", a, a, signature=sig),
        Box("m", a @ a, a, signature=sig),
    )
    one = split >> f @ a >> f @ a >> a @ f >> join
    other = split >> a @ f >> f @ a >> f @ a >> join
    assert not one.identical(other)
    assert interchanger_normal_form(one).identical(interchanger_normal_form(other))


def test_interchange():
    f = Box("f", a, b)
    assert interchange(f >> f.dagger(), 0) is None
    with pytest.raises(CatenaryError):
        interchange(f.diagram, 0)
    effect, state = Box("e", a, Ty()), Box("u", Ty(), a)
    d = effect >> state
    assert interchange(d, 0).offsets == (0, 1)
    assert interchange(d, 0, right=True).offsets == (1, 0)


@given(diagrams(Doctrine.HYPERGRAPH, max_boxes=10))
def test_spider_fusion(d):
    fused = checked(fuse_spiders(d))
    assert fused == d
    assert sum(box.kind == "spider" for box in fused.boxes) <= len(d.to_hypergraph().vertices)


def test_spiders_fuse_to_one():
    d = Spider(2, 2, a) >> Spider(2, 3, a)
    assert [repr(box) for box in fuse_spiders(d).boxes] == ["Spider(2, 3, Ty('a'))"]
    with pytest.raises(DoctrineError):
        fuse_spiders(Box("f", a, a).diagram)


@pytest.mark.parametrize(
    "doctrine", [Doctrine.MONOIDAL, Doctrine.RIGID, Doctrine.SYMMETRIC], ids=lambda d: d.value
)
def test_foliation(doctrine):
    @given(diagrams(doctrine, max_boxes=10))
    def check(d):
        slices = foliation(d)
        composite = Diagram.id(d.dom, d.signature)
        for part in slices:
            composite = composite >> checked(part)
            old = [True] * len(part.dom)  # the wires that were there before the slice
            for box, offset in part.layers:
                assert all(old[offset : offset + len(box.dom)])
                old[offset : offset + len(box.dom)] = [False] * len(box.cod)
        assert composite == d
        assert sum(map(len, slices)) == len(d)
        assert len(slices) <= len(d)

    check()
