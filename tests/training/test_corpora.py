"""Corpora: the same results on every executor, from the cache and after a stop; hostile files; bounded memory."""

import itertools
import json
import os
import random
import resource
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from catenary.diagrams import CatenaryError, InputError, Ty
from catenary.functors.grammar import IQP, Lexicon, WordsReading, parse
from catenary.functors.grammar.ansatz import Sim14
from catenary.functors.training import meaning_classification, train
from catenary.functors.training.corpora import compile_file, compiled, corpus_key, load_compiled, sentences_of
from catenary.functors.training.model import Sentences

ENGLISH = Sentences(Lexicon.english(), IQP())
TEXTS = [
    *("Alice loves Bob.", "The old man sleeps", "Bob Bob", "Alice who loves Bob sleeps", "xyzzy plugh"),
    *("Bob is happy", "", "   ", "Alice sings and dances", "Alice loves Bob."),
]


def rows(items):
    return [(item.number, item.text, item.error, item.written) for item in items]


def test_every_sentence_has_its_result():
    found = list(compiled(TEXTS, ENGLISH, chunk=3))
    assert [item.text for item in found] == TEXTS
    assert [item.number for item in found] == list(range(len(TEXTS)))
    for item in found:
        if item.error:
            with pytest.raises((CatenaryError, ValueError)) as caught:
                parse(item.text)
            assert item.error == f"{type(caught.value).__name__}: {caught.value}"
            assert item.reading is None
            assert item.circuit is None
        else:
            reading = parse(item.text)[0]
            assert item.reading == reading
            assert item.circuit == IQP()(reading)
    assert [bool(item.error) for item in found] == [
        False,
        False,
        True,
        False,
        True,
        False,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("chunk", [1, 4, 100])
def test_executors_agree(chunk):
    expected = rows(compiled(TEXTS, ENGLISH))
    with ThreadPoolExecutor(2) as pool:
        assert rows(compiled(TEXTS, ENGLISH, executor=pool, chunk=chunk)) == expected


@pytest.mark.slow
def test_processes_and_dask_agree():
    expected = rows(compiled(TEXTS, ENGLISH))
    assert rows(compiled(TEXTS, ENGLISH, executor=lambda: ProcessPoolExecutor(2), chunk=3)) == expected
    distributed = pytest.importorskip("distributed", reason="Dask is optional")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert rows(compiled(TEXTS, ENGLISH, executor=client, chunk=3)) == expected


def test_streams_are_read_as_needed():
    def endless():
        for number in itertools.count():
            taken.append(number)
            yield "Alice sleeps"

    taken = []
    with ThreadPoolExecutor(1) as pool:
        stream = compiled(endless(), ENGLISH, executor=pool, chunk=5, ahead=2)
        for _ in range(20):
            next(stream)
        stream.close()
    assert len(taken) <= 5 * (4 + 2 + 1)


def test_the_cache_gives_the_same_and_is_not_mixed_up(tmp_path):
    cache = tmp_path / "cache.sqlite"
    first = list(compiled(TEXTS, ENGLISH, cache=cache, chunk=4))
    assert [item.cached for item in first[:4]] == [False] * 4
    again = list(compiled(TEXTS, ENGLISH, cache=cache))
    assert all(item.cached for item in again)
    assert rows(again) == rows(first)
    other = Sentences(Lexicon.english(), Sim14())
    assert not any(item.cached for item in compiled(TEXTS[:2], other, cache=cache))
    assert corpus_key(other) != corpus_key(ENGLISH)
    with ThreadPoolExecutor(2) as pool:
        mixed = list(compiled(["Bob sleeps", *TEXTS], ENGLISH, cache=cache, executor=pool, chunk=2))
    assert [item.cached for item in mixed] == [False] + [True] * len(TEXTS)


def test_runs_go_on_where_they_stopped(tmp_path):
    source, whole, part = tmp_path / "in.txt", tmp_path / "whole", tmp_path / "part"
    texts = [
        f"{a} {verb} {b}"
        for a in ("Alice", "Bob", "Carol")
        for verb in ("loves", "sees", "xx")
        for b in ("Bob", "Eve")
    ]
    source.write_text("\n".join(texts) + "\n\n")
    summary = compile_file(source, whole, ENGLISH, chunk=4)
    assert (summary.sentences, summary.failed, summary.resumed) == (18, 6, 0)
    data = whole.read_bytes()
    for cut in (len(data) // 3, len(data) // 2, data.index(b"\n") // 2, data.index(b"\n") + 1, len(data)):
        part.write_bytes(data[:cut])
        summary = compile_file(source, part, ENGLISH, chunk=5)
        assert (summary.sentences, summary.failed) == (18, 6)
        assert part.read_bytes() == data
    assert rows(load_compiled(part)) == rows(compiled(texts, ENGLISH))

    class StoppedError(Exception):
        pass

    def stop(_part, text):
        if text.startswith("8"):
            raise StoppedError

    part.unlink()
    with pytest.raises(StoppedError):
        compile_file(source, part, ENGLISH, chunk=4, progress=stop)
    assert compile_file(source, part, ENGLISH, chunk=4).resumed == 8
    assert part.read_bytes() == data


def test_killed_in_the_middle(tmp_path):
    source, results = tmp_path / "in.txt", tmp_path / "out"
    source.write_text("Alice who loves Bob sleeps\nthe old man sees a cat\n" * 500)
    code = textwrap.dedent(
        f"""
        from catenary.functors.grammar import IQP, Lexicon
        from catenary.functors.training.corpora import compile_file
        from catenary.functors.training.model import Sentences
        compile_file({str(source)!r}, {str(results)!r}, Sentences(Lexicon.english(), IQP()), chunk=20)
        """
    )
    root = Path(__file__).resolve().parents[2]
    child = subprocess.Popen([sys.executable, "-c", code], cwd=root)
    end = time.monotonic() + 60
    while time.monotonic() < end and (not results.exists() or results.stat().st_size < 20_000):
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    summary = compile_file(source, results, ENGLISH)
    assert 0 < summary.resumed < 1000
    assert summary.sentences == 1000
    assert [item.text for item in load_compiled(results)] == list(sentences_of(source))


def test_results_of_something_else_are_refused(tmp_path):
    source, results = tmp_path / "in.txt", tmp_path / "out"
    source.write_text("Alice sleeps\nBob sleeps\n")
    compile_file(source, results, ENGLISH)
    with pytest.raises(InputError, match="another lexicon, ansatz"):
        compile_file(source, results, Sentences(Lexicon.english(), IQP(layers=2)))
    source.write_text("Alice sleeps\nCarol sleeps\n")
    with pytest.raises(InputError, match="sentence 1 is not the one"):
        compile_file(source, results, ENGLISH)
    results.write_text("hello\n")
    with pytest.raises(InputError, match="not a file of compiled sentences"):
        compile_file(source, results, ENGLISH)
    with pytest.raises(InputError, match="not a file of compiled sentences"):
        list(load_compiled(results))


def test_hostile_files(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"\xff\x00\x9c" * 1000)
    for read in (lambda: list(sentences_of(path)), lambda: list(load_compiled(path))):
        with pytest.raises(InputError):
            read()
    with pytest.raises(InputError, match="not a cache"):
        list(compiled(["Alice sleeps"], ENGLISH, cache=path))
    path.write_text("Alice sleeps\n" + "x" * 10_000_000)
    stream = sentences_of(path)
    assert next(stream) == "Alice sleeps"
    with pytest.raises(InputError, match="a line of more than") as caught:
        next(stream)
    assert caught.value.line == 2
    with pytest.raises(InputError, match="no such file"):
        list(sentences_of(tmp_path / "none"))
    with pytest.raises(CatenaryError, match="at least one sentence"):
        list(compiled([], ENGLISH, chunk=0))
    (long,) = compiled(["Alice " * 5000], ENGLISH)
    assert "LimitReached" in long.error
    results = tmp_path / "out"
    source = tmp_path / "in.txt"
    source.write_text("Alice sleeps\n")
    compile_file(source, results, ENGLISH)
    lines = results.read_text().splitlines()
    for damaged in ('["Alice sleeps", "", "{}", "{}"]', '["Alice sleeps", "", "[[", "[["]'):
        results.write_text("\n".join([lines[0], damaged]) + "\n")
        (item,) = load_compiled(results)
        with pytest.raises(InputError):
            _ = item.reading
        with pytest.raises(InputError):
            _ = item.circuit
    results.write_text("\n".join([lines[0], json.dumps({"a": 1})]) + "\n")
    with pytest.raises(InputError, match="not a compiled sentence"):
        list(load_compiled(results))


def test_compiled_readings_train_and_predict(tmp_path):
    task = meaning_classification(40)
    sentences = Sentences(task.lexicon, IQP())
    model = train(task.train, lexicon=task.lexicon, epochs=30).model
    items = list(compiled([e.text for e in task.test], sentences, cache=tmp_path / "c"))
    assert model.predict([item.reading for item in items]) == model.predict([e.text for e in task.test])
    without = Sentences(task.lexicon, IQP(), Ty("s"), None, "stairs")
    (item,) = compiled(["man man man"], without)
    assert isinstance(item.reading, WordsReading)


@pytest.mark.slow
def test_a_hundred_thousand_sentences_in_bounded_memory(tmp_path):
    rng = random.Random(0)
    names, verbs = ["Alice", "Bob", "Carol", "Dave", "Eve"], ["loves", "sees", "likes", "knows"]
    adjectives = ["old", "happy", "big", "small", "young"]

    def stream(count):
        for _ in range(count):
            first, verb, adjective, other, last = map(rng.choice, (names, verbs, adjectives, verbs, names))
            yield f"{first} {verb} the {adjective} man who {other} {last}"

    source = tmp_path / "in.txt"
    with open(source, "w") as file:
        file.writelines(f"{text}\n" for text in stream(100_000))
    compile_file(_head(source, 5_000), tmp_path / "warm", ENGLISH)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    summary = compile_file(source, tmp_path / "out", ENGLISH)
    seconds = time.process_time() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"100,000 sentences: {seconds:.0f} s CPU, {grown / 1024:.0f} MiB more than for 5,000")
    assert summary.sentences == 100_000
    assert summary.failed == 0
    assert grown < 50 * 1024  # KiB


def _head(path, count):
    other = path.with_name("head.txt")
    with open(path) as given, open(other, "w") as made:
        made.writelines(itertools.islice(given, count))
    return other
