"""Scenarios and worlds as frozen values with readable representations."""

from __future__ import annotations

import difflib
import html
import json
from collections.abc import Callable
from typing import Any

from mailrift import _core


def _table(rows: list[tuple[str, object]], title: str) -> str:
    cells = "".join(
        f"<tr><th style='text-align:left'>{html.escape(key)}</th><td style='text-align:left'>{html.escape(str(value))}</td></tr>"
        for key, value in rows
    )
    return f"<table><caption style='text-align:left'><b>{html.escape(title)}</b></caption>{cells}</table>"


class Scenario:
    """A scenario with its world, read and checked. Never changes; `set` gives another one."""

    def __init__(self, core: _core.Scenario, resolver: Callable[[str, str], str]) -> None:
        self._core = core
        self._resolver = resolver

    @property
    def core(self) -> _core.Scenario:
        """The compiled scenario."""
        return self._core

    @property
    def name(self) -> str:
        """Short name."""
        return self._core.name

    @property
    def title(self) -> str:
        """One line."""
        return self._core.title

    @property
    def question(self) -> str:
        """What it asks."""
        return self._core.question

    @property
    def horizon(self) -> float:
        """Seconds that are simulated."""
        return self._core.horizon

    @property
    def unit(self) -> str:
        """What a share is a share of: users, mailboxes or organisations."""
        return self._core.unit

    @property
    def document(self) -> dict[str, Any]:
        """The document, `extends` resolved; a copy."""
        return dict(json.loads(self._core.document()))

    @property
    def world(self) -> dict[str, Any]:
        """The world's document, `extends` resolved; a copy."""
        return dict(json.loads(self._core.world_document()))

    @property
    def figures(self) -> list[dict[str, Any]]:
        """Every figure used: document, pointer, value, low, high, source, confidence, unit, text, by_default."""
        return self._core.figures()

    def set(self, path: str, value: Any) -> Scenario:
        """Another scenario: the value at a dotted path is replaced; list items are named by id. A JSON pointer is taken as well.

        Raises
        ------
        DocumentError
            If a step of the path does not exist or the changed document is invalid.
        """
        if path.startswith("/"):
            path = scenario_path(self.document, path)
        text = _core.set_path(self._core.document(), path, json.dumps(value))
        return Scenario(_core.Scenario.parse(text, f"{self.name}.json", self._resolver), self._resolver)

    def with_world(self, world: World | dict[str, Any]) -> Scenario:
        """Another scenario: the same orders and responses on another world, whatever its name; a World or a document.

        Raises
        ------
        DocumentError
            If the world is invalid, or the scenario names something that it does not have.
        """
        document = world.document if isinstance(world, World) else world
        text = json.dumps(document | {"name": self._core.world})

        def resolve(kind: str, name: str) -> str:
            return text if kind == "world" and name == self._core.world else self._resolver(kind, name)

        return Scenario(_core.Scenario.parse(self._core.document(), f"{self.name}.json", resolve), resolve)

    def __repr__(self) -> str:
        return f"Scenario({self.name!r}, world={self._core.world!r}, horizon={self.horizon / 86400:g} d)"

    def _repr_html_(self) -> str:
        figures = self.figures
        assumed = sum(f["source"] in ("", "assumed") for f in figures if f["document"] == "scenario")
        rows: list[tuple[str, object]] = [
            ("question", self.question),
            ("world", f"{self._core.world} (shares of {self.unit})"),
            ("horizon", f"{self.horizon / 86400:g} d in slices of {self._core.slice / 3600:g} h"),
            ("orders", ", ".join(o["id"] for o in self.document.get("orders", []))),
            ("responses", ", ".join(r["id"] for r in self.document.get("responses", []))),
            ("figures", f"{len(figures)}; of the scenario's own, {assumed} are assumed"),
        ]
        return _table(rows, self.title)


def scenario_path(document: Any, pointer: str) -> str:
    """The dotted path of a JSON pointer, as `Scenario.set` takes it: items of lists by their id, or by their place without one."""
    steps = []
    for part in pointer.removeprefix("/").split("/"):
        step = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
            steps.append(document["id"] if isinstance(document, dict) and "id" in document else step)
        else:
            document = document.get(step) if isinstance(document, dict) else None
            steps.append(step)
    return ".".join(steps)


class World:
    """A world, read and checked. Never changes."""

    def __init__(self, core: _core.World) -> None:
        self._core = core

    @property
    def name(self) -> str:
        """Short name."""
        return self._core.name

    @property
    def title(self) -> str:
        """One line."""
        return self._core.title

    @property
    def unit(self) -> str:
        """What a share is a share of: users, mailboxes or organisations."""
        return self._core.unit

    @property
    def document(self) -> dict[str, Any]:
        """The document, `extends` resolved; a copy."""
        return dict(json.loads(self._core.document()))

    def legal_reach(self, issuer: str) -> list[dict[str, Any]]:
        """Shares of each market's members that `issuer` (a jurisdiction, a bloc or a provider) can command.

        Keys: jurisdiction, and as (low, high) in [0, 1], apart by those whose operator nobody knows: mailbox, gateway;
        element (an operator of the route, or one that alone makes it fail, can be compelled); together (mail that fails
        if all withdraw at once).

        Raises
        ------
        DocumentError
            If the world has no such issuer.
        """
        document = self.document
        known = [row["code"] for key in ("jurisdictions", "blocs") for row in document.get(key, ())]
        known += [row["id"] for row in document["providers"]]
        if issuer not in known:
            nearest = difflib.get_close_matches(issuer, known, n=1)
            expected = f"a jurisdiction, bloc or provider of {self.name}"
            raise _core.reference_error("", "", expected, json.dumps(issuer), nearest[0] if nearest else "")
        return self._core.legal_reach(issuer)

    def __repr__(self) -> str:
        return f"World({self.name!r}, unit={self.unit!r})"

    def _repr_html_(self) -> str:
        document = self.document
        rows: list[tuple[str, object]] = [
            ("unit", self.unit),
            ("jurisdictions", len(document["jurisdictions"])),
            ("markets", len(document["markets"])),
            ("providers", len(document["providers"])),
            ("licence", document.get("licence", "not stated")),
        ]
        return _table(rows, self.title)
