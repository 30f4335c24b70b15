"""An export that another stack imports can neither change nor go; one that nobody uses goes.

ministack refuses only to delete the stack, and keeps an export that has left its template.
Source: "You can't modify or remove an output value that is referenced by another stack",
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
The update fails when its outputs are resolved, and is rolled back.
"""

from __future__ import annotations

from typing import Any


def apply() -> None:
    """Compare the exports of an update with what other stacks import."""
    from ministack.services.cloudformation import stacks

    resolve = stacks._resolve_stack_outputs

    def resolve_and_compare(*arguments: Any) -> Any:
        outputs, exports = resolve(*arguments)
        _compare(stack_id=arguments[-1], exports=exports)
        return outputs, exports

    stacks._resolve_stack_outputs = resolve_and_compare


def _compare(stack_id: str, exports: dict[str, Any]) -> None:
    from ministack.services.cloudformation import _exports

    own = {name: item for name, item in _exports.items() if item["StackId"] == stack_id}
    for name, export in own.items():
        if exports.get(name, {}).get("Value") == export["Value"]:
            continue
        users = _users_of(name, stack_id)
        if users:
            verb = "update" if name in exports else "delete"
            raise ValueError(f"Cannot {verb} export {name} as it is in use by {', '.join(users)}.")
    for name in own.keys() - exports.keys():
        _exports.pop(name, None)


def _users_of(name: str, stack_id: str) -> list[str]:
    from ministack.services.cloudformation import _stacks
    from ministack.services.cloudformation.handlers import _imported_export_names

    return [
        other
        for other, stack in _stacks.items()
        if stack.get("StackId") != stack_id
        and stack.get("StackStatus") != "DELETE_COMPLETE"
        and name in _imported_export_names(stack, other)
    ]
