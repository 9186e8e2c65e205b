"""Real children that misbehave in one way each: python -m tests.jobs.children_for_tests HOW."""

import argparse
import os
import sys
import time

from jobs.frames import add_pipe_arguments, meet_parent


def main() -> None:
    parser = argparse.ArgumentParser()
    add_pipe_arguments(parser)
    parser.add_argument("how")
    arguments = parser.parse_args()
    pipe = meet_parent(arguments)
    if arguments.how == "echo":
        sys.stderr.write("here I am\n")
        while (frame := pipe.receive()) is not None:
            pipe.send(frame.body, *frame.attachments)
    elif arguments.how == "environment":
        pipe.send({"names": sorted(os.environ)})
    elif arguments.how == "garbage":
        os.write(arguments.pipe, b"\x00\x00\x00\x05nonsense")
    elif arguments.how == "boast":
        os.write(arguments.pipe, b"\xff\xff\xff\xff")
    elif arguments.how == "deaf":
        pipe.send({"ready": True})
        time.sleep(600)


if __name__ == "__main__":
    main()
