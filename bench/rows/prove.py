"""What proving costs: questions beside Z3, a template beside Checkov, and how it grows with the template."""
import importlib.machinery
import importlib.util
import json
import resource
import statistics
import subprocess
import sys
import time

from .figures import Figure, NotMeasured
from .machine import checked, load, shown

ROUNDS = 5
SIZES = (625, 1_250, 2_500, 5_000)


def questions(bench):
    """The perimeter's questions, each decided, beside Z3 on those that it can be given."""
    cordon = bench.program()
    lines = checked([sys.executable, str(bench.folder / "perimeter/questions")], "the questions").splitlines()
    asked = [json.loads(line) for line in lines]
    text = "\n".join(lines * ROUNDS) + "\n"
    out = checked([cordon, "find", "--batch", "-", "--timing"], "cordon find", input=text)
    answers = [json.loads(line) for line in out.splitlines()]
    wrong = [one["id"] for one, answer in zip(asked, answers) if answer.get("verdict") != one["expect"]]
    if wrong or len(answers) != len(asked) * ROUNDS:
        raise NotMeasured(f"other verdicts than expected: {', '.join(map(str, wrong))}")
    best = [min(one["microseconds"] for one in answers[place::len(asked)]) for place in range(len(asked))]
    # What follows from patterns alone is kept from round to round; the first has only what its own questions shared.
    first = [one["microseconds"] for one in answers[:len(asked)]]
    command = [bench.python(), str(bench.folder / "z3-round"), "10"]
    peer = json.loads(checked(command, "Z3", input="\n".join(lines) + "\n"))
    shared = [place for place, one in enumerate(peer["questions"]) if one is not None]
    if not shared:
        raise NotMeasured("Z3 was given no question")
    ours = sum(best[place] for place in shared) / 1e6
    theirs = sum(peer["questions"][place]["seconds"] for place in shared)
    undecided = sum(peer["questions"][place]["verdict"] == "undecided" for place in shared)
    verdicts = [(asked[place]["id"], peer["questions"][place]["verdict"], asked[place]["expect"]) for place in shared]
    missed = [name for name, found, expected in verdicts if (found, expected) == ("closed", "open")]
    if missed:
        raise NotMeasured(f"Z3 proves that there is no request where Cordon found one: {', '.join(map(str, missed))}")
    loose = sum((found, expected) == ("open", "closed") for _, found, expected in verdicts)
    median, worst = statistics.median(best) / 1000, max(best) / 1000
    notes = [f"{len(asked)} questions, all decided as expected; best of {ROUNDS} of each; all {sum(best) / 1e6:.2f} s",
             f"asked for the first time in the process, which reads the list of actions then: median"
             f" {statistics.median(first) / 1000:.2f} ms, worst {max(first) / 1000:.1f} ms",
             f"Z3 {peer['version']}: {len(shared)} of them can be put to it; {undecided} not decided in 10 s, counted at that;"
             f" for {loose} it finds requests that AWS's own rules rule out, which it is not told",
             load()]
    line = "bench/run proof-questions"
    raw = {"microseconds": best, "z3": peer}
    return [
        Figure("proof-questions", "symbolic question, median", f"{median:.2f} ms", target="< 1 ms", reached=median < 1,
               command=line, notes=notes, raw=raw),
        Figure("proof-questions", "symbolic question, worst", f"{worst:.1f} ms", target="< 20 ms", reached=worst < 20,
               command=line),
        Figure("proof-questions", "the questions that Z3 takes, together", f"{ours * 1000:.0f} ms", f"Z3 {theirs:.1f} s",
               ours / theirs, "<= 0.01x", ours <= theirs / 100, line),
    ]


def whole(bench):
    """The example's template, whole process, in turn with Checkov."""
    template = bench.root / "examples/aws/closed.yaml"
    ours = [bench.program(), "prove", str(template), "--format", "json"]
    theirs = [str(bench.checkov()), "-f", str(template), "--framework", "cloudformation", "--skip-download", "--quiet",
              "--compact", "-o", "json"]
    mine, others, spent, theirSpent = [], [], [], []
    for _ in range(ROUNDS):
        before = processor()
        mine.append(seconds(ours, "cordon prove", (0,)))
        between = processor()
        others.append(seconds(theirs, "Checkov", (0, 1)))
        spent.append(between - before)
        theirSpent.append(processor() - between)
    cordon, checkov = statistics.median(mine), statistics.median(others)
    version = checked([str(bench.checkov()), "--version"], "Checkov").strip()
    notes = [f"medians of {ROUNDS}, in turn; Checkov {version}, which proves nothing: it looks at single properties",
             f"processor time: {statistics.median(spent):.2f} s, Checkov {statistics.median(theirSpent):.2f} s", load()]
    line = f"{shown('cordon', 'prove', 'examples/aws/closed.yaml')}"
    raw = {"cordon": mine, "checkov": others}
    return [
        Figure("prove-90", "cordon prove, the example's template", f"{cordon:.2f} s", f"Checkov {checkov:.2f} s",
               cordon / checkov, "< 0.3 s", cordon < 0.3, line, notes, raw),
        Figure("prove-90", "the same, against Checkov", f"{cordon:.2f} s", f"Checkov {checkov:.2f} s", cordon / checkov,
               "<= 0.05x", cordon <= checkov / 20, line),
    ]


def synthesised(bench):
    """What `cordon synth` makes of the example: as a folder of templates, and from the spec in one process."""
    spec = bench.root / "examples/breast-cancer/cordon.yaml"
    with bench.folder_for("prove-synth") as folder:
        made = folder / "build"
        checked([bench.program(), "synth", str(spec), "--out", str(made)], "cordon synth")
        folders, specs, depths = [], [], []
        for _ in range(ROUNDS):
            folders.append(seconds([bench.program(), "prove", str(made), "--format", "json"], "cordon prove", (0,)))
            specs.append(seconds([bench.program(), "prove", str(spec), "--target", "aws", "--format", "json"], "cordon prove", (0,)))
            depths.append(seconds([bench.program(), "prove", str(made), "--depth", "--format", "json"], "cordon prove", (0,)))
    middle = statistics.median(folders)
    notes = [f"medians of {ROUNDS}; every route closed, or there is no figure",
             f"made and proved in one process, --target aws: {statistics.median(specs):.2f} s",
             f"the same with --depth: {statistics.median(depths):.2f} s", load()]
    return [Figure("prove-synth", "cordon prove, the synthesised example", f"{middle:.2f} s", target="< 0.5 s",
                   reached=middle < 0.5, command="bench/run prove-synth", notes=notes,
                   raw={"folder": folders, "spec": specs, "depth": depths})]


def growth(bench):
    """Templates of growing size: buckets with policies, roles, subnets and security groups."""
    found = []
    with bench.folder_for("prove") as folder:
        for size in SIZES:
            path = folder / f"{size}.json"
            path.write_text(json.dumps(template(size)))
            found.append(seconds([bench.program(), "prove", str(path), "--format", "json"], "cordon prove", (0, 1, 3)))
    curve = ", ".join(f"{size:,}: {one:.2f} s" for size, one in zip(SIZES, found))
    exponent = (found[-1] / found[0]) / (SIZES[-1] / SIZES[0])
    return [Figure("prove-5000", "cordon prove, 5,000 resources", f"{found[-1]:.2f} s", target="< 5 s", reached=found[-1] < 5,
                   command="bench/run prove-5000",
                   notes=[curve, f"a resource of the largest costs {exponent:.2f} times one of the smallest", load()],
                   raw=dict(zip(map(str, SIZES), found)))]


def processor():
    """Seconds of processor time that ended processes of this one took, in and out of the kernel."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds(command, what, codes):
    """Seconds on the wall; a code that is no verdict means that there is no figure."""
    started = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
    taken = time.perf_counter() - started
    if done.returncode not in codes:
        raise NotMeasured(f"{what} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return taken


def template(size):
    """A template of `size` resources."""
    made = {"Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16", "EnableDnsSupport": False}}}
    number = 0
    while len(made) < size:
        number += 1
        bucket = f"data-{number}"
        group = {
            f"Bucket{number}": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}},
            f"Policy{number}": {"Type": "AWS::S3::BucketPolicy", "Properties": {
                "Bucket": {"Ref": f"Bucket{number}"},
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [{
                    "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                    "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
                    "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-acme123456"}}}]}}},
            f"Subnet{number}": {"Type": "AWS::EC2::Subnet", "Properties": {
                "VpcId": {"Ref": "Net"}, "CidrBlock": f"10.0.{number % 256}.0/24"}},
            f"Group{number}": {"Type": "AWS::EC2::SecurityGroup", "Properties": {
                "VpcId": {"Ref": "Net"}, "GroupDescription": "g",
                "SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}]}},
            f"Log{number}": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": f"/job/{number}"}},
        }
        for name, part in list(group.items())[: size - len(made)]:
            made[name] = part
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": made}
