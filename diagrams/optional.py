"""Optional libraries, imported when they are used."""

from __future__ import annotations

import importlib
from typing import Any

from catenary.diagrams.errors import MissingExtra


def optional(module: str, extra: str) -> Any:
    """The module of an optional library.

    Args:
        module: its dotted name, e.g. ``"qiskit.circuit.library"``; the module named last is returned.
        extra: the extra of ``catenary`` that installs the library.

    Raises:
        MissingExtra: if it cannot be imported, naming the extra.

    >>> optional("math", "none").tau > 6
    True
    >>> optional("no_such_library", "nothing")
    Traceback (most recent call last):
        ...
    catenary.diagrams.errors.MissingExtra: this needs no_such_library: install it with  python -m pip install 'catenary[nothing]'
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtra(module.partition(".")[0], extra) from error
