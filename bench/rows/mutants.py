"""The synthesised example with one control taken away at a time: what `cordon prove` sees of it, and what Checkov does."""
import copy
import json
import re
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
    "AWS::KMS::Key": {"KeyPolicy": None, "EnableKeyRotation": None},
    "AWS::ECR::Repository": {"RepositoryPolicyText": None, "ImageTagMutability": "MUTABLE", "EncryptionConfiguration": None},
    "AWS::CodeArtifact::Domain": {"PermissionsPolicyDocument": None, "EncryptionKey": None},
    "AWS::CodeArtifact::Repository": {"PermissionsPolicyDocument": None},
    "AWS::CloudTrail::Trail": {"KMSKeyId": None, "IsMultiRegionTrail": False, "EnableLogFileValidation": False,
                               "EventSelectors": None, "IsLogging": False, "IncludeGlobalServiceEvents": False},
    "AWS::Logs::LogGroup": {"KmsKeyId": None},
    "AWS::Kinesis::Stream": {"StreamEncryption": None},
    "AWS::CodeCommit::Repository": {"KmsKeyId": None},
    "AWS::Lambda::Function": {"KmsKeyArn": None},
    "AWS::Config::ConfigurationRecorder": {"RecordingGroup": None},
    "AWS::Config::DeliveryChannel": {"S3KmsKeyArn": None},
    "AWS::Events::Rule": {"State": "DISABLED"},
    "AWS::Route53Resolver::FirewallRuleGroupAssociation": {"MutationProtection": None},
    "AWS::SageMaker::Domain": {"AppNetworkAccessType": "PublicInternetOnly", "KmsKeyId": None},
    "AWS::SageMaker::ModelPackageGroup": {"ModelPackageGroupPolicy": None},
    "AWS::WorkSpacesWeb::UserSettings": {
        "CopyAllowed": "Enabled", "PasteAllowed": "Enabled", "DownloadAllowed": "Enabled", "UploadAllowed": "Enabled",
        "PrintAllowed": "Enabled"},
    "AWS::WorkSpacesWeb::Portal": {
        "UserSettingsArn": None, "BrowserSettingsArn": None, "NetworkSettingsArn": None, "IpAccessSettingsArn": None,
        "DataProtectionSettingsArn": None, "UserAccessLoggingSettingsArn": None, "CustomerManagedKey": None},
    "AWS::WorkSpacesWeb::BrowserSettings": {"BrowserPolicy": None},
    "AWS::IAM::Role": {"PermissionsBoundary": None},
    "AWS::EC2::NetworkAclEntry": {"PortRange": None},
    "AWS::SageMaker::NotebookInstance": {
        "DirectInternetAccess": "Enabled", "RootAccess": "Enabled", "KmsKeyId": None, "InstanceMetadataServiceConfiguration": None},
    "AWS::Budgets::Budget": {"NotificationsWithSubscribers": None},
    "AWS::Budgets::BudgetsAction": {
        "ActionThreshold": {"Type": "PERCENTAGE", "Value": 200}, "Definition": {
            "IamActionDefinition": {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess", "Roles": ["diagnosis-scientist"]}}},
    "AWS::WorkSpacesWeb::SessionLogger": {"EventFilter": {"Include": ["SessionStart"]}, "CustomerManagedKey": None},
    "AWS::ServiceCatalog::LaunchTemplateConstraint": {"Rules": "{}"},
    "AWS::Config::RemediationConfiguration": {"Automatic": False},
}
# Whole resources whose absence takes a control away.
ATTACHMENTS = ["AWS::Route53Resolver::FirewallRuleGroupAssociation", "AWS::S3::BucketPolicy", "AWS::Organizations::Policy",
               "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", "AWS::EC2::FlowLog", "AWS::CloudTrail::Trail",
               "AWS::Config::ConfigRule", "AWS::AccessAnalyzer::Analyzer",
               "AWS::Lambda::Permission", "AWS::Budgets::BudgetsAction",
               "AWS::ServiceCatalog::LaunchTemplateConstraint", "AWS::ServiceCatalog::LaunchRoleConstraint"]
# What is no weakening, by the end of its name, and why.
HARMLESS = {}
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
                # A list of every name that is told to hold every name is the same list.
                if control not in properties or properties[control] == value:
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
                if any("DnsThreatProtection" in rule for rule in properties["FirewallRules"]):
                    yield changed("without the rule for tunnels", lambda made: made[name]["Properties"]["FirewallRules"].pop(0))
            for path in statements(properties):
                statement = at(properties, path)
                said = statement.get("Sid") or f"statement {path[-1]}"
                if statement["Effect"] == "Deny":
                    yield changed(f"{said} taken away", lambda made: at(made[name]["Properties"], path[:-1]).pop(path[-1]))
                elif "Condition" in statement:
                    yield changed(f"{said} without Condition", lambda made: at(made[name]["Properties"], path).pop("Condition"))


def seen(bench, folder, account):
    """Each route with its verdict, what closes it, and which control stands alone there, without places in files; and each
    safeguard with its verdict and what lacks it."""
    command = [bench.program(), "prove", str(folder), "--depth", "--assume", f"account={account}", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 1, 3):
        raise NotMeasured(f"cordon prove ended with {done.returncode}: {done.stderr.strip()[-200:]}")
    routes, safeguards = {}, {}
    said = json.loads(done.stdout)
    for path in said["paths"]:
        for route in path["routes"]:
            closers = {(control["resource"], control["layer"]) for control in route["controls"]}
            alone = {(loss["resource"], loss["text"]) for loss in said["depthLost"] if loss["route"] == route["route"]}
            routes[route["route"]] = (route["verdict"], frozenset(closers), frozenset(alone))
    for one in said["safeguards"]:
        lost = {(part["resource"], part["property"], part["text"]) for part in one["lost"]}
        safeguards[one["safeguard"]] = (one["verdict"], frozenset(lost))
    return routes, safeguards


def rows(bench):
    with bench.folder_for("mutants") as place:
        made = place / "build"
        checked([bench.program(), "synth", str(bench.example), "--out", str(made)], "cordon synth")
        account = re.search(r'account: "?(\d{12})', bench.example.read_text())[1]
        # The peers' Python has PyYAML, this one need not.
        read = checked([bench.python(), "-B", "-c", "import json, sys; sys.path.insert(0, sys.argv[1]); import stacks; "
                        "print(json.dumps(stacks.Stacks(sys.argv[2]).templates))", str(bench.folder), str(made)], "stacks.py")
        templates = json.loads(read)
        whole, broken = place / "whole", place / "mutants"
        for folder in (whole, broken):
            folder.mkdir()
        for stack, template in templates.items():
            text = json.dumps(template, indent=1)
            # JSON is YAML, and a catalog names its template by the file's name.
            (made / f"{stack}.yaml").write_text(text)
            (whole / f"{stack}.json").write_text(text)
        base, held = seen(bench, made, account)
        if wrong := [name for name, (verdict, *_) in (base | held).items() if verdict not in ("closed", "held")]:
            raise NotMeasured(f"the templates as they are: {', '.join(wrong)} not closed or not held")
        found = {"opened": [], "lost": [], "safeguard": [], "missed": [], "harmless": []}
        names = []
        for name, stack, template in mutants(templates):
            if any(name.endswith(end) for end in HARMLESS):
                found["harmless"].append(name)
                continue
            file = made / f"{stack}.yaml"
            kept, text = file.read_text(), json.dumps(template, indent=1)
            (broken / f"{len(names)}.json").write_text(text)
            names.append((name, stack))
            file.write_text(text)
            routes, safeguards = seen(bench, made, account)
            file.write_text(kept)
            if any(verdict != base[route][0] for route, (verdict, *_) in routes.items()):
                found["opened"].append(name)
            elif routes != base:
                found["lost"].append(name)
            else:
                found["safeguard" if safeguards != held else "missed"].append(name)
        theirs = by_checkov(bench, whole, broken, names)
    count, missed = len(names), found["missed"]
    ours = count - len(missed)
    notes = [
        f"{count} mutants, each one control of the templates taken away or turned round",
        f"Cordon: {len(found['opened'])} shown as a way out or as not known, {len(found['lost'])} as a control that no longer closes "
        f"or a layer that is lost, {len(found['safeguard'])} as a safeguard that is lost and nothing else, {len(missed)} not seen",
        f"harmless, and not counted: {'; '.join(f'{name}: {why}' for name, why in HARMLESS.items()) or 'none'}",
        f"Checkov, as a library in one process, the changed template alone: {len(theirs)} with a finding that was not there before",
        f"seen by Checkov and not by Cordon: {', '.join(sorted(theirs & set(missed))) or 'none'}",
        f"not seen by Cordon: {', '.join(missed) or 'none'}",
        load(),
    ]
    return [Figure("mutants", "controls taken away and seen, the synthesised example", f"{ours} of {count}",
                   f"Checkov {len(theirs)} of {count}", ours / max(len(theirs), 1), "all", not missed, "bench/run mutants", notes,
                   raw={**found, "checkov": sorted(theirs)})]


def by_checkov(bench, made, broken, names):
    """The mutants on which Checkov has a finding that it does not have on the template as it was."""
    python = bench.peers.with_name("bench-checkov") / "bin/python"
    answer = json.loads(checked([str(python), "-B", str(bench.folder / "checkov-round"), str(made), str(broken)], "checkov"))
    return {name for number, (name, stack) in enumerate(names)
            if set(answer["mutants"][str(number)]) - set(answer["base"][stack])}
