"""The Lambek calculus: proofs that words reduce to a type, as biclosed diagrams.

Residuation is currying: a proof of ``Γ B ⊢ A`` is one of ``Γ ⊢ A/B`` (:func:`~catenary.diagrams.Curry`), and back
(:func:`~catenary.diagrams.Uncurry`). The search is through sequents without cut, each tried once.

Source: Lambek, *The mathematics of sentence structure* (1958).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from catenary.diagrams import Box, Curry, Diagram, Eval, LimitReached, Ty
from catenary.functors.grammar.ccg import CATEGORIAL, to_pregroup
from catenary.functors.grammar.ccg_categories import (
    ATOMS,
    CCGError,
    format_category,
    split_category,
    to_category,
)
from catenary.functors.grammar.reading import Reading

MAX_SEQUENTS = 20_000
MAX_SLASHES = 200

Sequent = tuple[tuple[Ty, ...], Ty]


def lambek(types: Sequence[Ty], goal: Ty, *, limit: int = MAX_SEQUENTS) -> Diagram | None:
    """A proof of ``types ⊢ goal`` as a diagram from the types to the goal; ``None`` if there is none.

    Args:
        types: at least one type: the calculus has no empty premisses.
        goal: what to prove.
        limit: how many sequents are looked at. The problem is NP-complete.

    Raises:
        LimitReached: at the limit, and for more than 200 slashes.

    >>> np, s = Ty("NP"), Ty("S")
    >>> proof = lambek([np], s << (np >> s))
    >>> print(proof, "is type raising")
    curry[eval] is type raising
    >>> lambek([s << (np >> s)], np) is None
    True
    """
    if not types:
        raise CCGError("a sequent of the Lambek calculus has at least one premiss")
    size = sum(format_category(ty).count(slash) for ty in (*types, goal) for slash in "/\\")
    if size > MAX_SLASHES:
        raise LimitReached("a Lambek proof", f"{MAX_SLASHES} slashes in the types, not {size}")
    known: dict[Sequent, Diagram | None] = {}

    def prove(given: tuple[Ty, ...], wanted: Ty) -> Diagram | None:
        key = (given, wanted)
        if key in known:
            return known[key]
        if len(known) >= limit:
            raise LimitReached("a Lambek proof", f"{limit:,} sequents")
        known[key] = None  # premisses are smaller, so that it does not come back before it is known
        if _balance(given) == _balance((wanted,)):
            known[key] = search(given, wanted)
        return known[key]

    def search(given: tuple[Ty, ...], wanted: Ty) -> Diagram | None:
        if given == (wanted,):
            return Diagram.id(wanted, CATEGORIAL)
        parts = split_category(wanted)
        if parts is not None:  # the right rules can always be taken first
            result, slash, argument = parts
            inner = prove((*given, argument) if slash == "/" else (argument, *given), result)
            return None if inner is None else Curry(inner, 1, left=slash == "\\").diagram
        for at, ty in enumerate(given):
            parts = split_category(ty)
            if parts is None:
                continue
            result, slash, argument = parts
            spans = range(at + 2, len(given) + 1) if slash == "/" else range(at - 1, -1, -1)
            for span in spans:
                start, stop = (at, span) if slash == "/" else (span, at + 1)
                taken = given[at + 1 : stop] if slash == "/" else given[start:at]
                rest = prove((*given[:start], result, *given[stop:]), wanted)
                first = None if rest is None else prove(taken, argument)
                if rest is None or first is None:
                    continue
                before, after = _joined(given[:start]), _joined(given[stop:])
                applied = ty @ first if slash == "/" else first @ ty
                return before @ (applied >> Eval(ty)) @ after >> rest
        return None

    return prove(tuple(types), goal)


def _joined(types: Sequence[Ty]) -> Ty:
    return Ty.of(tuple(ob for ty in types for ob in ty.objects))


def _balance(types: Sequence[Ty]) -> dict[str, int]:
    """How often each basic type occurs as a result rather than as an argument: the same on both sides of a proof."""
    found: dict[str, int] = {}
    waiting = [(ty, 1) for ty in types]
    while waiting:
        ty, sign = waiting.pop()
        parts = split_category(ty)
        if parts is None:
            found[str(ty)] = found.get(str(ty), 0) + sign
        else:
            waiting += [(parts[0], sign), (parts[2], -sign)]
    return {name: count for name, count in found.items() if count}


def from_reading(reading: Reading, atoms: Mapping[str, str] = ATOMS) -> Diagram:
    """The way back from pregroups: the reading as a biclosed diagram over the categories of its words' types.

    It exists where every type is the image of a category and the reduction has a proof in the Lambek calculus; the
    functor to pregroups takes the result to the reading's own diagram, which is checked.

    Raises:
        CCGError: where there is none, saying why.

    >>> from catenary.functors.grammar import parse
    >>> print(from_reading(parse("Alice sleeps")[0]))
    Alice >> NP @ sleeps >> eval
    """
    types = [to_category(ty, atoms) for ty in reading.types]
    goal = to_category(reading.target, atoms)
    proof = lambek(types, goal)
    if proof is None:
        shown = ", ".join(format_category(ty) for ty in types)
        raise CCGError(f"the Lambek calculus does not derive {format_category(goal)} from {shown}")
    words = Diagram.id(Ty(), CATEGORIAL)
    for word, ty in zip(reading.words, types, strict=True):
        words = words @ Box(word, Ty(), ty, signature=CATEGORIAL)
    made = words >> proof
    if to_pregroup(atoms)(made) != replace(reading, spiders=()).diagram:
        raise CCGError("the first proof found links the words in another way than the reading does")
    return made
