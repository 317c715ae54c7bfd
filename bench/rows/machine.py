"""What every row needs of the machine: programs, processes, an environment that is up for a while."""
import contextlib
import json
import os
import platform
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from .figures import NotMeasured

TICKS = os.sysconf("SC_CLK_TCK")


def machine():
    """One line: processor, cores, memory, kernel."""
    text = Path("/proc/cpuinfo").read_text()
    model = next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")), "?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}"


def load():
    """How busy the machine was in the last minute, as a note: a busy machine's wall times are not its own."""
    return f"load of the machine in the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def checked(command, what, **options):
    """Runs a command and returns its output; a command that fails means that there is no figure."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotMeasured(f"{what}: {error}") from error
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise NotMeasured(f"{what} ended with {done.returncode}: {' / '.join(words)}")
    return done.stdout


def timed(command, what):
    """Milliseconds on the wall that a command took."""
    started = time.perf_counter()
    checked(command, what, stdin=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


def processor_seconds(process):
    """What a process has used of processors so far; its clock ticks every 10 ms."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_of(process):
    """RSS and PSS of a process in MB (10^6 bytes)."""
    def kilobytes(file, key):
        line = next(line for line in Path(f"/proc/{process}/{file}").read_text().splitlines() if line.startswith(key))
        return int(line.split()[1]) * 1024 / 1e6
    return kilobytes("status", "VmRSS:"), kilobytes("smaps_rollup", "Pss:")


class Bench:
    """Where things are."""

    def __init__(self, root, cordon, measuring, peers):
        self.root = root
        self.folder = root / "bench"
        self.example = root / "examples/breast-cancer/cordon.yaml"
        self.cordon = cordon
        self.measuring = measuring
        self.peers = peers

    def python(self):
        """The Python with the peers."""
        return self._there(self.peers / "bin/python")

    def program(self):
        """The executable."""
        return self._there(self.cordon)

    def checkov(self):
        """Checkov, in a Python of its own, because what it needs does not go with the other peers."""
        return self._there(self.peers.with_name("bench-checkov") / "bin/checkov")

    def measure(self, *arguments):
        """What the measuring program says."""
        return json.loads(checked([self._there(self.measuring), *map(str, arguments)], "CordonBenchmarks"))

    def run(self, *arguments, **options):
        """Runs `cordon` with arguments."""
        return checked([self._there(self.cordon), *map(str, arguments)], f"cordon {arguments[0]}", **options)

    def _there(self, path):
        if not path.exists():
            raise NotMeasured(f"{path.name} is not there; run bench/setup (and make build)")
        return str(path)

    @contextlib.contextmanager
    def folder_for(self, name):
        """A folder that is gone afterwards; short, because sockets' paths have 107 bytes."""
        path = Path(tempfile.mkdtemp(prefix=f"cordon-{name}-"))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    @contextlib.contextmanager
    def environment(self, spec, state, *options):
        """An environment that is up, and down afterwards."""
        if os.geteuid() != 0:
            raise NotMeasured("an environment with its limits and quotas needs root; run it with sudo")
        self.run("up", spec, "--state", state, *options)
        try:
            yield Environment(self, state)
        finally:
            self.run("down", "--state", state)


class Environment:
    """An environment that is up."""

    def __init__(self, bench, state):
        self.bench = bench
        self.state = state
        self.status = json.loads(bench.run("status", "--state", state, "--format", "json"))
        self.process = self.status["process"]
        self.workspace = self.status["workspaces"][0]["name"]

    def command(self, *arguments):
        """The command line that runs something in the first workspace."""
        return [str(self.bench.cordon), "exec", "--state", str(self.state), self.workspace, "--", *arguments]


def shown(*words):
    """A command as a reader types it."""
    return shlex.join(map(str, words))
