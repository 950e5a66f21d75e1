"""A call with all that its permissions depend on: members in the path, the query, the form or the JSON, headers, body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from mwaa_sandbox.aws import wsgi
from mwaa_sandbox.aws.control.selector import Call

_FORM = "application/x-www-form-urlencoded"
_TAG_IN_FORM = re.compile(r"((?:TagSpecification\.\d+\.)?Tags?(?:\.member)?\.\d+)\.Key")
_TYPE_IN_FORM = re.compile(r"TagSpecification\.\d+\.ResourceType")
_INDEX = r"(?:\.member)?\.\d+"


@dataclass(frozen=True)
class Asked:
    """`members` are as they came: flat in a form (`SubnetId.1`), nested in JSON."""

    call: Call
    members: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def operation(self) -> str:
        return self.call.operation

    @property
    def partition(self) -> str:
        return partition_of(self.call.region)

    def text(self, name: str) -> str:
        """Return a member that is a text, or an empty one."""
        value = self.members.get(name, "")
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return a member that is a text or a list of them, in a form or in JSON."""
        value = self.members.get(name)
        if isinstance(value, list):
            return [str(one) for one in value]
        if isinstance(value, str):
            return [value]
        numbered = re.compile(re.escape(name) + _INDEX)
        return [str(value) for key, value in self.members.items() if numbered.fullmatch(key)]

    def tags(self) -> dict[str, str]:
        """Return the tags that the call brings along."""
        return dict(self._tags())

    def tagged_types(self) -> list[str]:
        """Return the types of resources that EC2 is to tag while it makes them."""
        return [str(value) for key, value in self.members.items() if _TYPE_IN_FORM.fullmatch(key)]

    def tag_keys(self) -> list[str]:
        """Return the keys of the tags that the call sets or takes away."""
        return [*self.tags(), *self.texts("TagKeys"), *self.texts("tagKeys")]

    def _tags(self) -> Iterator[tuple[str, str]]:
        if self.call.service == "s3":
            yield from bucket_tags(self.body).items() if self.operation == "CreateBucket" else ()
            return
        tags = self.members.get("Tags", self.members.get("tags"))
        if isinstance(tags, Mapping):
            yield from ((str(key), str(value)) for key, value in tags.items())
        elif isinstance(tags, list):
            for tag in tags:
                yield str(tag.get("Key", tag.get("TagKey", ""))), str(tag.get("Value", tag.get("TagValue", "")))
        for key, value in self.members.items():
            if (found := _TAG_IN_FORM.fullmatch(key)) is not None:
                yield str(value), str(self.members.get(f"{found.group(1)}.Value", ""))


def read(call: Call, environ: Mapping[str, Any], body: bytes) -> Asked:
    """Return what a request to one of moto's services asks. A body that cannot be read has no members."""
    members: dict[str, Any] = {**call.parameters, **dict(parse_qsl(environ.get("QUERY_STRING", "")))}
    if environ.get("CONTENT_TYPE", "").startswith(_FORM):
        members.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    elif environ.get("HTTP_X_AMZ_TARGET"):
        members.update(wsgi.json_object(body))
    return Asked(call, members, wsgi.headers_of(environ), body)


def partition_of(region: str) -> str:
    """Return the part of AWS that a Region is in, as ARNs name it."""
    for prefix, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
        if region.startswith(prefix):
            return partition
    return "aws"


def bucket_tags(body: bytes) -> dict[str, str]:
    """Return the tags in a CreateBucketConfiguration (XML)."""
    root = _xml(body)
    if root is None:
        return {}
    return {_child(tag, "Key"): _child(tag, "Value") for tag in root.iterfind("{*}Tags/{*}Tag")}


def deleted_objects(body: bytes) -> list[tuple[str, str]]:
    """Return key and version (or an empty text) of what a DeleteObjects (XML) names."""
    root = _xml(body)
    if root is None:
        return []
    return [(_child(one, "Key"), _child(one, "VersionId")) for one in root.iterfind("{*}Object")]


def _xml(body: bytes) -> ET.Element | None:
    """Return the root of a document, or None if there is none."""
    try:
        return ET.fromstring(body) if body else None  # noqa: S314 - on loopback, from our own tests
    except ET.ParseError:
        return None


def _child(element: ET.Element, name: str) -> str:
    return element.findtext(f"{{*}}{name}", default="")
