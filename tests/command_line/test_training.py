"""``catenary train`` and ``catenary predict`` as processes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
LINES = "1 man cooks meal\n1 woman cooks dinner\n0 man writes program\n0 woman writes program\n"


def test_train_and_predict(catenary: Run, tmp_path: Path) -> None:
    run = catenary("train", "--model", "m.json", "--report", "r.html", "--json", "--epochs", "60")
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["accuracy"] > 0.9
    assert found["test"] == 20
    page = (tmp_path / "r.html").read_text()
    assert "polyline" in page
    assert "http://www.w3.org" in page
    assert page.count("http") == page.count("http://www.w3.org")  # nothing is fetched
    run = catenary("predict", "m.json", stdin="man cooks meal\nwoman debugs program\n")
    assert [line.split("\t")[0] for line in run.stdout.splitlines()] == ["food", "code"]
    run = catenary("predict", "m.json", "man cooks meal", "--json", "--shots", "50")
    assert set(json.loads(run.stdout)["probabilities"]) == {"food", "code"}


def test_a_file_and_a_checkpoint(catenary: Run, tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text(LINES)
    options = ("train", "data.txt", "--hold-out", "0", "--checkpoint", "c.json", "--model")
    assert catenary(*options, "a.json", "--epochs", "10").returncode == 0
    assert catenary(*options, "b.json", "--epochs", "20").returncode == 0
    assert (
        catenary("train", "data.txt", "--hold-out", "0", "--model", "c2.json", "--epochs", "20").returncode
        == 0
    )
    weights = [json.loads((tmp_path / name).read_text())["weights"] for name in ("b.json", "c2.json")]
    assert weights[0] == weights[1]
    run = catenary("train", "data.txt", "--hold-out", "0", "--checkpoint", "c.json", "--seed", "1")
    assert run.returncode == 2
    assert "another training" in run.stderr


@pytest.mark.parametrize(
    ("data", "arguments", "message"),
    [
        (None, (), "no such file"),
        ("", (), "no examples"),
        ("1\n", (), "data.txt:1: expected a label"),
        ("1 man cooks meal\n1 woman cooks meal\n", (), "two classes"),
        ("1 man cooks meal\n0 cooks meal man\n", ("--hold-out", "0"), "example 2: 'cooks meal man'"),
        (LINES, ("--ansatz", "none"), "no 'none'"),
        (LINES, ("--optimiser", "none"), "adam"),
        (LINES, ("--unseen", "none"), "average"),
        (LINES, ("--target", "s..l"), "s..l"),
    ],
)
def test_bad_input(
    data: str | None, arguments: tuple[str, ...], message: str, catenary: Run, tmp_path: Path
) -> None:
    if data is not None:
        (tmp_path / "data.txt").write_text(data)
    run = catenary("train", "data.txt", *arguments)
    assert run.returncode == 2
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert not run.stdout


def test_predict_refuses_what_it_does_not_know(catenary: Run, tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text(LINES)
    catenary(
        "train", "data.txt", "--hold-out", "0", "--epochs", "1", "--unseen", "error", "--model", "m.json"
    )
    run = catenary("predict", "m.json", "dog cooks meal")
    assert (run.returncode, run.stdout) == (2, "")
    assert "no weights for dog" in run.stderr
    run = catenary("predict", "data.txt", "man cooks meal")
    assert run.returncode == 2
    assert "not a model" in run.stderr
