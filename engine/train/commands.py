"""What can be trained: `python -m engine.train …` and `pastiche train …` are the same. Torch is loaded late."""

import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from engine.train.net import Training
    from engine.train.pictures import Pictures
    from engine.train.validation import Validation

OnDone = Callable[[int, int, str], None]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="Train what ships with the engine.")

WEIGHTS = Path(__file__).parent.parent / "weights"
PRESETS = Path(__file__).parent.parent / "presets"
FIT_STEPS, FIT_SIZE = 30, 160

# Never trained on: what `make score` paints, and other scans and crops of the same paintings.
SCORE_STYLES = ("015_", "003_", "018_", "047_", "071_")
COPIES_OF_SCORE_STYLES = ("016_", "039_", "054_", "055_", "060_", "067_", "069_")
SCORE_PHOTOS = ("in_0007", "bs_100080", "bs_118035", "in_0100", "bs_12003")
HELD_OUT_PHOTOS, HELD_OUT_STYLES = 20, 10

Photos = Annotated[list[Path], typer.Option(help="Folder of photographs; may be given several times.")]
Styles = Annotated[list[Path], typer.Option(help="Folder of styles; may be given several times.")]
FewPhotos = Annotated[list[Path] | None, typer.Option(help="Folder of photographs; left out: the few that ship.")]
FitSteps = Annotated[int, typer.Option(help="Steps; each takes as long as painting six pictures a style.")]
FitSize = Annotated[int, typer.Option(help="Side of the photographs' crops in pixels.")]
Teacher = Annotated[Path | None, typer.Option(help="A safetensors file with (the beginning of) VGG19.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]
Threads = Annotated[int | None, typer.Option(help="Threads on a CPU; left out: all.")]


@app.command()
def net(
    photos: Photos,
    styles: Styles,
    out: Annotated[Path, typer.Option(help="Folder for checkpoint, scores and sheets.")] = Path("out/train"),
    minutes: Annotated[float | None, typer.Option(help="How long to train, over all resumptions.")] = None,
    steps: Annotated[int | None, typer.Option(help="The same in steps.")] = None,
    batch: Annotated[int, typer.Option(help="Pictures a step.")] = 4,
    size: Annotated[int, typer.Option(help="Side of the photographs' crops in pixels.")] = 192,
    teacher: Teacher = None,
    polish: Annotated[bool, typer.Option("--polish", help="Train on the teacher, not only judge by it.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from OUT, or else from the shipped weights.")] = False,
    presets: Annotated[bool, typer.Option("--presets", help="Learn the vectors of the presets along.")] = False,
    sheet_every: Annotated[int, typer.Option(help="Steps between two sample sheets.")] = 1000,
    rate: Annotated[float, typer.Option(help="Factor of both learning rates.")] = 1.0,
    bank: Annotated[int, typer.Option(help="Number of views of the styles.")] = 6000,
    seed: Annotated[int, typer.Option(help="Another seed, another order.")] = 0,
    device: Device = "auto",
    threads: Threads = None,
) -> None:
    """Train the instant network; it replaces the shipped one where its score on unseen pictures is better."""
    _settle(threads)
    from engine.errors import InvalidRequest
    from engine.instant import STYLE_SIDE_PX, InstantNet
    from engine.instant_weights import SHIPPED_INSTANT
    from engine.train.net import Settings, Training
    from engine.train.pictures import read_folders
    from engine.train.presets import sources
    from engine.train.shipping import Shelf, ship

    weights = WEIGHTS / SHIPPED_INSTANT.name
    if polish and teacher is None:
        raise InvalidRequest("--polish needs --teacher")
    settings = Settings(
        out=out,
        steps=steps,
        minutes=minutes,
        batch=batch,
        side_px=size,
        conv_rate=rate * Settings.conv_rate,
        rate=rate * Settings.rate,
        seed=seed,
        bank=bank,
        device=device,
        teacher=teacher if polish else None,
        sheet_every=sheet_every,
    )
    _insist_on_free(out, resume)
    every_photo = read_folders(photos, shortest_side_px=256)
    every_style = read_folders(styles, shortest_side_px=2 * STYLE_SIDE_PX)
    unseen = _held_out(every_photo, every_style, out)
    copies = {name for name in every_style.names if name.startswith(COPIES_OF_SCORE_STYLES)}
    training = Training(
        settings,
        every_photo.without(unseen["photos"]),
        every_style.without(unseen["styles"] | copies),
        weights if resume and weights.is_file() else None,
        sources((), styles) if presets else None,
    )
    validation = _validation(training, every_photo.only(unseen["photos"]), every_style.only(unseen["styles"]), teacher)
    training.run(validation)
    training.validate(validation)
    shelf = Shelf(weights, WEIGHTS / "README.md")
    nets, leg = training.nets, _leg(training, polish)
    is_better = ship(shelf, validation, training.slim, nets.painter, nets.reader, leg, training.vectors)
    if is_better and nets.presets is not None:
        nets.presets.save(InstantNet.load(training.slim, weights), training.learner.step)


@app.command()
def style(
    picture: Annotated[Path, typer.Argument(help="The style.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where it goes: a safetensors file.")],
    photos: FewPhotos = None,
    steps: FitSteps = FIT_STEPS,
    size: FitSize = FIT_SIZE,
    seed: Annotated[int, typer.Option(help="Another seed, another order.")] = 0,
    device: Device = "auto",
    threads: Threads = None,
) -> None:
    """Fit the vectors of one style, one for each brush, and write them with its moments."""
    _settle(threads)
    from engine.instant_weights import SHIPPED_INSTANT
    from engine.presets.fitted import moments_of, save_fitted
    from engine.train.presets import read_photos, read_picture, shipped_net
    from engine.train.style import Fit, Fitting

    content, painting = read_photos(photos or ()), read_picture(picture)
    net = shipped_net(device, WEIGHTS / SHIPPED_INSTANT.name)
    fit = Fit(net, [painting], Fitting(steps=steps, side_px=size, seed=seed))
    with _bar("fitting") as on_done:
        fit.run(content, lambda step, loss: on_done(step, steps, f"loss {loss:.3f}"))
    save_fitted(out, replace(fit.fitted()[0], moments=moments_of(painting, net.encoder)))


@app.command()
def presets(
    names: Annotated[list[str] | None, typer.Argument(help="Presets that ship; left out: all.")] = None,
    styles: Annotated[list[Path] | None, typer.Option(help="Folder of the paintings; may be repeated.")] = None,
    photos: FewPhotos = None,
    steps: FitSteps = FIT_STEPS,
    size: FitSize = FIT_SIZE,
    out: Annotated[Path, typer.Option(help="Folder of the presets.")] = PRESETS,
    device: Device = "auto",
    threads: Threads = None,
) -> None:
    """Fit the presets that ship to the network as it is now; what is fitted already is left alone."""
    _settle(threads)
    from engine.instant_weights import SHIPPED_INSTANT
    from engine.train.presets import fit_presets, read_photos, shipped_net, sources
    from engine.train.style import Fitting

    found, fitting = sources(names or (), styles or ()), Fitting(steps=steps, side_px=size)
    every_photo = read_photos(photos or ())
    with _bar("fitting") as on_done:
        written = fit_presets(
            shipped_net(device, WEIGHTS / SHIPPED_INSTANT.name),
            found,
            every_photo.without(_unseen_photos(every_photo)) if photos else every_photo,
            fitting,
            out=out,
            on_progress=lambda done, steps, names: on_done(done, steps, " ".join(names)),
        )
    sys.stderr.write(f"fitted {len(written)}, left alone {len(found) - len(written)}\n")


@app.command()
def score(
    photos: Photos,
    styles: Styles,
    teacher: Annotated[Path, typer.Option(help="A safetensors file with (the beginning of) VGG19, which judges.")],
    device: Device = "cpu",
    threads: Threads = None,
) -> None:
    """Judge each preset on photographs that nothing was trained on."""
    _settle(threads)
    from engine.devices import choose_device
    from engine.instant_weights import SHIPPED_INSTANT
    from engine.judge import Judge
    from engine.train.pictures import read_folders
    from engine.train.preset_scores import medians, score_presets
    from engine.train.presets import shipped_net, sources

    every_photo = read_folders(photos, shortest_side_px=256)
    unseen = every_photo.only(_unseen_photos(every_photo))
    net, judge = shipped_net(device, WEIGHTS / SHIPPED_INSTANT.name), Judge.true(teacher, choose_device(device))
    scores = []
    for each in score_presets(net, judge, unseen, sources((), styles)):
        scores.append(each)
        typer.echo(f"{each.name:20}  ratio {each.ratio:.3f}  SSIM {each.ssim:.3f}")
    ratio, similarity = medians(scores)
    typer.echo(f"{'median':20}  ratio {ratio:.3f}  SSIM {similarity:.3f}  of {len(unseen)} photographs")


@app.command()
def cyclegan(
    a: Annotated[list[Path], typer.Option(help="Folder of pictures of the first kind, such as photographs.")],
    b: Annotated[list[Path], typer.Option(help="Folder of pictures of the second kind.")],
    minutes: Annotated[float, typer.Option(help="How long to train, over all resumptions.")],
    out: Annotated[Path, typer.Option(help="Folder for checkpoint and generators.")] = Path("out/cyclegan"),
    size: Annotated[int, typer.Option(help="Side of the crops in pixels.")] = 128,
    width: Annotated[int, typer.Option(help="Channels of the first layer; published generators have 64.")] = 32,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from OUT.")] = False,
    seed: Annotated[int, typer.Option(help="Another seed, another order.")] = 0,
    device: Device = "auto",
    threads: Threads = None,
) -> None:
    """Train a pair of CycleGAN generators; `pastiche styles add` takes either as a style."""
    _settle(threads)
    from engine.train.cyclegan import Settings, Training
    from engine.train.pictures import read_folders

    settings = Settings(out=out, minutes=minutes, side_px=size, width=width, seed=seed, device=device)
    _insist_on_free(out, resume)
    first, second = (read_folders(folders, shortest_side_px=2 * size) for folders in (a, b))
    Training(settings, first, second).run()


@app.command()
def slim(
    photos: Photos,
    styles: Styles,
    teacher: Annotated[list[Path], typer.Option(help="VGG19, or its beginning and then a deeper student of it.")],
    minutes: Annotated[float, typer.Option(help="How long to train, over all resumptions.")],
    out: Annotated[Path, typer.Option(help="Folder for checkpoint, errors and slim.safetensors.")] = Path("out/slim"),
    batch: Annotated[int, typer.Option(help="Pictures a step.")] = 6,
    size: Annotated[int, typer.Option(help="Side of the crops in pixels.")] = 128,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from OUT.")] = False,
    seed: Annotated[int, typer.Option(help="Another seed, another order.")] = 0,
    device: Device = "auto",
    threads: Threads = None,
) -> None:
    """Distil `slim` further. To ship it, score it, then train the instant network, which reads it, once more."""
    _settle(threads)
    from engine.train.pictures import read_folders
    from engine.train.slim import Settings, Training, unseen_pictures
    from engine.train.teachers import Teacher

    settings = Settings(out=out, minutes=minutes, batch=batch, side_px=size, seed=seed, device=device)
    _insist_on_free(out, resume)
    every_photo, every_style = (read_folders(folders, shortest_side_px=256) for folders in (photos, styles))
    unseen = _held_out(every_photo, every_style, out)
    training = Training(
        settings,
        every_photo.without(unseen["photos"]),
        every_style.without(unseen["styles"]),
        Teacher.load(teacher),
    )
    training.run(unseen_pictures(every_photo.only(unseen["photos"]), every_style.only(unseen["styles"]), size))


@app.command()
def reader(
    slim: Annotated[Path, typer.Option(help="The new `slim`: a safetensors file of `train slim`.")],
    photos: Photos,
    styles: Styles,
    out: Annotated[Path, typer.Option(help="Folder for the weights and the presets that go with it.")] = (
        Path("out/reader")
    ),
    views: Annotated[int, typer.Option(help="Views of the styles to learn from.")] = 2000,
    steps: Annotated[int, typer.Option(help="Steps of 64 views.")] = 3000,
    seed: Annotated[int, typer.Option(help="Another seed, other views.")] = 0,
    threads: Threads = None,
) -> None:
    """Teach the instant network's reader a new `slim`: then slim, weights and presets can ship together."""
    _settle(threads)
    import torch

    from engine.encoder import Encoder
    from engine.instant import STYLE_SIDE_PX
    from engine.instant_weights import SHIPPED_INSTANT, load_nets
    from engine.train.pictures import read_folders
    from engine.train.presets import sources
    from engine.train.reader import hand_over, prepare, teach
    from engine.train.styles import StyleBank
    from engine.weights import SHIPPED_SLIM

    old, new = (Encoder.load(path, name="slim", device=torch.device("cpu")) for path in (SHIPPED_SLIM, slim))
    every_photo = read_folders(photos, shortest_side_px=256)
    every_style = read_folders(styles, shortest_side_px=2 * STYLE_SIDE_PX)
    unseen = _held_out(every_photo, every_style, out)
    shown = every_style.without(unseen["styles"]), every_photo.without(unseen["photos"])
    bank = StyleBank(*shown, lambda pixels: {}, seed, views)  # only its pictures are wanted
    with _bar("looking") as on_done:
        lessons = prepare(bank.picture, views, old, new, SHIPPED_INSTANT, on_done)
    _, its_reader = load_nets(SHIPPED_INSTANT, new)
    with _bar("teaching") as on_done:
        error = teach(its_reader, lessons, steps, on_done, seed)
    hand_over(SHIPPED_INSTANT, new, its_reader, sources((), styles), out)
    typer.echo(f"{out}: {error:.3f} of what styles lie apart")


@app.command()
def pack(
    photos: Photos,
    styles: Styles,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write.")] = Path("out/pack"),
    teacher: Teacher = None,
) -> None:
    """Pack pictures and teacher into a small folder: train there with --photos OUT/photos --styles OUT/styles."""
    from engine.train.pack import pack as write

    sys.stderr.write(f"{out}: {write(photos, styles, teacher, out):.1f} MiB\n")


def _insist_on_free(out: Path, resume: bool) -> None:
    """Nobody's training is overwritten, or gone on with, by mistake."""
    from engine.errors import InvalidRequest
    from engine.train import checkpoints

    if not resume and (out / checkpoints.FILE_NAME).exists():
        raise InvalidRequest(f"{out} holds a training already: add --resume, or name another folder")


def _settle(threads: int | None) -> None:
    """Before torch is loaded: threads that wait sleep early, so that a training in the background starves nobody."""
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")
    import torch

    if threads:
        torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    # Asked to end, a training writes its checkpoint first.
    signal.signal(signal.SIGTERM, _end)


@contextmanager
def _bar(label: str) -> Iterator[OnDone]:
    """A bar on standard error; told how much is done, of how much, and what is being done."""
    with typer.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def on_done(done: int, length: int, what: str) -> None:
            bar.length, bar.label = max(1, length), what
            bar.update(done - bar.pos)

        yield on_done


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _held_out(photos: "Pictures", styles: "Pictures", out: Path) -> dict[str, set[str]]:
    """Names of what only the validation sees; at most a quarter of a small collection. Kept in out/held-out.json."""
    from engine.train.pictures import hold_out

    candidates = [name for name in styles.names if not name.startswith(COPIES_OF_SCORE_STYLES)]
    chosen = {
        "photos": _unseen_photos(photos),
        "styles": hold_out(candidates, min(HELD_OUT_STYLES, len(candidates) // 4), 0, SCORE_STYLES),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "held-out.json").write_text(json.dumps({what: sorted(names) for what, names in chosen.items()}, indent=1))
    return chosen


def _unseen_photos(photos: "Pictures") -> set[str]:
    from engine.train.pictures import hold_out

    return hold_out(photos.names, min(HELD_OUT_PHOTOS, len(photos) // 4), 0, SCORE_PHOTOS)


def _validation(training: "Training", photos: "Pictures", styles: "Pictures", teacher: Path | None) -> "Validation":
    """Judged by the teacher; without one, by `slim`, whose numbers are kinder and only compare with each other."""
    from engine.errors import InvalidRequest
    from engine.judge import Judge
    from engine.train.validation import Validation

    if not len(photos) or not len(styles):
        raise InvalidRequest("too few pictures to hold some out: give at least four photographs and four styles")
    judge = (
        Judge.true(teacher, training.device)
        if teacher
        else Judge(training.slim, ("relu1_2", "relu2_2", "relu3_2", "relu3_4"))
    )
    presets = training.nets.presets
    return Validation(photos, styles, training.slim, judge, presets=presets.levels() if presets is not None else None)


def _leg(training: "Training", polish: bool) -> str:
    """A line of the model card, up to the scores."""
    import torch

    from engine.processor import processor_name

    cuda = training.device.type == "cuda"
    settings, learner = training.settings, training.learner
    where = torch.cuda.get_device_name(training.device) if cuda else f"{platform.machine()} {processor_name()}"
    loss = "VGG19 + slim" if polish else "slim"
    crops = f"{settings.batch} × {settings.side_px} px"
    today = datetime.now(UTC).date().isoformat()
    return f"{today} | {where} | {learner.step} | {learner.seconds / 60:.0f} | {crops} | {loss}"
