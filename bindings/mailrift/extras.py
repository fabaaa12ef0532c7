"""Packages that only some functions need."""

from __future__ import annotations

import importlib
from types import ModuleType


class MissingExtra(ImportError):
    """A package of an extra is not installed; the text has the command that installs it."""


def need(module: str, extra: str) -> ModuleType:
    """Imports a module of an extra.

    Raises
    ------
    MissingExtra
        With the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.split(".")[0]
        raise MissingExtra(f'this needs {package}: pip install "mailrift[{extra}]"') from error
