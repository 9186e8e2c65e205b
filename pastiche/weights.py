"""`pastiche weights`: installs the backbones that do not ship. Torch is loaded only when a file has arrived."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine import EngineError
from engine.published import MIB, PUBLISHED, Published, installed_path, is_installed
from pastiche.errors import OperatorError

if TYPE_CHECKING:
    from rich.console import Console

    from pastiche.download import OnBytes
    from pastiche.settings import Settings

app = typer.Typer(help="Install VGG19 and VGG16, which do not ship.", no_args_is_help=True)


@app.command("list")
def list_backbones() -> None:
    """Show which backbones there are and which are installed."""
    folder = _settings().weights_folder
    typer.echo("slim   ships with the project")
    for backbone, published in PUBLISHED.items():
        path = installed_path(folder, backbone)
        if path.is_file():
            typer.echo(f"{backbone}  installed: {path} ({path.stat().st_size / MIB:.0f} MiB)")
        else:
            size = f"{published.size_bytes / MIB:.0f} MiB, of which {published.kept_bytes / MIB:.0f} are kept"
            typer.echo(f"{backbone}  not installed: pastiche weights pull {backbone} ({size})")


@app.command()
def where(backbone: Annotated[str | None, typer.Argument(help="vgg19 or vgg16; left out: the folder.")] = None) -> None:
    """Print the folder of installed backbones, or the file of one."""
    folder = _settings().weights_folder
    path = folder
    if backbone is not None:
        path = installed_path(folder, _published(backbone).backbone)
        if not path.is_file():
            raise OperatorError(f"{backbone} is not installed: say `pastiche weights pull {backbone}`")
    typer.echo(path)


@app.command()
def pull(backbone: Annotated[str, typer.Argument(help="vgg19 or vgg16.")]) -> None:
    """Fetch a backbone's published file, check it, and keep its convolutions."""
    settings = _settings()
    published, folder = _published(backbone), settings.weights_folder
    if is_installed(folder, backbone):
        typer.echo(f"{backbone} is installed: {installed_path(folder, backbone)}")
        return
    with _told(folder):
        _make_folder(settings)
        install(published, f"{settings.weights_url}/{published.file}", folder)
    typer.echo(f"{backbone} is installed: {installed_path(folder, backbone)}")


def install(published: Published, url: str, folder: Path) -> None:
    """Fetch, check and convert. Raises OperatorError or OSError; nothing half-done is left but what can be gone on."""
    from rich.console import Console

    from pastiche.download import Download

    part = folder / f"{published.file}.part"
    download = Download(url, part)
    console = Console(stderr=True)
    with _bar(console, published.file) as on_bytes:
        download.fetch(published.sha256_begins, on_bytes)
    with console.status("keeping the convolutions", spinner="line"):
        _keep_features(published, part, folder)
    download.discard()


def _keep_features(published: Published, part: Path, folder: Path) -> None:
    try:
        from engine.layers import layout_of
        from engine.weights import keep_features
    except ImportError as error:
        raise OperatorError(
            f"turning {published.file} into a backbone needs {error.name}, which is not here"
        ) from error
    try:
        keep_features(part, installed_path(folder, published.backbone), layout_of(published.backbone))
    except EngineError as error:
        part.unlink()
        raise OperatorError(str(error)) from error


@contextmanager
def _bar(console: "Console", name: str) -> "Iterator[OnBytes]":
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (TextColumn(name), BarColumn(None), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        yield lambda had, total: bar.update(task, completed=had, total=total)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What the disk has against it, in one line."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OperatorError(f"{folder} has too little room: make some, or set PASTICHE_WEIGHTS_DIR") from error
        reason = (error.strerror or str(error)).lower()
        raise OperatorError(f"{folder} cannot be used for weights ({reason}): set PASTICHE_WEIGHTS_DIR") from error


def _settings() -> "Settings":
    from pastiche.settings import read_settings

    return read_settings()


def _make_folder(settings: "Settings") -> None:
    if settings.weights_dir is None:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.weights_folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _published(backbone: str) -> Published:
    if backbone not in PUBLISHED:
        raise OperatorError(f"there is no backbone {backbone!r} to install; there are {', '.join(PUBLISHED)}")
    return PUBLISHED[backbone]
