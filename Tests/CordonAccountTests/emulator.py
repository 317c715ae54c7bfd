"""An account of AWS in this process: moto, with what would end a deployment mended. Nothing else of it is changed.

It judges nothing. A type that it has no model of gets a stand-in with a name and any attribute that is asked for, so that what
refers to it can be made; `skipped` counts those by type.
"""
import logging
import warnings
from collections import Counter

from moto.cloudformation import models as stacks
from moto.cloudformation import parsing
from moto.ec2.models.vpcs import VPCEndPoint
from moto.kms.models import KmsBackend
from moto.server import ThreadedMotoServer

skipped, troubles = Counter(), []
warnings.filterwarnings("ignore", module="moto")
logging.getLogger("moto").setLevel(logging.ERROR)


class StandIn:
    """A resource of a type that moto has no model of: it would leave it out without a word, and what refers to it fails."""

    def __init__(self, name, kind, account, region):
        self.physical_resource_id = name
        self.arn = f"arn:aws:{kind.split('::')[1].lower()}:{region}:{account}:{name}"

    @classmethod
    def has_cfn_attr(cls, attribute):
        return True

    @classmethod
    def create_from_cloudformation_json(cls, name, template, account, region, **known):
        skipped[known["ResourceType"]] += 1
        return cls(name, known["ResourceType"], account, region)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, **known):
        return original_resource

    def get_cfn_attribute(self, attribute):
        return self.arn if attribute.endswith("Arn") else f"{self.physical_resource_id}.{attribute}"

    def is_created(self):
        return True


def or_stand_in(known):
    def resource_class_from_type(kind):
        return known(kind) if kind in parsing.get_model_map() else StandIn
    return resource_class_from_type


def with_exports(execute):
    """A stack that is made by a change set neither sees the exports of others nor gives any: moto does that in CreateStack only."""
    def execute_change_set(self, change_set_name, stack_name=None):
        change = self.describe_change_set(change_set_name)
        change.stack.resource_map.cross_stack_resources = self.exports
        execute(self, change_set_name, stack_name)
        change.stack.template_dict = change.template_dict
        change.stack.output_map = change.stack._create_output_map()
        for export in change.stack.exports:
            self.exports[export.name] = export
    return execute_change_set


def tagged_as_kms_does(make):
    """CloudFormation writes Key and Value, KMS TagKey and TagValue: moto's key takes one for the other (KeyError)."""
    def create_key(self, *arguments, tags=None, **known):
        tags = [{"TagKey": t.get("Key", t.get("TagKey")), "TagValue": t.get("Value", t.get("TagValue"))} for t in tags or []]
        return make(self, *arguments, tags=tags, **known)
    return create_key


def dns_entries(self, attribute):
    """moto's endpoint knows no attribute; what AWS gives is ZONE:NAME for each of its names."""
    return [f"Z1:{entry['dns_name']}" for entry in self.dns_entries or []] or ["Z1:name"]


parsing.resource_class_from_type = or_stand_in(parsing.resource_class_from_type)
stacks.CloudFormationBackend.execute_change_set = with_exports(stacks.CloudFormationBackend.execute_change_set)
KmsBackend.create_key = tagged_as_kms_does(KmsBackend.create_key)
VPCEndPoint.get_cfn_attribute = dns_entries


class Troubles(logging.Handler):
    """Errors of the emulator's own, each by its last line: a retry might hide them."""

    def emit(self, record):
        if record.levelno >= logging.ERROR:
            troubles.append(record.getMessage().strip().splitlines()[-1])


def start():
    """The server, and its address."""
    web = logging.getLogger("werkzeug")
    web.handlers, web.propagate = [Troubles()], False
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    return server, "http://%s:%d" % server.get_host_and_port()
