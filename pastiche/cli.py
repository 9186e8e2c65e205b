"""The command `pastiche`: reads settings, starts a role or a tool, and tells an operator's mistake in one line.

Libraries that take long to load are imported where they are used: help and mistakes come at once.
"""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine import EngineError
from engine.train.commands import app as train_app
from pastiche.data_folder import held
from pastiche.errors import EXIT_CODE, OperatorError
from pastiche.lab import app as lab
from pastiche.poster import poster
from pastiche.styles import app as styles
from pastiche.stylise import stylise
from pastiche.weights import app as weights

if TYPE_CHECKING:
    from pastiche.settings import Settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(stylise)
app.command()(poster)
app.add_typer(lab, name="lab")
app.add_typer(styles, name="styles")
app.add_typer(weights, name="weights")
app.add_typer(train_app, name="train")


@app.callback()
def pastiche() -> None:
    """Paint photos in the style of other pictures: as a Telegram bot, in the playground, or right here."""


@app.command()
def run() -> None:
    """Start the bot with its worker and painter: on Telegram with TELEGRAM_BOT_TOKEN, else in the playground."""
    settings = _settings_and_logs()
    from pastiche.run import run_everything

    with held(settings.data_dir) as folder:
        asyncio.run(run_everything(settings, folder))


@app.command()
def playground(
    listen: Annotated[str, typer.Option(help="Address; any but this one needs the key that is then printed.")] = (
        "127.0.0.1"
    ),
    lenient: Annotated[bool, typer.Option("--lenient", help="Ignore unknown parameters, as Telegram does.")] = False,
    flood: Annotated[bool, typer.Option(help="Answer 429 to a bot that sends too much.")] = True,
) -> None:
    """Start the local stand-in for Telegram alone; a bot reaches it by PASTICHE_TELEGRAM_API_URL."""
    settings = _settings_and_logs()
    from pastiche.playground import run_until_signalled  # not pastiche.run, which loads the whole bot

    asyncio.run(run_until_signalled(settings, listen, lenient=lenient, flood=flood))


@app.command()
def migrate() -> None:
    """Bring the database to this version's tables (`run` does so by itself)."""
    settings = _settings_and_logs()
    from pastiche.run import migrate_database

    with held(settings.data_dir) as folder:
        asyncio.run(migrate_database(folder))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE_OR_FOLDER", help="A new file, or a folder to put one into.")],
) -> None:
    """Write database and pictures into one file, also while `run` is running."""
    from pastiche.backup import back_up, progress_shown

    settings = _settings_and_logs()
    with progress_shown("backing up") as on_bytes:
        contents = back_up(settings.data_dir, target, on_bytes)
    typer.echo(contents)


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="What `pastiche backup` wrote.")]) -> None:
    """Bring a backup back into an empty PASTICHE_DATA_DIR."""
    from pastiche import backup

    settings = _settings_and_logs()
    with held(settings.data_dir) as folder, backup.progress_shown("restoring") as on_bytes:
        contents = backup.restore(file, folder, on_bytes)
    typer.echo(f"{contents}; now in {settings.data_dir}")


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Say what there is and what is wrong: exit code 0 where all is well, 1 where something must be mended."""
    from pastiche.doctor import examine, is_anything_wrong, report
    from pastiche.logs import redact

    findings = examine(_settings_and_logs())
    typer.echo(redact(report(findings, as_json=as_json)))
    raise typer.Exit(int(is_anything_wrong(findings)))


def _settings_and_logs() -> "Settings":
    from pastiche.logs import set_up_logs
    from pastiche.settings import read_settings, use_own_presets

    settings = read_settings()
    set_up_logs(settings.log_level, settings.log_format)
    use_own_presets(settings)
    return settings


def main() -> None:
    """Run the command line; an operator's mistake becomes one line and exit code 2."""
    try:
        sys.exit(app(sys.argv[1:] or ["--help"], standalone_mode=False))
    except (OperatorError, EngineError) as error:
        _tell(str(error))
    except typer.TyperException as error:  # a misspelt option, a size that is no number
        said: str = getattr(error, "format_message", error.__str__)()  # which names the option too
        _tell(" ".join(said.replace("Value error, ", "").split()))
    except typer.Abort:
        sys.exit(130)  # Ctrl-C, as shells count it


def _tell(mistake: str) -> None:
    from pastiche.logs import redact

    print(f"pastiche: {redact(mistake)}", file=sys.stderr)  # noqa: T201 - the one line an operator reads
    sys.exit(EXIT_CODE)
