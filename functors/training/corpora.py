"""Corpora: streams of sentences, read and compiled in parallel, in bounded memory, and going on where they stopped.

>>> from catenary.functors.grammar import IQP, Lexicon
>>> sentences = Sentences(Lexicon.english(), IQP())
>>> for item in compiled(["Alice loves Bob.", "Alice Bob."], sentences):
...     print(item.number, item.text, "|", item.circuit.n_qubits if item.circuit else item.error.split(":")[0])
0 Alice loves Bob. | 2
1 Alice Bob. | ParseError
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from catenary.diagrams import CatenaryError, InputError, files
from catenary.diagrams.textfile import read_lines
from catenary.functors.circuits import Circuit
from catenary.functors.executors import Executor, Progress, in_chunks
from catenary.functors.files import FORMS
from catenary.functors.grammar import Reading, format_type
from catenary.functors.training.ansatz_files import circuit_ansatz
from catenary.functors.training.model import Sentences

FORMAT, VERSION = "catenary-corpus", 1
MAX_LINE = 1_000_000

Written = tuple[str, str, str]
"""A reading and a circuit as JSON, and the error where there are none."""


@dataclass(frozen=True, slots=True)
class CompiledSentence:
    """A sentence of a corpus with what was made of it. Its reading and circuit are unpacked when asked for.

    Attributes:
        number: its place in the stream, from 0.
        text: the sentence.
        error: why there is no reading, empty where there is one.
        cached: whether it came from the cache.
    """

    number: int
    text: str
    error: str = ""
    cached: bool = False
    written: tuple[str, str] = ("", "")

    @property
    def reading(self) -> Reading | None:
        """The reading; ``None`` where there is none.

        Raises:
            InputError: if a cache or file was tampered with.
        """
        return None if self.error else Reading.from_json(_parsed(self.written[0], self.number))

    @property
    def circuit(self) -> Circuit | None:
        """The circuit of the reading's meaning, with free angles; ``None`` where there is none.

        Raises:
            InputError: if a cache or file was tampered with.
        """
        if self.error:
            return None
        found = files.from_json(
            _parsed(self.written[1], self.number), source=f"sentence {self.number}", extra=FORMS
        )
        if not isinstance(found, Circuit):
            raise InputError("not a circuit", source=f"sentence {self.number}")
        return found


def _parsed(text: str, number: int) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", source=f"sentence {number}") from None


def _work(sentences: Sentences, texts: list[str]) -> list[Written]:
    found = []
    ansatz = circuit_ansatz(sentences.ansatz, "a corpus is compiled to")
    for text in texts:
        try:
            reading = sentences.read(text)
            circuit = ansatz(reading.meaning())
            found.append((json.dumps(reading.to_json()), json.dumps(files.to_json(circuit, FORMS)), ""))
        except (CatenaryError, ValueError) as error:
            found.append(("", "", f"{type(error).__name__}: {error}"))
    return found


def corpus_key(sentences: Sentences) -> str:
    """What results depend on beside the text: a digest of lexicon, ansatz, target and readings."""
    parts = [
        *(
            FORMAT,
            VERSION,
            sentences.lexicon.to_text(),
            repr(sentences.ansatz),
            format_type(sentences.target),
        ),
        *(sentences.reading, sentences.otherwise, *sentences.rewrite),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class _Cache:
    """A table of results on disk."""

    def __init__(self, path: str | Path, key: str):
        self.key, self.source = key, os.fspath(path)
        try:
            self.base = sqlite3.connect(self.source)
            self.base.execute(
                "CREATE TABLE IF NOT EXISTS sentences (key BLOB PRIMARY KEY, a TEXT, b TEXT, c TEXT)"
            )
        except sqlite3.Error as error:
            raise InputError(f"not a cache of sentences: {error}", source=self.source) from None

    def place(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.key}\0{text}".encode(errors="surrogatepass")).digest()[:20]

    def find(self, texts: list[str]) -> list[Written | None]:
        places = [self.place(text) for text in texts]
        found: dict[bytes, Written] = {}
        try:
            for at in range(0, len(places), 500):
                part = places[at : at + 500]
                marks = ",".join("?" * len(part))
                rows = self.base.execute(f"SELECT key, a, b, c FROM sentences WHERE key IN ({marks})", part)
                found.update((bytes(key), (str(a), str(b), str(c))) for key, a, b, c in rows)
        except sqlite3.Error as error:
            raise InputError(f"not a cache of sentences: {error}", source=self.source) from None
        return [found.get(place) for place in places]

    def keep(self, texts: list[str], results: list[Written]) -> None:
        rows = [(self.place(text), *result) for text, result in zip(texts, results, strict=True)]
        try:
            with self.base:
                self.base.executemany("INSERT OR REPLACE INTO sentences VALUES (?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            raise InputError(f"the cache cannot be written: {error}", source=self.source) from None

    def close(self) -> None:
        self.base.close()


def compiled(
    texts: Iterable[str],
    sentences: Sentences,
    *,
    executor: Executor | Callable[[], Executor] | None = None,
    chunk: int = 256,
    ahead: int = 8,
    cache: str | Path | None = None,
    start: int = 0,
    progress: Progress | None = None,
) -> Iterator[CompiledSentence]:
    """Read and compile a stream of sentences, in their order.

    At most ``ahead + 1`` chunks are held at a time. A sentence without a reading is not lost: its item says why.

    Args:
        texts: the sentences; read as they are needed.
        sentences: lexicon, ansatz, target type and readings.
        executor: anything with ``submit`` (threads, processes, Dask …), or a function that makes one: see
            :func:`~catenary.functors.executors.in_chunks`. This process alone unless given.
        chunk: sentences sent to a worker together.
        ahead: chunks sent before the first has its result.
        cache: a file of results, made where it is missing, kept up as the stream goes on. Results of another lexicon, ansatz or
            target are not mixed up with these.
        start: the number of the first sentence.
        progress: called with ``None`` and a text.

    Raises:
        InputError: for a cache that is none.
        CatenaryError: for chunks below 1.
    """
    if chunk < 1 or ahead < 1:
        raise CatenaryError("a chunk has at least one sentence, and at least one chunk is sent ahead")
    held = None if cache is None else _Cache(cache, corpus_key(sentences))
    waiting: deque[tuple[list[str], list[Written | None]]] = deque()

    def chunks() -> Iterator[list[str]]:
        source = iter(texts)
        while part := list(islice(source, chunk)):
            known = [None] * len(part) if held is None else held.find(part)
            waiting.append((part, list(known)))
            yield [text for text, result in zip(part, known, strict=True) if result is None]

    if executor is None:
        results: Iterator[list[Written]] = (_work(sentences, part) for part in chunks())
    else:
        results = in_chunks(_work, sentences, chunks(), executor, ahead=ahead)
    number = start
    try:
        for made in results:
            part, known = waiting.popleft()
            if held is not None and made:
                held.keep([text for text, result in zip(part, known, strict=True) if result is None], made)
            fresh = iter(made)
            for text, result in zip(part, known, strict=True):
                reading, circuit, error = next(fresh) if result is None else result
                yield CompiledSentence(number, text, error, result is not None, (reading, circuit))
                number += 1
            if progress is not None:
                progress(None, f"{number:,} sentences")
    finally:
        if held is not None:
            held.close()


def sentences_of(path: str | Path) -> Iterator[str]:
    """The sentences of a text file, one a line, without empty lines; read as they are needed.

    Raises:
        InputError: for a file that cannot be read, is not UTF-8, or has a line of more than a million bytes.
    """
    for line in read_lines(path, "sentences, one a line", max_line=MAX_LINE):
        if line.strip():
            yield " ".join(line.split())


@dataclass(frozen=True)
class Summary:
    """What :func:`compile_file` did.

    Attributes:
        sentences: how many are in the file of results now.
        failed: how many of them have no reading.
        resumed: how many were there before.
        cached: how many came from the cache.
    """

    sentences: int
    failed: int
    resumed: int
    cached: int


def compile_file(
    source: str | Path,
    results: str | Path,
    sentences: Sentences,
    *,
    executor: Executor | Callable[[], Executor] | None = None,
    chunk: int = 256,
    ahead: int = 8,
    cache: str | Path | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Read and compile a file of sentences, one a line, into a file of results, one JSON object a line.

    A run that was stopped, at whatever point, goes on after the last whole result.

    Args:
        source: the sentences.
        results: the file of results; :func:`load_compiled` reads it.
        sentences, executor, chunk, ahead, cache, progress: as for :func:`compiled`.

    Raises:
        InputError: for results of another lexicon, ansatz or target, or of another file of sentences.
    """
    key = corpus_key(sentences)
    done, failed, last, size = _so_far(results, key)
    stream = sentences_of(source)
    text = ""
    for _ in range(done):
        text = next(stream, "")
    if done and text != last:
        raise InputError(
            f"sentence {done - 1} is not the one of {os.fspath(source)}: name another file",
            source=str(results),
        )
    cached = 0
    number = done
    with open(results, "ab" if size else "wb") as file:
        if size:
            file.truncate(size)
        else:
            header = {"format": FORMAT, "version": VERSION, "key": key}
            file.write(json.dumps(header).encode() + b"\n")
        rows = compiled(
            stream,
            sentences,
            executor=executor,
            chunk=chunk,
            ahead=ahead,
            cache=cache,
            start=done,
            progress=progress,
        )
        with closing(rows):  # type: ignore[type-var]
            for item in rows:
                file.write(json.dumps([item.text, item.error, *item.written]).encode() + b"\n")
                failed += bool(item.error)
                cached += item.cached
                number += 1
                if number % chunk == 0:
                    file.flush()
    return Summary(number, failed, done, cached)


def _so_far(results: str | Path, key: str) -> tuple[int, int, str, int]:
    """The results that are there: how many, how many failed, the last one's text, and the bytes of whole lines."""
    path = Path(results)
    if not path.exists() or path.stat().st_size == 0:
        return 0, 0, "", 0
    done = failed = size = 0
    last = ""
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                break  # written when the run was stopped
            if number == 1:
                _check_header(line, str(results), key)
            else:
                last, error, _, _ = _result(line, str(results), number)
                done += 1
                failed += bool(error)
            size += len(line)
    return done, failed, last, size


def _check_header(line: bytes, source: str, key: str | None) -> None:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or data.get("format") != FORMAT or data.get("version") != VERSION:
        raise InputError("not a file of compiled sentences", source=source, line=1)
    if key is not None and data.get("key") != key:
        problem = (
            "results of another lexicon, ansatz, target or reading: name another file, or remove this one"
        )
        raise InputError(problem, source=source, line=1)


def _result(line: bytes, source: str, number: int) -> tuple[str, str, str, str]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, list) or len(data) != 4 or not all(isinstance(part, str) for part in data):
        raise InputError("not a compiled sentence", source=source, line=number)
    return data[0], data[1], data[2], data[3]


def load_compiled(results: str | Path) -> Iterator[CompiledSentence]:
    """The sentences of a file of results, one after the other.

    Raises:
        InputError: with the line, for what is none.
    """
    source = os.fspath(results)
    for number, line in enumerate(read_lines(results, "compiled sentences", max_line=100 * MAX_LINE), 1):
        if number == 1:
            _check_header(line.encode(), source, None)
            continue
        text, error, reading, circuit = _result(line.encode(), source, number)
        yield CompiledSentence(number - 2, text, error, False, (reading, circuit))
