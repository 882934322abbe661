"""The command line `pryimalnia`: open the reception, run its parts, talk to it, look after what it keeps.

A command loads what it needs when it runs: the web server alone takes longer than an assessment.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bots.app import knowledge
from bots.app.faults import BadInput, StartFault
from bots.app.settings import Settings, SettingsError, load

app = typer.Typer(
    name="pryimalnia",
    help="Приймальня: a public reception desk that lives in messengers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
knowledge_app = typer.Typer(help="The knowledge base.", no_args_is_help=True)
account_app = typer.Typer(help="Specialists' accounts.", no_args_is_help=True)
app.add_typer(knowledge_app, name="knowledge")
app.add_typer(account_app, name="account")
channel_app = typer.Typer(help="Messengers: connect them, see how they stand.", no_args_is_help=True)
app.add_typer(channel_app, name="channel")
applications_app = typer.Typer(help="The register of applications.", no_args_is_help=True)
app.add_typer(applications_app, name="applications")

FAULT = 1
USAGE = 2


def main() -> None:
    """Run a command. A foreseen fault is one line on standard error and exit code 1; wrong usage or input is 2."""
    try:
        app()
    except (BadInput, SettingsError) as fault:
        for line in fault.lines:
            typer.echo(f"pryimalnia: {line}", err=True)
        sys.exit(USAGE if isinstance(fault, BadInput) else FAULT)
    except StartFault as fault:
        typer.echo(f"pryimalnia: {fault}", err=True)
        sys.exit(FAULT)


def _settings(*, messengers: bool = False) -> Settings:
    return load(messengers=messengers)


def _run(work: Callable[[Settings], Coroutine[Any, Any, str]]) -> str:
    return asyncio.run(work(_settings()))


@app.command()
def serve() -> None:
    """Everything in one process: web pages, webhooks, thinking and delivering."""
    from bots.app import serving

    serving.serve(_settings(messengers=True), worker=True)


@app.command()
def web() -> None:
    """Only web pages and webhooks; `worker` thinks and delivers."""
    from bots.app import serving

    serving.serve(_settings(messengers=True), worker=False)


@app.command()
def worker() -> None:
    """Only thinking and delivering."""
    from bots.app import serving

    serving.work(_settings(messengers=True))


@app.command()
def migrate() -> None:
    """Bring the database to this version."""
    from bots.app import serving

    typer.echo(f"database at revision {_run(serving.migrate)}")


@app.command()
def chat(
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line read.")] = False,
    now: Annotated[datetime | None, typer.Option(help="Pretend it is this moment (ISO).")] = None,
) -> None:
    """A conversation in the terminal, in memory: nothing is stored."""
    from bots.app import conversation

    moment = None if now is None else (now if now.tzinfo else now.replace(tzinfo=UTC))
    conversation.converse(_settings(), as_json=json_, now=moment)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON lines with id and text.")],
    known_only: Annotated[
        bool, typer.Option("--known-only", help="Leave out messages about topics the base does not have.")
    ] = False,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="OLD", exists=True, dir_okay=False, help="What an earlier run printed."),
    ] = None,
) -> None:
    """What the reception would do with each message; the summary goes to standard error.

    With --compare also which answers are not what they were.
    """
    from bots.app import evaluation

    evaluation.evaluate(_settings(), file, known_only=known_only, compare=compare)


@knowledge_app.command("check")
def knowledge_check(
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Add ways, mutants and limits of each evaluated entry, and the slow checks."
        ),
    ] = False,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="With --full: what is due as of this day, else today.")
    ] = None,
) -> None:
    """Every fault of the content with file, line and field; exit code 1 when there is one."""
    from bots.app import checking

    sys.exit(checking.check(_settings(), full=full, on=on))


@knowledge_app.command("golden")
def knowledge_golden(
    accept: Annotated[
        str | None, typer.Option(metavar="WHO:WHY", help="Keep what came as the report to hold to.")
    ] = None,
) -> None:
    """The golden messages beside the accepted report; exit code 1 for too many wrong answers or a worse one."""
    from bots.app import golden

    sys.exit(golden.run(_settings(), accept))


@knowledge_app.command("candidates")
def knowledge_candidates(
    days: Annotated[int, typer.Option(min=1, help="How many days back.")] = 90,
    json_: Annotated[bool, typer.Option("--json", help="A JSON object a group.")] = False,
) -> None:
    """What people asked in vain or chose from a menu, grouped by likeness: phrasings for the editor to consider."""
    from bots.app import learning

    for line in learning.candidates(_settings(), days=days, as_json=json_):
        typer.echo(line)


@knowledge_app.command("mutants")
def knowledge_mutants(
    entry_id: Annotated[str | None, typer.Argument(metavar="ID")] = None,
    json_: Annotated[bool, typer.Option("--json", help="A JSON object an entry.")] = False,
) -> None:
    """How many wrong versions of each evaluated entry its cases notice; those they miss are listed."""
    from bots.app import checking

    for line in checking.mutants(_settings(), entry_id, as_json=json_):
        typer.echo(line)


@knowledge_app.command("boundaries")
def knowledge_boundaries(
    entry_id: Annotated[str, typer.Argument(metavar="ID")],
    all_sides: Annotated[bool, typer.Option("--all", help="Also the sides that cases hold already.")] = False,
) -> None:
    """Cases at the limits that none holds yet, as YAML, to read against the law and paste."""
    from bots.app import checking

    for line in checking.limits(_settings(), entry_id, all_sides=all_sides):
        typer.echo(line)


@knowledge_app.command("impact")
def knowledge_impact(
    against: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER|VERSION",
            help="Content or a compiled base before the change, else the last built.",
        ),
    ] = None,
    people: Annotated[int, typer.Option(min=1, help="How many invented people.")] = 2000,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="As on this day, else today.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="A JSON object an entry that changed.")] = False,
) -> None:
    """What the content as it is now would change for people: outcomes and sums over invented households."""
    from bots.app import comparing

    for line in comparing.impact(_settings(), against, people=people, on=on, as_json=json_):
        typer.echo(line)


@knowledge_app.command("parameters")
def knowledge_parameters(
    missing: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only those without a confirmed value on this day.")
    ] = None,
    yaml: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --missing: write the file an editor fills.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="A JSON object a parameter.")] = False,
) -> None:
    """Every dated parameter with its value today; with --missing what must be filled for a day, and from what."""
    from bots.app import rehearsing

    if yaml is not None:
        if missing is None or json_:
            raise BadInput("--yaml goes with --missing DATE and without --json")
        typer.echo(rehearsing.write_skeleton(_settings(), missing, yaml))
        return
    if missing is None:
        lines = rehearsing.parameters(_settings(), as_json=json_)
    else:
        lines = rehearsing.missing_on(_settings(), missing, as_json=json_)
    for line in lines:
        typer.echo(line)


@knowledge_app.command("rehearse")
def knowledge_rehearse(
    day: Annotated[str, typer.Argument(metavar="DATE", help="For example 2027-01-01.")],
    json_: Annotated[bool, typer.Option("--json", help="A JSON object an entry.")] = False,
) -> None:
    """A dry run of a day: what each card then says beside today, which figures lapse, which cases lose theirs."""
    from bots.app import rehearsing

    for line in rehearsing.rehearsal(_settings(), day, as_json=json_):
        typer.echo(line)


@knowledge_app.command("report")
def knowledge_report(
    file: Annotated[
        Path | None, typer.Argument(dir_okay=False, help="The page to write, else knowledge-report.html.")
    ] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="As on this day, else today.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the figures, one object; no page.")] = False,
) -> None:
    """One page: coverage, doubts, missing pins, what expires when, questions per decision."""
    from bots.app import overview

    typer.echo(overview.report(_settings(), file, on=on, as_json=json_))


@knowledge_app.command("build")
def knowledge_build(
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Only where what is stored is of another content.")
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Only what is missing of both models, by words and by meaning.")
    ] = False,
) -> None:
    """Compile the base and train the understanding; prints the version."""
    if if_needed or whole:
        typer.echo(knowledge.ready(_settings(), whole=whole).knowledge.version)
    else:
        typer.echo(knowledge.build(_settings()).version)


@knowledge_app.command("show")
def knowledge_show(entry_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """An entry as a citizen sees it."""
    typer.echo(knowledge.show(_settings(), entry_id))


@knowledge_app.command("list")
def knowledge_list(
    json_: Annotated[bool, typer.Option("--json", help="A JSON object an entry.")] = False,
) -> None:
    """All entries, a line each."""
    for line in knowledge.listing(_settings(), as_json=json_):
        typer.echo(line)


@knowledge_app.command("assess")
def knowledge_assess(
    entry_id: Annotated[str, typer.Argument(metavar="ID")],
    facts: Annotated[str, typer.Option(help="A JSON object of facts; - reads it from standard input.")],
    on: Annotated[str | None, typer.Option(metavar="DATE", help="As on this day, else today.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Add why it came out so.")] = False,
) -> None:
    """What an entry comes to for these facts: one JSON object."""
    given = sys.stdin.buffer.read().decode("utf-8-sig", errors="replace") if facts == "-" else facts
    typer.echo(knowledge.assess(_settings(), entry_id, given, on, with_explanation=explain))


@account_app.command("add")
def account_add(
    login: str,
    name: Annotated[str, typer.Option(help="Full name, as citizens see it.")],
    position: Annotated[str, typer.Option(help="For example «спеціалістка».")] = "спеціаліст",
    role: Annotated[
        str, typer.Option(help="specialist, senior, head, editor or administrator.")
    ] = "specialist",
) -> None:
    """Make an account; prints its generated password."""
    from bots.app import accounts

    password = _run(lambda settings: accounts.add(settings, login, name, position, role))
    typer.echo(f"login     {login}\npassword  {password}")


@account_app.command("reset-password")
def account_reset_password(login: str) -> None:
    """Give an account a new generated password and sign it out everywhere."""
    from bots.app import accounts

    password = _run(lambda settings: accounts.reset_password(settings, login))
    typer.echo(f"login     {login}\npassword  {password}")


@account_app.command("reset-second-factor")
def account_reset_second_factor(login: str) -> None:
    """Let an account in without a code, for whoever has lost both the phone and the recovery codes."""
    from bots.app import accounts

    done = _run(lambda settings: accounts.reset_second_factor(settings, login))
    typer.echo(f"login          {login}\nsecond factor  {done}")


@channel_app.command("connect")
def channel_connect(
    name: Annotated[str, typer.Argument(help="telegram, viber or messenger.")],
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check the token, set the webhook, the menu and the commands; prints what the vendor sees."""
    from bots.app import channels

    typer.echo(_run(lambda settings: channels.connect(settings, name, as_json=json_)))


@channel_app.command("status")
def channel_status(
    name: Annotated[str | None, typer.Argument(help="One channel, else every one.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="A JSON object a channel.")] = False,
) -> None:
    """What the vendor sees and has waiting, its last fault, the last word in and out."""
    from bots.app import channels

    typer.echo(_run(lambda settings: channels.status(settings, name, as_json=json_)))


@channel_app.command("people-only")
def channel_people_only(
    name: Annotated[str, typer.Argument(help="A channel.")],
    switch: Annotated[str, typer.Argument(metavar="on|off", help="on: the bot gives no answers there.")],
) -> None:
    """Leave a channel to people, or give it back to the bot."""
    from bots.app import channels

    if switch not in ("on", "off"):
        raise BadInput(f"{switch!r} is neither on nor off; write: channel people-only {name} on")
    typer.echo(_run(lambda settings: channels.people_only(settings, name, switch == "on")))


@applications_app.command("import")
def applications_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or Excel (.xlsx).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would come to.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """States of applications out of a file; exit code 1 where rows were left out (docs/applications.md)."""
    from bots.app import applications

    settings = _settings()
    told, right = asyncio.run(applications.import_file(settings, file, dry_run=dry_run, as_json=json_))
    typer.echo(told)
    sys.exit(0 if right else FAULT)


@applications_app.command("code")
def applications_code(number: str) -> None:
    """A new code for an application's receipt; the old one is worth nothing from now on."""
    from bots.app import applications

    code = _run(lambda settings: applications.issue_code(settings, number))
    typer.echo(f"number  {number}\ncode    {code}")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write the backup (.tar.gz).")]) -> None:
    """The database and the files people sent, in one archive that either database can take back."""
    from bots.app import archive

    typer.echo(_run(lambda settings: archive.backup(settings, file)))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A backup made by `backup`.")],
) -> None:
    """Put a backup into an empty reception."""
    from bots.app import archive

    typer.echo(_run(lambda settings: archive.restore(settings, file)))


@app.command("restore-check")
def restore_check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A backup made by `backup`.")],
    into: Annotated[
        str | None,
        typer.Option(metavar="URL", help="An empty database to restore into, else a temporary SQLite file."),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """A drill: restore a backup aside, count and hash what came out, compare; exit code 1 when anything differs."""
    from bots.app import archive, marks

    settings = _settings()
    found = asyncio.run(archive.restore_check(file, into))
    if found.same:
        marks.mark(settings, "restore-check")
    for line in [archive.json_of(found)] if json_ else archive.table_of(found):
        typer.echo(line)
    sys.exit(0 if found.same else FAULT)


@app.command()
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is older.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Take away what is older than the policy allows: a line a kind with what was older, went and is left."""
    from bots.app import retention as retaining

    typer.echo(_run(lambda settings: retaining.run(settings, dry_run=dry_run, as_json=json_)))
