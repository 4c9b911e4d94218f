"""Theory files that include others: found beside the file that is read, never outside its folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from catenary.diagrams.errors import InputError
from catenary.diagrams.text.document import Document
from catenary.diagrams.textfile import read_text

if TYPE_CHECKING:
    from catenary.diagrams.text.parser import Source

MAX_FILES = 100
SUFFIX = ".cat"


class Library:
    """The files that one theory includes, each read once.

    Args:
        folder: files outside it are refused, wherever a link or ``..`` may lead.
        first: the file that is read first, for cycles.
    """

    def __init__(self, folder: str | os.PathLike[str], first: str | os.PathLike[str] | None = None):
        self.root = os.path.realpath(folder)
        self.chain: list[str] = [] if first is None else [os.path.realpath(first)]
        self.folders: list[str] = [self.root]
        self.known: dict[str, Document] = {}

    def get(self, name: str, source: Source, at: Any) -> Document:
        """The theory of a file that another one names.

        Raises:
            InputError: for a path that leads out of the folder, a cycle (all of it named), too many files, and
                for what is wrong in the file itself.
        """
        from catenary.diagrams.text.parser import MAX_CHARS, source_of
        from catenary.diagrams.text.reading import read

        if os.path.isabs(name) or "\\" in name or "\0" in name:
            source.fail(f"an included file is named from this file's folder, with /: not {name!r}", at)
        path = os.path.realpath(os.path.join(self.folders[-1], *name.split("/")))
        if os.path.commonpath([path, self.root]) != self.root:
            source.fail(f"{name!r} leads out of the folder of the theory, {self._shown(self.root)}", at)
        if path in self.chain:
            cycle = " -> ".join(map(self._shown, [*self.chain[self.chain.index(path) :], path]))
            source.fail(f"theories include each other in a circle: {cycle}", at)
        if path in self.known:
            return self.known[path]
        if len(self.known) + len(self.chain) >= MAX_FILES:
            source.fail(f"more than {MAX_FILES} files in one theory", at)
        shown = self._shown(path)
        try:
            text, _ = read_text(path, "a theory file", max_bytes=4 * MAX_CHARS)
        except InputError as error:
            if error.line:
                raise
            source.fail(f"{shown}: {error.problem}", at)
        where = source_of(text, shown)
        self.chain.append(path)
        self.folders.append(os.path.dirname(path))
        try:
            document = read(where.tree(), where, self)
        finally:
            self.chain.pop()
            self.folders.pop()
        self.known[path] = document
        return document

    def _shown(self, path: str) -> str:
        inside = os.path.relpath(path, self.root)
        return os.path.basename(self.root) if inside == "." else inside.replace(os.sep, "/")
