"""From dependency trees to pregroup readings.

A head takes its arguments by adjoints, the nearest one innermost. A modifier to the left of a head whose
phrase has the open wires X is X·Xˡ, and one to the right is Xʳ·X; a coordinator is Xʳ·X·Pˡ, where P is the
second conjunct's phrase; a relative pronoun is nʳ·n·Pˡ, where P is the clause that lacks the noun. The links
are made together with the types, so that nothing has to be searched for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from catenary.diagrams import InputError, Ob, Ty, UnknownGenerator
from catenary.functors.grammar.dependencies import DependencyError, DependencyTree
from catenary.functors.grammar.dependency_forms import NOMINAL, OBJECTS, SUBJECTS, Node, shaped
from catenary.functors.grammar.reading import Reading

MAX_WORD_TYPE = 16
"""Longest type of one word before a modifier is hung higher, in simple types."""

MAX_DEPTH = 150
"""Most phrases inside each other."""

_N, _S = Ob("n", 0), Ob("s", 0)
_IDENTITIES = frozenset(("aux", "auxpass", "aux:pass", "mark"))
_ARGUMENTS = (
    SUBJECTS
    | OBJECTS
    | frozenset(
        ("dative", "acomp", "oprd", "ccomp", "xcomp", "pobj", "pcomp", "clause", "conjunct", "owned")
    )
)  # fmt: skip


@dataclass(slots=True, eq=False)
class _Wire:
    ob: Ob
    word: int
    gap: bool = False


@dataclass(slots=True)
class _Open:
    """The wires of a phrase that are still to be linked, by what they wait for."""

    left: list[tuple[Node | None, list[_Wire]]] = field(default_factory=list)
    out: list[_Wire] = field(default_factory=list)
    right: list[tuple[Node | None, list[_Wire]]] = field(default_factory=list)

    def take(self, left: bool, right: bool) -> list[_Wire]:
        found = [w for _, wires in self.left for w in wires] if left else []
        found += self.out
        return found + ([w for _, wires in self.right for w in wires] if right else [])

    def put(self, wires: Sequence[_Wire], left: bool, right: bool) -> None:
        """Put other wires in the place of those that :meth:`take` gave."""
        rest = list(wires)
        if left:
            for _, mine in self.left:
                mine[:], rest = rest[: len(mine)], rest[len(mine) :]
        self.out, rest = rest[: len(self.out)], rest[len(self.out) :]
        if right:
            for _, mine in self.right:
                mine[:], rest = rest[: len(mine)], rest[len(mine) :]


class _TooLong(Exception):  # noqa: N818 (never seen outside)
    def __init__(self, node: Node):
        super().__init__(node.form)
        self.node = node


def reading_of_tree(
    tree: DependencyTree, *, target: Ty | None = None, non_projective: str = "refuse"
) -> Reading:
    """The pregroup reading of a dependency tree.

    Args:
        tree: the tree, with the relations of Universal Dependencies (any language) or spaCy's English ones.
        target: what is left of the words; the tree's own type if not given: ``s`` for a clause, ``n`` for a
            noun phrase.
        non_projective: what to do with a phrase that other words interrupt: ``"refuse"`` it, or
            ``"reattach"`` its words to a higher head, with a note.

    Raises:
        DependencyError: naming word and relation, if the tree is not projective, has another type than the
            target, or has no planar reading.
        UnknownGenerator: for another policy.

    >>> from catenary.functors.grammar.dependencies import Dependent, DependencyTree
    >>> words = [("the", 2, "det"), ("cat", 3, "nsubj"), ("sleeps", 0, "root"), ("here", 3, "advmod")]
    >>> print(reading_of_tree(DependencyTree(tuple(Dependent(*word) for word in words))).to_text())
    the   cat  sleeps  here
    n nˡ  n    nʳ s    sʳ s
    │ ╰───╯    │  ╰────╯  │
    ╰──────────╯          │
                          s
    """
    if non_projective not in ("refuse", "reattach"):
        raise UnknownGenerator(non_projective, ("refuse", "reattach"), "the table of policies")
    root = shaped(tree)
    _check_depth(root)
    notes: list[str] = []
    _make_projective(root, non_projective == "reattach", notes)
    for _ in range(len(tree.words) + 1):
        builder = _Builder()
        try:
            return builder.reading(root, target, notes)
        except _TooLong as found:
            _lift(found.node, f"{found.node.form}: its type was too long below", notes)
    raise DependencyError("its type is too long wherever it is hung", root.form, root.relation)


def _check_depth(root: Node) -> None:
    depth = {root.place: 0}
    for node in root.walk():
        for child in node.children:
            depth[child.place] = depth[node.place] + 1
            if depth[child.place] > MAX_DEPTH:
                problem = f"phrases inside each other more than {MAX_DEPTH} deep"
                raise DependencyError(problem, child.form, child.relation)


def _lift(node: Node, why: str, notes: list[str]) -> None:
    head = node.parent
    above = None if head is None else head.parent
    if head is None or above is None:
        problem = f"a type of more than {MAX_WORD_TYPE} simple types"
        raise DependencyError(problem, node.form, node.relation)
    head.drop(node)
    above.add(node)
    notes.append(f"{why} {head.form}, and was hung below {above.form}")


def _make_projective(root: Node, reattach: bool, notes: list[str]) -> None:
    while True:
        spans: dict[int, tuple[int, int, int]] = {}
        broken = None
        ranks = {n.place: i for i, n in enumerate(sorted(root.walk(), key=lambda n: n.place))}
        for node in reversed(list(root.walk())):
            low = high = ranks[node.place]
            size = 1
            for child in node.children:
                a, b, c = spans[child.place]
                low, high, size = min(low, a), max(high, b), size + c
            spans[node.place] = low, high, size
            if high - low + 1 != size:
                broken = node
                break
        if broken is None:
            return
        # The part that lies apart from the head's own place.
        place = ranks[broken.place]
        apart = [c for c in broken.children if not _joined(spans, ranks, broken, c)]
        child = max(apart, key=lambda c: abs(ranks[c.place] - place)) if apart else broken
        if not reattach:
            problem = (
                f"the phrase of {broken.form!r} is interrupted by other words, so that no planar reading has it; "
                "non_projective='reattach' hangs the word higher"
            )
            raise DependencyError(problem, child.form, child.relation)
        _lift(child, f"{child.form} lay outside the phrase of", notes)


def _joined(spans: dict[int, tuple[int, int, int]], ranks: dict[int, int], head: Node, child: Node) -> bool:
    """Whether nothing foreign lies between a head and the phrase of its child."""
    low, high, _ = spans[child.place]
    place = ranks[head.place]
    between = range(high + 1, place) if high < place else range(place + 1, low)
    covered = {p for c in head.children for p in range(spans[c.place][0], spans[c.place][1] + 1)}
    return all(p in covered for p in between)


def _adjoint(wires: Sequence[_Wire], step: int) -> list[Ob]:
    return [w.ob.l if step < 0 else w.ob.r for w in reversed(wires)]


class _Builder:
    """Types and links of one tree."""

    def __init__(self) -> None:
        self.wires: dict[int, list[_Wire]] = {}
        self.links: list[tuple[_Wire, _Wire]] = []
        self.groups: list[list[_Wire]] = []
        self.forms: dict[int, str] = {}
        self.phrases: dict[int, list[Ob]] = {}  # the types that modifiers are built with, by place

    def reading(self, root: Node, target: Ty | None, notes: Sequence[str]) -> Reading:
        clause = root.is_verbal or root.pos not in NOMINAL
        left = self.build(root, [_S if clause else _N])
        ty = Ty.of(tuple(w.ob for w in left))
        if target is not None and ty != target:
            raise DependencyError(
                f"the tree is a reading of type {ty}, not {target}", root.form, root.relation
            )
        places = sorted(self.wires)
        number: dict[int, int] = {}
        for place in places:
            for wire in self.wires[place]:
                number[id(wire)] = len(number)
        links = sorted((number[id(a)], number[id(b)]) for a, b in self.links)
        start = {place: number[id(self.wires[place][0])] for place in places}
        grouped: dict[int, list[tuple[int, ...]]] = {place: [] for place in places}
        for group in self.groups:
            word = group[0].word
            grouped[word].append(tuple(sorted(number[id(w)] - start[word] for w in group)))
        try:
            return Reading(
                tuple(self.forms[p] for p in places),
                tuple(Ty.of(tuple(w.ob for w in self.wires[p])) for p in places),
                tuple(links),
                ty,
                tuple(tuple(sorted(grouped[p])) for p in places),
                tuple(notes),
            )
        except InputError as error:
            raise DependencyError(f"no planar reading: {error}", root.form, root.relation) from error

    def link(self, a: _Wire, b: _Wire) -> None:
        """Link two wires, the left one first."""
        self.links.append((a, b) if a.ob.r == b.ob else (b, a))

    def build(self, node: Node, out: Sequence[Ob], *, lacks_subject: bool = False) -> list[_Wire]:
        """Give the words of a phrase their types and links.

        Args:
            node: its head.
            out: the simple types of the head that are neither its arguments nor what it lacks.
            lacks_subject: whether the phrase has a subject's place that nothing fills.

        Returns:
            the wires that are left open: the place of a subject or of a gap, and ``out``.
        """
        self.forms[node.place] = node.form
        open_ = _Open(out=[_Wire(ob, node.place) for ob in out])
        left = [c for c in reversed(node.children) if c.place < node.place]  # the nearest first
        right = [c for c in node.children if c.place > node.place]
        taken: dict[int, list[_Wire]] = {}
        for child in [*left, *right]:
            if self.is_argument(child, node):
                taken[child.place] = self.argument(child, node)
        gaps: list[tuple[_Wire, _Wire]] = []
        for child in left:
            if child.place in taken:
                wires = taken[child.place]
                open_.left.append((child, self.fresh(_adjoint(wires, 1), node, wires, gaps)))
        if lacks_subject or node.gap == "left":
            open_.left.append((None, [_Wire(_N.r, node.place)]))
        inner: list[tuple[Node | None, list[_Wire]]] = []
        for child in right:
            if child.place in taken:
                wires = taken[child.place]
                inner.append((child, self.fresh(_adjoint(wires, -1), node, wires, gaps)))
        if node.role == "relative":
            gaps = []  # it fills the gap
        if gaps or node.gap == "right":
            gap = _Wire(_N.l, node.place, gap=True)
            inner.append((None, [gap]))
            if gaps:
                self.groups.append([gap, *(w for w, _ in gaps)])
        open_.right = inner[::-1]
        mine = open_.take(True, True)
        if len(mine) > MAX_WORD_TYPE:
            raise _TooLong(node)
        self.wires[node.place] = mine
        self.control(node, open_)
        shared = self.shares_left(node)
        for child in [*right, *left] if shared else [*left, *right]:
            self.attach(child, node, open_, taken)
        return open_.take(True, True)

    def fresh(
        self, obs: Sequence[Ob], node: Node, filled: Sequence[_Wire], gaps: list[tuple[_Wire, _Wire]]
    ) -> list[_Wire]:
        found = [_Wire(ob, node.place) for ob in obs]
        for wire, other in zip(found, reversed(filled), strict=True):
            if other.gap:
                gaps.append((wire, other))
        return found

    @staticmethod
    def is_argument(child: Node, head: Node) -> bool:
        """Whether a child fills a place of its head, rather than modifies it."""
        if child.role == "dative":
            return child.pos != "ADP"
        if child.role == "oprd" and child.pos in ("ADP", "SCONJ"):
            return False
        if child.role == "expl" and head.pos == "NOUN":
            return False
        return child.role in _ARGUMENTS

    def argument(self, child: Node, head: Node) -> list[_Wire]:
        role = child.role
        subject = any(c.role in SUBJECTS for c in child.children)
        if (
            role in ("acomp", "oprd", "xcomp", "attr", "obj", "dobj", "ccomp")
            and child.pos == "ADJ"
            and not subject
        ):
            if role in ("acomp", "oprd", "attr") or role == "xcomp":
                return self.build(child, [_N, _N.l])
            return self.build(child, [_N])
        if role in ("xcomp", "pcomp") and child.pos in ("VERB", "AUX") and not subject:
            return self.build(child, [_S], lacks_subject=role == "xcomp" or head.role == "xcomp")
        if role in ("ccomp", "xcomp", "clause", "pcomp", "csubj", "csubjpass", "csubj:pass"):
            verbal = child.is_verbal or role in ("ccomp", "clause")
            return self.build(child, [_S if verbal else _N])
        if role == "conjunct":
            return self.conjunct(child, head)
        if (
            role in SUBJECTS
            and child.pos in ("VERB", "AUX")
            and any(c.role in OBJECTS for c in child.children)
        ):
            return self.build(child, [_S])
        return self.build(child, [_N])

    def conjunct(self, child: Node, coordinator: Node) -> list[_Wire]:
        first = coordinator.parent
        subject = any(c.role in SUBJECTS for c in child.children)
        while first is not None and first.role == "conjunct" and first.parent is not None:
            first = first.parent.parent
        if first is not None and self.is_adjective(first):
            return self.build(child, [_N, _N.l])
        if first is not None and first.role in ("prep", "advmod") and first.parent is not None:
            wires = self.phrases.get(first.place)
            if child.pos in ("ADP", "ADV") and wires is not None:
                return self.build(child, wires)
        if first is not None and self.is_clause(first):
            if not subject and self.shares_left(coordinator.parent or first):
                return self.build(child, [_S], lacks_subject=True)
            return self.build(child, [_S])
        return self.build(child, [_N])

    @staticmethod
    def is_adjective(node: Node) -> bool:
        return node.role in ("amod", "acomp", "oprd", "nummod", "det", "compound") or (
            node.role == "xcomp" and node.pos == "ADJ"
        )

    @staticmethod
    def is_clause(node: Node) -> bool:
        if node.role in ("root", "conj", "conjunct"):
            return node.is_verbal or (node.role == "root" and node.pos not in NOMINAL)
        return node.role in (
            "ccomp",
            "xcomp",
            "advcl",
            "clause",
            "pcomp",
            "relcl",
            "acl",
            "acl:relcl",
            "parataxis",
        )

    def shares_left(self, node: Node) -> bool:
        """Whether a coordination below ``node`` shares what stands to the left of it, such as its subject."""
        if not self.is_clause(node):
            return False
        below = [c for c in node.children if c.role == "coord" or c.role == "conj"]
        if not below:
            return False
        has_left = (
            node.gap == "left"
            or node.role == "xcomp"
            or any(c.role in SUBJECTS and c.place < node.place for c in node.children)
        )
        for child in below:
            other = child.first("conjunct") if child.role == "coord" else child
            if other is None or any(c.role in SUBJECTS for c in other.children):
                return False
        return has_left

    def control(self, node: Node, open_: _Open) -> None:
        """Join the places that one noun fills: of a predicate with its copula's, of an infinitive's subject."""
        subject = next(
            (
                wires
                for child, wires in [*open_.left, *open_.right]
                if child is None or child.role in SUBJECTS or child.role == "expl"
            ),
            None,
        )
        named = [(child, wires) for child, wires in [*open_.left, *open_.right] if child is not None]
        objects = [w for c, w in named if c.role in ("obj", "dobj", "iobj", "dative") and len(w) == 1]
        for child, wires in named:
            spare = None
            if child.role in ("acomp", "oprd", "xcomp", "attr") and len(wires) == 2:
                spare = wires[0] if wires[0].ob.z % 2 == 0 else wires[1]
                if wires[0].ob.name == "s" or wires[1].ob.name == "s":
                    spare = next((w for w in wires if w.ob.name == "n"), None)
            giver = objects[0] if objects and child.role in ("xcomp", "oprd") else subject
            if spare is None or giver is None or len(giver) != 1 or spare.gap:
                continue
            if giver[0].ob.name == spare.ob.name and not any(giver[0] in g for g in self.groups):
                self.groups.append([giver[0], spare])

    def attach(self, child: Node, head: Node, open_: _Open, taken: dict[int, list[_Wire]]) -> None:
        """Link one child with what is open of its head."""
        before = child.place < head.place
        side = open_.left if before else open_.right
        if child.place in taken:
            index = next(i for i, (waits, _) in enumerate(side) if waits is child)
            for a, b in zip(reversed(side.pop(index)[1]), taken[child.place], strict=True):
                self.link(a, b)
            return
        shared = not before and self.shares_left(head) and child.role in ("coord", "conj")
        wires = open_.take(before or shared, not before)
        if shared and any(w.gap for w in wires):
            shared = False
            wires = open_.take(False, True)
        adjoints = _adjoint(wires, -1 if before else 1)
        obs = [w.ob for w in wires]
        type_ = [*obs, *adjoints] if before else [*adjoints, *obs]
        if len(type_) > MAX_WORD_TYPE:
            raise _TooLong(child)
        self.phrases[child.place] = type_
        given = self.build(child, type_)
        if len(given) != len(type_):
            raise DependencyError("a modifier that lacks a word of its own", child.form, child.relation)
        size = len(wires)
        new, back = (given[:size], given[size:]) if before else (given[size:], given[:size])
        for a, b in zip(wires, reversed(back), strict=True):
            self.link(a, b)
        main = len(wires) - 1 if not open_.out else wires.index(open_.out[0])
        self.pass_on(child, new, list(reversed(back)), main)
        for wire, old in zip(new, wires, strict=True):
            wire.gap = old.gap
        open_.put(new, before or shared, not before)

    def pass_on(self, child: Node, new: Sequence[_Wire], back: Sequence[_Wire], main: int) -> None:
        """Join the places that a modifier leaves as they are."""
        if child.role == "relative":
            clause = child.first("clause")
            mine = self.wires[child.place]
            rest = [w for w in mine if w not in new and w not in back]
            if len(new) != 1 or new[0].word != child.place or clause is None or child.first("owned"):
                return
            nouns = [w for w in rest if w.ob.name == "n"]
            if len(nouns) == 1 and len(rest) == 2:
                self.groups.append([back[0], new[0], nouns[0]])
                self.groups.append([w for w in rest if w.ob.name == "s"])
            return
        for index, (a, b) in enumerate(zip(new, back, strict=True)):
            if (index == main and child.role not in _IDENTITIES) or a.word != b.word or a.word != child.place:
                continue
            if a.ob.name != b.ob.name or any(a in g or b in g for g in self.groups):
                continue
            group = [a, b]
            if child.role == "coord":
                mine = self.wires[child.place]
                rest = [w for w in mine if w not in new and w not in back]
                if len(rest) != len(new):
                    continue
                group.append(rest[::-1][index])
            self.groups.append(group)
