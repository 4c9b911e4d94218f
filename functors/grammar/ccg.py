"""Combinatory categorial grammar: categories, derivations, and their functor to pregroups.

A category is a type of a biclosed category: ``X/Y`` is ``X << Y`` and ``X\\Y`` is ``Y >> X``. A derivation is a diagram:
application is evaluation, composition and type raising are curried evaluations; crossed composition also
swaps wires, so its diagram is symmetric closed and no longer planar. The functor to pregroups sends ``X/Y`` to
``x y.l`` and ``X\\Y`` to ``y.r x``; Lambek's residuation is :func:`~catenary.diagrams.Curry` and
:func:`~catenary.diagrams.Uncurry`.

Source: Steedman, *The Syntactic Process* (2000); Yeung & Kartsaklis, *A CCG-based version of the DisCoCat framework*,
arXiv 2105.07720.

>>> read = apply(leaf("Alice", "NP"), leaf("sleeps", r"S\\NP"))
>>> print(read.pregroup())
Alice >> n @ sleeps >> cup @ s
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from catenary.diagrams import (
    Box,
    Curry,
    Diagram,
    Doctrine,
    Eval,
    LimitReached,
    Swap,
    Ty,
    free,
)
from catenary.functors.functor import Functor
from catenary.functors.grammar.ccg_categories import (
    ATOMS,
    CCGError,
    arguments_of,
    format_category,
    parse_category,
    split_category,
)
from catenary.functors.grammar.lexicon import Lexicon
from catenary.functors.grammar.meaning import MEANING
from catenary.functors.grammar.reading import PREGROUP, Reading
from catenary.functors.targets.diagrams import Diagrams

CATEGORIAL = free(Doctrine.BICLOSED)
"""The signature of derivations' diagrams, over and under; crossed composition adds swaps."""

CONJUNCTIONS = frozenset(("conj", "CONJ", "CC", ",", ";", ":"))
PUNCTUATION = frozenset((",", ".", ";", ":", "``", "''", "LRB", "RRB", "LQU", "RQU", "-LRB-", "-RRB-"))
MAX_DEPTH = 200
MAX_DEGREE = 4
TYPE_CHANGE = "type-change"


# Derivations


@dataclass(frozen=True)
class Derivation:
    """A derivation: a word with its category, or a rule with its premisses. Immutable.

    Attributes:
        category: what is derived.
        rule: ``"word"``; ``">"``, ``"<"`` (application); ``">B"``, ``"<B"``, ``">Bx"``, ``"<Bx"`` (composition, crossed
            composition), followed by the degree from 2 on; ``">T"``, ``"<T"`` (type raising); ``"type-change"``.
        children: the premisses, from left to right.
        word: the word of a leaf.
        notes: what the reader may want to know.
    """

    category: Ty
    rule: str
    children: tuple[Derivation, ...] = ()
    word: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        depth = 1 + max((child.depth for child in self.children), default=0)
        if depth > MAX_DEPTH:
            raise LimitReached("a derivation", f"{MAX_DEPTH} rules above each other")
        object.__setattr__(self, "_depth", depth)

    @property
    def depth(self) -> int:
        """The number of rules above each other."""
        depth: int = self._depth  # type: ignore[attr-defined]
        return depth

    @property
    def leaves(self) -> tuple[Derivation, ...]:
        """The words, from left to right."""
        if not self.children:
            return (self,)
        return tuple(leaf for child in self.children for leaf in child.leaves)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules used, premisses first."""
        return (
            *(rule for child in self.children for rule in child.rules),
            *([self.rule] if self.children else []),
        )

    @cached_property
    def diagram(self) -> Diagram:
        """The derivation as a diagram from nothing to its category, over :data:`CATEGORIAL`.

        >>> print(leaf("Alice", "NP").diagram)
        Alice
        """
        if not self.children:
            return Box(self.word, Ty(), self.category, signature=CATEGORIAL).diagram
        joined = self.children[0].diagram
        for child in self.children[1:]:
            joined = joined @ child.diagram
        return joined >> rule_diagram(
            self.rule, tuple(child.category for child in self.children), self.category
        )

    def pregroup(self, atoms: Mapping[str, str] = ATOMS) -> Diagram:
        """The image of :attr:`diagram` under :func:`to_pregroup`.

        Raises:
            CCGError: for crossed composition: swaps have no place among planar diagrams.
        """
        _check_planar(self)
        return to_pregroup(atoms)(self.diagram)

    def meaning(self, atoms: Mapping[str, str] = ATOMS) -> Diagram:
        """The image under the functor to hypergraph categories, words as states: crossed rules have one too."""
        return to_meaning(atoms)(self.diagram)

    def reading(self, atoms: Mapping[str, str] = ATOMS, lexicon: Lexicon | None = None) -> Reading:
        """The derivation as words with pregroup types and links; its diagram equals :meth:`pregroup`.

        Args:
            atoms: the pregroup types of basic categories.
            lexicon: where it has a word in the type found, with spiders (relative pronouns), they are taken over.

        Raises:
            CCGError: for crossed composition, and for a change of type that is not the identity there.
        """
        _check_planar(self)
        return _reading(self, atoms, lexicon)

    def to_text(self) -> str:
        """The derivation as an indented list, rules first.

        >>> print(apply(leaf("Alice", "NP"), leaf("sleeps", r"S\\NP")).to_text())
        S  <
          NP  Alice
          S\\NP  sleeps
        """
        rows, waiting = [], [(self, 0)]
        while waiting:
            node, depth = waiting.pop()
            rows.append(f"{'  ' * depth}{format_category(node.category)}  {node.word or node.rule}")
            waiting.extend((child, depth + 1) for child in reversed(node.children))
        return "\n".join(rows)


def leaf(word: str, category: Ty | str) -> Derivation:
    """A word with its category."""
    if isinstance(category, str):
        category = parse_category(category)
    if len(category) != 1:
        raise CCGError(f"a word has one category, not {category}")
    return Derivation(category, "word", (), word)


def derivation(
    words: Iterable[tuple[str, Ty | str]], steps: Iterable[tuple[int, int, Ty | str]]
) -> Derivation:
    """A derivation from words and the steps that join neighbours, each with the category that it gives.

    Args:
        words: the words and their categories.
        steps: ``(i, j, category)``: the i-th and the j-th part of those that are left are combined; the result takes
            the place of both. ``i == j`` raises a type or changes it.

    >>> words = [("Alice", "NP"), ("loves", r"(S\\NP)/NP"), ("Bob", "NP")]
    >>> derivation(words, [(1, 2, r"S\\NP"), (0, 1, "S")]).rules
    ('>', '<')
    """
    parts = [leaf(word, category) for word, category in words]
    for i, j, category in steps:
        wanted = parse_category(category) if isinstance(category, str) else category
        if not 0 <= i < len(parts) or j not in (i, i + 1) or j >= len(parts):
            raise CCGError(
                f"a step joins two neighbours of the {len(parts)} parts that are left, not {i} and {j}"
            )
        parts[i : j + 1] = [apply(parts[i], category=wanted) if i == j else apply(parts[i], parts[j], wanted)]
    if len(parts) != 1:
        raise CCGError(
            f"{len(parts)} parts are left, not one: {', '.join(format_category(p.category) for p in parts)}"
        )
    return parts[0]


def apply(left: Derivation, right: Derivation | None = None, category: Ty | None = None) -> Derivation:
    """What two neighbours (one, raised) derive: the first rule that applies, or gives the wanted category.

    Coordination: a conjunction of a basic category (``conj`` or a comma) becomes ``(X\\X)/X``. Punctuation is dropped.

    Raises:
        CCGError: if no rule does, naming both.
    """
    if right is None:
        if category is None:
            raise CCGError("give the category that the type is raised or changed to")
        return Derivation(category, _unary(left.category, category), (left,))
    for rule, found in _results(left.category, right.category):
        if category is None or found == category:
            return Derivation(found, rule, (left, right))
    for mark, other, before in ((left, right, True), (right, left, False)):
        name = format_category(mark.category)
        if before and not mark.children and name in CONJUNCTIONS:
            x = other.category
            if category == x >> x or (category is None and name not in PUNCTUATION):
                joining = replace(mark, category=(x >> x) << x)
                return Derivation(x >> x, ">", (joining, other))
        if not mark.children and name in PUNCTUATION and category in (None, other.category):
            return replace(other, notes=(*other.notes, f"punctuation {mark.word} was left out"))
    wanted = "" if category is None else f" to {format_category(category)}"
    raise CCGError(
        f"no rule combines {format_category(left.category)} ({_words(left)}) and {format_category(right.category)} "
        f"({_words(right)}){wanted}; known are application, composition (also crossed, up to degree {MAX_DEGREE}) "
        "and coordination"
    )


def _words(part: Derivation) -> str:
    text = " ".join(node.word for node in part.leaves)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _results(left: Ty, right: Ty) -> Iterable[tuple[str, Ty]]:
    """What two categories combine to, and by which rule."""
    for forward in (True, False):
        f, g = (left, right) if forward else (right, left)
        parts = split_category(f)
        if parts is None or parts[1] != ("/" if forward else "\\"):
            continue
        result, _, wanted = parts
        if g == wanted:
            yield (">" if forward else "<"), result
    for degree in range(1, MAX_DEGREE + 1):
        for forward in (True, False):
            f, g = (left, right) if forward else (right, left)
            parts = split_category(f)
            if parts is None or parts[1] != ("/" if forward else "\\"):
                continue
            inner = arguments_of(g, degree)
            if inner is None or inner[0] != parts[2]:
                continue
            made = parts[0]
            for slash, argument in reversed(inner[1]):
                made = made << argument if slash == "/" else argument >> made
            crossed = any(slash != ("/" if forward else "\\") for slash, _ in inner[1])
            rule = (
                (">" if forward else "<")
                + "B"
                + ("x" if crossed else "")
                + (str(degree) if degree > 1 else "")
            )
            yield rule, made


def _unary(given: Ty, wanted: Ty) -> str:
    parts = split_category(wanted)
    if parts is not None:
        inner = split_category(parts[2])
        if inner is not None and inner[0] == parts[0] and inner[2] == given:
            if (parts[1], inner[1]) == ("/", "\\"):
                return ">T"
            if (parts[1], inner[1]) == ("\\", "/"):
                return "<T"
    return TYPE_CHANGE


_RULE = re.compile(r"(?P<way>[<>])(?P<kind>Bx?)(?P<degree>\d*)")


def rule_diagram(rule: str, premisses: Sequence[Ty], category: Ty) -> Diagram:
    """A rule as a diagram from its premisses to the category.

    >>> X, Y, Z = map(Ty, "XYZ")
    >>> print(rule_diagram(">B", (X << Y, Y << Z), X << Z))
    curry[(X << Y) @ eval >> eval]
    """
    if rule == ">":
        return Eval(premisses[0]).diagram
    if rule == "<":
        return Eval(premisses[1]).diagram
    if rule in (">T", "<T"):
        return Curry(Eval(_argument_of(category)).diagram, 1, left=rule == "<T").diagram
    if rule == TYPE_CHANGE:
        return Box(TYPE_CHANGE, premisses[0], category, signature=CATEGORIAL).diagram
    match = _RULE.fullmatch(rule)
    if match is None:
        raise CCGError(f"there is no rule {rule!r}")
    forward = match["way"] == ">"
    f, g = premisses if forward else premisses[::-1]
    inner = arguments_of(g, int(match["degree"] or 1))
    assert inner is not None
    lefts = [argument for slash, argument in inner[1] if slash == "\\"]
    rights = [argument for slash, argument in inner[1] if slash == "/"]
    before, after = _together(reversed(lefts)), _together(rights)
    if forward:
        found = Diagram.id(before @ f @ g @ after)
        if lefts:
            found = found >> Swap(before, f) @ g @ after
    else:
        found = Diagram.id(before @ g @ f @ after)
        if rights:
            found = found >> before @ g @ Swap(f, after)
    start, current = (1 if forward else 0) + len(lefts), g
    for slash, _ in inner[1]:
        at = start if slash == "/" else start - 1
        found = found >> found.cod[:at] @ Eval(current) @ found.cod[at + 2 :]
        start = at
        parts = split_category(current)
        assert parts is not None
        current = parts[0]
    found = found >> Eval(f)
    for slash, _ in reversed(inner[1]):
        found = Curry(found, 1, left=slash == "\\").diagram
    return found


def _together(types: Iterable[Ty]) -> Ty:
    return Ty.of(tuple(ob for ty in types for ob in ty.objects))


def _argument_of(category: Ty) -> Ty:
    parts = split_category(category)
    assert parts is not None
    return parts[2]


# The functors


def _atom(name: str, atoms: Mapping[str, str]) -> Ty:
    return Ty(atoms.get(name, name.lower()))


def to_pregroup(atoms: Mapping[str, str] = ATOMS) -> Functor[Ty, Diagram]:
    """The functor from biclosed diagrams to pregroups: X/Y to x y.l, X\\Y to y.r x, currying to caps, evaluation to cups.

    >>> print(to_pregroup().on_type(parse_category(r"(S\\NP)/NP")))
    nʳ s nˡ
    """
    return _functor(atoms, Diagrams(PREGROUP))


def to_meaning(atoms: Mapping[str, str] = ATOMS) -> Functor[Ty, Diagram]:
    """The functor from closed diagrams, symmetric ones too, to meanings with words as states."""
    return _functor(atoms, Diagrams(MEANING))


def _functor(atoms: Mapping[str, str], target: Diagrams) -> Functor[Ty, Diagram]:
    def image(box: Box) -> Diagram:
        dom, cod = made.on_type(box.dom), made.on_type(box.cod)
        if box.name == TYPE_CHANGE and dom == cod:
            return Diagram.id(dom, target.signature)
        return Box(box.name, dom, cod, signature=target.signature).diagram

    made: Functor[Ty, Diagram] = Functor(lambda ob: _atom(ob.name, atoms), image, target)
    return made


def _check_planar(derived: Derivation) -> None:
    waiting = [derived]
    while waiting:
        node = waiting.pop()
        if "x" in node.rule and node.rule[0] in "<>":
            raise CCGError(
                f"{node.rule} at {_words(node)!r}: crossed composition has no planar diagram; take meaning(), where "
                "wires may cross"
            )
        waiting.extend(node.children)


def _reading(derived: Derivation, atoms: Mapping[str, str], lexicon: Lexicon | None) -> Reading:
    functor = to_pregroup(atoms)
    leaves = derived.leaves
    types = tuple(functor.on_type(node.category) for node in leaves)
    joined: dict[int, list[int]] = {}
    real = sum(map(len, types))
    fresh = real

    def join(a: int, b: int) -> None:
        joined.setdefault(a, []).append(b)
        joined.setdefault(b, []).append(a)

    def size(ty: Ty) -> int:
        return len(functor.on_type(ty))

    at = 0

    def wires(node: Derivation) -> list[int]:
        nonlocal at, fresh
        if not node.children:
            first, at = at, at + size(node.category)
            return list(range(first, at))
        below = [wires(child) for child in node.children]
        if node.rule == TYPE_CHANGE:
            (child,) = node.children
            if functor.on_type(child.category) != functor.on_type(node.category):
                raise CCGError(
                    f"the change from {format_category(child.category)} to {format_category(node.category)} at "
                    f"{_words(node)!r} is no link between words; take diagram, pregroup() or meaning()"
                )
            return below[0]
        if node.rule in (">T", "<T"):
            parts = split_category(node.category)
            assert parts is not None
            width = size(parts[0])
            one, other = range(fresh, fresh + width), range(fresh + width, fresh + 2 * width)
            fresh += 2 * width
            for k in range(width):
                join(one[k], other[width - 1 - k])
            if node.rule == ">T":
                return [*one, *other, *below[0]]
            return [*below[0], *one, *other]
        forward = node.rule[0] == ">"
        f, g = (0, 1) if forward else (1, 0)
        taken = split_category(node.children[f].category)
        assert taken is not None
        width = size(taken[2])
        if forward:
            for k in range(width):
                join(below[f][len(below[f]) - 1 - k], below[g][k])
            return below[f][: len(below[f]) - width] + below[g][width:]
        for k in range(width):
            join(below[f][k], below[g][len(below[g]) - 1 - k])
        return below[g][: len(below[g]) - width] + below[f][width:]

    left = wires(derived)
    links = []

    def follow(wire: int) -> int:
        """The real wire, or the open one, at the other end of a chain of joins."""
        before, here = -1, wire
        while True:
            onward = [other for other in joined.get(here, ()) if other != before]
            if not onward or (here != wire and here < real):
                return here
            before, here = here, onward[0]

    for wire in range(real):
        other = follow(wire)
        if wire < other < real:
            links.append((wire, other))
    if any(wire >= real and follow(wire) >= real for wire in left):
        raise CCGError("a raised type is left over: its wire is bent, not a word's; take pregroup()")
    spiders = []
    for node, ty in zip(leaves, types, strict=True):
        entries = () if lexicon is None or node.word not in lexicon else lexicon[node.word]
        spiders.append(next((entry.spiders for entry in entries if entry.type == ty and entry.spiders), ()))
    notes = tuple(dict.fromkeys(note for note in _notes(derived)))
    target = functor.on_type(derived.category)
    words = tuple(node.word for node in leaves)
    return Reading(words, types, tuple(sorted(links)), target, tuple(spiders), notes)


def _notes(derived: Derivation) -> Iterable[str]:
    yield from derived.notes
    for child in derived.children:
        yield from _notes(child)
