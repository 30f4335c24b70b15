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
from cdk_automlv2.cli.following import (
    DOCTOR,
    ELSEWHERE,
    NEXT,
    Choice,
    Words,
    again,
    following,
    help_of,
    local_choice,
    of_error,
    run,
    tool,
)

_TOLD: Final[tuple[type[Exception], ...]] = (OSError, RuntimeError, ValueError)
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
_LOG_IN: Final = (tool("aws", "sso", "login"), tool("aws", "configure"), Words("another --profile"))


class Failure(click.ClickException):
    """What went wrong, and what to do next.

    Args:
        message: What went wrong.
        next: The next command; ``automlv2 doctor`` where nothing better is known.
        others: What else may be meant.
    """

    def __init__(self, message: str, next: Choice = DOCTOR, *others: Choice | Words) -> None:
        super().__init__(safe.lines(message))
        self.next = safe.line(following(next, *others))

    def format_message(self) -> str:
        """Return the words, the next command on a line of its own."""
        return f"{self.message}\n{NEXT}{self.next}"


class Again(Failure):
    """What may go well if the same is typed a moment later."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.next = safe.line(f"{again()}, in a minute")


class WrongUsage(Failure):
    """What was typed cannot be; the help of the command says what can."""

    exit_code = 2

    def __init__(self, error: click.UsageError) -> None:
        super().__init__(error.format_message(), help_of(error.ctx))


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
        raise of_library(error) from error


def of_library(error: Exception) -> Failure:
    """Return an error of this library, or of the machine, in words.

    Some say themselves what is next.
    """
    words = getattr(error, "message", "") or str(error)
    if isinstance(error, OSError) and error.filename and error.strerror:
        words = f"{error.filename}: {error.strerror}"
    own = of_error(error)
    return Failure(words, own or help_of(click.get_current_context(silent=True)))


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
        return Failure(f"the AWS credentials have expired: {words}", *_LOG_IN)
    if code in _FOREIGN:
        return Failure(f"AWS does not accept these credentials: {words}", *_LOG_IN)
    if code in DENIED:
        return Failure(f"{error.operation_name} is not allowed: {words}")
    if code in THROTTLES:
        return Again(f"AWS throttles {error.operation_name}: {words}")
    if is_missing(error) and error.operation_name in _OF_STACKS:
        return Failure(words, run("describe"), ELSEWHERE)
    return Failure(f"{code}: {words}")


_OF_STACKS: Final = frozenset(
    {
        *("DescribeStacks", "DescribeStackEvents", "DescribeStackResources"),
        *("ListStackResources", "GetTemplate"),
    }
)


def _of_client(error: BotoCoreError) -> click.ClickException:
    match error:
        case NoCredentialsError():
            return Failure("no AWS credentials are found", *_LOG_IN, *local_choice())
        case TokenRetrievalError():
            return Failure(str(error), *_LOG_IN)
        case ProfileNotFound():
            return Failure(str(error), tool("aws", "configure", "list-profiles"))
        case EndpointConnectionError() | ConnectTimeoutError():
            return Failure(f"{error}; is the Region right?", DOCTOR, Words("another --region"))
    return Failure(str(error))
