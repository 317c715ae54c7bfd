"""What the gateway holds while fifty workspaces do nothing."""
import time

from .figures import Figure
from .machine import load, memory_of

PROJECTS, WORKSPACES = 10, 5
HEAD = """\
cordon: 1
name: bench-fifty
organization: { id: o-bench1234567, account: "111122223333" }
region: eu-west-1
projects:
"""
PROJECT = """\
  - name: project-{number}
    data: [{{ bucket: bench-fifty-data-{number} }}]
    storage: {{ limit: 256 MiB }}
    workspaces:
"""
WORKSPACE = "      - { size: { memory: 256 MiB, disk: 64 MiB } }\n"


def rows(bench):
    """RSS after the workspaces have been idle for some seconds; one workspace beside fifty."""
    text = HEAD + "".join(PROJECT.format(number=number) + WORKSPACE * WORKSPACES for number in range(PROJECTS))
    with bench.folder_for("memory") as folder:
        spec = folder / "cordon.yaml"
        spec.write_text(text)
        with bench.environment(bench.example, folder / "one") as environment:
            time.sleep(3)
            one, _ = memory_of(environment.process)
        started = time.perf_counter()
        with bench.environment(spec, folder / "fifty") as environment:
            first = time.perf_counter() - started
            count = len(environment.status["workspaces"])
            bench.run(*environment.command("/bin/true")[1:])
        started = time.perf_counter()
        with bench.environment(spec, folder / "fifty") as environment:
            again = time.perf_counter() - started
            time.sleep(5)
            rss, pss = memory_of(environment.process)
    return [Figure(
        "memory", f"gateway memory, {count} workspaces idle", f"{rss:.0f} MB", f"1 workspace {one:.0f} MB", rss / one,
        "< 150 MB", rss < 150 and count == PROJECTS * WORKSPACES, "grep VmRSS /proc/GATEWAY/status",
        [
            f"RSS {rss:.1f} MB, PSS {pss:.1f} MB, in {PROJECTS} projects; the example's one workspace: {one:.1f} MB;"
            f" {(rss - one) * 1000 / max(1, count - 1):.0f} kB a workspace",
            f"up of {count}: {first:.1f} s with an empty state folder (that many mkfs), {again:.1f} s warm", load(),
        ], {"rss": rss, "pss": pss, "one": one, "first": first, "again": again})]
