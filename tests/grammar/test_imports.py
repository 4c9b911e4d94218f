"""What parsing loads: nothing heavier than numpy."""

import subprocess
import sys

CODE = """
import sys
from catenary.functors.grammar import IQP, parse
reading, = parse("Alice who loves Bob sleeps")
IQP(seed=0)(reading.meaning())
print(sorted({"sympy", "scipy", "cotengra", "discopy", "pyzx", "lark"} & sys.modules.keys()))
"""


def test_parsing_and_numeric_circuits_load_nothing_heavy():
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
