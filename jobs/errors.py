"""What can go wrong between asking and getting.

JobsError
├── InvalidSpec         a job asks for something outside the limits
├── BadPicture          a picture cannot be used; reason is the key of the sentence for the user
├── BlobMissing         a blob is gone, or the key never named one
├── BlobsAway           blobs cannot be read or written just now: the disk is full, gone or read-only
├── ResultGone          the job has no result, or no longer
├── NotAdmitted         a wish is turned away; nothing was changed
│   ├── LimitReached    the person has asked for enough; tells which limit, and when there is room again
│   ├── IntakePaused    an admin takes nothing in for now, and says why
│   └── Banned          an admin wants nothing more from this person
├── NotAllowed          an admin's act that is not theirs to do
├── PresetRefused       a preset cannot be added or changed so; reason is the key of the sentence
├── ChildError          a child process failed us
│   ├── ChildGone       it ended, or closed its pipe
│   └── ProtocolError   it said something that cannot be understood
└── PainterError        a picture was not painted
    ├── PainterUnusable the painter cannot start: its message is for the operator
    ├── PaintingFailed  the engine gave up on this request
    ├── PaintingStopped it was asked to stop, and did (or was killed for not doing so in time)
    └── PainterLost     the painter died or hung; in_step tells whether this job is to blame
"""

from typing import Literal

BadPictureReason = Literal["not-a-picture", "too-large", "too-small", "too-long", "broken", "too-slow"]
LimitKind = Literal["queued", "daily"]
PresetReason = Literal["name", "taken", "title", "unknown", "last", "away"]
LossCause = Literal["died", "hung", "out-of-memory"]


class JobsError(Exception):
    """Something between asking and getting failed."""


class InvalidSpec(JobsError):
    """A job asks for something outside the limits."""


class BadPicture(JobsError):
    """A picture cannot be used."""

    def __init__(self, reason: BadPictureReason) -> None:
        super().__init__(reason)
        self.reason: BadPictureReason = reason


class BlobMissing(JobsError):
    """A blob is gone, or the key never named one."""


class BlobsAway(JobsError, OSError):
    """Blobs cannot be read or written just now: the disk is full, gone or read-only. Nothing was half-written."""


class ResultGone(JobsError):
    """The job has no result, or no longer."""


class NotAdmitted(JobsError):
    """A wish is turned away; nothing was changed, and what was accepted before goes on."""


class LimitReached(NotAdmitted):
    """The person has asked for enough. most: the limit; free_in_s: seconds until there is room, where it is known."""

    def __init__(self, limit: LimitKind, most: int, free_in_s: float | None = None) -> None:
        super().__init__(f"{limit}: {most}")
        self.limit: LimitKind = limit
        self.most = most
        self.free_in_s = free_in_s


class IntakePaused(NotAdmitted):
    """Nothing is taken in for now. sentence: the admin's own, perhaps empty."""

    def __init__(self, sentence: str) -> None:
        super().__init__("paused")
        self.sentence = sentence


class Banned(NotAdmitted):
    """An admin wants nothing more from this person."""


class NotAllowed(JobsError):
    """An admin's act that is not theirs to do: only owners choose admins, and nobody bans one."""


class PresetRefused(JobsError):
    """A preset cannot be added or changed so."""

    def __init__(self, reason: PresetReason) -> None:
        super().__init__(reason)
        self.reason: PresetReason = reason


class ChildError(JobsError):
    """A child process failed us."""


class ChildGone(ChildError):
    """The child ended, or closed its pipe."""


class ProtocolError(ChildError):
    """The child said something that cannot be understood."""


class PainterError(JobsError):
    """A picture was not painted."""


class PainterUnusable(PainterError):
    """The painter cannot start: its message is for the operator."""


class PaintingFailed(PainterError):
    """The engine gave up on this request."""


class PaintingStopped(PainterError):
    """The painter was asked to stop, and did, or was killed for not doing so in time."""


class PainterLost(PainterError):
    """The painter died, hung or ran out of memory; in_step tells whether it was at work on this job."""

    def __init__(self, cause: LossCause, *, in_step: bool) -> None:
        super().__init__(cause)
        self.cause: LossCause = cause
        self.in_step = in_step
