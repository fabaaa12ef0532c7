"""Who runs a mail server, as far as its name tells: the registrable domain of the first MX host."""

from __future__ import annotations

import re

from mailrift.importers.records import Record

#: Words that stand below a country's top level for a kind of body (gov.rw, co.uk, go.kr), so that names are registered below them.
SECOND_LEVEL = frozenset("ac co com edu gob gouv gov govt go gub gv in lg mil municipality ne net nic or org re".split())
#: Other names below which names are registered: by region, or for one kind of body.
SUFFIXES = frozenset(
    ("kommune.no herad.no powiat.pl starostwo.gov.pl walbrzych.pl lodz.pl koszalin.pl jeleniagora.pl gov.scot gov.wales llyw.cymru").split()
)
_ADDRESS = re.compile(r"[0-9.]+|.*:.*")
_COUNTRY_LABEL = 2  # characters of a country's top-level domain


def registrable_domain(host: str) -> str | None:
    """The domain that was registered to have this host: the public suffix and one label more; None for addresses and bare names.

    The suffix is the top level; or two labels, if the second of a country's is one of `SECOND_LEVEL`; or one of `SUFFIXES`. That is a
    short stand-in for the Public Suffix List: a missing suffix joins operators that share it, and `mailrift.importers.compare` shows
    how far the concentration by MX domain is from a published one.
    """
    name = host.lower().rstrip(".")
    labels = name.split(".")
    if len(labels) < 2 or _ADDRESS.fullmatch(name):
        return None
    for length in (3, 2):
        if ".".join(labels[-length:]) in SUFFIXES:
            return ".".join(labels[-length - 1 :]) if len(labels) > length else None
    if len(labels[-1]) == _COUNTRY_LABEL and labels[-2] in SECOND_LEVEL:
        return ".".join(labels[-3:]) if len(labels) > 2 else None
    return ".".join(labels[-2:])


def mx_domain(record: Record) -> str | None:
    """The registrable domain of the record's first MX host; None without one."""
    return registrable_domain(record.mx[0]) if record.mx else None


def seat_of(domain: str, country: str) -> str:
    """The ISO 3166-1 code of the country whose top-level domain this is; `country` for generic ones and those sold world-wide."""
    from mailrift.importers.countries import country as known

    top = domain.rsplit(".", 1)[-1]
    code = {"uk": "GB"}.get(top, top.upper())
    return code if len(top) == _COUNTRY_LABEL and top not in _WORLDWIDE and known(code) is not None else country


_WORLDWIDE = frozenset("ac ai bz cc co fm gg io la ly me nu sh to tv vc ws".split())
