"""``catenary tour``, its page in a real browser, and what importing Catenary costs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def test_tour_gives_the_same_figures_twice(catenary, tmp_path: Path) -> None:
    first, second = catenary("tour", "-o", "a.html"), catenary("tour", "-o", "b.html")
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert [line.split()[0] for line in first.stdout.splitlines()] == [
        "parse", "simplify", "circuit", "zx", "extract", "contract", "prove",
    ]  # fmt: skip
    assert "fidelity of the two states 1.000000000" in first.stdout
    assert (tmp_path / "a.html").read_text() == (tmp_path / "b.html").read_text()


def test_readme_shows_what_the_tour_prints(catenary) -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    shown = "".join(f"    {line}\n" for line in catenary("tour").stdout.splitlines())
    assert shown in readme


def test_tour_of_another_sentence(catenary) -> None:
    run = catenary("tour", "the old dog that Alice saw sleeps")
    assert run.returncode == 0, run.stderr
    assert "1.000000000" in run.stdout


def test_tour_of_what_it_cannot_read(catenary) -> None:
    for sentence in ("sleeps sleeps sleeps", "xyzzy plugh", "", "a" * 100_000):
        run = catenary("tour", sentence)
        assert run.returncode == 2, sentence[:40]
        assert "Traceback" not in run.stderr
        assert len(run.stderr) < 3000


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_page_in_a_browser(catenary, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    assert catenary("tour", "-o", "tour.html").returncode == 0
    seen: list[str] = []
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=BROWSER,
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        page = browser.new_page()
        page.on("console", lambda message: seen.append(message.text))
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith(("file:", "data:")) else seen.append(request.url),
        )
        page.goto((tmp_path / "tour.html").as_uri())
        assert page.locator("svg").count() >= 20
        # One frame of the proof is shown at a time; buttons and arrow keys move it.
        assert page.locator(".steps figure:visible").count() == 1
        first = page.locator(".steps figure:visible figcaption").inner_text()
        page.locator(".steps .next").click()
        assert page.locator(".steps figure:visible figcaption").inner_text() != first
        page.keyboard.press("ArrowLeft")
        assert page.locator(".steps figure:visible figcaption").inner_text() == first
        # No picture is wider than its frame unless the frame scrolls.
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        browser.close()
    assert seen == []


HEAVY = [
    "scipy",
    "sympy",
    "matplotlib",
    "pyzx",
    "discopy",
    "torch",
    "cotengra",
    "lark",
    "typer",
    "tensornetwork",
]


def test_import_is_light() -> None:
    code = f"import sys, catenary; print([m for m in {HEAVY!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_public_name_exists() -> None:
    import catenary

    for name in catenary.__all__:
        assert getattr(catenary, name) is not None
    assert set(catenary.__all__) <= set(dir(catenary))
