"""The gallery and the page of theories show what their code makes."""

import importlib.util
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


def generator():
    spec = importlib.util.spec_from_file_location("gallery", DOCS / "gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", generator().PAGES, ids=lambda page: page.name)
def test_the_pictures_are_those_of_the_code(page):
    made = generator().pictures(page)
    folders = {(page.parent / name).parent for name in made}
    there = {f"{path.parent.name}/{path.name}" for folder in folders for path in folder.iterdir()}
    assert set(made) == there
    stale = [name for name, svg in made.items() if (page.parent / name).read_text(encoding="utf-8") != svg]
    assert not stale, f"python docs/gallery.py makes other pictures: {stale}"


def test_the_pictures_are_small_and_have_names_of_their_own():
    names = []
    for path in (DOCS / "gallery").iterdir():
        assert path.stat().st_size < 15_000
        names.append(ET.fromstring(path.read_text(encoding="utf-8")).get("id"))
    assert len(names) == len(set(names)) >= 15


def test_the_page_shows_every_picture_with_a_description():
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[([^\]]*)\]\(gallery/", page)
    assert len(shown) >= 15
    assert all(shown)
