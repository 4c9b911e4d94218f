"""The proof page in a real browser, without a network, and proofs in other formats."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from catenary.diagrams import Box, Equation, Signature, SignatureError, Ty
from catenary.diagrams.bridges import chyp
from catenary.rewriting import Rule, Theory, prove
from catenary.rewriting.exports import to_chyp, to_latex
from catenary.rewriting.library import bialgebra, hopf
from catenary.rewriting.library.zx import clifford_zx

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOPF = Path(__file__).resolve().parents[2] / "examples" / "hopf.cat"


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_the_page_of_a_proof_in_a_browser(catenary, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    run = catenary("prove", str(HOPF), "antipode_of_unit", "--report", "proof.html")
    assert run.returncode == 0, run.stderr
    address = (tmp_path / "proof.html").as_uri()
    seen: list[str] = []
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox", "--disable-background-networking"]
        )
        context = browser.new_context(offline=True, color_scheme="dark")
        page = context.new_page()
        page.on("console", lambda message: seen.append(message.text))
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else seen.append(r.url))

        def shown() -> str:
            return str(page.locator(".steps figure:visible figcaption").inner_text())

        page.goto(f"{address}#step-3")
        assert shown() == "3. right_antipode"
        page.keyboard.press("ArrowRight")
        assert shown() == "4. unit_is_deleted"
        page.keyboard.press("Home")
        assert shown() == "1. left_unit (backwards)"
        page.keyboard.press("End")
        page.locator(".steps .back").click()
        assert shown() == "3. right_antipode"
        page.locator(".steps input").fill("1")
        assert shown() == "2. unit_is_copied (backwards)"
        page.locator('a[href="#step-4"]').click()
        assert shown() == "4. unit_is_deleted"
        # Before, the rule, after; and what is rewritten is marked on both sides.
        figure = page.locator("#step-3")
        page.goto(f"{address}#step-3")
        assert figure.locator("svg").count() == 3
        marked = page.evaluate("""() => [...document.querySelectorAll('#step-3 .step > div:not(.rule)')].map(
            d => new Set([...d.querySelectorAll('svg *')].map(x => getComputedStyle(x).stroke)).size)""")
        assert all(count >= 2 for count in marked)
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.emulate_media(color_scheme="light")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.emulate_media(media="print")
        assert page.locator(".steps figure:visible").count() == 4
        browser.close()
    assert seen == []


def test_proofs_of_other_formats_from_the_command_line(catenary, tmp_path: Path) -> None:
    for suffix in ("chyp", "tex"):
        run = catenary("prove", str(HOPF), "antipode_of_unit", "--report", f"proof.{suffix}")
        assert run.returncode == 0, run.stderr
    theory = chyp.load(tmp_path / "proof.chyp")
    assert [claim.name for claim in theory.claims] == ["antipode_of_unit"]
    assert len(theory.axioms) == 12


def test_a_report_that_cannot_be_is_refused_before_the_work(catenary, tmp_path: Path) -> None:
    hard = HOPF.read_text(encoding="utf-8").split("claim ")[0]
    (tmp_path / "hard.cat").write_text(
        hard + "claim one: s >> s = A\nclaim two: m >> s = s @ s >> m\n", encoding="utf-8"
    )
    for name, problem in (
        ("proof.tex", "2 claims: name the claim"),
        ("proof.chyp", "2 claims: name the claim"),
        ("proof.foo", "a report is a .html, .tex or .chyp file"),
        ("proof", "a report is a .html, .tex or .chyp file"),
    ):
        start = time.monotonic()
        run = catenary("prove", "hard.cat", "--budget", "600", "--report", name)
        assert run.returncode == 2, run.stderr
        assert problem in run.stderr
        assert time.monotonic() - start < 60
        assert not (tmp_path / name).exists()
    (tmp_path / "in.qasm").write_text(
        'OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; h q[0];', encoding="utf-8"
    )
    run = catenary("optimize", "in.qasm", "-o", "out.qasm", "--report", "out.foo")
    assert run.returncode == 2
    assert "a report is a .html file" in run.stderr


def test_written_proofs_on_the_command_line(catenary, tmp_path: Path) -> None:
    run = catenary("prove", str(HOPF), "--json")
    answers = json.loads(run.stdout)["claims"]
    assert [a["method"] for a in answers] == [
        "as the file proves it",
        "guided search",
        "as the file proves it",
    ]
    wrong = HOPF.read_text(encoding="utf-8").replace("by right_antipode", "by left_antipode")
    (tmp_path / "wrong.cat").write_text(wrong, encoding="utf-8")
    run = catenary("prove", "wrong.cat", "unit_then_antipode")
    assert run.returncode == 2
    assert "fails at step 3 by left_antipode" in run.stderr
    assert "from  u >> n" in run.stderr
    assert "Traceback" not in run.stderr


def claims() -> list[tuple[Theory, Equation]]:
    theory = hopf()
    u, s = theory.signature["u"], theory.signature["s"]
    two = bialgebra()
    m, n = two.signature["m"], two.signature["n"]
    a = Ty("a")
    return [
        (theory, Equation("unit", u >> s, u.diagram)),
        (two, Equation("mn", a @ m >> m >> n, m @ a >> m >> n)),
    ]


@pytest.mark.parametrize(("theory", "claim"), claims(), ids=lambda x: x.name)
def test_chyp_reads_our_proofs(theory, claim) -> None:
    text = to_chyp(prove(claim, theory).proof, claim.name)
    again = chyp.read_text(text)
    assert len(again.axioms) == len(theory)
    assert again.claims[0].name == claim.name


def test_names_that_chyp_cannot_read_are_changed_and_the_rest_is_refused() -> None:
    a = Ty("a")
    f = Box("f", a, a)
    signature = Signature("t", objects=["a"], generators=[f])
    f = signature["f"]
    theory = Theory("t", signature, [Rule("f-f", f >> f, f), Rule("f f", f >> f >> f, f), Rule("by", f, f)])
    text = to_chyp(prove(Equation("1 claim", f >> f, f.diagram), theory).proof, "1 claim")
    assert "rule f_f :" in text
    assert "rule f_f_ :" in text
    assert "rewrite _1_claim :" in text
    zx = clifford_zx()
    proof = prove(Equation("hh", zx["hh"].left, zx["hh"].right), zx).proof
    with pytest.raises(SignatureError):
        to_chyp(proof)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX on this machine")
def test_tikz_proofs_compile(tmp_path: Path) -> None:
    theory, claim = claims()[0]
    (tmp_path / "proof.tex").write_text(to_latex(prove(claim, theory).proof), encoding="utf-8")
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "proof.tex"], cwd=tmp_path, capture_output=True
    )
    assert run.returncode == 0, run.stdout[-2000:]
