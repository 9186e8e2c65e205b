"""`pastiche styles`: the presets on offer, and an operator's own, which a running bot shows without a restart."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from PIL import Image

from engine import EngineError, Preset, load_presets, open_painter
from engine.presets import FITTED, GENERATOR, PREVIEW, STYLE, every_preset, own, shipped_table
from pastiche.errors import OperatorError
from pastiche.files import check_writable, replaced
from pastiche.stylise import read_picture

if TYPE_CHECKING:
    from engine.instant import InstantNet
    from engine.presets.fitted import Fitted

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="List and change the presets on offer.")

# As large as styles are looked at with a brush of 2 and for pictures of twice that size.
LONGEST_SIDE_PX = 1024
QUALITY = 92
FIT_STEPS = 30
# What is no picture.
GENERATOR_SUFFIXES = (".pth", ".safetensors")


class Method(StrEnum):
    """How a preview is painted."""

    INSTANT = "instant"
    GATYS = "gatys"


Name = Annotated[str, typer.Argument(help="The preset.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]


@app.command("list")
def list_styles() -> None:
    """Show all presets: what they are, whether their picture is here, whether they are fitted to the network."""
    _own_folder()
    rows = [("NAME", "TITLE", "KIND", "ARTIST", "YEAR", "PICTURE", "FITTED"), *map(_row, every_preset())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip())


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A new name, or that of a shipped preset.")],
    picture: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="A picture, or a CycleGAN generator (.pth, .safetensors); left out: show a hidden preset again.",
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    artist: Annotated[str | None, typer.Option(help="Who made it.")] = None,
    year: Annotated[str | None, typer.Option(help="When.")] = None,
    fit: Annotated[bool, typer.Option(help="Fit the network to it, which takes about half a minute.")] = True,
    photos: Annotated[list[Path] | None, typer.Option(help="Folder of photographs to fit on; a few ship.")] = None,
    device: Device = "auto",
) -> None:
    """Add a preset, or give a shipped one the picture it lacks; the running bot offers it from now on."""
    folder = _own_folder()
    with _told(folder):
        own.check_name(name)
        shipped = name in shipped_table()
        if picture is None:
            if not shipped:
                raise OperatorError(f"{name} does not ship: give its picture")
            own.show(folder, name)
        elif picture.suffix.lower() in GENERATOR_SUFFIXES:
            _add_generator(folder, name, picture, {"title": title or name, "artist": artist, "year": year}, device)
        elif shipped:
            _give_picture(folder, name, read_picture(picture), title=title, artist=artist, year=year)
        else:
            words = {"title": title or name, "artist": artist, "year": year}
            _add_own(folder, name, read_picture(picture), words, FIT_STEPS if fit else 0, photos or (), device)
    typer.echo(f"{name} is on offer")


@app.command()
def remove(name: Name) -> None:
    """Remove one of your own presets, or hide one that ships (`add NAME` shows it again)."""
    folder = _own_folder()
    with _told(folder):
        gone = own.remove(folder, name)
    typer.echo(f"{name} is removed" if gone else f"{name} is hidden: `pastiche styles add {name}` shows it again")


@app.command()
def preview(
    name: Annotated[str, typer.Argument(help="The preset, or all.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A .jpg, or a folder for all; left out: for the bot's sheet.")
    ] = None,
    content: Annotated[Path | None, typer.Option(help="The photo to paint; left out: the one that ships.")] = None,
    method: Annotated[Method, typer.Option(help="instant is what people see first.")] = Method.INSTANT,
    device: Device = "auto",
) -> None:
    """Paint how a preset looks."""
    from engine.presets.preview import paint_preview, read_photograph, save
    from pastiche.settings import read_settings

    folder = _own_folder()
    with _told(out or folder):
        wanted = _named(name)
        paths = _preview_paths(wanted, out, folder, single=name != "all")
        photo = read_picture(content) if content else read_photograph()
        painter = open_painter(device=device, weights_dir=read_settings().weights_folder)
        with _bar("painting", len(wanted)) as on_done:
            for number, (preset, path) in enumerate(zip(wanted, paths, strict=True), start=1):
                # A generator paints in one way only.
                way = Method.INSTANT if preset.generator_path else method
                with replaced(path) as draft:
                    save(paint_preview(painter, preset.name, photo, way.value), draft)
                on_done(number)
        if out is None:
            # The table's age is what tells a running bot to look again.
            with own.changed(folder):
                pass


@app.command()
def sheet(out: Annotated[Path, typer.Option("-o", "--out", help="Where it goes: a .jpg.")]) -> None:
    """Lay out the previews of all presets on one sheet."""
    from engine.presets.preview import gallery, save

    _own_folder()
    _insist_on_jpeg(out)
    check_writable(out)
    with replaced(out) as draft:
        save(gallery(load_presets()), draft)


def _own_folder() -> Path:
    """Where the operator's presets lie; from now on this process offers them."""
    from pastiche.settings import read_settings, use_own_presets

    return use_own_presets(read_settings())


def _row(preset: Preset) -> tuple[str, ...]:
    kind = f"{preset.kind}, hidden" if preset.hidden else preset.kind
    picture = "yes" if preset.style_path else "no"
    return preset.name, preset.title, kind, preset.artist, preset.year, picture, _fitted(preset)


def _fitted(preset: Preset) -> str:
    """In how many steps, and whether to the network that is here; a generator is a network of its own."""
    if preset.generator_path:
        return "-"
    try:
        from engine.instant_weights import SHIPPED_INSTANT, network_id
        from engine.presets.fitted import load_fitted
    except ImportError:  # the image of the bot alone has no torch, and can still list
        return "?"
    if not preset.fitted_path.is_file():
        return "no"
    try:
        found = load_fitted(preset.fitted_path)
    except EngineError:
        return "damaged"
    if found.network != network_id(SHIPPED_INSTANT):
        return "to older weights"
    return f"{found.steps} steps" if found.steps else "as predicted"


def _give_picture(folder: Path, name: str, picture: Image.Image, **words: str | None) -> None:
    """Vectors and preview ship; with the picture, HQ can use any backbone."""
    with own.changed(folder) as entries:
        entry = entries.setdefault(name, {})
        own.tell(entry, **words)
        entry.pop("hidden", None)
        (folder / name).mkdir(exist_ok=True)
        with replaced(folder / name / STYLE) as draft:
            _save_style(picture, draft)


def _add_own(
    folder: Path,
    name: str,
    picture: Image.Image,
    words: dict[str, str | None],
    steps: int,
    photos: Sequence[Path],
    device: str,
) -> None:
    entry: dict[str, str] = {}
    own.tell(entry, **words)
    _insist_on_new(name)
    net, fitted = _fit(picture, steps, photos, device)
    from engine.presets.fitted import save_fitted
    from engine.presets.preview import read_photograph, save

    with own.changed(folder) as entries:
        (folder / name).mkdir(exist_ok=True)
        _save_style(picture, folder / name / STYLE)
        save_fitted(folder / name / FITTED, fitted)
        [painted] = net.paint([read_photograph()], fitted.vectors[1.0][None])
        save(painted, folder / name / PREVIEW)
        entries[name] = entry


def _add_generator(folder: Path, name: str, path: Path, words: dict[str, str | None], device: str) -> None:
    from engine.cyclegan import load_generator, save_generator
    from engine.devices import choose_device
    from engine.instant_painter import pass_through
    from engine.poster import GeneratorTiler
    from engine.presets.preview import read_photograph, save

    entry: dict[str, str] = {}
    own.tell(entry, **words)
    _insist_on_new(name)
    generator = load_generator(path).to(choose_device(device))
    painted = pass_through(GeneratorTiler(generator), read_photograph())
    with own.changed(folder) as entries:
        (folder / name).mkdir(exist_ok=True)
        save_generator(folder / name / GENERATOR, generator)
        save(painted, folder / name / PREVIEW)
        entries[name] = entry


def _insist_on_new(name: str) -> None:
    if name in shipped_table():
        raise OperatorError(f"{name} ships with the project: take another name")
    if name in {preset.name for preset in every_preset()}:
        raise OperatorError(f"there is a preset {name} already: remove it first, or take another name")


def _fit(picture: Image.Image, steps: int, photos: Sequence[Path], device: str) -> "tuple[InstantNet, Fitted]":
    try:
        from engine.train.presets import read_photos, shipped_net
        from engine.train.style import Fit, Fitting
    except ImportError as error:
        raise OperatorError(f"adding a preset needs {error.name}, which is not here") from error
    content, net = read_photos(photos), shipped_net(device)
    fit = Fit(net, [picture], Fitting(steps=steps))
    with _bar("fitting", steps) as on_done:
        fit.run(content, lambda step, loss: on_done(step))
    return net, fit.fitted()[0]


def _save_style(picture: Image.Image, path: Path) -> None:
    small = picture.copy()
    small.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX), Image.Resampling.LANCZOS)
    small.save(path, "JPEG", quality=QUALITY, subsampling=0)


def _named(name: str) -> list[Preset]:
    found = [preset for preset in every_preset() if name in ("all", preset.name)]
    if not found:
        raise OperatorError(f"there is no preset {name}")
    return found


def _preview_paths(presets: Sequence[Preset], out: Path | None, folder: Path, *, single: bool) -> list[Path]:
    """Where previews go. A folder is made where there is none."""
    if out is not None and single:
        _insist_on_jpeg(out)
        check_writable(out)
        return [out]
    paths = [out / f"{preset.name}.jpg" if out else folder / preset.name / PREVIEW for preset in presets]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
    return paths


def _insist_on_jpeg(out: Path) -> None:
    if out.suffix.lower() not in (".jpg", ".jpeg"):
        raise OperatorError(f"{out} must end in .jpg")


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[int], None]]:
    with typer.progressbar(length=max(1, length), label=label, file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What the disk or the engine has against it, in one line."""
    try:
        yield
    except EngineError as error:
        raise OperatorError(str(error)) from error
    except OSError as error:
        raise OperatorError(f"{folder} cannot be used for presets: {error.strerror or error}") from error
