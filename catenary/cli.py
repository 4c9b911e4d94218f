"""The ``catenary`` command.

Data go to standard output, messages to standard error. Exit codes: 0 done (equal, all proved), 1 a negative answer (not equal,
refuted), 2 bad usage or bad input, 3 no answer within the limits, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from catenary import cli_circuits, cli_sentences  # noqa: F401 their commands register themselves
from catenary.console import (
    AsJson,
    Quiet,
    app,
    check_report,
    print_json,
    progress_bar,
    say,
)
from catenary.diagrams import CatenaryError, LimitReached
from catenary.diagrams.textfile import check_writable


@app.command()
def tour(
    sentence: Annotated[
        str, typer.Argument(help="A sentence over the built-in lexicon.")
    ] = "Alice who loves Bob sleeps",
    output: Annotated[
        str, typer.Option("-o", "--output", help="The HTML page to write.")
    ] = "catenary-tour.html",
    quiet: Quiet = False,
) -> None:
    """Run the main job on one sentence and one theory, and write a page with every picture."""
    from catenary.tour import run

    check_writable(output)
    report = run(sentence, say=typer.echo)
    report.write(output)
    say(f"pictures of every stage: {output}", quiet)


@app.command()
def prove(
    theory: Annotated[str, typer.Argument(help="Theory file, - for standard input.", metavar="THEORY_FILE")],
    names: Annotated[list[str] | None, typer.Argument(help="Claims to prove; all if none is named.")] = None,
    budget: Annotated[
        float, typer.Option(min=0.0, max=1e6, help="Seconds to spend on each claim.", metavar="SECONDS")
    ] = 60.0,
    as_json: AsJson = False,
    report: Annotated[
        str | None,
        typer.Option("--report", help="Write what was proved: OUT.html, .tex or .chyp.", metavar="OUT"),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=2, help="Processes: 2 search and saturate at the same time.")
    ] = min(2, os.cpu_count() or 1),
    quiet: Quiet = False,
) -> None:
    """Prove claims of a theory file: exit 0 all proved, 1 one refuted, 3 no proof within the limits."""
    from catenary.commands import prove_claims

    check_report(report, ".tex", ".chyp")
    with progress_bar("proving", quiet) as update:
        outcome = prove_claims(theory, names or [], budget, update, workers=workers, report=report)
    if as_json:
        print_json(outcome.as_dict())
    else:
        for line in outcome.lines():
            typer.echo(line)
    if report is not None:
        outcome.write(report)
    raise typer.Exit(outcome.exit_code)


@app.command()
def draw(
    source: Annotated[
        str, typer.Argument(help="Theory file or OpenQASM file, - for standard input.", metavar="FILE")
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            help="OUT.svg, .png, .pdf, .tex or .txt; - for text. Circuits: .svg or .txt.",
            metavar="OUT",
        ),
    ] = "-",
    name: Annotated[
        str | None, typer.Option(help="The diagram, axiom or claim to draw; all if not given.")
    ] = None,
) -> None:
    """Draw the diagrams of a file."""
    from catenary.commands import draw_file

    draw_file(source, output, name)


def main() -> None:
    """Entry point: run the command, and turn Catenary's errors into one message and exit code 2 (3 for a limit)."""
    # A stream that the caller closed is None; what is written is UTF-8 whatever the locale, as files are.
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except CatenaryError as error:
        typer.echo(f"catenary: {error}", err=True)
        sys.exit(3 if isinstance(error, LimitReached) else 2)
