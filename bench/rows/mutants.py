"""The synthesised example with one control taken away at a time: what `cordon prove` sees of it, and what Checkov does."""
import copy
import json
import subprocess

from .figures import Figure, NotMeasured
from .machine import checked, load

# By type: what is taken away (None) or set to the opposite. A control is one property; several of one type are several mutants.
CONTROLS = {
    "AWS::EC2::VPCEndpoint": {"PolicyDocument": None},
    "AWS::EC2::SecurityGroup": {"SecurityGroupEgress": None},
    "AWS::EC2::VPCBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"},
    "AWS::Route53Resolver::FirewallDomainList": {"Domains": ["*"]},
    "AWS::S3::Bucket": {"PublicAccessBlockConfiguration": None, "OwnershipControls": None, "BucketEncryption": None,
                        "VersioningConfiguration": None},
    "AWS::KMS::Key": {"KeyPolicy": None},
    "AWS::ECR::Repository": {"RepositoryPolicyText": None, "ImageTagMutability": "MUTABLE", "EncryptionConfiguration": None},
    "AWS::CodeArtifact::Domain": {"PermissionsPolicyDocument": None, "EncryptionKey": None},
    "AWS::CodeArtifact::Repository": {"PermissionsPolicyDocument": None},
    "AWS::CloudTrail::Trail": {"KMSKeyId": None, "IsMultiRegionTrail": False, "EnableLogFileValidation": False,
                               "EventSelectors": None},
    "AWS::SageMaker::Domain": {"AppNetworkAccessType": "PublicInternetOnly", "KmsKeyId": None},
    "AWS::SageMaker::ModelPackageGroup": {"ModelPackageGroupPolicy": None},
    "AWS::WorkSpacesWeb::UserSettings": {
        "CopyAllowed": "Enabled", "PasteAllowed": "Enabled", "DownloadAllowed": "Enabled", "UploadAllowed": "Enabled",
        "PrintAllowed": "Enabled"},
    "AWS::WorkSpacesWeb::Portal": {
        "UserSettingsArn": None, "BrowserSettingsArn": None, "NetworkSettingsArn": None, "IpAccessSettingsArn": None},
    "AWS::WorkSpacesWeb::BrowserSettings": {"BrowserPolicy": None},
    "AWS::IAM::Role": {"PermissionsBoundary": None},
    "AWS::EC2::NetworkAclEntry": {"PortRange": None},
}
# Whole resources whose absence takes a control away.
ATTACHMENTS = ["AWS::Route53Resolver::FirewallRuleGroupAssociation", "AWS::S3::BucketPolicy", "AWS::Organizations::Policy",
               "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", "AWS::EC2::FlowLog"]
POLICIES = {"PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy", "Content", "RepositoryPolicyText"}


def statements(value, path=()):
    """Where policies' statements stand within a resource's properties."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in POLICIES and isinstance(inner, dict) and isinstance(inner.get("Statement"), list):
                yield from ((*path, name, "Statement", index) for index in range(len(inner["Statement"])))
            else:
                yield from statements(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from statements(inner, (*path, index))


def at(value, path):
    for part in path:
        value = value[part]
    return value


def mutants(templates):
    """Name, stack, and the stack's template without one control."""
    for stack, template in templates.items():
        for name, resource in template["Resources"].items():
            type, properties = resource["Type"], resource.get("Properties", {})

            def changed(what, change):
                made = copy.deepcopy(template)
                change(made["Resources"])
                return f"{stack}/{name} {what}", stack, made

            for control, value in CONTROLS.get(type, {}).items():
                if control not in properties:
                    continue
                if value is None:
                    yield changed(f"without {control}", lambda made: made[name]["Properties"].pop(control))
                else:
                    yield changed(f"{control} {value}", lambda made: made[name]["Properties"].update({control: value}))
            if type in ATTACHMENTS:
                yield changed("taken away", lambda made: made.pop(name))
            if type == "AWS::Route53Resolver::FirewallRuleGroup":
                yield changed("ALERT for BLOCK", lambda made: made[name]["Properties"]["FirewallRules"][-1].update(
                    {"Action": "ALERT"}) or made[name]["Properties"]["FirewallRules"][-1].pop("BlockResponse"))
            for path in statements(properties):
                statement = at(properties, path)
                said = statement.get("Sid") or f"statement {path[-1]}"
                if statement["Effect"] == "Deny":
                    yield changed(f"{said} taken away", lambda made: at(made[name]["Properties"], path[:-1]).pop(path[-1]))
                elif "Condition" in statement:
                    yield changed(f"{said} without Condition", lambda made: at(made[name]["Properties"], path).pop("Condition"))


def seen(bench, folder):
    """Each route with its verdict, what closes it, and which control stands alone there, without places in files."""
    done = subprocess.run([bench.program(), "prove", str(folder), "--depth", "--format", "json"], capture_output=True, text=True,
                          timeout=120)
    if done.returncode not in (0, 1, 3):
        raise NotMeasured(f"cordon prove ended with {done.returncode}: {done.stderr.strip()[-200:]}")
    found = {}
    said = json.loads(done.stdout)
    for path in said["paths"]:
        for route in path["routes"]:
            closers = {(control["resource"], control["layer"]) for control in route["controls"]}
            alone = {(loss["resource"], loss["text"]) for loss in said["depthLost"] if loss["route"] == route["route"]}
            found[route["route"]] = (route["verdict"], frozenset(closers), frozenset(alone))
    return found


def rows(bench):
    with bench.folder_for("mutants") as place:
        made = place / "build"
        checked([bench.program(), "synth", str(bench.example), "--out", str(made)], "cordon synth")
        # The peers' Python has PyYAML, this one need not.
        read = checked([bench.python(), "-B", "-c", "import json, sys; sys.path.insert(0, sys.argv[1]); import stacks; "
                        "print(json.dumps(stacks.Stacks(sys.argv[2]).templates))", str(bench.folder), str(made)], "stacks.py")
        templates = json.loads(read)
        for stack, template in templates.items():
            (made / f"{stack}.yaml").unlink()
            (made / f"{stack}.json").write_text(json.dumps(template, indent=1))
        base = seen(bench, made)
        broken = place / "mutants"
        broken.mkdir()
        opened, lost, missed, names = [], [], [], []
        for number, (name, stack, template) in enumerate(mutants(templates)):
            file = made / f"{stack}.json"
            kept, text = file.read_text(), json.dumps(template, indent=1)
            (broken / f"{number}.json").write_text(text)
            names.append((name, stack))
            file.write_text(text)
            now = seen(bench, made)
            file.write_text(kept)
            ways = [route for route, (verdict, *_) in now.items() if verdict != base[route][0]]
            (opened if ways else lost if now != base else missed).append(name)
        theirs = by_checkov(bench, made, broken, names)
    count = len(names)
    ours = len(opened) + len(lost)
    notes = [
        f"{count} mutants, each one control of the templates taken away or turned round",
        f"Cordon: {len(opened)} shown as a way out or as not known, {len(lost)} as a control that no longer closes or a layer that is lost, {len(missed)} not seen",
        f"Checkov, as a library in one process, the changed template alone: {len(theirs)} with a finding that was not there before",
        f"seen by Checkov and not by Cordon: {', '.join(sorted(theirs & set(missed))) or 'none'}",
        f"not seen by Cordon: {', '.join(missed) or 'none'}",
        load(),
    ]
    return [Figure("mutants", "controls taken away and seen, the synthesised example", f"{ours} of {count}",
                   f"Checkov {len(theirs)} of {count}", ours / max(len(theirs), 1), command="bench/run mutants", notes=notes,
                   raw={"opened": opened, "lost": lost, "missed": missed, "checkov": sorted(theirs)})]


def by_checkov(bench, made, broken, names):
    """The mutants on which Checkov has a finding that it does not have on the template as it was."""
    python = bench.peers.with_name("bench-checkov") / "bin/python"
    answer = json.loads(checked([str(python), "-B", str(bench.folder / "checkov-round"), str(made), str(broken)], "checkov"))
    return {name for number, (name, stack) in enumerate(names)
            if set(answer["mutants"][str(number)]) - set(answer["base"][stack])}
