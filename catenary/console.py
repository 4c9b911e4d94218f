"""What the commands share: the application, its options, messages, and progress."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Self

import typer
from typer.core import TyperGroup

from catenary import __version__
from catenary.diagrams import InputError
from catenary.diagrams.textfile import check_writable


class _Commands(TyperGroup):
    """The commands, ended in order when they are interrupted, or when nobody reads or can hold their output."""

    def invoke(self, ctx: Any) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt:
            typer.echo("catenary: interrupted", err=True)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            code = 0
        except OSError as error:
            typer.echo(
                f"catenary: {error.filename or 'standard output'}: {error.strerror or error}", err=True
            )
            code = 2
        # What is still in the buffer goes nowhere: the interpreter would complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(code)


app = typer.Typer(
    name="catenary",
    cls=_Commands,
    help="String diagrams that compute: sentences, quantum circuits, and your own monoidal theories.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages on standard error.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on standard error.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
ReportFile = Annotated[
    str | None, typer.Option("--report", help="Write an HTML report here.", metavar="OUT.html")
]
Budget = Annotated[float, typer.Option(min=0.0, max=1e6, help="Seconds to spend.", metavar="SECONDS")]


def check_report(path: str | None, *more: str) -> None:
    """Refuse a report whose suffix says that it should be something else, or whose folder is missing, before the work for it
    is done.

    Args:
        path: what ``--report`` was given; ``-`` is standard output.
        more: further suffixes that the command writes.

    Raises:
        InputError: if so.
    """
    check_writable(path)
    known = (".html", ".htm", *more)
    if path is not None and path != "-" and Path(path).suffix.lower() not in known:
        wanted = " or ".join(
            [".html", *more] if len(more) < 2 else [", ".join([".html", *more[:-1]]), more[-1]]
        )
        raise InputError(f"a report is a {wanted} file, by its suffix", source=repr(path))


def say(message: str, quiet: bool = False) -> None:
    """A message on standard error."""
    if not quiet:
        typer.echo(message, err=True)


def print_json(value: object) -> None:
    """A value on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"catenary {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """String diagrams that compute: sentences, quantum circuits, and your own monoidal theories."""


Progress = Callable[[float | None, str], None]
"""Called with the part that is done (``None`` where that is not known) and what is being worked on."""


@contextmanager
def progress_bar(label: str, quiet: bool) -> Iterator[Progress]:
    """A progress bar on standard error, if that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, message: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)

        def update(done: float | None, message: str) -> None:
            bar.update(
                task, completed=done, total=None if done is None else 1.0, description=f"{label}: {message}"
            )

        yield update


class HeldInterrupts:
    """Ctrl-C noted instead of raised, while what is needed to answer it is being loaded.

    Attributes:
        noted: whether it was pressed.
    """

    def __init__(self) -> None:
        self.noted = False

    def __enter__(self) -> Self:
        self._before = None
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *details: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.noted = True
