"""A custom resource that is, or becomes, a part of another one.

A release is one resource that holds the properties of a job, a model and an endpoint. Their
constructs declare a resource as they always do, and are given a part instead: it takes properties,
tags, dependencies, conditions and removal policies, and hands them on to the release's resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import jsii
from constructs import Construct, Dependable, IConstruct

from cdk_automlv2._core.refusals import rendered
from cdk_automlv2._core.tokens import without_none
from cdk_automlv2.errors import OptionFault, OptionsError

RESOURCE = "Resource"
"""Id of a construct's own resource, below it."""


class Part:
    """Stands for a custom resource: for one of its own at first, for a release's once it joins.

    Args:
        kind: What it is a part as: ``Job``, ``Model`` or ``Endpoint``.
        owner: Path of the construct that declares it, for errors.
        properties: Its properties.
        own: The resource that it is until it joins; ``None`` if it joins before it is used.
    """

    def __init__(
        self,
        kind: str,
        owner: str,
        properties: Mapping[str, Any],
        own: OwnResource | None = None,
    ) -> None:
        self._kind = kind
        self._owner = owner
        self._properties: dict[str, Any] = _without_none(properties)
        self._own = own
        self._resource: cdk.CfnResource | None = own
        self._awaited: list[cdk.CfnResource] = []
        self.has_joined = False

    def join(self, resource: cdk.CfnResource) -> None:
        """Become a part of a release; whatever was said of its own resource holds for that one.

        Raises:
            OptionsError: If the own resource was changed beside this library.
        """
        own, self._resource = self._own, resource
        self.has_joined = True
        for awaited in self._awaited:
            resource.add_resource_dependency(awaited)
        if own is None:
            return
        own.refuse_changes(self._kind, resource.node.path)
        if own.cfn_options.condition is not None:
            resource.cfn_options.condition = own.cfn_options.condition
        for dependency in own.node.dependencies:
            resource.node.add_dependency(dependency)
        own.node.scope.node.try_remove_child(own.node.id)  # type: ignore[union-attr]

    def properties(self, *without: str) -> dict[str, Any]:
        """Return the properties as they are now.

        Args:
            *without: Those that mean nothing in a release.
        """
        return {key: value for key, value in self._properties.items() if key not in without}

    @property
    def ref(self) -> str:
        """Name of the resource; a token."""
        return cdk.Lazy.uncached_string(_OwnAttribute(self, "name", lambda own: own.ref))

    def get_att(self, name: str) -> cdk.IResolvable:
        """Return an attribute of the resource; a token."""
        return cdk.Lazy.uncached_any(_OwnAttribute(self, name, lambda own: own.get_att(name)))

    def own(self, name: str) -> cdk.CfnResource:
        """Return its own resource.

        Raises:
            OptionsError: If it has joined a release, and has no attribute ``name`` any more.
        """
        if self._own is None or self.has_joined:
            raise not_at_synth(self._owner, name)
        return self._own

    def add_property_override(self, path: str, value: Any) -> None:
        """Set a property, given by its path."""
        if self._own is not None and not self.has_joined:
            self._own.set_property(path, value)
        *above, last = path.split(".")
        target = self._properties
        for name in above:
            target = target.setdefault(name, {})
        target[last] = value

    def add_resource_dependency(self, awaited: cdk.CfnResource) -> None:
        """Come after another resource."""
        self._awaited.append(awaited)
        if self._resource is not None:
            self._resource.add_resource_dependency(awaited)

    def __getattr__(self, name: str) -> Any:
        """Return anything else of the resource that it stands for."""
        return getattr(self._resource, name)


def stand_for(construct: Construct, resource: cdk.CfnResource) -> None:
    """Let whatever depends on a construct that has no resource wait for a release's."""
    Dependable.implement(construct, _Roots(resource))


def pass_on_dependencies(construct: Construct, resource: cdk.CfnResource) -> None:
    """Let a release's resource wait for whatever a construct without a resource depends on."""
    for dependency in construct.node.dependencies:
        for awaited in dependency.node.find_all():
            if isinstance(awaited, cdk.CfnResource) and awaited is not resource:
                resource.add_resource_dependency(awaited)


class _Roots(Dependable):
    def __init__(self, resource: cdk.CfnResource) -> None:
        super().__init__()
        self._resource = resource

    @property
    def dependency_roots(self) -> list[IConstruct]:
        return [self._resource]


class OwnResource(cdk.CfnResource):
    """A resource that a part may stand for later; it notes what is set on it directly."""

    _changes: tuple[str, ...] = ()

    def add_override(self, path: str, value: Any) -> None:
        """Set anything of the resource, given by its path."""
        self._changes += (path,)
        super().add_override(path, value)

    def set_property(self, path: str, value: Any) -> None:
        """Set a property on behalf of the library, which will set it on a release's too."""
        before = self._changes
        self.add_property_override(path, value)
        self._changes = before

    def refuse_changes(self, kind: str, path: str) -> None:
        """Refuse to be replaced if something was set that would be lost.

        Raises:
            OptionsError: If so.
        """
        if self._changes:
            fault = OptionFault(
                "add_property_override",
                "must be called on the resource of the release",
                self._changes[0],
                f"{path} has the same property below {kind}",
            )
            raise OptionsError(self.node.path, (fault,))


class Detachable:
    """A construct whose resource is, or may become, a part of a release's."""

    def part_of(self, properties: Mapping[str, Any], own: Callable[[], OwnResource]) -> Part:
        """Return what stands for the resource.

        Args:
            properties: Its properties, those of every resource left aside.
            own: Makes it as a resource of its own.
        """
        raise NotImplementedError


def not_at_synth(owner: str, name: str) -> OptionsError:
    """Return the error of something that changes with each release."""
    fault = OptionFault(
        "wait",
        f"must be True where {name} is used",
        False,
        "in a release it is not known at synth and changes with each: read it with "
        "`automlv2 status`, or from the events of the release",
    )
    return OptionsError(owner, (fault,))


@jsii.implements(cdk.IStringProducer, cdk.IAnyProducer)
class _OwnAttribute:
    """Asked by the CDK when everything has been declared."""

    def __init__(self, part: Part, name: str, read: Callable[[cdk.CfnResource], Any]) -> None:
        self._part = part
        self._name = name
        self._read = read

    def produce(self, context: cdk.IResolveContext) -> Any:
        """Return the attribute."""
        return rendered(context, lambda: self._read(self._part.own(self._name)))


def _without_none(value: Any) -> Any:
    """Return properties without what is not set, at any depth."""
    match value:
        case dict():
            return {key: _without_none(item) for key, item in without_none(**value).items()}
        case list():
            return [_without_none(item) for item in value]
    return value
