"""Start a command, wait for it and print what it took, as one line of JSON.

    python -S bench/watched.py PROGRAM [ARGUMENT ...]

A program of its own and small: a child's peak begins at that of the process that forks it. Memory
is that of the command and of what it starts, together, looked at 50 times a second; pages that they
share count twice, so it is rather too much than too little.
"""

import json
import os
import sys
import time
from pathlib import Path

INTERVAL = 0.02  # s
PAGE = os.sysconf("SC_PAGESIZE")


def resident(pid: int, parent: bytes = b"") -> int:
    """Bytes in memory of the process and its children; 0 of one that has ended.

    A child that is what its parent is has been forked this moment: its pages are the parent's.
    """
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    if command == parent:
        return 0
    return pages * PAGE + sum(resident(int(child), command) for child in children)


def main(command: list[str]) -> int:
    """Run it with its output thrown away; returns its exit code."""
    began, peak = time.perf_counter(), 0
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(command[0], command)
    while not (ended := os.wait4(child, os.WNOHANG))[0]:
        peak = max(peak, resident(child))
        time.sleep(INTERVAL)
    _, status, used = ended
    peak_mib = max(peak / 2**20, used.ru_maxrss / 2**10)
    took = {"wall": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime}
    print(json.dumps({**took, "peak_mib": peak_mib}))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
