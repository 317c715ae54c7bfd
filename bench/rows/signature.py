"""Verifying SigV4, beside botocore signing the same requests."""
import json
import statistics

from .figures import Figure
from .machine import checked, load

ROUNDS = 5


def rows(bench):
    """Processor time an operation, medians of alternating rounds."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(bench.measure("signature", 0.3))
        theirs.append(json.loads(checked([bench.python(), str(bench.folder / "botocore-round"), "1000"], "botocore")))

    def middle(kind):
        return statistics.median(one[kind]["processorSeconds"] / one[kind]["count"] * 1e6 for one in ours)

    def peer(kind):
        return statistics.median(one[kind] for one in theirs)

    return [
        Figure(
            "signature", f"SigV4 verify, {text}", f"{middle(kind):.1f} us",
            f"botocore signs {peer(kind):.0f} us", middle(kind) / peer(kind),
            command=f"CordonBenchmarks signature 0.3; bench/botocore-round 1000   # {ROUNDS} rounds in turn",
            notes=["processor time; Cordon reads, canonicalises and verifies with the day's key at hand;"
                   " botocore signs the same request, key derived each time", load()])
        for kind, text in (("get", "GET with 4 signed headers"), ("put", "PUT of a part, 7 signed headers"))
    ]
