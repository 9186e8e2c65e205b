"""`pastiche weights`: a published file becomes a backbone, whatever the network and the disk do."""

import hashlib
import io
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.layers import VGG19
from engine.published import PUBLISHED
from engine.weights import load_weights
from pastiche import download
from pastiche.cli import main
from tests.conftest import missing
from tests.engine.builders import small_tensors
from tests.pastiche.file_server import FileServer, serving

Pastiche = Callable[..., int]


@pytest.fixture(scope="module")
def published_bytes() -> bytes:
    """As the published file, but eight channels wide."""
    out = io.BytesIO()
    classifier = {"classifier.0.weight": torch.rand(50_000, generator=torch.Generator().manual_seed(1))}
    tensors = small_tensors(VGG19.conv_indices[-1]) | classifier
    torch.save(tensors, out, _use_new_zipfile_serialization=False)
    return out.getvalue()


@pytest.fixture
def server(published_bytes: bytes) -> Iterator[FileServer]:
    with serving(FileServer(published_bytes)) as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "weights"


@pytest.fixture
def pastiche(server: FileServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Pastiche:
    """Runs a command of `pastiche` in this process, against the server, and returns its exit code."""
    begins = hashlib.sha256(server.data).hexdigest()[:8]
    monkeypatch.setitem(PUBLISHED, "vgg19", replace(PUBLISHED["vgg19"], sha256_begins=begins))
    monkeypatch.setattr(download, "PAUSE_S", 0.0)
    monkeypatch.setenv("PASTICHE_WEIGHTS_DIR", str(folder))
    monkeypatch.setenv("PASTICHE_WEIGHTS_URL", server.url)

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["pastiche", *arguments])
        with pytest.raises(SystemExit) as exit_info:
            main()
        return int(exit_info.value.code or 0)

    return run


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def the_line(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error."""
    [line] = capsys.readouterr().err.strip().splitlines()
    return line


PART = {"vgg19-dcbb9e9d.pth.part", "vgg19-dcbb9e9d.pth.part.version"}


def test_pull_leaves_the_convolutions_and_nothing_else(pastiche: Pastiche, folder: Path) -> None:
    code = pastiche("weights", "pull", "vgg19")

    assert code == 0
    assert files_in(folder) == {"vgg19.safetensors"}
    assert len(load_weights(folder / "vgg19.safetensors").convs) == 16


def test_what_is_installed_is_not_fetched_again(pastiche: Pastiche, server: FileServer) -> None:
    pastiche("weights", "pull", "vgg19")

    code = pastiche("weights", "pull", "vgg19")

    assert code == 0
    assert len(server.asked) == 1


def test_list_and_where_know_what_is_installed(
    pastiche: Pastiche, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pastiche("weights", "pull", "vgg19")
    capsys.readouterr()

    codes = [pastiche("weights", "list"), pastiche("weights", "where"), pastiche("weights", "where", "vgg19")]

    slim, vgg19, vgg16, where, where_vgg19 = capsys.readouterr().out.splitlines()
    assert codes == [0, 0, 0]
    assert slim.endswith("ships with the project")
    assert vgg19.startswith(f"vgg19  installed: {folder}/vgg19.safetensors")
    assert "pastiche weights pull vgg16 (528 MiB, of which 57 are kept)" in vgg16
    assert (where, where_vgg19) == (str(folder), f"{folder}/vgg19.safetensors")


def test_a_connection_that_breaks_off_is_taken_up_where_it_was(
    pastiche: Pastiche, server: FileServer, folder: Path
) -> None:
    server.cut_after = [70_000, 50_000]

    code = pastiche("weights", "pull", "vgg19")

    assert code == 0
    assert server.asked == [None, "bytes=70000-", "bytes=120000-"]
    assert server.sent == len(server.data)


def test_a_second_run_goes_on_from_what_the_first_one_got(
    pastiche: Pastiche, server: FileServer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.cut_after = [70_000, 0]
    first = pastiche("weights", "pull", "vgg19")
    said, left = the_line(capsys), files_in(folder)

    second = pastiche("weights", "pull", "vgg19")

    assert (first, second) == (2, 0)
    assert "broke off" in said
    assert "run this again" in said
    assert left == PART
    assert server.asked[-1] == "bytes=70000-"
    assert files_in(folder) == {"vgg19.safetensors"}


@pytest.mark.parametrize("case", ["no ranges", "another version", "shorter now"])
def test_what_cannot_be_gone_on_with_is_begun_anew(pastiche: Pastiche, server: FileServer, case: str) -> None:
    server.cut_after = [70_000, 0]
    pastiche("weights", "pull", "vgg19")
    if case == "no ranges":
        server.ranges = False
    elif case == "another version":
        server.etag = '"two"'
    else:
        part = next(Path(os.environ["PASTICHE_WEIGHTS_DIR"]).glob("*.part"))
        part.write_bytes(b"x" * (len(server.data) + 1))

    code = pastiche("weights", "pull", "vgg19")

    assert code == 0


def test_a_download_that_only_lacks_its_conversion_needs_no_network(
    pastiche: Pastiche, server: FileServer, folder: Path
) -> None:
    folder.mkdir()
    (folder / "vgg19-dcbb9e9d.pth.part").write_bytes(server.data)

    code = pastiche("weights", "pull", "vgg19")

    assert (code, server.asked) == (0, [])


def test_a_wrong_checksum_is_one_line_and_leaves_nothing(
    pastiche: Pastiche, server: FileServer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.data = server.data[:-1] + b"\0"

    code = pastiche("weights", "pull", "vgg19")

    assert code == 2
    assert "SHA-256" in the_line(capsys)
    assert files_in(folder) == set()


def test_without_a_network_it_is_one_line_and_nothing_is_left(
    pastiche: Pastiche, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setenv("PASTICHE_WEIGHTS_URL", f"http://127.0.0.1:{port}")

    code = pastiche("weights", "pull", "vgg19")

    assert code == 2
    assert "127.0.0.1 cannot be reached" in the_line(capsys)
    assert files_in(folder) == set()


def test_a_server_that_refuses_is_quoted(
    pastiche: Pastiche, server: FileServer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.status = 404

    code = pastiche("weights", "pull", "vgg19")

    assert code == 2
    assert f"127.0.0.1 answers 404 for {server.url}/vgg19-dcbb9e9d.pth" in the_line(capsys)
    assert files_in(folder) == set()


def test_a_backbone_that_is_none_is_named(pastiche: Pastiche, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [pastiche("weights", "pull", "resnet"), pastiche("weights", "where", "vgg16")]

    unknown, absent = capsys.readouterr().err.splitlines()
    assert codes == [2, 2]
    assert "there are vgg19, vgg16" in unknown
    assert "vgg16 is not installed" in absent


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 256 KiB in the weights folder's place."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder], capture_output=True)
    if mounted.returncode:
        missing("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("spare", [None, 0, -(2**40)], ids=["told at once", "no room left", "full on the way"])
def test_a_full_disk_is_one_line_and_gets_its_room_back(
    pastiche: Pastiche,
    small_disk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    spare: int | None,
) -> None:
    (small_disk / "others").write_bytes(b"\0" * 100_000)
    if spare is not None:
        monkeypatch.setattr(download, "SPARE_BYTES", spare)

    code = pastiche("weights", "pull", "vgg19")

    assert code == 2
    assert "too little room" in the_line(capsys)
    assert files_in(small_disk) == {"others"}


def test_a_disk_too_small_for_the_conversion_keeps_the_download(
    pastiche: Pastiche,
    server: FileServer,
    small_disk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(download, "SPARE_BYTES", -(2**40))
    room = 256 * 1024 - len(server.data) - 3 * 4096
    (small_disk / "others").write_bytes(b"\0" * room)

    code = pastiche("weights", "pull", "vgg19")

    assert code == 2
    assert "too little room" in the_line(capsys)
    assert files_in(small_disk) == PART | {"others"}
