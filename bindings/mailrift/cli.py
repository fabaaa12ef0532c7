"""The command line: mailrift VERB. Exit status 0 done, 1 internal error, 2 usage, 3 invalid document, 4 a run failed, 130 interrupted."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from mailrift import _core
from mailrift.documents import available, load, load_world, read_text
from mailrift.extras import MissingExtra
from mailrift.history import NOT_ARRIVED, life_histories
from mailrift.output import check_figure_path, manifest, write_directory, write_figure, write_run
from mailrift.progress import Progress
from mailrift.results import Run, run
from mailrift.scenario import Scenario, World, scenario_path
from mailrift.world_table import rows_json, table_text, world_rows

OK, INTERNAL, USAGE, INVALID, FAILED, INTERRUPTED = 0, 1, 2, 3, 4, 130


_RUN_ERRORS = frozenset({"time_travel", "not_finite", "unbalanced"})  # of a run, not of its documents


def _open(what: str) -> Scenario | World:
    """A scenario or a world by its name or file."""
    if "/" not in what and not what.endswith(".json"):
        return load_world(what) if what in available("world") and what not in available() else load(what)
    return load_world(what) if _core.document_kind(read_text(Path(what))) == "world" else load(what)


def _list(args: argparse.Namespace) -> int:
    rows = [("scenario", name, load(name).title) for name in available()]
    rows += [("world", name, load_world(name).title) for name in available("world")]
    if args.json:
        print(json.dumps([{"kind": k, "name": n, "title": t} for k, n, t in rows]))
    else:
        for kind, name, title in rows:
            print(f"{kind:9s} {name:28s} {title}")
    return OK


def _show_legal_reach(world: World, issuer: str) -> None:
    print(f"\nWhat {issuer} can command, % of {world.unit} (the range is what the data do not name)")
    print(f"{'':4s}{'mailbox':>14s}{'gateway':>14s}{'any of them':>14s}")
    for row in world.legal_reach(issuer):
        shares = "".join(f"{100 * row[key][0]:7.1f} -{100 * row[key][1]:5.1f}" for key in ("mailbox", "gateway", "element"))
        print(f"{row['jurisdiction']:4s}{shares}")


def _show_world(world: World, args: argparse.Namespace) -> None:
    codes = [place["code"] for place in world.document["jurisdictions"]]
    by = args.by or ("US" if "US" in codes else codes[0])
    figure = None
    if args.map:  # before anything is printed: it may fail
        from mailrift.map import world_map

        check_figure_path(Path(args.map))
        figure = world_map(world, by)
    if args.json and not args.by:
        print(json.dumps(world.document, indent=2))
    elif args.json:
        print(json.dumps({"world": world.name, "unit": world.unit, "by": by, "rows": rows_json(world_rows(world.document, by))}, indent=2))
    else:
        print(table_text(world.document, by))
        if args.issuer:
            _show_legal_reach(world, args.issuer)
    if figure is not None:
        write_figure(Path(args.map), figure)


def _quantity(value: float, unit: str) -> str:
    """A figure with its unit; durations, which are in seconds, in the largest unit that leaves 1 or more."""
    if unit != "s":
        return f"{value:g} {unit}".rstrip()
    for word, seconds in (("d", 86400), ("h", 3600), ("min", 60)):
        if value >= seconds:
            return f"{value / seconds:g} {word}"
    return f"{value:g} s"


def _show(args: argparse.Namespace) -> int:
    document = _open(args.name)
    if isinstance(document, World):
        _show_world(document, args)
        return OK
    if args.by or args.map:
        print(f"mailrift show: --by and --map are for worlds, and {args.name} is a scenario", file=sys.stderr)
        return USAGE
    if args.json:
        print(json.dumps(document.document, indent=2))
    else:
        print(f"{document.title}\n{document.question}\n\n{document.document.get('about', '')}\n")
        for figure in document.figures:
            if figure["document"] == "scenario":
                low, high = (_quantity(figure[key], figure["unit"]) for key in ("low", "high"))
                span = f" [{low}, {high}]" if figure["has_range"] else ""
                source = figure["source"] or "no source"
                path = scenario_path(document.document, figure["pointer"])
                print(f"{path:50s} {_quantity(figure['value'], figure['unit'])}{span} ({source})")
    return OK


def _validate(args: argparse.Namespace) -> int:
    worst = OK
    found = []
    for file in args.files:
        problem = None
        try:
            _open(file)
        except _core.DocumentError as error:
            problem = str(error)
            worst = INVALID
        found.append({"file": file, "error": problem})
        if problem and not args.json:
            print(problem, file=sys.stderr)
        elif not args.json:
            print(f"{file}: valid")
    if args.json:
        print(json.dumps(found))
    return worst


def _run(args: argparse.Namespace) -> int:
    scenario = load(args.name)
    if args.missing:
        scenario = scenario.set("missing", args.missing)
    progress = Progress(scenario.name, quiet=args.quiet)
    status = OK
    try:
        finished = run(scenario, seed=args.seed, traffic=args.traffic, threads=args.threads, compliance=args.compliance, progress=progress)
    except KeyboardInterrupt as stopped:
        partial = getattr(stopped, "run", None)
        if partial is None:
            raise
        finished, status = partial, INTERRUPTED
    finally:
        progress.close()
    if args.out:
        write_directory(Path(args.out), lambda folder: write_run(folder, finished))
    if args.json:
        print(json.dumps({k: v for k, v in manifest(finished).items() if k != "document"}))
    elif not args.quiet:
        _summary(finished, args.out)
    return status


def _explain(args: argparse.Namespace) -> int:
    scenario = load(args.name)
    progress = Progress(scenario.name, quiet=args.quiet)
    try:
        found = life_histories(
            scenario,
            seed=scenario.core.seed if args.seed is None else args.seed,
            compliance=args.compliance,
            threads=args.threads,
            number=args.number,
            sender=args.sender,
            recipient=args.recipient,
            source=args.source,
            receiver=args.receiver,
            outcome=args.outcome or NOT_ARRIVED,
            order=args.order,
            policy=args.policy,
            after=args.after,
            until=args.until,
            progress=progress,
        )
    finally:
        progress.close()
    if args.json:
        print(json.dumps([{**asdict(one), "why": one.why()} for one in found]))
    elif found:
        print("\n\n".join(f"{one.log()}\n{one.why()}" for one in found))
    else:
        print("no message has such a try")
    return OK


_PAIRS = {"population": "all pairs alike", "contacts": "by who writes to whom"}


def _summary(finished: Run, out: str | None) -> None:
    print(finished.scenario.title)
    took = f"{finished.days:g} d{', then interrupted,' if finished.interrupted else ''} in {finished.seconds * 1e3:.0f} ms"
    print(f"one run (seed {finished.seed}), shares of {finished.core.unit}; {took}, fingerprint {finished.fingerprint}")
    for note in finished.notes:
        print(f"note: {note}")
    for line in _deciders(finished):
        print(line)
    for series in finished.core.observed():
        first, last = series["values"][0], series["values"][-1]
        least = series["values"].min()
        print(
            f"{series['measure']} {series['source']} -> {series['target']} ({_PAIRS[series['weights']]}): "
            f"{100 * first:.1f} % at first, {100 * least:.1f} % at least, {100 * last:.1f} % at last"
        )
    if out:
        print(f"results in {out}")


def _deciders(finished: Run) -> list[str]:
    """What responses of providers that decide for their members came to; representatives together."""
    providers = {provider["id"] for provider in finished.scenario.world["providers"]}
    kinds = {response["id"]: response["kind"] for response in finished.scenario.document.get("responses", [])}
    events = finished.core.events()
    members: dict[tuple[str, str], float] = {}
    for kind, subject, cause, value in zip(*(events[key] for key in ("kind", "subject", "cause", "value")), strict=True):
        provider = subject.partition("#")[0]
        if kinds.get(cause) == kind and provider in providers:
            members[cause, provider] = members.get((cause, provider), 0) + value
    unit = finished.core.unit
    return [f"{cause} ({kinds[cause]}): {provider}, {number:,.0f} {unit}" for (cause, provider), number in members.items()]


def _same_file(a: Path, b: Path) -> bool:
    return a.resolve() == b.resolve() or (a.exists() and b.exists() and a.samefile(b))


def _import(args: argparse.Namespace) -> int:
    from mailrift.importers.mxmap import import_mxmap
    from mailrift.importers.overlap import OverlapChoice
    from mailrift.importers.problem import ImportProblem

    for file in args.files:
        if args.format == "csv" and not file.lower().endswith(".csv"):
            raise ImportProblem(file, "", "a file whose name ends in .csv", "another")
    for written in (args.out, args.report):
        if written and any(_same_file(Path(written), Path(file)) for file in args.files):
            raise ImportProblem(written, "", "a file to write that is not read", "one of the measurements")
    overlap = OverlapChoice(dict(args.level or ()), args.shared_area == "divide")
    result = import_mxmap(
        [Path(file) for file in args.files], name=args.name, weight=args.weight, overlap=overlap, operators_by=args.operators_by
    )
    result.save(Path(args.out))
    if args.report:
        result.report.save(Path(args.report))
    if not args.quiet:
        print(result.report.text())
    return OK


def _schema(args: argparse.Namespace) -> int:
    print(_core.reference_table(args.kind) if args.table else _core.schema(args.kind))
    return OK


def _level(text: str) -> tuple[str, str]:
    """Reads CC=outer or CC=inner."""
    from mailrift.importers.overlap import LEVELS

    country, _, level = text.partition("=")
    if not re.fullmatch(r"[A-Z]{2}", country) or level not in LEVELS:
        raise argparse.ArgumentTypeError(f"expected a country's code, = and outer or inner, such as FR=inner, got {text!r}")
    return country, level


def _whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number in low..high."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"expected a whole number in {low}..{high}, got {text!r}")
        return value

    return read


def _picture(text: str) -> str:
    """Reads the name of a picture's file."""
    if Path(text).suffix.lower() not in (".png", ".svg", ".pdf"):
        raise argparse.ArgumentTypeError(f"expected a file that ends in .png, .svg or .pdf, got {text!r}")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mailrift", description="Who can still reach whom by e-mail?")
    parser.add_argument("--version", action="version", version=f"mailrift {_core.__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, text: str, action: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=text, description=text)
        sub.add_argument("--json", action="store_true", help="for machines")
        sub.add_argument("--quiet", action="store_true", help="no progress and no summary")
        sub.set_defaults(action=action)
        return sub

    verb("list", "what is shipped", _list)
    sub = verb("show", "one scenario or world", _show)
    sub.add_argument("name", help="name or file")
    sub.add_argument("--issuer", help="of a world: what this jurisdiction or bloc can command")
    sub.add_argument("--by", metavar="CODE", help="of a world: whose reach the table gives (US, or the first); with --json, the table")
    sub.add_argument("--map", metavar="FILE", type=_picture, help="of a world: draw its map into a .png, .svg or .pdf")
    verb("validate", "check documents", _validate).add_argument("files", nargs="+", help="names or files")
    sub = verb("run", "run a scenario", _run)
    sub.add_argument("name", help="name or file")
    sub.add_argument("--out", help="result directory")
    sub.add_argument("--seed", type=_whole(0, 2**53), help="of all draws; not given: the scenario's")
    sub.add_argument("--traffic", choices=["fluid", "flow", "message", "none"], help="how mail is moved; not given: the scenario's")
    sub.add_argument("--threads", type=_whole(1, 1024), default=1, help="changes no result")
    sub.add_argument("--compliance", choices=["drawn", "legal"], default="drawn", help="who obeys: drawn, or all who can")
    sub.add_argument("--missing", choices=["proportional", "best", "worst"], help="how unknown shares are treated")
    sub = verb("explain", "why did mail not arrive? Life histories of single messages", _explain)
    sub.add_argument("name", help="scenario by name or file")
    for side in ("sender", "recipient"):
        sub.add_argument(f"--{side}", help="group, jurisdiction or bloc")
    sub.add_argument("--source", help="provider or relay that sends")
    sub.add_argument("--receiver", help="mailbox provider")
    sub.add_argument("--outcome", action="append", help="of a try; not given: any but the inbox and a deferral")
    sub.add_argument("--order", help="that decided on a try")
    sub.add_argument("--policy", help="that decided on a try")
    sub.add_argument("--after", type=float, metavar="DAYS", help="moment of the try")
    sub.add_argument("--until", type=float, metavar="DAYS")
    sub.add_argument("--number", type=_whole(1, 100_000), default=1, help="greatest number of messages (1)")
    sub.add_argument("--seed", type=_whole(0, 2**53), help="of all draws; not given: the scenario's")
    sub.add_argument("--threads", type=_whole(1, 1024), default=1, help="changes no result")
    sub.add_argument("--compliance", choices=["drawn", "legal"], default="drawn", help="who obeys: drawn, or all who can")
    sub = verb("import", "make a world from measurements", _import)
    sub.add_argument("format", choices=["mxmap", "csv"], help="any measurements, or CSV files alone (docs/importing.md)")
    sub.add_argument("files", nargs="+")
    sub.add_argument("--out", required=True, help="the world to write")
    sub.add_argument("--report", help="coverage report, .md or .json")
    sub.add_argument("--name", default="imported", help="name of the world")
    sub.add_argument("--weight", choices=["equal", "population"], default="equal")
    sub.add_argument(
        "--level", type=_level, action="append", metavar="CC=LEVEL", help="where records lie within others: outer or inner ones (FR=inner)"
    )
    sub.add_argument("--operators-by", choices=["mx", "label"], default="mx", help="how operators of no known label are told apart")
    sub.add_argument("--shared-area", choices=["error", "divide"], default="error", help="a population that several records give")
    sub = verb("schema", "JSON Schema of a document", _schema)
    sub.add_argument("kind", choices=["scenario", "world"])
    sub.add_argument("--table", action="store_true", help="a Markdown table instead")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    args = _parser().parse_args(arguments)
    try:
        return int(args.action(args))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except _core.DocumentError as error:
        print(error, file=sys.stderr)
        return FAILED if error.code_name in _RUN_ERRORS else INVALID
    except MissingExtra as error:
        print(error, file=sys.stderr)
        return FAILED
    except (ValueError, OSError) as error:  # importers' problems are ValueErrors with their place
        print(error, file=sys.stderr)
        return INVALID if args.verb in ("import", "validate", "show", "list") else FAILED


if __name__ == "__main__":
    sys.exit(main())
