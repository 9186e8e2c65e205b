"""What a child gives up before it reads strangers' bytes: should they take it over, it holds nothing worth having.

It can open no file and no connection, start no program and no process, delete and change nothing and signal nobody; it
keeps its pipe. Linux only: elsewhere a child has its limits of memory and time alone.
"""

import ctypes
import errno
import logging
import os
import platform
import resource
import struct
import sys
from dataclasses import dataclass

log = logging.getLogger(__name__)

NOBODY = 65534
PR_SET_NO_NEW_PRIVS = 38
# Landlock's calls have the same numbers on every processor, but no names in the C library.
SYS_LANDLOCK_CREATE_RULESET = 444
SYS_LANDLOCK_RESTRICT_SELF = 446
LANDLOCK_CREATE_RULESET_VERSION = 1
# How many kinds of access to files each version of Landlock can forbid, from the first; later ones as the last.
FILE_RIGHTS = (13, 14, 15, 15, 16)
NET_RIGHTS_SINCE, NET_RIGHTS = 4, 2
SCOPES_SINCE, SCOPES = 6, 2

PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
SECCOMP_RET_ALLOW = 0x7FFF0000
SECCOMP_RET_ERRNO = 0x00050000
# One instruction of a filter: what to do, where to go on if so and if not (counted from the next one), with what.
INSTRUCTION = struct.Struct("HBBI")
LOAD, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, JUMP_IF_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, PROCESSOR_AT, FIRST_ARGUMENT_AT = 0, 4, 16
CLONE_THREAD = 0x00010000


@dataclass(frozen=True, kw_only=True)
class Calls:
    """The kernel's calls as a processor numbers them.

    forbidden: other processes (fork, vfork, execve, execveat, ptrace, process_vm_readv, process_vm_writev, kill,
    tkill), memory and messages for all (shmget, semget, msgget, mq_open), keys (add_key, request_key, keyctl), and
    what needs only a file's name (chmod, chown and their kin, utime and its kin, setxattr, lsetxattr)
    """

    processor: int
    clone: int
    clone3: int
    forbidden: tuple[int, ...]


CALLS = {
    "x86_64": Calls(
        processor=0xC000003E,
        clone=56,
        clone3=435,
        forbidden=(
            *(57, 58, 59, 322, 101, 310, 311, 62, 200),
            *(29, 64, 68, 240, 248, 249, 250),
            *(90, 268, 452, 92, 94, 260, 132, 235, 261, 280, 188, 189),
        ),
    ),
    "aarch64": Calls(
        processor=0xC00000B7,
        clone=220,
        clone3=435,
        forbidden=(
            *(221, 281, 117, 270, 271, 129, 130),
            *(194, 190, 186, 180, 217, 218, 219),
            *(53, 452, 54, 88, 5, 6),
        ),
    ),
}
# Numbers from here on are x86_64's calls under other names, meant for programs of 32 bits.
OTHER_NUMBERS = 0x40000000


def drop_root() -> None:
    """Become nobody where we are root, who may lift any limit. Comes before meet_parent(): the kernel then forgets
    that we are to die with our parent. And after all imports: nobody may be unable to read them.
    """
    if os.geteuid() != 0:
        return
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError as error:  # a container may know no such user
        log.warning("the decoder stays root: %s", error.strerror)


def give_up_the_rest() -> None:
    """From here on nothing new can be opened; what is open stays so."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _forbid_paths_and_signals()
        _forbid_calls()
        # Not one more descriptor, whichever are closed: no file, no socket, no pipe.
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _forbid_paths_and_signals() -> None:
    """What needs no descriptor: deleting, renaming, running. As far as this kernel's Landlock goes."""
    kernel = ctypes.CDLL(None, use_errno=True)
    version = kernel.syscall(SYS_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_CREATE_RULESET_VERSION)
    if version < 1:
        log.info("this kernel has no Landlock: the decoder could still delete files")
        return
    rules = _rules(version)
    ruleset = kernel.syscall(SYS_LANDLOCK_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    kernel.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if ruleset < 0 or kernel.syscall(SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0) != 0:
        log.warning("Landlock refuses: %s", os.strerror(ctypes.get_errno()))


def _rules(version: int) -> bytes:
    """A ruleset that permits nothing at all, in the form this version knows."""
    files = (1 << FILE_RIGHTS[min(version, len(FILE_RIGHTS)) - 1]) - 1
    rules = struct.pack("Q", files)
    if version >= NET_RIGHTS_SINCE:
        rules += struct.pack("Q", (1 << NET_RIGHTS) - 1)
    if version >= SCOPES_SINCE:
        rules += struct.pack("Q", (1 << SCOPES) - 1)
    return rules


class _Filter(ctypes.Structure):
    _fields_ = (("instructions", ctypes.c_ushort), ("first", ctypes.c_char_p))


def _forbid_calls() -> None:
    """What needs neither descriptor nor Landlock's leave: processes, memory for all, modes and owners. Threads stay."""
    calls = CALLS.get(platform.machine())
    if calls is None:
        log.info("the calls of this processor are not known: the decoder could still fork")
        return
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    program = _filter_of(calls)
    loaded = _Filter(len(program) // INSTRUCTION.size, program)
    if kernel.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(loaded), 0, 0) != 0:
        log.warning("seccomp refuses: %s", os.strerror(ctypes.get_errno()))


def _filter_of(calls: Calls) -> bytes:
    """A program for the kernel that is asked before every call."""
    refuse = (RETURN, 0, 0, SECCOMP_RET_ERRNO | errno.EPERM)
    instructions = [
        (LOAD, 0, 0, PROCESSOR_AT),
        (JUMP_IF_EQUAL, 1, 0, calls.processor),
        refuse,
        (LOAD, 0, 0, NUMBER_AT),
        (JUMP_IF_AT_LEAST, 0, 1, OTHER_NUMBERS),
        refuse,
        # The C library then takes clone, whose first argument tells a thread from a process; here it is out of sight.
        (JUMP_IF_EQUAL, 0, 1, calls.clone3),
        (RETURN, 0, 0, SECCOMP_RET_ERRNO | errno.ENOSYS),
    ]
    for number in calls.forbidden:
        instructions += [(JUMP_IF_EQUAL, 0, 1, number), refuse]
    instructions += [
        (JUMP_IF_EQUAL, 0, 3, calls.clone),
        (LOAD, 0, 0, FIRST_ARGUMENT_AT),
        (JUMP_IF_ANY_BIT, 1, 0, CLONE_THREAD),
        refuse,
        (RETURN, 0, 0, SECCOMP_RET_ALLOW),
    ]
    return b"".join(INSTRUCTION.pack(*instruction) for instruction in instructions)
