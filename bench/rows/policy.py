"""Policy decisions on one core, beside Cedar's evaluator on the same requests."""
import json
import statistics

from .figures import Figure, NotMeasured
from .machine import checked, load

ROUNDS = 7


def rows(bench):
    """The two figures of the table, in alternating rounds."""
    data = bench.folder / "policy"
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(bench.measure("policy", data / "ten-policies.json", 0.5))
        command = [bench.python(), str(bench.folder / "cedar-round"), str(data), "60"]
        theirs.append(json.loads(checked(command, "Cedar")))
    same_decisions(ours[0], theirs[0])
    cpu = statistics.median(one["rate"]["count"] / one["rate"]["processorSeconds"] for one in ours)
    wall = statistics.median(one["rate"]["count"] / one["rate"]["seconds"] for one in ours)
    cedar = 1e6 / statistics.median(one["microseconds"] for one in theirs)
    count = len(ours[0]["decisions"])
    notes = [
        f"{count} requests, {ours[0]['decisions'].count('Allowed')} allowed; both engines decide all alike",
        f"Cordon: {1e6 / cpu:.2f} us of processor a decision; on the wall {1e6 / wall:.2f} us ({wall:,.0f}/s);"
        f" medians of {ROUNDS} rounds",
        f"Cedar {theirs[0]['version']}: {1e6 / cedar:.1f} us a decision by its own timer (wall, whole us);"
        " each request's median, so that no interruption counts against it",
        load(),
    ]
    command = "bench/run policy"
    raw = {"cordon": [one["rate"] for one in ours], "cedar": [one["microseconds"] for one in theirs]}
    return [
        Figure("policy", "policy decisions/s, one core", f"{cpu:,.0f}", f"Cedar core {cedar:,.0f}", cpu / cedar,
               ">= 200,000", cpu >= 200_000, command, notes, raw),
        Figure("policy", "the same, against Cedar's core", f"{cpu:,.0f}", f"Cedar core {cedar:,.0f}", cpu / cedar,
               ">= 4x", cpu >= 4 * cedar, command),
    ]


def same_decisions(ours, theirs):
    """A speed of wrong answers is no figure."""
    if ours["decisions"] != ours["expected"]:
        raise NotMeasured("Cordon decides otherwise than bench/policy/ten-policies.json expects")
    if theirs["errors"]:
        raise NotMeasured(f"Cedar could not evaluate: {theirs['errors'][0]}")
    if ours["policies"] != 10 or theirs["policies"] != 10:
        raise NotMeasured(f"not ten policies: {ours['policies']} and {theirs['policies']}")
    if [one == "Allowed" for one in ours["decisions"]] != theirs["decisions"]:
        raise NotMeasured("Cedar and Cordon decide otherwise; a comparison would mean nothing")
