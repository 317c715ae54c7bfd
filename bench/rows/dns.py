"""A hundred thousand tunnel names from inside a workspace, and what of them leaves the gateway."""
import json

from .figures import Figure, NotMeasured
from .machine import checked, load

NAMES, WEAK_NAMES = 100_000, 2_000


def rows(bench):
    """First the proof that a forwarded question would be seen, with the control switched off; then the figure."""
    weak = drill(bench, WEAK_NAMES, "dns-allowlist")
    if weak["forwarded"] == 0 or weak["resolver"] == 0:
        raise NotMeasured("with dns-allowlist off nothing was forwarded: this recorder proves nothing")
    seen = drill(bench, NAMES, None)
    client = seen["client"]
    if client["answered"] != NAMES or client["codes"] != {"3": NAMES}:
        raise NotMeasured(f"not every name was answered NXDOMAIN: {client}")
    others = "; ".join(f"{count} {where}" for where, count in seen["others"].items()) or "none"
    return [Figure(
        "dns", f"DNS queries forwarded, {NAMES:,} tunnel names", f"{seen['forwarded']}",
        f"control off: {weak['forwarded']:,} of {WEAK_NAMES:,}", target="0", reached=seen["forwarded"] == 0,
        command="bench/run dns   # bench/dns-drill, in a network and a mount namespace of its own",
        notes=[
            f"every name was answered NXDOMAIN, {NAMES / client['seconds']:,.0f} names/s with one client"
            f" ({client['resent']} asked again)",
            f"{seen['processor'] / NAMES * 1e6:.0f} us of processor a name in the gateway, its ledger record included",
            f"other packets on the machine's side of the gateway: {others}",
            f"with --weaken dns-allowlist the same recorder saw {weak['forwarded']:,} questions forwarded for"
            f" {WEAK_NAMES:,} names, and the resolver answered {weak['resolver']:,}",
            load(),
        ], raw={"strict": seen, "weakened": weak})]


def drill(bench, names, weaken):
    """Runs the drill in namespaces of its own: an empty network whose only resolver is the recorder."""
    with bench.folder_for("dns") as folder:
        command = ["/usr/bin/unshare", "--net", "--mount", "--propagation", "private", "/usr/bin/python3",
                   str(bench.folder / "dns-drill"), "--cordon", str(bench.cordon), "--spec", str(bench.example),
                   "--folder", str(folder), "--names", str(names)]
        return json.loads(checked(command + (["--weaken", weaken] if weaken else []), "the DNS drill"))
