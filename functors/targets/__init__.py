"""What functors map into: one small module for each category.

Those beyond diagrams and functions are imported when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from catenary.functors.targets.diagrams import Diagrams, reversing
from catenary.functors.targets.functions import Function, PythonFunctions

if TYPE_CHECKING:
    pass

_LATER: dict[str, str] = {}

__all__ = ["Diagrams", "Function", "PythonFunctions", "reversing"]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        value = getattr(importlib.import_module(f"catenary.functors.targets.{_LATER[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'catenary.functors.targets' has no attribute {name!r}")
