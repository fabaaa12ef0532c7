"""The operator table (`scenarios/operators.json`): which label of the data is which operator, who can command it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailrift.importers.mx_domain import registrable_domain
from mailrift.importers.node import IDENTIFIER, Node
from mailrift.importers.strict_json import read_json

_JURISDICTION = re.compile(r"[A-Z]{2,8}")
_KINDS = ("global", "national", "isp", "government", "organisation", "self_hosted")
_TIES = ("operator", "parent", "staff")
_ANY = (str, "a label")
_DOMAIN = (registrable_domain, "a registrable domain in lower case, such as example.net")
_NETWORK = (str.casefold, "the name of a network in lower case, without its country")
CATEGORIES = {  # labels that name a kind of operator; they are resolved within each country
    "local-isp": ("isp", "local-isp", "national hosters, one entry for all of them"),
    "independent": ("self_hosted", "self-hosted", "mail servers of no known operator, each counted as its own"),
}


@dataclass(frozen=True)
class Control:
    """Who can command an operator, and how well that is known."""

    jurisdiction: str
    via: str
    source: str
    confidence: str

    def document(self) -> dict[str, Any]:
        """As a world document writes it."""
        return {
            "jurisdiction": self.jurisdiction,
            "via": self.via,
            "x-source": self.source,
            "x-confidence": self.confidence,
        }


@dataclass(frozen=True)
class Operator:
    """A mailbox provider or a gateway; `kind` and `service` are those of providers."""

    id: str
    name: str
    control: tuple[Control, ...]
    kind: str = "organisation"
    service: str = "business"
    note: str = ""

    @property
    def is_us(self) -> bool:
        """Whether a US order reaches it by seat or parent."""
        return any(entry.jurisdiction == "US" and entry.via in ("operator", "parent") for entry in self.control)


class Operators:
    """The table; an operator that it does not know gets an entry without control, which reports list."""

    def __init__(
        self,
        providers: dict[str, Operator],
        provider_labels: dict[str, Operator],
        gateways: dict[str, Operator],
        shared_domains: frozenset[str],
        mx_domains: dict[str, Operator],
        isp_names: dict[str, Operator],
    ) -> None:
        self._providers = providers
        self._provider_labels = provider_labels  # of operators that are the same in every country
        self._gateways = gateways  # by label
        self._shared_domains = shared_domains
        self._mx_domains = mx_domains
        self._isp_names = isp_names

    def provider(self, label: str, country: str) -> Operator:
        """The operator behind a provider label of a country's data."""
        prefix = country.lower()
        if label in CATEGORIES:
            kind, suffix, text = CATEGORIES[label]
            seat = Control(country, "operator", "assumed", "low")
            return Operator(f"{prefix}-{suffix}", f"{country}: {text}", (seat,), kind, note=f"A category of the data: {text}.")
        national = f"{prefix}-{label}"
        unknown = Operator(national, label, (), "national", note="Not in the operator table: nobody is known to command it.")
        return self._provider_labels.get(label) or self._providers.get(national, unknown)

    def known_provider(self, identifier: str) -> Operator | None:
        """The provider with this id, if the table has it."""
        return self._providers.get(identifier)

    def behind_mx(self, domain: str) -> Operator | None:
        """The provider whose mail servers are in this registrable domain, if the table says so."""
        return self._mx_domains.get(domain)

    def behind_isp(self, name: str) -> Operator | None:
        """The provider whose network has this name, in lower case and without a country, if the table says so."""
        return self._isp_names.get(name)

    def gateway(self, label: str) -> Operator:
        """The gateway operator behind a label; never with a provider's id: a world has one name space for both."""
        known = self._gateways.get(label)
        return known or Operator(f"{label}-gateway" if label in self._providers else label, label, ())

    def owns_address(self, domain: str) -> bool:
        """Whether addresses in `domain` belong to a mailbox provider, so that they are lost with the account."""
        return domain.lower() in self._shared_domains


def default_path() -> Path:
    """The table that ships with the package; in a source tree, the one in `scenarios/`."""
    package = Path(__file__).resolve().parents[1]
    shipped = package / "scenarios" / "operators.json"
    return shipped if shipped.exists() else package.parents[1] / "scenarios" / "operators.json"


def read_operators(path: Path | None = None) -> Operators:
    """Reads the table, by default the shipped one; a fault in it is an ImportProblem."""
    path = default_path() if path is None else path
    root = Node(str(path), "", read_json(path).value)
    providers: dict[str, Operator] = {}
    provider_labels: dict[str, Operator] = {}
    gateways: dict[str, Operator] = {}
    mx_domains: dict[str, Operator] = {}
    isp_names: dict[str, Operator] = {}
    for node in root.at("providers").items():
        operator = _provider(node)
        if operator.id in providers:
            raise node.at("id").problem("each provider once")
        providers[operator.id] = operator
        node.at("labels")  # must be there; the other lists may be missing
        _add_names(node, "labels", operator, provider_labels, "a label", _ANY)
        _add_names(node, "mx_domains", operator, mx_domains, "a domain", _DOMAIN)
        _add_names(node, "isp_names", operator, isp_names, "a network", _NETWORK)
    for node in root.at("gateways").items():
        node.at("labels")
        _add_names(node, "labels", _gateway(node), gateways, "a label", _ANY)
    domains = frozenset(node.text() for node in root.at("shared_domains").items())
    return Operators(providers, provider_labels, gateways, domains, mx_domains, isp_names)


def _add_names(
    node: Node, key: str, operator: Operator, into: dict[str, Operator], what: str, form: tuple[Callable[[str], str | None], str]
) -> None:
    """Adds the names in a list, which may be missing; each is one operator's alone, and is what `form` makes of it."""
    given = node.get(key)
    normal, expected = form
    for child in given.items() if given is not None else ():
        if normal(child.text()) != child.text():
            raise child.problem(expected)
        if child.text() in into:
            raise child.problem(f"{what} that no other operator has")
        into[child.text()] = operator


def _provider(node: Node) -> Operator:
    note = node.get("note")
    return Operator(
        node.at("id").match(IDENTIFIER, "an identifier"),
        node.at("name").text(),
        _control(node),
        _choice(node.at("kind"), _KINDS),
        _choice(node.at("service"), ("personal", "business", "both")),
        "" if note is None else note.text(most=1000),
    )


def _gateway(node: Node) -> Operator:
    return Operator(node.at("id").match(IDENTIFIER, "an identifier"), node.at("name").text(), _control(node))


def _control(node: Node) -> tuple[Control, ...]:
    return tuple(
        Control(
            child.at("jurisdiction").match(_JURISDICTION, "a jurisdiction's code"),
            _choice(child.at("via"), _TIES),
            child.at("source").text(),
            _choice(child.at("confidence"), ("low", "medium", "high")),
        )
        for child in node.at("control").items()
    )


def _choice(node: Node, words: tuple[str, ...]) -> str:
    word = node.text()
    if word not in words:
        raise node.problem("one of " + ", ".join(words))
    return word
