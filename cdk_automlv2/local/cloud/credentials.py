"""Keys of the local cloud: generated at each start, one for each account, one for itself.

Servers get them on standard input: an environment is inherited by functions, and arguments are
shown to every user of the machine.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from cdk_automlv2.local.cloud.ask import AskError, ask_json
from cdk_automlv2.local.cloud.claims import SignatureError
from cdk_automlv2.local.cloud.guard import Keys
from cdk_automlv2.local.cloud.signature import Key

FIND = "/_automlv2/key"
_USER = "automlv2"
_REMEMBERED_SECONDS = 30
_ADMINISTRATOR = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True)
class KeyRing:
    """All keys that a start makes.

    Attributes:
        own: Key of the local cloud itself, for what only it may ask its servers.
        accounts: Key of an administrator in each account, by the account's number.
    """

    own: Key
    accounts: dict[str, Key]

    @classmethod
    def make(cls, accounts: Sequence[str]) -> Self:
        """Make keys for accounts.

        Raises:
            ValueError: If one is no account's number, or none is given.
        """
        wrong = [account for account in accounts if not re.fullmatch(r"\d{12}", account)]
        if wrong or not accounts:
            raise ValueError(f"accounts are numbers of twelve digits, got {', '.join(wrong)}")
        return cls(_random_key(""), {account: _random_key(account) for account in accounts})

    def to_json(self) -> str:
        """Return the keys as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read them again."""
        found = json.loads(text)
        accounts = {account: Key(**key) for account, key in found["accounts"].items()}
        return cls(Key(**found["own"]), accounts)


def _random_key(account: str) -> Key:
    return Key(f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30), account)


def admit_administrators(ring: KeyRing) -> None:
    """Give ministack the user of each account, who may do everything there."""
    from ministack.core.responses import set_request_account_id
    from ministack.services import iam

    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for account, key in ring.accounts.items():
        set_request_account_id(account)
        iam._users[_USER] = {
            "UserName": _USER,
            "Arn": f"arn:aws:iam::{account}:user/{_USER}",
            "UserId": f"AIDA{secrets.token_hex(8).upper()}",
            "CreateDate": now,
            "Path": "/",
            "PermissionsBoundary": "",
            "AttachedPolicies": [],
            "Tags": [],
        }
        iam._user_inline_policies[_USER] = {"administrator": json.dumps(_ADMINISTRATOR)}
        iam._access_keys[key.access_key] = {
            "UserName": _USER,
            "AccessKeyId": key.access_key,
            "SecretAccessKey": key.secret_key,
            "Status": "Active",
            "CreateDate": now,
        }


def keys_in_ministack(ring: KeyRing) -> Keys:
    """Return what finds a key in this process: a user's, or one that a role's session has."""

    async def find(access_key: str, token: str) -> Key:
        return find_key(ring, access_key, token)

    return find


def find_key(ring: KeyRing, access_key: str, token: str) -> Key:
    """Find a key in ministack, whose own keys for everybody count as unknown.

    Raises:
        SignatureError: If there is none, or it is not good any more.
    """
    from ministack.core import iam_evaluator as iam
    from ministack.core.responses import _account_from_sts_session

    if access_key == ring.own.access_key and not token:
        return ring.own
    account = _account_from_sts_session(access_key) or iam.find_iam_access_key_account(access_key)
    if account is None or iam.is_root_access_key(access_key):
        raise _unknown()
    found = iam.resolve_credential(access_key, account, token or None)
    if isinstance(found, iam.CredentialResolutionError):
        raise SignatureError(found.code, found.message)
    return Key(access_key, found.secret_access_key, account, token)


def answer_key(ring: KeyRing, question: dict[str, Any]) -> dict[str, Any]:
    """Answer another server's question for a key: ``access_key`` and ``session_token``."""
    try:
        found = find_key(ring, question["access_key"], question["session_token"])
    except SignatureError as error:
        return {"code": error.code, "message": error.message}
    return {"key": asdict(found)}


class RemoteKeys:
    """Finds keys by asking the server of ministack, and remembers them for a moment.

    Args:
        url: Base address of the server.
        own: Key of the local cloud itself.
    """

    def __init__(self, url: str, own: Key) -> None:
        self._url = url
        self._own = own
        self._known: dict[tuple[str, str], tuple[float, Key]] = {}

    async def __call__(self, access_key: str, token: str) -> Key:
        """Find a key.

        Raises:
            SignatureError: If there is none, or it is not good any more.
        """
        import asyncio

        if access_key == self._own.access_key and not token:
            return self._own
        until, key = self._known.get((access_key, token), (0.0, self._own))
        if until < time.monotonic():
            key = await asyncio.to_thread(self._ask, access_key, token)
            self._known = {k: v for k, v in self._known.items() if v[0] > time.monotonic()}
            self._known[access_key, token] = (time.monotonic() + _REMEMBERED_SECONDS, key)
        return key

    def _ask(self, access_key: str, token: str) -> Key:
        question = {"access_key": access_key, "session_token": token}
        try:
            found = ask_json(self._own, self._url + FIND, question)
        except AskError as error:
            raise SignatureError("ServiceUnavailable", str(error)) from error
        if "key" not in found:
            raise SignatureError(found["code"], found["message"])
        return Key(**found["key"])


def _unknown() -> SignatureError:
    return SignatureError(
        "UnrecognizedClientException", "The security token included in the request is invalid."
    )
