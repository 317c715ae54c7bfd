"""From nothing to a first command that has run in a closed workspace, beside bare bubblewrap."""
import os
import statistics

from .figures import Figure
from .machine import load, shown, timed

RUNS = 31
BARE = ["/usr/bin/bwrap", "--ro-bind", "/", "/", "--unshare-all", "/bin/true"]


def rows(bench):
    """Opening a workspace in one process; then a command in a workspace of a running environment."""
    return [in_process(bench), through_command_line(bench)]


def in_process(bench):
    """What the gateway does for a workspace."""
    with bench.folder_for("start") as folder:
        os.chmod(folder, 0o711)
        seen = bench.measure("start", folder, RUNS)
    middle = {name: statistics.median(times) for name, times in seen.items() if isinstance(times, list)}
    return Figure(
        "start", "workspace start to first command", f"{middle['whole']:.0f} ms", f"bare bwrap {middle['bare']:.0f} ms",
        middle["whole"] / middle["bare"], "< 150 ms", middle["whole"] < 150,
        f"CordonBenchmarks start FOLDER {RUNS}; peer: {shown(*BARE)}",
        [
            f"{RUNS} runs in turn; {seen['shape']}",
            f"medians: open {middle['open']:.0f} ms, then a command {middle['whole'] - middle['open']:.0f} ms;"
            f" the next command {middle['command']:.0f} ms; close {middle['close']:.0f} ms",
            f"whole: {min(seen['whole']):.0f} to {max(seen['whole']):.0f} ms; bare: {min(seen['bare']):.0f} to"
            f" {max(seen['bare']):.0f} ms; the very first start, with mkfs: {seen['first']:.0f} ms",
            load(),
        ], seen)


def through_command_line(bench):
    """`cordon exec`: a process, its question to the gateway, a record in the ledger, the command, its exit code."""
    ours, bare = [], []
    with bench.folder_for("start") as folder, bench.environment(bench.example, folder / "state") as environment:
        command = environment.command("/bin/true")
        timed(command, "cordon exec")
        for _ in range(RUNS):
            ours.append(timed(command, "cordon exec"))
            bare.append(timed(BARE, "bwrap"))
    whole, peer = statistics.median(ours), statistics.median(bare)
    return Figure(
        "start", "cordon exec in a running environment", f"{whole:.0f} ms", f"bare bwrap {peer:.0f} ms", whole / peer,
        "< 150 ms", whole < 150, "cordon exec WORKSPACE -- /bin/true",
        [
            f"{RUNS} runs in turn; {min(ours):.0f} to {max(ours):.0f} ms; bare: {min(bare):.0f} to {max(bare):.0f} ms",
            load(),
        ],
        {"cordon": ours, "bare": bare})
