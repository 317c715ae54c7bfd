"""`cordon up` of the example, to workspaces that can be worked in."""
import statistics
import time

from .figures import Figure
from .machine import load

RUNS = 5


def rows(bench):
    """Warm: the state folder is there from an earlier up."""
    times, ready = [], []
    with bench.folder_for("up") as folder:
        state = folder / "state"
        started = time.perf_counter()
        with bench.environment(bench.example, state):
            cold = time.perf_counter() - started
        for _ in range(RUNS):
            started = time.perf_counter()
            with bench.environment(bench.example, state) as environment:
                times.append(time.perf_counter() - started)
                bench.run(*environment.command("/bin/true")[1:])
                ready.append(time.perf_counter() - started)
    whole = statistics.median(times)
    return [Figure(
        "up", "cordon up of the example, warm", f"{whole:.2f} s", target="< 5 s", reached=whole < 5,
        command="cordon up examples/breast-cancer/cordon.yaml --state DIR",
        notes=[
            f"median of {RUNS}, {min(times):.2f} to {max(times):.2f} s, each after a down; up and the first status",
            f"to the end of a first command in the workspace: {statistics.median(ready):.2f} s",
            f"the first up, with an empty state folder: {cold:.2f} s", load(),
        ], raw={"warm": times, "ready": ready, "cold": cold})]
