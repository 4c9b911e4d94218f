"""``catenary optimize`` and ``catenary verify``."""

from __future__ import annotations

import html
import json
import random
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEADER = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'
TOFFOLI = HEADER + "qreg q[3];\nccx q[0],q[1],q[2];\nt q[0];\nccx q[0],q[1],q[2];\n"
KEYS = {"qubits", "t", "two_qubit", "gates", "depth"}


def test_optimize_writes_one_json_object(catenary, tmp_path: Path) -> None:
    (tmp_path / "in.qasm").write_text(TOFFOLI)
    run = catenary("optimize", "in.qasm", "-o", "out.qasm", "--json", "--report", "out.html")
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert said["input"].keys() == said["output"].keys() == KEYS
    assert said["input"]["t"] == 15
    assert said["output"] == {"qubits": 3, "t": 1, "two_qubit": 0, "gates": 1, "depth": 1}
    assert said["verified"] == "equal"
    assert said["passes"]
    assert catenary("verify", "in.qasm", "out.qasm").returncode == 0
    assert "<svg" in (tmp_path / "out.html").read_text()


def test_effort_and_weighted_costs(catenary, tmp_path: Path) -> None:
    (tmp_path / "in.qasm").write_text(TOFFOLI)
    arguments = ("--effort", "quick", "--cost", "two_qubit+0.1 * gates", "--seed", "3", "--budget", "5")
    run = catenary("optimize", "in.qasm", "-o", "out.qasm", *arguments, "--json", "--report", "out.html")
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert (said["cost"], said["effort"], said["seed"]) == ("two_qubit + 0.1*gates", "quick", 3)
    for name in KEYS - {"qubits", "depth"}:
        won = sum(report["won"][name] for report in said["passes"])
        assert won == said["input"][name] - said["output"][name]
    page = (tmp_path / "out.html").read_text()
    # The command in the report makes the same circuit.
    (command,) = (text.partition("</pre>")[0] for text in page.split("<pre>")[1:])
    again = catenary(*shlex.split(html.unescape(command))[1:])
    assert again.stdout == (tmp_path / "out.qasm").read_text()


@pytest.mark.parametrize("cost", ["beauty", "t + x*gates"])
def test_bad_costs(catenary, cost: str) -> None:
    run = catenary("optimize", "-", "--cost", cost, stdin=TOFFOLI)
    assert run.returncode == 2
    assert "--cost" in run.stderr
    assert "Traceback" not in run.stderr
    assert catenary("optimize", "-", "--effort", "huge", stdin=TOFFOLI).returncode == 2


def test_pareto(catenary, tmp_path: Path) -> None:
    (tmp_path / "in.qasm").write_text(TOFFOLI.replace("t q[0]", "h q[2]"))
    run = catenary(
        "optimize", "in.qasm", "-o", "out.qasm", "--effort", "quick", "--pareto", "front", "--json"
    )
    assert run.returncode == 0, run.stderr
    points = json.loads(run.stdout)["pareto"]
    assert points
    assert sorted(point["file"] for point in points) == sorted(
        f"front/{p.name}" for p in tmp_path.glob("front/*")
    )
    for point in points:
        assert point["verified"] == "equal"
        assert catenary("verify", "in.qasm", point["file"]).returncode == 0
    refused = catenary("optimize", "in.qasm", "--pareto", "in.qasm")
    assert refused.returncode == 2
    assert "expected a folder" in refused.stderr
    assert catenary("optimize", "in.qasm", "--pareto", "no/such").returncode == 2


def test_a_tenth_of_a_second_leaves_a_verified_file(catenary, tmp_path: Path) -> None:
    (tmp_path / "in.qasm").write_text(toffolis(60, 9))
    run = catenary("optimize", "in.qasm", "-o", "out.qasm", "--budget", "0.1", "--json")
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert said["verified"] == "equal"
    assert said["output"]["two_qubit"] <= said["input"]["two_qubit"]
    assert catenary("verify", "in.qasm", "out.qasm").returncode == 0


def toffolis(gates: int, n: int) -> str:
    rng = random.Random(9)
    rows = (rng.sample(range(n), 3) for _ in range(gates))
    return f"{HEADER}qreg q[{n}];\n" + "".join(f"ccx q[{a}],q[{b}],q[{c}];\nh q[{a}];\n" for a, b, c in rows)


def test_an_interrupt_during_annealing_leaves_a_verified_file(catenary, tmp_path: Path) -> None:
    rng = random.Random(3)
    pairs = (rng.sample(range(7), 2) for _ in range(80))
    rows = "".join(f"cx q[{a}],q[{b}];\nt q[{b}];\nh q[{a}];\n" for a, b in pairs)
    (tmp_path / "in.qasm").write_text(f"{HEADER}qreg q[7];\n{rows}")
    # What the compiled moves are loaded for is said when they begin.
    code = (
        "import sys\nfrom catenary.rewriting.circuits import annealing\nanneal = annealing.anneal\n"
        "def told(*arguments, **options):\n    print('annealing', flush=True)\n    return anneal(*arguments, **options)\n"
        "annealing.anneal = told\nfrom catenary.cli import main\nmain()\n"
    )
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            code,
            "optimize",
            "in.qasm",
            "-o",
            "out.qasm",
            "--effort",
            "exhaustive",
            "--budget",
            "300",
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "annealing\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert errors.endswith("interrupted: this is the best verified circuit so far\n")
    assert "verified equal" in errors
    assert catenary("verify", "in.qasm", "out.qasm").returncode == 0


def test_an_interrupt_while_loading_leaves_the_circuit(catenary, tmp_path: Path) -> None:
    (tmp_path / "in.qasm").write_text(toffolis(5, 4))
    code = (
        "import os, signal\nfrom catenary.functors.circuits import qasm\nload = qasm.load_with_report\n"
        "def pressed(*arguments):\n    os.kill(os.getpid(), signal.SIGINT)\n    return load(*arguments)\n"
        "qasm.load_with_report = pressed\nfrom catenary.cli import main\nmain()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "optimize", "in.qasm", "-o", "out.qasm"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr.endswith("interrupted: this is the best verified circuit so far\n")
    assert catenary("verify", "in.qasm", "out.qasm").returncode == 0


def test_hadamard_gadgets(catenary, tmp_path: Path) -> None:
    (tmp_path / "in.qasm").write_text(
        f"{HEADER}qreg q[3];\nccx q[0],q[1],q[2];\nh q[0];\nccx q[0],q[1],q[2];\n"
    )
    gadgets = "--cost", "t", "--hadamard-gadgets", "--budget", "5"
    run = catenary("optimize", "in.qasm", "-o", "out.qasm", *gadgets, "--json", "--report", "out.html")
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    with_them = said["hadamard_gadgets"]
    assert with_them["written"]
    assert with_them["verified"] == "equal"
    assert with_them["t"] < said["output"]["t"]
    assert said["output"]["qubits"] == 3  # the circuit without ancillas is reported beside it
    text = (tmp_path / "out.qasm").read_text()
    assert text.count("measure ") == with_them["measurements"] == with_them["ancillas"] == 1
    assert "qreg ancilla[1];" in text
    assert "1 ancillas, 1 measurements" in (tmp_path / "out.html").read_text()
    assert "1 ancillas, 1 measurements" in catenary("optimize", "in.qasm", "-o", "out.qasm", *gadgets).stderr
    for wrong in (["--cost", "gates"], ["--cost", "t", "--coupling", "line:3"]):
        refused = catenary("optimize", "in.qasm", "--hadamard-gadgets", *wrong)
        assert refused.returncode == 2
        assert "goes with" in refused.stderr


def test_small_rotations_are_left_out_where_asked_for(catenary, tmp_path: Path) -> None:
    (tmp_path / "in.qasm").write_text(
        f"{HEADER}qreg q[2];\nh q[0];\ncx q[0],q[1];\nrz(1e-7) q[1];\ncx q[0],q[1];\n"
    )
    run = catenary(
        "optimize", "in.qasm", "-o", "out.qasm", "--leave-out-below", "1e-06", "--report", "out.html"
    )
    assert run.returncode == 0, run.stderr
    assert "left out 1 rotations by less than 1e-06 half turns" in run.stderr
    assert (tmp_path / "out.qasm").read_text().endswith("qreg q[2];\nh q[0];\n")
    page = (tmp_path / "out.html").read_text()
    assert "verified equal, but for the rotations left out" in page
    assert "--leave-out-below 1e-06" in page
    said = json.loads(catenary("optimize", "in.qasm", "--leave-out-below", "1e-06", "--json").stdout)
    assert said["input"]["two_qubit"] == 2
    assert said["approximation"]["left_out"] == 1
    assert 0 < said["approximation"]["operator_norm_at_most"] < 1e-7
    assert catenary("optimize", "in.qasm", "--leave-out-below", "0.7").returncode == 2


def test_openqasm_3_in_and_out(catenary, tmp_path: Path) -> None:
    text = TOFFOLI.replace(HEADER, 'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput angle a;\n').replace(
        "qreg q[3];", "qubit[3] q;"
    )
    (tmp_path / "in.qasm").write_text(text.replace("t q[0]", "rz(a) q[0]"))
    run = catenary("optimize", "in.qasm", "-o", "out.qasm")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out.qasm").read_text().splitlines()[2:] == [
        "input float a;",
        "qubit[3] q;",
        "rz(a) q[0];",
    ]
    assert catenary("verify", "in.qasm", "out.qasm").returncode == 0
    assert "Rz" in catenary("draw", "in.qasm").stdout
    refused = catenary("optimize", "in.qasm", "--to", "qasm2")
    assert refused.returncode == 2
    assert "OpenQASM 2 has no free parameters" in refused.stderr
    assert catenary("optimize", "-", "--to", "qasm3", stdin=TOFFOLI).stdout.startswith("OPENQASM 3.0;")


def test_routing_and_native_gates(catenary, tmp_path: Path) -> None:
    (tmp_path / "in.qasm").write_text(
        HEADER + "qreg q[3];\ncx q[0],q[1];\ncx q[1],q[2];\ncx q[0],q[2];\nh q[0];\n"
    )
    run = catenary(
        "optimize", "in.qasm", "-o", "out.qasm", "--coupling", "line:4", "--native", "rz,sx,cz", "--json"
    )
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)["routing"]
    assert said["verified"] == "equal"
    assert set(said["written"]) <= {"rz", "sx", "cz"}
    assert len(said["initial"]) == len(said["final"]) == 3
    assert "qreg q[4];" in (tmp_path / "out.qasm").read_text()
    assert catenary("optimize", "in.qasm", "--coupling", "line:2").returncode == 2
    refused = catenary("optimize", "in.qasm", "--coupling", "torus:3")
    assert refused.returncode == 2
    assert "is not a coupling map" in refused.stderr


def test_standard_streams(catenary) -> None:
    run = catenary("optimize", "-", "--cost", "t", stdin=TOFFOLI)
    assert run.returncode == 0
    assert run.stdout.startswith("OPENQASM 2.0;")
    assert "verified equal" in run.stderr
    assert catenary("optimize", "-", "--quiet", stdin=TOFFOLI).stderr == ""


def test_what_is_not_unitary_stays(catenary, tmp_path: Path) -> None:
    text = (
        HEADER + "qreg q[2];\ncreg c[2];\nh q[0];\nh q[0];\nmeasure q[0] -> c[0];\nif(c==1) x q[1];\n"
        "barrier q[0],q[1];\nreset q[0];\nswap q[0],q[1];\nmeasure q[1] -> c[1];\n"
    )
    (tmp_path / "in.qasm").write_text(text)
    run = catenary("optimize", "in.qasm", "-o", "out.qasm", "--json")
    assert run.returncode == 0, run.stderr
    written = (tmp_path / "out.qasm").read_text()
    kept = [
        line
        for line in written.splitlines()
        if line.split()[0].startswith(("measure", "if", "barrier", "reset"))
    ]
    assert [line.split()[0].partition("(")[0] for line in kept] == [
        "measure",
        "if",
        "barrier",
        "reset",
        "measure",
    ]
    assert "\nh " not in written


def test_verify_answers(catenary, tmp_path: Path) -> None:
    (tmp_path / "a.qasm").write_text(HEADER + "qreg q[1];\nz q[0];\n")
    (tmp_path / "b.qasm").write_text(HEADER + "qreg q[1];\nrz(pi) q[0];\n")
    (tmp_path / "c.qasm").write_text(HEADER + "qreg q[1];\ns q[0];\n")
    equal = catenary("verify", "a.qasm", "b.qasm", "--json")
    assert equal.returncode == 0
    assert json.loads(equal.stdout)["answer"] == "equal"
    assert json.loads(equal.stdout)["global_phase"] not in ("0", None)
    different = catenary("verify", "a.qasm", "c.qasm", "--json")
    assert different.returncode == 1
    assert json.loads(different.stdout)["witness"]


BAD = {
    "syntax error": (HEADER + "qreg q[1];\nh q[0]\nx q[0];\n", 5),
    "unknown gate": (HEADER + "qreg q[1];\nhh q[0];\n", 4),
    "undeclared register": (HEADER + "qreg q[1];\nh r[0];\n", 4),
    "index out of range": (HEADER + "qreg q[1];\nh q[1];\n", 4),
    "truncated": (HEADER + "qreg q[1];\nrz(pi/4", 4),
    "empty": ("", 0),
    "version 3": ("OPENQASM 3.0;\nqubit q;\ndef f() { }\n", 3),
    "version 4": ("OPENQASM 4.0;\nqubit q;\n", 1),
}


def test_verify_in_other_senses(catenary, tmp_path: Path) -> None:
    head = HEADER + "qreg q[{}];\n"
    (tmp_path / "narrow.qasm").write_text(head.format(3) + "ccx q[0],q[1],q[2];\n")
    wide = "ccx q[0],q[1],q[3]; cx q[3],q[2]; ccx q[0],q[1],q[3];\n"
    (tmp_path / "wide.qasm").write_text(head.format(4) + wide)
    (tmp_path / "crossed.qasm").write_text(head.format(3) + "ccx q[0],q[1],q[2]; swap q[0],q[2];\n")

    def answer(*arguments: str) -> tuple[int, dict[str, object]]:
        done = catenary("verify", *arguments, "--json")
        return done.returncode, json.loads(done.stdout)

    assert answer("narrow.qasm", "wide.qasm")[1]["method"] == "shape"
    assert answer("narrow.qasm", "wide.qasm", "--ancillas", "1")[1]["answer"] == "equal"
    code, dirty = answer("narrow.qasm", "wide.qasm", "--dirty", "1")
    assert (code, dirty["answer"]) == (1, "not equal")
    assert dirty["witness"]["kind"] == "entry"
    assert answer("narrow.qasm", "crossed.qasm", "--up-to-permutation")[1]["permutation"] == [2, 1, 0]
    assert answer("narrow.qasm", "crossed.qasm", "--initial", "0")[1]["answer"] == "equal"
    assert answer("narrow.qasm", "crossed.qasm", "--initial", "1??")[0] == 1
    wrong = catenary("verify", "narrow.qasm", "crossed.qasm", "--initial", "01")
    assert wrong.returncode == 2
    assert "each of 3 inputs" in wrong.stderr
    wrong = catenary("verify", "narrow.qasm", "wide.qasm", "--ancillas", "3", "--dirty", "2")
    assert wrong.returncode == 2
    assert "more than the 4 qubits" in wrong.stderr


def test_a_circuit_is_drawn_whole(catenary, tmp_path: Path) -> None:
    (tmp_path / "a.qasm").write_text(HEADER + "qreg q[1];\nh q[0];\n")
    assert "H" in catenary("draw", "a.qasm").stdout
    run = catenary("draw", "a.qasm", "--name", "h")
    assert (run.returncode, run.stdout) == (2, "")
    assert "leave out --name" in run.stderr


@pytest.mark.parametrize("name", BAD)
def test_bad_circuits_get_one_message(catenary, tmp_path: Path, name: str) -> None:
    text, line = BAD[name]
    (tmp_path / "bad.qasm").write_text(text)
    for arguments in (("optimize", "bad.qasm"), ("verify", "bad.qasm", "bad.qasm"), ("draw", "bad.qasm")):
        run = catenary(*arguments)
        assert run.returncode == 2, (arguments, run.stdout, run.stderr)
        assert run.stdout == ""
        assert "Traceback" not in run.stderr
        assert "bad.qasm" in run.stderr
        assert not line or f"bad.qasm:{line}" in run.stderr


def test_bad_files(catenary, tmp_path: Path) -> None:
    (tmp_path / "noise.qasm").write_bytes(random.Random(0).randbytes(5_000_000))
    (tmp_path / "folder.qasm").mkdir()
    for name in ("noise.qasm", "folder.qasm", "missing.qasm"):
        for command in (["optimize", name], ["verify", name, name], ["prove", name], ["draw", name]):
            run = catenary(*command)
            assert run.returncode == 2, (command, run.stderr)
            assert "Traceback" not in run.stderr
            assert name in run.stderr
            assert len(run.stderr) < 2000


def test_output_that_cannot_be_written(catenary, tmp_path: Path) -> None:
    (tmp_path / "in.qasm").write_text(TOFFOLI)
    run = catenary("optimize", "in.qasm", "-o", "no/such/folder/out.qasm")
    assert run.returncode == 2
    assert "out.qasm" in run.stderr
    assert "Traceback" not in run.stderr


def test_usage(catenary) -> None:
    assert catenary("optimize").returncode == 2
    assert catenary("optimize", "-", "--cost", "beauty", stdin=TOFFOLI).returncode == 2
    assert catenary("--version").stdout.startswith("catenary 0.")
    assert catenary("--help").returncode == 0


def test_streams_that_are_full_or_closed(catenary) -> None:
    command = [sys.executable, "-m", "catenary", "optimize", "-", "--quiet"]

    def ended(redirection: str) -> tuple[int, str]:
        shell = ["bash", "-c", f"set -o pipefail; {shlex.join(command)} {redirection}"]
        run = subprocess.run(shell, input=TOFFOLI, capture_output=True, text=True, check=False, timeout=60)
        return run.returncode, run.stderr

    assert ended("| true") == (0, "")
    assert ended(">/dev/full") == (2, "catenary: standard output: No space left on device\n")
    assert ended("2>&-") == (0, "")
    assert ended(">&-") == (0, "")
    code, said = ended("<&-")
    assert code == 2
    assert "empty" in said


def test_any_locale(catenary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    run = catenary("parse", "Alice sleeps")
    assert run.returncode == 0
    assert "nʳ" in run.stdout


def test_interrupted(tmp_path: Path) -> None:
    rows = "".join(f"rz(pi/{k % 97 + 5}) q[{k % 9}];\ncx q[{k % 9}],q[{(k + 1) % 9}];\n" for k in range(3000))
    (tmp_path / "a.qasm").write_text(f"{HEADER}qreg q[9];\n{rows}")
    (tmp_path / "b.qasm").write_text(f"{HEADER}qreg q[9];\nx q[0];\n{rows}h q[1];\n")
    endings = [
        ("draw", "-", 130, "catenary: interrupted\n"),
        ("optimize", "a.qasm", 0, "interrupted: this is the best verified circuit so far\n"),
    ]
    for command, source, code, said in endings:
        for patience in (3, 8, 20):  # a busy machine may need longer to get to the work
            with subprocess.Popen(
                [sys.executable, "-m", "catenary", command, source],
                cwd=tmp_path,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                # Background jobs of a shell start with SIGINT ignored, and so would their children.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            ) as process:
                time.sleep(patience)
                process.send_signal(signal.SIGINT)
                _, errors = process.communicate(timeout=60)
            if process.returncode == code:
                break
        assert process.returncode == code, errors
        assert errors.endswith(said)
        assert "Traceback" not in errors


@pytest.mark.parametrize("option", ["-o", "--report"])
def test_output_is_refused_before_the_work(catenary, option: str) -> None:
    for path in ("no/such/folder/out", ".", ""):
        run = catenary("optimize", "missing.qasm", option, path)
        assert run.returncode == 2
        assert "cannot write" in run.stderr
        assert "missing.qasm" not in run.stderr


def test_budgets_are_finite(catenary) -> None:
    for budget in ("nan", "inf", "-1"):
        assert catenary("optimize", "-", "--budget", budget, stdin=TOFFOLI).returncode == 2


def test_a_sentence_from_standard_input_has_an_end(catenary) -> None:
    run = catenary("parse", "-", stdin="Alice " * 200_000)
    assert run.returncode == 2
    assert run.stderr == "catenary: <stdin>: larger than 1,000,000 bytes, the most for a sentence\n"
    assert catenary("parse", "-", stdin="Alice sleeps").returncode == 0
    assert catenary("parse", "-", "--lexicon", "-", stdin="Alice sleeps").returncode == 2


def test_a_limit_is_exit_3(catenary) -> None:
    run = catenary("parse", "Alice " * 10_000)
    assert run.returncode == 3
    assert "Traceback" not in run.stderr
