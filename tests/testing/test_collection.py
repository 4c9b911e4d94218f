"""Collecting doctests leaves one copy of each module, whatever is collected first."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = """
import sys
import pytest

class Check:
    def pytest_collection_finish(self, session):
        from catenary.functors.grammar import IQP
        assert len(session.items) > 3
        print("one copy:", sys.modules["catenary.functors.grammar.ansatz"].IQP is IQP)

pytest.main(["-q", "--collect-only", "-p", "no:cacheprovider", "catenary/functors/grammar/ansatz.py"], [Check()])
"""


def test_modules_are_imported_once():
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert "one copy: True" in done.stdout, done.stdout + done.stderr
