"""What `cordon synth` costs: the example, 200 projects in one file, and 20 accounts with 10 projects each."""
import statistics

from .figures import Figure
from .machine import checked, load, timed

ROUNDS = 5
HEAD = """cordon: 1
name: {name}
organization: {{ id: o-acme123456, account: "{account}" }}
region: eu-west-1
aws: {{ root: ou-ab12-11111111, offices: [198.51.100.0/24], network: {network}, s3PrefixList: pl-6da54004 }}
projects:
"""


def spec(name, account, network, projects):
    lines = [f"  - {{ name: project-{number}, data: [{{ bucket: {name}-data-{number} }}], store: {name}-store-{number} }}\n"
             for number in range(1, projects + 1)]
    return HEAD.format(name=name, account=account, network=network) + "".join(lines)


def units_spec(accounts, projects):
    """One file: half of the projects of a large tier, all with defaults."""
    lines = ["cordon: 1\nname: units\norganization: { id: o-acme123456 }\nregion: eu-west-1\n"
             "aws: { offices: [198.51.100.0/24], network: 10.64.0.0/14, s3PrefixList: pl-6da54004 }\n"
             "defaults: { storage: { keepVersions: 90d } }\n"
             "tiers: [{ name: large, storage: { limit: 100 GiB } }]\naccounts:\n"]
    for unit in range(1, accounts + 1):
        lines.append(f'  - name: unit-{unit}\n    account: "{111122220000 + unit}"\n    projects:\n')
        lines += [f"      - {{ name: p-{unit}-{number}, {'tier: large, ' if number % 2 else ''}data: [{{ bucket: units-{unit}-{number} }}] }}\n"
                  for number in range(1, projects + 1)]
    return "".join(lines)


def rows(bench):
    with bench.folder_for("synth") as place:
        def synth(file, out):
            return timed([bench.program(), "synth", str(file), "--out", str(place / out)], "cordon synth") / 1000
        example = statistics.median(synth(bench.example, f"example-{turn}") for turn in range(ROUNDS))
        whole = place / "whole.yaml"
        whole.write_text(spec("whole", "111122223333", "10.64.0.0/12", 200))
        large = statistics.median(synth(whole, f"whole-{turn}") for turn in range(3))
        files = len(list((place / "whole-0").glob("*.yaml")))
        units = place / "units.yaml"
        units.write_text(units_spec(20, 10))
        accounts = statistics.median(synth(units, f"units-{turn}") for turn in range(3))
        proved = timed([bench.program(), "prove", str(units), "--output", str(place / "map")], "cordon prove") / 1000
        checked([bench.program(), "cost", str(place / "units-0" / "unit-1"), "--format", "json"], "cordon cost")
    return [
        Figure("synth", "cordon synth, the example", f"{example:.2f} s", target="< 0.2 s", reached=example < 0.2,
               command="bench/run synth", notes=[f"median of {ROUNDS}, with reading the spec and writing the folder", load()]),
        Figure("synth", "cordon synth, 200 projects", f"{large:.2f} s", target="< 3 s", reached=large < 3,
               command="bench/run synth",
               notes=[f"median of 3; one file, one account, {files} templates"]),
        Figure("synth", "cordon synth, 200 projects in 20 accounts", f"{accounts:.2f} s", target="< 3 s", reached=accounts < 3,
               command="bench/run synth",
               notes=["median of 3; one file with tiers, a folder an account", f"cordon prove of it, every account on AWS: {proved:.1f} s"]),
    ]
