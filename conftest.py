"""Doctests and tests see one copy of each module.

Collecting doctests, pytest imports a module by its file. Where the module's package imports it as well, pytest
would run the file a second time and put the copy in its place, with classes that are not those the package has.
It takes a module that is already loaded as it is, so each is first imported the ordinary way.
"""

import importlib
from pathlib import Path

import pytest

_PACKAGE = Path(__file__).parent / "catenary"


@pytest.hookimpl(tryfirst=True)
def pytest_collect_file(file_path: Path) -> None:
    if file_path.suffix == ".py" and file_path.is_relative_to(_PACKAGE):
        parts = ("catenary", *file_path.relative_to(_PACKAGE).with_suffix("").parts)
        if parts[-1] != "__main__":
            importlib.import_module(".".join(part for part in parts if part != "__init__"))
