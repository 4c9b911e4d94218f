"""The statements as values, read from the files of this package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from catenary.diagrams import Doctrine, Equation, InputError, Signature, UnknownGenerator
from catenary.diagrams.text import Document, load_document
from catenary.rewriting.limits import Limits
from catenary.rewriting.rule import is_symmetric
from catenary.rewriting.theory import Theory

Status = Literal["theorem", "never", "underivable"]
FOLDER = "catenary.rewriting.theorems"
# The doctrines without double-pushout rewriting that statements are made in.
PLANAR = (Doctrine.MONOIDAL, Doctrine.RIGID, Doctrine.BRAIDED)


@dataclass(frozen=True)
class Statement:
    """A claim with what may be used to prove it.

    Attributes:
        block: the letter of its block.
        file: the theory file, without suffix.
        status: ``"theorem"``, ``"never"`` or ``"underivable"``.
        document: the file's content: signature, axioms, claims.
        claim: the equation.
        lemmas: claims that were proved earlier and may be used as rules.
        limits: seconds in all.
        reason: for an underivable one, why.
    """

    block: str
    file: str
    status: Status
    document: Document
    claim: Equation
    lemmas: tuple[Equation, ...]
    limits: Limits
    reason: str = ""

    @property
    def name(self) -> str:
        """Block, file and claim: ``"B/frobenius/snake"``."""
        return f"{self.block}/{self.file}/{self.claim.name}"

    @property
    def signature(self) -> Signature:
        """The signature, with the doctrine."""
        return self.document.signature

    @property
    def rewrites(self) -> bool:
        """Whether its doctrine has double-pushout rewriting."""
        return is_symmetric(self.signature) or self.signature.doctrine not in PLANAR

    @property
    def theory(self) -> Theory:
        """The axioms; the claim is not among them.

        Raises:
            DoctrineError: if the doctrine has no rewriting.
        """
        return Theory.from_document(self.document)


@cache
def load(file: str) -> Document:
    """One of the theory files, by name.

    Raises:
        UnknownGenerator: if there is no such file.

    >>> len(load("bialgebra").axioms)
    10
    """
    place = resources.files(FOLDER).joinpath(f"{file}.cat")
    if not place.is_file():
        raise UnknownGenerator(file, files(), "the theory files of the theorems")
    with resources.as_file(place) as path:
        return load_document(path)


def files() -> list[str]:
    """The names of the theory files."""
    found = resources.files(FOLDER).iterdir()
    return sorted(entry.name.removesuffix(".cat") for entry in found if entry.name.endswith(".cat"))


@cache
def _index() -> dict[str, Any]:
    text = resources.files(FOLDER).joinpath("statements.json").read_text(encoding="utf-8")
    index: dict[str, Any] = json.loads(text)
    return index


def statements(block: str | None = None, status: Status | None = None) -> tuple[Statement, ...]:
    """All statements, or those of a block (``"A"`` to ``"H"``, ``"N"``) or with a status, in order.

    >>> [statement.claim.name for statement in statements("D", "theorem")][0]
    'antipodes-agree'
    """
    blocks = _index()["blocks"]
    if block is not None and block not in blocks:
        raise UnknownGenerator(block, blocks, "the blocks of the theorems")
    chosen = (s for s in _all() if block in (None, s.block) and status in (None, s.status))
    return tuple(chosen)


def _all() -> Iterator[Statement]:
    index = _index()
    block_of: dict[str, str] = {}
    for block, theories in index["theorems"].items():
        for file, claims in theories.items():
            block_of.setdefault(file, block)
            for claim, lemmas in claims.items():
                yield _statement(block, file, "theorem", claim, lemmas)
    for file, claims in index["never"].items():
        for claim in claims:
            yield _statement("N", file, "never", claim)
    for file, reasons in index["underivable"].items():
        for claim, reason in reasons.items():
            yield _statement(block_of[file], file, "underivable", claim, reason=reason)


def _statement(
    block: str, file: str, status: Status, claim: str, lemmas: list[str] | None = None, reason: str = ""
) -> Statement:
    document = load(file)
    names = [equation.name for equation in document.claims]
    if claim not in names:
        raise InputError(f"the index names {claim!r}, which is no claim of {file}.cat")
    earlier = dict(zip(names, document.claims, strict=True))
    found = [
        _lemma(name, file, claim, dict(list(earlier.items())[: names.index(claim)])) for name in lemmas or ()
    ]
    limits = Limits(seconds=float(_index()["limits"]["seconds"]))
    return Statement(block, file, status, document, earlier[claim], tuple(found), limits, reason)


def _lemma(name: str, file: str, claim: str, earlier: dict[str, Equation]) -> Equation:
    """An earlier claim of the file, or (as ``file/claim``) one of a file whose axioms this one takes over."""
    other, _, own = name.rpartition("/")
    if other:
        axioms = {axiom.name: axiom for axiom in load(file).axioms}
        if all(axiom.name in axioms for axiom in load(other).axioms):
            earlier = {equation.name: equation for equation in load(other).claims}
    if own not in earlier:
        raise InputError(f"statement {claim!r} may not use {name!r}, which is not an earlier claim")
    return earlier[own]
