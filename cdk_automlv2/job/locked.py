"""A candidate of a lock file, which a model is made of as of a job's candidate."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constructs import Construct

from cdk_automlv2._core import strict_json
from cdk_automlv2._core.function_policy import FunctionRights
from cdk_automlv2._core.images import image_in
from cdk_automlv2._core.keys import key_arn
from cdk_automlv2._core.s3 import S3Location
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.job.elsewhere import TrainedElsewhere
from cdk_automlv2.job.lock_rules import check_containers
from cdk_automlv2.job.output import AutoMLOutput

_SCHEMA = "1"
_NO_LOCK = (OSError, KeyError, TypeError, AttributeError, ValueError, RecursionError)


@dataclass(frozen=True)
class Artifact:
    """An artifact of a lock file.

    Attributes:
        uri: Where it lies.
        sha256: Digest of its bytes.
        key: ARN of the KMS key that it is encrypted with; empty if there is none.
    """

    uri: str
    sha256: str
    key: str

    @property
    def location(self) -> S3Location:
        """Where it lies, with its key."""
        return S3Location(self.uri, (self.key,) if self.key else ())


@dataclass(frozen=True)
class Lock:
    """What a lock file says.

    Attributes:
        account: Where the candidate was trained.
        region: The same.
        containers: Of each processing unit; of ``""`` where units make no difference.
        response_keys: Keys of the inference response where it was locked; ``None`` if not chosen.
    """

    account: str
    region: str
    containers: Mapping[str, list[Mapping[str, Any]]]
    response_keys: list[str] | None = None

    @classmethod
    def read(cls, path: str) -> Lock:
        """Read a lock file.

        Raises:
            OptionsError: If it is none; says what is missing.
        """
        try:
            raw = strict_json.parsed(Path(path).read_bytes())
            _check_schema(str(raw["schema-version"]))
            source = raw["source"]
            keys = source.get("inference-response-keys")
            place = str(source["account"]), str(source["region"])
            lock = cls(*place, raw["containers"], [*map(str, keys)] if keys else None)
            check_containers(lock.containers)
        except _NO_LOCK as error:
            why = f"{type(error).__name__}: {error}"
            rule = f"must be a file that `automlv2 lock` has written ({why})"
            raise OptionsError("from_lock", (OptionFault("lock", rule, path),)) from error
        return lock

    def of_unit(self, unit: str | None) -> list[Mapping[str, Any]]:
        """Return the containers for a processing unit.

        Raises:
            OptionsError: If there are none for it.
        """
        for name in (unit or "CPU", "", *(() if unit else self.containers)):
            if name in self.containers:
                return self.containers[name]
        there = ", ".join(sorted(self.containers))
        fault = OptionFault("processing_unit", f"must be one of {there}, as the lock says", unit)
        raise OptionsError("from_lock", (fault,))

    def artifacts(self) -> Iterator[Artifact]:
        """Yield each artifact."""
        for containers in self.containers.values():
            for container in containers:
                found = container["artifact"]
                if found:
                    key = found.get("kms-key")
                    yield Artifact(str(found["uri"]), str(found["sha256"]), str(key or ""))


def _check_schema(version: str) -> None:
    """Refuse another major version than the one that this library reads.

    Raises:
        ValueError: With what is to be done.
    """
    major = version.partition(".")[0]
    if major == _SCHEMA:
        return
    if not major.isdecimal():
        raise ValueError(f"schema-version {version!r} is no version")
    is_newer = int(major[:9]) > int(_SCHEMA)
    what = "newer than this library, update it" if is_newer else "older than 1.0, lock again"
    raise ValueError(f"schema {version} is {what}")


class LockedCandidate(TrainedElsewhere):
    """Stands where a job stands: its winner is what the lock file says, and nothing else.

    Args:
        lock: What it says.
        unit: CPU or GPU, where that makes a difference.
        artifacts: Where the artifacts are copied to. Default: they stay where they are.
        images: Image to use in place of one of the lock file, such as that of another Region.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        lock: Lock,
        unit: str | None,
        artifacts: AutoMLOutput | None,
        images: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id)
        self._lock = lock
        self._containers = lock.of_unit(unit)
        self._images = images
        self._target = artifacts
        self._refuse_elsewhere()
        self._output = self._location()

    def _locked_properties(self, rights_of: Construct) -> dict[str, Any]:
        """Return what the model's resource says besides; the function may fetch the artifacts."""
        rights = self._provider.policy.for_user(rights_of)
        used = {item["artifact"]["uri"] for item in self._containers if item["artifact"]}
        fetched = []
        for artifact in dict.fromkeys(self._lock.artifacts()):
            if artifact.uri not in used:
                continue
            rights.read_artifact(artifact.location)
            fetched.append(self._fetched(artifact, rights))
        return {"Artifacts": fetched, "Containers": [*map(self._container, self._containers)]}

    def _fetched(self, artifact: Artifact, rights: FunctionRights) -> dict[str, Any]:
        """Return what is fetched of an artifact, and from where to where."""
        target = self._place_of(artifact.uri, artifact.sha256)
        said = {"From": artifact.uri, "To": target, "Sha256": artifact.sha256}
        if target == artifact.uri:
            return {**said, "Region": self._lock.region}
        location = S3Location(target, self._keys())
        rights.read_artifact(location)
        rights.write_objects(location)
        key = self._target.kms_key if self._target else None
        return said if key is None else {**said, "KmsKeyId": key_arn(key)}

    def _container(self, locked: Mapping[str, Any]) -> dict[str, Any]:
        image = str(locked["image"])
        made = {"Image": self._mapped()[image], "Environment": locked["environment"]}
        artifact = locked["artifact"]
        if artifact:
            made["ModelDataUrl"] = self._place_of(artifact["uri"], artifact["sha256"])
        return made

    def _place_of(self, uri: str, digest: str) -> str:
        """Return where an artifact is served from."""
        if self._target is None:
            return uri
        name = posixpath.basename(uri)
        return f"{self._target.path.rstrip('/')}/locked/{digest[:16]}/{name}"

    def _keys(self) -> tuple[Any, ...]:
        key = self._target.kms_key if self._target else None
        return () if key is None else (key,)

    def _location(self) -> S3Location:
        if self._target is not None:
            uri = f"{self._target.path.rstrip('/')}/locked/"
            return S3Location(uri, self._keys(), is_folder=True)
        found = list(dict.fromkeys(self._lock.artifacts()))
        folders = [posixpath.dirname(artifact.uri) for artifact in found]
        keys = tuple(dict.fromkeys(artifact.key for artifact in found if artifact.key))
        return S3Location(f"{posixpath.commonpath(folders).replace('s3:/', 's3://', 1)}/", keys)

    def _mapped(self) -> dict[str, str]:
        """Return the image to use for each of the lock file, as far as that is known."""
        stack = self._provider.stack
        images = dict.fromkeys(str(item["image"]) for item in self._containers)
        if is_token(stack.region) or stack.region == self._lock.region:
            return {image: self._images.get(image, image) for image in images}
        known = {image: image_in(image, self._lock.region, stack.region) for image in images}
        return {image: found for image, found in known.items() if found} | self._images_of(images)

    def _images_of(self, images: Iterable[str]) -> dict[str, str]:
        return {image: self._images[image] for image in images if image in self._images}

    def _refuse_elsewhere(self) -> None:
        """Refuse artifacts and images that this account and Region cannot serve.

        Raises:
            OptionsError: With what is to be given.
        """
        stack = self._provider.stack
        faults = []
        elsewhere = [
            f"{word} {theirs}"
            for word, theirs, ours in (
                ("account", self._lock.account, stack.account),
                ("Region", self._lock.region, stack.region),
            )
            if not is_token(ours) and ours != theirs
        ]
        if elsewhere and self._target is None:
            rule = f"must be given: the artifacts lie in {' and '.join(elsewhere)}"
            faults.append(OptionFault("artifacts", rule, None))
        missing = {str(item["image"]) for item in self._containers} - self._mapped().keys()
        if missing:
            rule = f"must name the image of {stack.region} for {', '.join(sorted(missing))}"
            faults.append(OptionFault("images", rule, dict(self._images)))
        if faults:
            raise OptionsError("from_lock", tuple(faults))
