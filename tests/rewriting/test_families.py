"""Families of statements: Frobenius normal forms, and what half a Frobenius law leaves apart."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catenary.diagrams import Diagram, Ty
from catenary.rewriting import Limits, check, matches, rewrite, search
from catenary.rewriting.theorems import load
from catenary.rewriting.theorems.families import connected_frobenius, special_frobenius
from catenary.rewriting.theory import Theory

A = Ty("A")


@pytest.mark.parametrize(
    ("generators", "count"), [(2, 30), (4, 60), (6, 60), pytest.param(6, 2000, marks=pytest.mark.slow)]
)
def test_connected_diagrams_of_a_special_commutative_algebra_have_a_normal_form(generators, count):
    theory, lemmas = special_frobenius()
    allowed = theory.extend("allowed", lemmas)
    for claim in connected_frobenius(generators, count, seed=generators):
        report = search(claim, allowed, Limits(seconds=60), cap=max(generators, len(claim.right)))
        assert report.proof is not None, claim.left
        check(report.proof, allowed)
        assert (report.proof.start, report.proof.end) == (claim.left, claim.right)


# One half of the Frobenius law, (n⊗1);(1⊗m) = m;n, says that n is  y ↦ e₁ ⊗ e₂y  for e = u;n. So a diagram is a set of words
# over its inputs and over the ends e₁, e₂ of chords, one word for each output and one for each counit ("closed"). The axioms are
#   R1  a closed word e₁ alone: the chord goes, e₂ becomes the empty word;
#   R2  a closed word e₂w: the chord goes, e₁ becomes w;
#   R3  f₁ | f₂e₁ | e₂  ⟶  e₁ | f₁ | f₂e₂   (coassociativity), and with them
#   R4  e₁ | f₁w (closed) | f₂e₂  ⟶  e₁w | e₂,  which follows from R2 and R3.
# On diagrams whose words are joined by chords as a tree R1, R2 and R4 lower the number of chords and R3 the number of pairs of
# words with a directed path between them, and all overlaps join; so normal forms are unique (docs/explanation/theorems.md).


def words_of(diagram: Diagram) -> tuple[list[list[object]], list[list[object]], int]:
    """The words of a diagram: of its outputs, closed ones, and the number of chords."""
    graph = diagram.to_hypergraph()
    word: dict[int, list[object]] = {v: [("x", i)] for i, v in enumerate(graph.dom)}
    closed: list[list[object]] = []
    chords = 0
    order = graph.topological_order()
    assert order is not None
    for e in order:
        edge = graph.edges[e]
        name, ins = edge.box.name, [word[v] for v in edge.sources]
        if name == "m":
            word[edge.targets[0]] = ins[0] + ins[1]
        elif name == "u":
            word[edge.targets[0]] = []
        elif name == "c":
            closed.append(ins[0])
        else:
            word[edge.targets[0]] = [(1, chords)]
            word[edge.targets[1]] = [(2, chords), *ins[0]]
            chords += 1
    return [word[v] for v in graph.cod], closed, chords


def normal_form(diagram: Diagram) -> object:
    outputs, closed, _ = words_of(diagram)
    while _rewritten(outputs, closed):
        pass
    names: dict[object, int] = {}
    # A reading that does not depend on the names of chords: outputs first, then the closed words that are met.
    found: list[object] = []
    rest = [list(w) for w in closed]
    queue = [("out", w) for w in outputs]
    for kind, word in queue:
        row = []
        for side, letter in word:
            if side == "x":
                row.append((side, letter))
                continue
            row.append((side, names.setdefault(letter, len(names))))
            for other in [w for w in rest if any(s != "x" and k == letter for s, k in w)]:
                rest.remove(other)
                queue.append(("closed", other))
        found.append((kind, tuple(row)))
    return tuple(found), len(rest)


def _rewritten(outputs: list[list[object]], closed: list[list[object]]) -> bool:
    words = outputs + closed

    def holder(letter: object) -> list[object]:
        return next(w for w in words if letter in w)

    for word in closed:
        if word and word[0][0] == 1 and len(word) == 1:  # R1
            closed[:] = [w for w in closed if w is not word]
            holder((2, word[0][1])).remove((2, word[0][1]))
            return True
        if word and word[0][0] == 2 and (1, word[0][1]) not in word:  # R2
            closed[:] = [w for w in closed if w is not word]
            there = holder((1, word[0][1]))
            at = there.index((1, word[0][1]))
            there[at : at + 1] = word[1:]
            return True
    for word in words:
        for at in range(len(word) - 1):
            (s, f), (t, e) = word[at : at + 2]
            if (s, t) == (2, 1) and f != e:  # R3
                there = holder((1, f))
                there[there.index((1, f))] = (1, e)
                word[at : at + 2] = [(1, f)]
                there = holder((2, e))
                k = there.index((2, e))
                there[k:k] = [(2, f)]
                return True
            if (s, t) == (2, 2) and f != e:  # R4
                child = holder((1, f))
                if any(child is w for w in closed) and child[0] == (1, f):
                    closed[:] = [w for w in closed if w is not child]
                    word.pop(at)
                    there = holder((1, e))
                    k = there.index((1, e))
                    there[k + 1 : k + 1] = child[1:]
                    return True
    return False


def _joined_as_a_tree(diagram: Diagram) -> bool:
    outputs, closed, chords = words_of(diagram)
    words = outputs + closed
    at = {letter: i for i, word in enumerate(words) for letter in word if letter[0] != "x"}
    root = list(range(len(words)))

    def top(i: int) -> int:
        while root[i] != i:
            i = root[i]
        return i

    for chord in range(chords):
        one, other = top(at[1, chord]), top(at[2, chord])
        if one == other:
            return False
        root[one] = other
    return len({top(i) for i in range(len(words))}) == 1


@given(st.integers(0, 10**9))
def test_the_axioms_keep_the_normal_form_of_words_joined_by_chords(seed):
    theory = Theory.from_document(load("frobenius_one_law"))
    rng = random.Random(seed)
    m, u, n, c = (theory.signature[x] for x in "munc")
    start = rng.choice(
        [Diagram.id(A, theory.signature), m >> n, A @ (u >> n) >> (m >> c) @ A, A @ n >> m @ A]
    )
    graph, form = start.to_hypergraph(), normal_form(start)
    if not _joined_as_a_tree(start):
        return
    for _ in range(8):
        rule = rng.choice(theory.rules)
        forward = rng.random() < 0.5
        left, right = rule.sides(forward)
        if len(graph.edges) + len(right.edges) - len(left.edges) > 12:
            continue
        found = list(matches(left, graph))
        if found:
            graph = rewrite(graph, rule, rng.choice(found), forward).graph
            assert normal_form(graph.to_diagram()) == form


def test_normal_forms_separate_what_half_a_law_does_not_give():
    for claim in load("frobenius_one_law").claims:
        same = normal_form(claim.left) == normal_form(claim.right)
        assert same == (claim.name not in ("other-half", "snake-mirrored"))
