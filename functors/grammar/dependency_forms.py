"""Dependency trees put into the shape that pregroup types follow: function words head their phrases.

Universal Dependencies hangs prepositions, copulas and subordinators below the content word they belong to; a
pregroup type makes them take it as an argument. Here such words are moved above it, in trees of either
labelling, and relative clauses below their pronoun.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from catenary.functors.grammar.dependencies import DependencyError, DependencyTree, Dependent

SUBJECTS = frozenset(("nsubj", "nsubjpass", "nsubj:pass", "csubj", "csubjpass", "csubj:pass", "nsubj:outer"))
OBJECTS = frozenset(("obj", "dobj", "iobj", "attr", "expl", "obl:arg"))
NOMINAL = frozenset(("NOUN", "PROPN", "PRON", "NUM", "DET", "X", "SYM", ""))
_KEPT_BY_PREDICATE = frozenset(
    ("det", "amod", "nmod", "nmod:poss", "poss", "case", "compound", "nummod", "acl", "acl:relcl", "relcl", "flat",
     "fixed", "appos", "xcomp", "det:poss", "flat:name", "prep")
)  # fmt: skip
# A case particle of a subject or object (Japanese, Hindi) modifies the noun, which fills the verb's place.
_CORE = SUBJECTS | frozenset(("obj", "dobj", "iobj"))
_BARE = frozenset(
    ("advcl", "ccomp", "xcomp", "cc", "conj", "mark", "case", "cop", "obj", "iobj", "amod", "advmod")
)
_RELATIVES = frozenset(("who", "whom", "which", "that", "whose", "where", "when", "why"))


@dataclass(slots=True, eq=False)
class Node:
    """A word with its dependents in order; ``role`` says how it stands to its head.

    ``gap`` says what a relative pronoun above takes out of its phrase: ``"left"``, ``"right"`` or nothing.
    """

    place: int
    form: str
    pos: str
    role: str
    relation: str
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None
    gap: str = ""
    is_relative: bool = False

    def add(self, child: Node) -> None:
        """Hang a node below this one."""
        child.parent = self
        self.children.append(child)
        self.children.sort(key=lambda node: node.place)

    def drop(self, child: Node) -> None:
        """Take a node from below this one."""
        self.children.remove(child)
        child.parent = None

    def walk(self) -> Iterator[Node]:
        """This node and all below it, heads first."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.children)

    def first(self, *roles: str) -> Node | None:
        """The first child with one of these roles."""
        return next((c for c in self.children if c.role in roles), None)

    @property
    def is_verbal(self) -> bool:
        """Whether the node heads a clause."""
        return self.pos in ("VERB", "AUX") or any(c.role in SUBJECTS for c in self.children)


def shaped(tree: DependencyTree) -> Node:
    """The tree with function words as heads; punctuation is left out.

    Raises:
        DependencyError: if nothing but punctuation is left.
    """
    root = _plain(tree)
    while True:  # a word that is moved may bring others that have to move
        for node in list(root.walk()):
            moved = _reshape(node)
            if moved is not None:
                if moved.parent is None:
                    root = moved
                break
        else:
            return root


def _role(relation: str) -> str:
    """The relation without a subtype that makes no difference here."""
    base = relation.partition(":")[0]
    return base if base in _BARE else relation


def _is_relative(word: Dependent) -> bool:
    kinds = next((f for f in word.features.split("|") if f.startswith("PronType=")), "")
    return word.form.lower() in _RELATIVES or "Rel" in kinds.replace("=", ",").split(",")


def _plain(tree: DependencyTree) -> Node:
    nodes = [
        Node(i, w.form, w.pos.upper(), _role(w.relation.lower()), w.relation, is_relative=_is_relative(w))
        for i, w in enumerate(tree.words)
    ]
    heads = [w.head - 1 for w in tree.words]
    gone = [
        n.role == "punct" or n.pos in ("PUNCT", "SPACE") or not any(c.isalnum() for c in n.form)
        for n in nodes
    ]
    if all(gone):
        raise DependencyError("the sentence has no words", tree.words[0].form, tree.words[0].relation)

    def above(place: int) -> int:
        at = heads[place]
        while at >= 0 and gone[at]:
            at = heads[at]
        return at

    root = None
    for node in nodes:
        if gone[node.place]:
            continue
        head = above(node.place)
        if head >= 0:
            nodes[head].add(node)
        elif root is None:
            root = node
            node.role = "root"
        else:  # the root was punctuation: the first word stands for it
            root.add(node)
    assert root is not None
    return root


def _reshape(node: Node) -> Node | None:
    """Put one function word above its head, if one stands below ``node``: the word that was moved."""
    copula = node.first("cop")
    if copula is not None:
        return _over_predicate(node, copula)
    case = node.first("case")
    if case is not None and node.role not in _CORE:
        possessive = case.place > node.place and node.role in ("poss", "nmod:poss", "nmod")
        role = node.role if node.role in ("conj", "root") else "poss" if possessive else "prep"
        if node.role in ("xcomp", "ccomp", "attr", "acomp"):
            role = "prep"
        return _over(node, case, role, "pobj")
    mark = node.first("mark")
    if mark is not None and node.role == "advcl":
        return _over(node, mark, "advcl", "clause")
    if node.role == "advcl" and node.children and node.pos in ("VERB", "AUX"):
        first = node.children[0]
        if first.form.lower() in _RELATIVES | {"while", "once"} and first.role in ("advmod", "mark"):
            return _over(node, first, "advcl", "clause")
    if node.role in ("acl:relcl", "relcl", "acl", "ccomp") and node.parent is not None:
        return _relative(node)
    coordinator = node.first("cc")
    if coordinator is not None:
        return _coordinate(node, coordinator)
    return None


def _replace(node: Node, other: Node, role: str) -> None:
    """Put ``other``, a child of ``node``, in the place of ``node``."""
    parent = node.parent
    node.drop(other)
    other.role = role
    if parent is not None:
        parent.drop(node)
        parent.add(other)


def _over(node: Node, word: Node, role: str, argument: str) -> Node:
    _replace(node, word, role)
    if role == "conj":
        for child in [c for c in node.children if c.role == "cc"]:
            node.drop(child)
            word.add(child)
    node.role = argument
    word.add(node)
    return word


def _over_predicate(node: Node, copula: Node) -> Node:
    role = node.role
    nominal = node.pos in NOMINAL or node.first("case") is not None
    _replace(node, copula, role)
    copula.pos = "AUX"
    for child in list(node.children):
        kept = child.role in _KEPT_BY_PREDICATE or child.role.startswith(("nmod", "det"))
        if not nominal:
            kept = child.role in ("advmod", "obl", "xcomp", "advcl") and (
                child.place > copula.place and child.form.lower() not in ("not", "n't", "never")
            )
        if child.role in ("conj", "cc"):
            kept = not any(c.role in SUBJECTS or c.role == "cop" for c in child.children)
        if not kept:
            node.drop(child)
            copula.add(child)
    node.role = "attr" if nominal else "acomp"
    copula.add(node)
    return copula


def _coordinate(node: Node, word: Node) -> Node | None:
    """Put a coordinator between its two conjuncts: "and" takes what follows it."""
    node.drop(word)
    owner = node
    if node.role == "conj" and word.place < node.place and node.parent is not None:
        owner, conjunct = node.parent, node  # Universal Dependencies 2: below the conjunct that follows
    else:
        after = [c for c in node.children if c.role == "conj" and c.place > word.place]
        if not after:
            word.role = "advmod"
            node.add(word)
            return word
        conjunct = after[0]
    owner.drop(conjunct)
    word.role = "coord"
    conjunct.role = "conjunct"
    word.add(conjunct)
    owner.add(word)
    return word


def _relative(clause: Node) -> Node | None:
    """Put the relative pronoun of a clause above it, and mark what the clause then lacks."""
    noun = clause.parent
    assert noun is not None
    if clause.role == "ccomp" and noun.pos not in ("NOUN", "PROPN", "PRON"):
        return None
    start = min(n.place for n in clause.walk())
    word = next((n for n in clause.walk() if n.place == start), None)
    if word is None or word is clause or start < noun.place or word.parent is None:
        return None
    if not word.is_relative:
        return None  # "the man she loves"
    owner = word.parent
    role = word.role
    path = [owner]
    while path[-1] is not clause and path[-1].parent is not None:
        path.append(path[-1].parent)
    if role in SUBJECTS and owner is clause:
        clause.gap = "left"
    elif role in OBJECTS and all(step.role in ("xcomp", "ccomp") for step in path if step is not clause):
        for step in path:
            step.gap = "right"
    elif role in ("poss", "nmod:poss", "det") and owner.role in SUBJECTS and owner.parent is clause:
        # "whose dog died": the pronoun takes the noun, and the clause that lacks it.
        owner.drop(word)
        clause.drop(owner)
        clause.gap = "left"
        owner.role = "owned"
        noun.drop(clause)
        word.role, clause.role = "relative", "clause"
        word.add(owner)
        word.add(clause)
        noun.add(word)
        return word
    owner.drop(word)
    noun.drop(clause)
    word.role, clause.role = "relative", "clause"
    word.add(clause)
    noun.add(word)
    return word
