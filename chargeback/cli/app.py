"""The command line: its commands, and how it ends. Data on stdout, words on stderr, an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from chargeback.cli.document_commands import correct, credit, explain, verify
from chargeback.cli.export_commands import exports
from chargeback.cli.month_commands import check, close, init, issue, load, run, waive
from chargeback.cli.options import Workspace
from chargeback.cli.report_commands import adjustments, fairness, rules, true_up
from chargeback.model.problem import Problems, Refused, shown

INTERRUPTED = 130
INTERRUPT = "interrupted: nothing is left half done, run the same command again"

app = typer.Typer(
    name="chargeback",
    help="Share the cost of common infrastructure: measured use, dated tariffs, exact apportionment, explained "
    "invoices.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def workspace(ctx: typer.Context, directory: Workspace = Path(".")) -> None:
    """Share the cost of common infrastructure among the members of a public body."""
    ctx.obj = directory


for command in (init, run, check, load, issue, credit, correct, close, waive, verify, explain, rules, fairness):
    app.command()(command)
app.add_typer(exports)
app.command()(adjustments)
app.command(name="true-up")(true_up)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code: 0 done, 1 problems in the data or rules, 2 wrong usage."""
    try:
        app(args=list(sys.argv[1:] if args is None else args), prog_name="chargeback", standalone_mode=True)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _say([INTERRUPT])
        return end.code if end.code in (0, 1, 2) else 1
    except Problems as error:
        _say(shown(error.problems))
    except Refused as error:
        _say([str(error)])
    except KeyboardInterrupt:
        _say([INTERRUPT])
    except OSError as error:
        _say([_sentence(error)])
    return 1


def _say(lines: list[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _sentence(error: OSError) -> str:
    """An error of the system as one sentence."""
    import errno

    if error.errno == errno.ENOSPC:
        return "the disk is full: nothing was changed, make room and run the same command again"
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{(error.strerror or str(error)).lower()}: nothing was changed"


def console() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    console()
