"""What a child gives up before it reads strangers' bytes: should they take it over, it holds nothing worth having.

It can open no file and no connection, start no program, delete nothing and signal nobody; it keeps its pipe. Linux
only: elsewhere a child has its limits of memory and time alone.
"""

import ctypes
import logging
import os
import resource
import struct
import sys

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
