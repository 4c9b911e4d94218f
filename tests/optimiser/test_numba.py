"""numba is loaded when a search begins, and not before; without it the optimiser works, slower."""

import subprocess
import sys

CIRCUIT = """
from catenary import Circuit, Gate, optimize, verify
gates = [Gate("ccx", (0, 1, 2)), Gate("h", (2,)), Gate("ccx", (1, 2, 3)), Gate("ccx", (0, 1, 2)), Gate("t", (3,))]
circuit = Circuit(4, gates)
"""


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_catenary_does_not_load_numba() -> None:
    run("import sys, catenary; catenary.optimize; catenary.verify; assert 'numba' not in sys.modules")


def test_quick_does_not_load_numba() -> None:
    run(
        "import sys\n" + CIRCUIT + "result = optimize(circuit, effort='quick')\n"
        "assert result.after.two_qubit <= result.before.two_qubit and result.verified == 'equal'\n"
        "assert 'numba' not in sys.modules\n"
    )


def test_the_optimiser_works_without_numba() -> None:
    # The searches are slow then, and still end with the budget.
    said = run(
        "import sys, time\nsys.modules['numba'] = None\n" + CIRCUIT + "start = time.process_time()\n"
        "for cost in ('two_qubit', 't', '2*gates + depth'):\n"
        "    result = optimize(circuit, cost=cost, budget=1.5, seed=1)\n"
        "    assert result.verified == 'equal' and verify(circuit, result.circuit).answer == 'equal'\n"
        "    assert not result.refused, result.refused\n"
        "    print(*(report.name for report in result.passes if report.seconds > 0), sep=',')\n"
        "assert time.process_time() - start < 12, time.process_time() - start\n"
        "from catenary.rewriting.circuits.kernels import COMPILED\n"
        "assert not COMPILED\n"
    )
    assert "annealing of the Pauli sequence" in said
    assert "parity networks" in said
