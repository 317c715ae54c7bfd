"""Reads the templates of `cordon synth` as plain values: short functions written out, references resolved.

What AWS assigns gets a made-up value of its form, or one that is given: `Stacks(folder).given[stack, name, attribute]`.
"""
import re
from pathlib import Path

import yaml

ACCOUNT, REGION = "111122223333", "eu-west-1"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags."""


def _tagged(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix: value}


_Loader.add_multi_constructor("!", _tagged)
# Dates and the words for true stay text, as in policies.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Stacks:
    """The stacks of a folder, by their names."""

    def __init__(self, folder):
        self.templates = {
            path.stem: yaml.load(path.read_text(), _Loader) for path in sorted(Path(folder).glob("*.yaml"))
        }
        self.given = {}
        self.exports = {}
        for stack, template in self.templates.items():
            for output in template.get("Outputs", {}).values():
                self.exports[output["Export"]["Name"]] = (stack, output["Value"])

    def resources(self):
        """Every resource: stack, logical name, type, properties with their references resolved."""
        for stack, template in self.templates.items():
            for name, resource in template["Resources"].items():
                yield stack, name, resource["Type"], self.value(resource.get("Properties", {}), stack)

    def value(self, value, stack):
        """A value of a stack with what it refers to."""
        if isinstance(value, list):
            return [self.value(one, stack) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (function, argument), = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._call(function, argument, stack)
        return {key: self.value(one, stack) for key, one in value.items()}

    def _call(self, function, argument, stack):
        if function == "Ref":
            return self._reference(stack, argument, None)
        if function == "Fn::GetAtt":
            return self._reference(stack, *argument)
        if function == "Fn::ImportValue":
            return self.value(self.exports[argument][1], self.exports[argument][0])
        if function == "Fn::Sub":
            text, own = argument if isinstance(argument, list) else (argument, {})
            own = {name: self.value(one, stack) for name, one in own.items()}

            def filled(found):
                name = found.group(1)
                if name.startswith("!"):
                    return "${" + name[1:] + "}"
                return str(own[name] if name in own else self._reference(stack, *(name.split(".", 1) + [None])[:2]))
            return re.sub(r"\$\{([^}]+)\}", filled, text)
        arguments = self.value(argument, stack)
        if function == "Fn::Join":
            return arguments[0].join(map(str, arguments[1]))
        if function == "Fn::Split":
            return str(arguments[1]).split(arguments[0])
        if function == "Fn::Select":
            index, parts = int(arguments[0]), arguments[1]
            return parts[index] if isinstance(parts, list) and index < len(parts) else f"part-{index}"
        if function == "Fn::GetAZs":
            return [REGION + zone for zone in "abc"]
        return arguments

    def _reference(self, stack, name, attribute):
        if name.startswith("AWS::"):
            return {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws"}.get(name, name)
        if (stack, name, attribute) in self.given:
            return self.given[stack, name, attribute]
        parameter = self.templates[stack].get("Parameters", {}).get(name)
        if parameter is not None:
            # What somebody who orders the template would fill in.
            return parameter.get("Default", f"{stack}-{name}".lower())
        resource = self.templates[stack]["Resources"][name]
        properties = resource.get("Properties", {})
        if attribute == "Arn":
            return self._arn(stack, name, resource["Type"], properties)
        if attribute is None:
            for own in ("BucketName", "RoleName", "LogGroupName", "Name", "RepositoryName", "DomainName"):
                if own in properties and resource["Type"].split("::")[1] in ("S3", "IAM", "Logs", "ECR"):
                    return self.value(properties[own], stack)
        if attribute in properties:
            return self.value(properties[attribute], stack)
        return f"{stack}-{name}{'-' + attribute if attribute else ''}".lower()

    def _arn(self, stack, name, type, properties):
        own = {
            "AWS::S3::Bucket": ("arn:aws:s3:::{}", "BucketName"),
            "AWS::IAM::Role": ("arn:aws:iam::" + ACCOUNT + ":role/{}", "RoleName"),
        }.get(type)
        if own and own[1] in properties:
            return own[0].format(self.value(properties[own[1]], stack))
        if type == "AWS::KMS::Key":
            return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{stack}-{name}"
        service = type.split("::")[1].lower()
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{stack}/{name}"
