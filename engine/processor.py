"""What the processor is and what it can do. Free of torch."""

import os
import platform
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
# What makes painting on a processor faster, from common to rare.
FEATURES = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")


def processor_name() -> str:
    """What the processor calls itself."""
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def processor_features() -> tuple[str, ...]:
    """Those of FEATURES that it has; none where the system does not tell."""
    flags = _cpuinfo("flags").split()
    return tuple(feature for feature in FEATURES if feature in flags)


def usable_cores() -> int:
    """Those that this process may run on; where the system does not tell, all there are."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _cpuinfo(key: str) -> str:
    try:
        lines = _CPUINFO.read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
