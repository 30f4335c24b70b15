"""Faults that a user can cause: what is wrong, and the next command, instead of a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    TokenRetrievalError,
)

from cdk_automlv2.cli import safe

_TOLD: Final[tuple[type[Exception], ...]] = (OSError, RuntimeError, ValueError)
DOCTOR: Final = "automlv2 doctor"
THROTTLES: Final = frozenset(
    {"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"}
)
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_FOREIGN: Final = frozenset(
    {
        *("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"),
        *("InvalidSignatureException", "AuthFailure", "IncompleteSignature"),
    }
)
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_ELSEWHERE: Final = "automlv2 local"
"""Commands that do not take the options of an account."""

_LOG_IN: Final = "aws sso login, or aws configure; --profile NAME chooses a profile"


class Failure(click.ClickException):
    """What went wrong, and what to do next.

    Args:
        message: What went wrong.
        next: The next command.
    """

    def __init__(self, message: str, next: str = DOCTOR) -> None:
        super().__init__(safe.lines(message))
        self.next = safe.line(following(next))

    def format_message(self) -> str:
        """Return the words, the next command on a line of its own."""
        return f"{self.message}\nnext: {self.next}"


def following(words: str) -> str:
    """Return the next command with the options that say which AWS was meant."""
    context = click.get_current_context(silent=True)
    chosen = context.params if context else {}
    if words == "cdk deploy" and chosen.get("local"):
        return "automlv2 local deploy"
    if not words.startswith("automlv2 ") or words.startswith(_ELSEWHERE) or "--help" in words:
        return words
    added = " --local" if chosen.get("local") else ""
    for name in ("profile", "region"):
        added += f" --{name} {chosen[name]}" if chosen.get(name) else ""
    end = min(place for mark in (",", ";", " if ") if (place := f"{words}{mark}".find(mark)) >= 0)
    return f"{words[:end]}{added}{words[end:]}"


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turn what AWS and boto3 refuse into words and a next command."""
    try:
        yield
    except ClientError as error:
        raise _of_service(error) from error
    except BotoCoreError as error:
        raise _of_client(error) from error


@contextmanager
def friendly_errors(*more: type[Exception]) -> Iterator[None]:
    """Turn them into what click shows.

    Args:
        more: What else the command can end in.
    """
    try:
        with aws_errors():
            yield
    except (*_TOLD, *more) as error:
        if more:  # What a command knows of says itself what to do.
            raise click.ClickException(safe.lines(error)) from error
        raise Failure(str(error)) from error


def code_of(error: ClientError) -> str:
    """Return the code of a refusal."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_passing(error: Exception) -> bool:
    """Whether the same call may work a moment later: throttling, a server fault, a lost line."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code_of(error) in THROTTLES or status >= 500
    return isinstance(error, EndpointConnectionError | ConnectTimeoutError | ReadTimeoutError)


def is_missing(error: ClientError) -> bool:
    """Whether a resource or stack is not there."""
    words = str(error).lower()
    return code_of(error) in ("ResourceNotFound", "ResourceNotFoundException") or any(
        text in words for text in ("does not exist", "could not find", "not found")
    )


def _of_service(error: ClientError) -> click.ClickException:
    code = code_of(error)
    words = str(error.response.get("Error", {}).get("Message") or error)
    if code in _EXPIRED:
        return Failure(f"the AWS credentials have expired: {words}", _LOG_IN)
    if code in _FOREIGN:
        return Failure(f"AWS does not accept these credentials: {words}", _LOG_IN)
    if code in DENIED:
        return Failure(f"{error.operation_name} is not allowed: {words}")
    if code in THROTTLES:
        return Failure(f"AWS throttles {error.operation_name}: {words}", "the same, in a minute")
    if is_missing(error) and error.operation_name in _OF_STACKS:
        return Failure(words, "aws cloudformation list-stacks; or another --region or --profile")
    return Failure(f"{code}: {words}")


_OF_STACKS: Final = frozenset(
    {
        *("DescribeStacks", "DescribeStackEvents", "DescribeStackResources"),
        *("ListStackResources", "GetTemplate"),
    }
)


def _of_client(error: BotoCoreError) -> click.ClickException:
    table: tuple[tuple[tuple[type[BotoCoreError], ...], str, str], ...] = (
        ((NoCredentialsError,), "no AWS credentials are found", _with_local(_LOG_IN)),
        ((TokenRetrievalError,), str(error), _LOG_IN),
        ((ProfileNotFound,), str(error), "aws configure list-profiles"),
        (
            (EndpointConnectionError, ConnectTimeoutError),
            f"{error}; is the Region right?",
            "automlv2 doctor, or another --region",
        ),
    )
    for kinds, words, following in table:
        if isinstance(error, kinds):
            return Failure(words, following)
    return Failure(str(error))


def _with_local(words: str) -> str:
    from cdk_automlv2.cli.aws import local_words

    return local_words(words)
