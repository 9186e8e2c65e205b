"""The decoder child: one picture after another, under limits that the kernel holds. Pillow, no torch."""

import argparse
import logging
import resource
import sys

from jobs import confinement, faults
from jobs.decoding import decode, learn_formats
from jobs.errors import BadPicture
from jobs.frames import MIB, ParentPipe, add_pipe_arguments, meet_parent

MAX_ADDRESS_SPACE_BYTES = 1024 * MIB
MAX_CPU_S = 10  # for each picture


def main() -> None:
    """Decode what comes over the pipe until it closes."""
    parser = argparse.ArgumentParser()
    add_pipe_arguments(parser)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    pipe = get_ready(parser.parse_args())
    faults.hit("decoder_loaded")
    pipe.send({"ready": True})
    while (frame := pipe.receive()) is not None:
        _grant_cpu()
        faults.hit("decoder_asked")
        _answer(pipe, frame.attachments[0])


def get_ready(arguments: argparse.Namespace) -> ParentPipe:
    """Load what decoding needs, then give up everything else."""
    learn_formats()
    confined = not faults.are_armed()  # their orders are files, which it could not read
    if confined:
        confinement.drop_root()
    pipe = meet_parent(arguments)
    _limit_memory()
    if confined:
        confinement.give_up_the_rest()
    return pipe


def _answer(pipe: ParentPipe, data: bytes) -> None:
    try:
        picture = decode(data)
    except BadPicture as error:
        pipe.send({"bad": error.reason})
    else:
        size = {"width_px": picture.width_px, "height_px": picture.height_px}
        faults.hit("decoder_done")
        pipe.send({"animated": picture.animated, **size}, picture.png)
        faults.hit("decoder_answered")


def _limit_memory() -> None:
    if sys.platform == "linux":  # macOS knows this limit but cannot hold it
        resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESS_SPACE_BYTES, MAX_ADDRESS_SPACE_BYTES))


def _grant_cpu() -> None:
    """Allow so many seconds more than were used so far: the kernel counts over the whole life of a process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used_s = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used_s + MAX_CPU_S, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
