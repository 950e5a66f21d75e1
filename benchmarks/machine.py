"""What a process has used, from /proc (Linux)."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """Resident memory now and at its highest, in MB of 1024 * 1024 bytes, and CPU seconds since the start."""

    resident_mb: float
    highest_mb: float
    cpu_seconds: float


def usage_of(pid: int) -> Usage:
    """Read a process's figures. Raises FileNotFoundError if it is gone."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return Usage(
        resident_mb=int(status["VmRSS"].split()[0]) / 1024,
        highest_mb=int(status["VmHWM"].split()[0]) / 1024,
        cpu_seconds=(int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
    )
