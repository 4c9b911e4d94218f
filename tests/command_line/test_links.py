"""Every link of the documentation leads somewhere, and every page can be reached from the index."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import typer

from catenary.cli import app

ROOT = Path(__file__).resolve().parents[2]
INDEX = ROOT / "docs" / "index.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)|<img[^>]*src=\"([^\"]+)\"")


def _links(page: Path) -> list[tuple[Path, str]]:
    """The files of the project that a page links to, each with its anchor."""
    found = []
    for markdown, picture in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        target, _, anchor = (markdown or picture).partition("#")
        if not re.match(r"[a-z]+:", target):
            found.append((Path(os.path.normpath(page.parent / target)) if target else page, anchor))
    return found


def _anchors(page: Path) -> set[str]:
    headings = re.findall(
        r"^#+ (.*)$", re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.S | re.M), re.M
    )
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in _links(page):
        assert target.exists(), f"{page.name}: no file {target}"
        assert not anchor or anchor in _anchors(target), f"{page.name}: no heading #{anchor} in {target.name}"


def test_the_index_names_every_page() -> None:
    linked = {target for target, _ in _links(INDEX)}
    assert {page for page in PAGES if page.is_relative_to(ROOT / "docs")} - linked == {INDEX}


def test_every_picture_of_the_documentation_is_shown() -> None:
    shown = {target for page in PAGES for target, _ in _links(page)}
    assert set((ROOT / "docs").rglob("*.svg")) <= shown


def test_every_option_is_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    sections = dict(
        re.findall(r"^## `catenary (\w+)[^\n]*\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    )
    group: Any = typer.main.get_command(app)
    assert set(sections) == set(group.commands)
    for name, command in group.commands.items():
        known = {o for p in command.params for o in (*p.opts, *p.secondary_opts) if o.startswith("-")}
        written = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", sections[name]))
        assert written <= known, f"catenary {name} has no {written - known}"
        everywhere = {"--help", "--quiet", "--output", "--no-allow-unverified"}
        missing = {o for o in known if o.startswith("--")} - written - everywhere
        assert not missing, f"catenary {name}: {missing} not described"
