"""Parsing with pregroup grammars: the n best planar reductions of a sentence, in polynomial time.

The words' alternative types make one lattice: a path through it chooses a type for every word. A chart over
the gaps of the lattice records which stretches cancel entirely, so that lexical ambiguity costs no more
than length; the links of the best reductions are then read off a packed forest. Every planar set of links
has exactly one derivation in it. Reductions use contractions alone, which lose nothing where the target is
a basic type (the switching lemma: Lambek, *Type grammar revisited*, 1999).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from catenary.diagrams import CatenaryError, InputError, LimitReached, Ob, Ty
from catenary.diagrams.errors import expect, expect_iterable
from catenary.functors.bitsets import bits
from catenary.functors.grammar.lexicon import Entry, Lexicon
from catenary.functors.grammar.reading import Reading
from catenary.functors.grammar.tokens import MAX_WORDS, Tokens, tokenise
from catenary.functors.grammar.types import format_type, parse_type

MAX_EDGES = 400_000
"""Most steps of the packed forest before :func:`parse` gives up: a few seconds of work."""
MAX_READINGS = 1000

FALLBACKS = ("cups", "stairs", "spiders", "bag")
"""Readings that need no grammar, by name."""


class ParseError(CatenaryError, ValueError):
    """A sentence that has no reduction to the target type.

    Attributes:
        words: the words.
        types: for each word the types that were tried.
        partial: the longest stretches that reduce to one simple type, as (first word, last word, type).
    """

    def __init__(
        self,
        words: Sequence[str],
        types: Sequence[Sequence[Ty]],
        target: Ty,
        partial: Sequence[tuple[int, int, Ty]],
    ):
        self.words, self.types, self.target = tuple(words), tuple(map(tuple, types)), target
        self.partial = tuple(partial)
        width = max(map(len, words))
        lines = [f"no reduction of these {len(words)} words to {format_type(target)}:"]
        for word, tried in list(zip(words, types, strict=True))[:40]:
            lines.append(f"  {word.ljust(width)} : {' | '.join(map(format_type, tried))}")
        if len(words) > 40:
            lines.append(f"  … {len(words) - 40} more words")
        if partial:
            lines.append("stretches that do reduce:")
            for first, last, ty in partial[:8]:
                lines.append(f"  {' '.join(words[first : last + 1])} → {format_type(ty)}")
        lines.append(
            "Give the words further types in a lexicon, ask for another target, "
            f"or take a reading without grammar: {', '.join(FALLBACKS)}."
        )
        super().__init__("\n".join(lines))


# Costs compare by number of links inside one word (which reduce but mean little), then of unusual types, then
# of links, then by the links' total length, then by how late the lexicon lists the types; sums over a
# thousand words stay below each unit.
_RANK = 1
_LENGTH = 1 << 40
_LINK = 1 << 80
_UNUSUAL = 1 << 120
_OWN = 1 << 160


class _Cell(NamedTuple):
    """A simple type in the lattice: where it ends, its number, where it comes from, and its cost.

    The cost is that of choosing the alternative, on its first cell.
    """

    stop: int
    ob: int
    word: int
    alternative: int
    place: int
    cost: int


class _Lattice:
    """The words' alternatives as a graph: gaps numbered from left to right, cells between them."""

    def __init__(self, entries: Sequence[Sequence[Entry]]):
        self.obs: list[Ob] = []
        number: dict[Ob, int] = {}
        self.boundaries: list[int] = []
        self.cells: list[list[_Cell]] = []
        for word, alternatives in enumerate(entries):
            start = len(self.cells)
            self.boundaries.append(start)
            self.cells.append([])
            inner = sum(len(entry.type) - 1 for entry in alternatives)
            self.cells.extend([] for _ in range(inner))
            stop = start + 1 + inner
            free = start + 1
            for choice, entry in enumerate(alternatives):
                gap = start
                for index, ob in enumerate(entry.type.objects):
                    if ob not in number:
                        number[ob] = len(self.obs)
                        self.obs.append(ob)
                    after = stop if index == len(entry.type) - 1 else free
                    free += after == free
                    cost = 0 if index else _RANK * choice + _UNUSUAL * entry.unusual
                    self.cells[gap].append(_Cell(after, number[ob], word, choice, index, cost))
                    gap = after
        self.boundaries.append(len(self.cells))
        self.cells.append([])
        self.right = [number.get(ob.r, -1) for ob in self.obs]
        self.number = number
        # For each simple type, the gaps where a cell of it starts, as a bit set.
        self.starts = [0] * len(self.obs)
        for gap, cells in enumerate(self.cells):
            for cell in cells:
                self.starts[cell.ob] |= 1 << gap
        self.empty = self._cancelling()

    def _cancelling(self) -> list[int]:
        """For each gap the set of gaps such that the stretch between cancels entirely, itself included."""
        reach = [0] * len(self.cells)
        for gap in reversed(range(len(self.cells))):
            found = 1 << gap
            for cell in self.cells[gap]:
                partner = self.right[cell.ob]
                if partner < 0:
                    continue
                for middle in bits(reach[cell.stop] & self.starts[partner]):
                    for other in self.cells[middle]:
                        if other.ob == partner:
                            found |= reach[other.stop]
            reach[gap] = found
        return reach


class _Edge(NamedTuple):
    """A way to derive a node: its own cost, the cells it joins or keeps, and the nodes it needs."""

    cost: int
    cells: tuple[_Cell, ...]
    tails: tuple[tuple[int, int], ...]


_Ranked: TypeAlias = tuple[int, int, tuple[int, ...]]
"""A derivation of a node: its cost, the number of its edge, and the rank of the derivation of each tail."""


@dataclass(slots=True)
class _Ranking:
    """The derivations of a node found so far, cheapest first, and the candidates for the next."""

    found: list[_Ranked]
    heap: list[_Ranked] = field(default_factory=list)
    waiting: list[tuple[int, tuple[int, ...], int]] = field(default_factory=list)
    seen: set[tuple[int, tuple[int, ...]]] = field(default_factory=set)
    started: bool = False
    done: bool = False

    def follow(self, derivation: _Ranked) -> None:
        """Note the derivations that differ from this one by the next of one tail."""
        _, index, ranks = derivation
        for place, rank in enumerate(ranks):
            more = (*ranks[:place], rank + 1, *ranks[place + 1 :])
            if (index, more) not in self.seen:
                self.seen.add((index, more))
                self.waiting.append((index, more, place))


class _Forest:
    """The packed forest of all reductions to the target, and its best derivations.

    A node (gap, other) with other >= 0 is the stretch from gap to other, cancelling; (gap, -1 - j) is the
    rest of the sentence from gap, reducing to the target's simple types from the j-th on.
    """

    def __init__(self, lattice: _Lattice, target: Ty, max_edges: int):
        self.lattice = lattice
        self.target = [lattice.number.get(ob, -1) for ob in target.objects]
        self.end = len(lattice.cells) - 1
        self.edges: dict[tuple[int, int], list[_Edge]] = {}
        self.max_edges = max_edges
        self._expand()

    def _expand(self) -> None:
        root = (0, -1)
        stack = [root]
        count = 0
        self.edges[root] = []
        while stack:
            node = stack.pop()
            edges = self._contractions(*node) if node[1] >= 0 else self._remainder(*node)
            self.edges[node] = edges
            count += len(edges) + 1
            if count > self.max_edges:
                limit = f"{self.max_edges:,} steps of the chart; shorten the sentence or raise max_edges"
                raise LimitReached("parsing", limit)
            for edge in edges:
                for tail in edge.tails:
                    if tail not in self.edges:
                        self.edges[tail] = []
                        stack.append(tail)

    def _contractions(self, gap: int, stop: int) -> list[_Edge]:
        lattice = self.lattice
        found = []
        for cell in lattice.cells[gap]:
            partner = lattice.right[cell.ob]
            if partner < 0:
                continue
            inside = lattice.empty[cell.stop] & lattice.starts[partner] & ((1 << stop) - 1)
            for middle in bits(inside):
                for other in lattice.cells[middle]:
                    if other.ob != partner or not lattice.empty[other.stop] >> stop & 1:
                        continue
                    cost = _LINK + (_LENGTH * (other.word - cell.word) or _OWN)
                    cost += cell.cost + other.cost
                    tails = []
                    if middle != cell.stop:
                        tails.append((cell.stop, middle))
                    if other.stop != stop:
                        tails.append((other.stop, stop))
                    found.append(_Edge(cost, (cell, other), tuple(tails)))
        return found

    def _remainder(self, gap: int, state: int) -> list[_Edge]:
        lattice = self.lattice
        at = -1 - state
        if at == len(self.target):
            if gap == self.end:
                return [_Edge(0, (), ())]
            done = lattice.empty[gap] >> self.end & 1
            return [_Edge(0, (), ((gap, self.end),))] if done else []
        wanted = self.target[at]
        if wanted < 0:
            return []
        found = []
        for middle in bits(lattice.empty[gap] & lattice.starts[wanted]):
            for cell in lattice.cells[middle]:
                if cell.ob != wanted:
                    continue
                rest = (cell.stop, state - 1)
                tails = (rest,) if middle == gap else ((gap, middle), rest)
                found.append(_Edge(cell.cost, (cell,), tails))
        return found

    def best(self, count: int) -> list[list[_Edge]]:
        """The edges of the ``count`` cheapest derivations, cheapest first.

        The k-th best derivation of a node is found when it is asked for (Huang & Chiang, *Better k-best
        parsing*, 2005, algorithm 3), so that work grows with ``count`` only where alternatives are looked at.
        """
        # A node needs nodes that start further right, except that a remainder's first stretch and its end
        # start at the same gap: stretches come before remainders.
        order = sorted(self.edges, key=lambda node: (-node[0], node[1] < 0, node[1]))
        ranked: dict[tuple[int, int], _Ranking] = {}
        for node in order:
            best: _Ranked | None = None
            for index, edge in enumerate(self.edges[node]):
                if all(ranked[tail].found for tail in edge.tails):
                    cost = edge.cost + sum(ranked[tail].found[0][0] for tail in edge.tails)
                    if best is None or cost < best[0]:
                        best = (cost, index, (0,) * len(edge.tails))
            ranked[node] = _Ranking([] if best is None else [best])
        root = ranked[0, -1]
        if root.found:
            self._rank(ranked, (0, -1), count - 1)
        return [self._derivation(ranked, rank) for rank in range(len(root.found))]

    def _rank(self, ranked: dict[tuple[int, int], _Ranking], root: tuple[int, int], last: int) -> None:
        """Find the derivations of a node up to rank ``last``, and of others as far as that needs."""
        stack = [(root, last)]
        while stack:
            node, rank = stack[-1]
            ranking = ranked[node]
            edges = self.edges[node]
            if len(ranking.found) > rank or ranking.done:
                stack.pop()
                continue
            if not ranking.started:
                ranking.started = True
                first = ranking.found[0]
                for index, edge in enumerate(edges):
                    if index != first[1] and all(ranked[tail].found for tail in edge.tails):
                        cost = edge.cost + sum(ranked[tail].found[0][0] for tail in edge.tails)
                        ranking.heap.append((cost, index, (0,) * len(edge.tails)))
                heapq.heapify(ranking.heap)
                ranking.follow(first)
            while ranking.waiting:
                index, ranks, place = ranking.waiting[-1]
                tails = edges[index].tails
                tail = ranked[tails[place]]
                if len(tail.found) <= ranks[place] and not tail.done:
                    stack.append((tails[place], ranks[place]))
                    break
                ranking.waiting.pop()
                if len(tail.found) > ranks[place]:
                    cost = edges[index].cost
                    cost += sum(ranked[t].found[r][0] for t, r in zip(tails, ranks, strict=True))
                    heapq.heappush(ranking.heap, (cost, index, ranks))
            else:
                if ranking.heap:
                    ranking.found.append(heapq.heappop(ranking.heap))
                    ranking.follow(ranking.found[-1])
                else:
                    ranking.done = True

    def _derivation(self, ranked: dict[tuple[int, int], _Ranking], rank: int) -> list[_Edge]:
        used = []
        stack = [((0, -1), rank)]
        while stack:
            node, place = stack.pop()
            _, index, ranks = ranked[node].found[place]
            edge = self.edges[node][index]
            used.append(edge)
            stack.extend(zip(edge.tails, ranks, strict=True))
        return used


@dataclass(frozen=True, slots=True)
class Reduction:
    """A choice of one type for each word, and planar links that reduce them to the target.

    Attributes:
        choices: for each word the number of the type chosen.
        links: pairs of wires that cancel; wires are the simple types of the chosen types, counted from 0.
    """

    choices: tuple[int, ...]
    links: tuple[tuple[int, int], ...]


def reductions(
    types: Sequence[Sequence[Ty]], target: Ty, *, n_best: int = 1, max_edges: int = MAX_EDGES
) -> tuple[Reduction, ...]:
    """The best planar reductions of a row of words, each with its alternative types.

    Fewer links come first, then shorter ones (in words), then types listed earlier; ties have a fixed
    order. Reductions in which a word cancels with itself come after all others. O(n³) in the simple types
    of all alternatives together.

    Raises:
        LimitReached: where the chart would have more than ``max_edges`` steps.

    >>> n, s = Ty("n"), Ty("s")
    >>> reductions([[n], [n.r @ s, n.r @ s @ n.l], [n]], s)
    (Reduction(choices=(0, 1, 0), links=((0, 1), (3, 4))),)
    """
    lattice = _Lattice([[Entry(ty) for ty in alternatives] for alternatives in types])
    return _reductions(
        lattice, [[len(ty) for ty in alternatives] for alternatives in types], target, n_best, max_edges
    )


def _reductions(
    lattice: _Lattice, lengths: Sequence[Sequence[int]], target: Ty, n_best: int, max_edges: int
) -> tuple[Reduction, ...]:
    forest = _Forest(lattice, target, max_edges)
    found = []
    for edges in forest.best(n_best):
        choices = [0] * len(lengths)
        for edge in edges:
            for cell in edge.cells:
                choices[cell.word] = cell.alternative
        first = [0]
        for word, choice in enumerate(choices):
            first.append(first[-1] + lengths[word][choice])
        links = sorted(
            (first[a.word] + a.place, first[b.word] + b.place)
            for a, b in (e.cells for e in edges if len(e.cells) == 2)
        )
        found.append(Reduction(tuple(choices), tuple(links)))
    return tuple(found)


def _partial(lattice: _Lattice) -> list[tuple[int, int, Ty]]:
    """The longest stretches of words that reduce to one simple type, none inside another."""
    spans: list[tuple[int, int, Ty]] = []
    count = len(lattice.boundaries) - 1
    word_of = {gap: word for word, gap in enumerate(lattice.boundaries)}
    ends = 0
    for gap in lattice.boundaries:
        ends |= 1 << gap
    for first in range(min(count, 100)):
        best: dict[int, int] = {}
        for middle in bits(lattice.empty[lattice.boundaries[first]]):
            for cell in lattice.cells[middle]:
                last = (lattice.empty[cell.stop] & ends).bit_length() - 1
                if last >= 0 and word_of[last] > first + 1:
                    best[word_of[last]] = min(cell.ob, best.get(word_of[last], cell.ob))
        if best:
            last = max(best)
            if not spans or last - 1 > spans[-1][1]:
                spans.append((first, last - 1, Ty.of((lattice.obs[best[last]],))))
    return sorted(spans, key=lambda span: (span[0] - span[1], span[0]))


def parse(
    sentence: str | Sequence[str],
    lexicon: Lexicon | None = None,
    *,
    target: str | Ty = "s",
    n_best: int = 1,
    reading: str | None = None,
    max_words: int = MAX_WORDS,
    max_edges: int = MAX_EDGES,
) -> tuple[Reading, ...]:
    """Parse a sentence to its ``n_best`` readings, the best first.

    Args:
        sentence: text, or a list of words.
        lexicon: the words' types; the built-in English one unless given.
        target: the type to reduce to, ``"s"`` for a sentence, ``"n"`` for a noun phrase.
        n_best: how many readings to return at most (fewer where there are fewer).
        reading: ``None`` to parse by grammar, or one of ``"cups"``, ``"stairs"``, ``"spiders"``, ``"bag"``,
            which need neither grammar nor lexicon: see :func:`catenary.functors.grammar.fallbacks.fallback`.
        max_words, max_edges: limits on the work.

    Raises:
        InputError: for a sentence without words, or a malformed target.
        UnknownGenerator: for a word that the lexicon lacks.
        ParseError: if no choice of types reduces to the target.
        LimitReached: at a limit.

    >>> reading, = parse("Alice who loves Bob sleeps")
    >>> reading.links
    ((0, 1), (2, 9), (3, 6), (4, 5), (7, 8))
    """
    goal = parse_type(target, source="<target>") if isinstance(target, str) else target
    expect(goal, Ty, "the target of a parse", "a type, or its text")
    if not goal:
        raise InputError("the target is a type with at least one simple type, such as s", source="<target>")
    if not 1 <= n_best <= MAX_READINGS:
        raise InputError(f"n_best is between 1 and {MAX_READINGS}, not {n_best}", source="<n_best>")
    if not isinstance(sentence, str):
        words = list(expect_iterable(sentence, "a sentence", "text, or a list of words"))
        for word in words:
            expect(word, str, "a word of a sentence", "text")
        sentence = " ".join(words)
    text = sentence
    if reading is not None:
        from catenary.functors.grammar.fallbacks import fallback

        return (fallback(text, reading, target=goal, max_words=max_words),)
    lexicon = Lexicon.english() if lexicon is None else lexicon
    expect(lexicon, Lexicon, "the lexicon of a parse", "a Lexicon (Lexicon.from_text, load_lexicon)")
    found = tokenise(text, lexicon, max_words=max_words)
    return parse_tokens(found, goal, n_best=n_best, max_edges=max_edges)


def parse_tokens(
    found: Tokens, target: Ty, *, n_best: int = 1, max_edges: int = MAX_EDGES
) -> tuple[Reading, ...]:
    """Parse words whose entries are already known; as :func:`parse`."""
    lattice = _Lattice(found.entries)
    lengths = [[len(entry.type) for entry in entries] for entries in found.entries]
    readings = []
    for reduction in _reductions(lattice, lengths, target, n_best, max_edges):
        chosen = [entries[choice] for entries, choice in zip(found.entries, reduction.choices, strict=True)]
        readings.append(
            Reading(
                words=found.words,
                types=tuple(entry.type for entry in chosen),
                links=reduction.links,
                target=target,
                spiders=tuple(entry.spiders for entry in chosen),
                notes=found.notes,
            )
        )
    if not readings:
        tried = [[entry.type for entry in entries] for entries in found.entries]
        raise ParseError(found.words, tried, target, _partial(lattice))
    return tuple(readings)
