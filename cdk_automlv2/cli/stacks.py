"""``automlv2 stacks``: over how many stacks a folder of models spreads."""

from __future__ import annotations

from pathlib import Path

import click

from cdk_automlv2.cli import out
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import run
from cdk_automlv2.reports.texts import counted
from cdk_automlv2.specs.errors import SpecError
from cdk_automlv2.specs.stack_file import FILE, StackFileError
from cdk_automlv2.specs.stack_plan import Plan, plan


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--count", type=click.IntRange(1), help="How many stacks. Default: enough, with room."
)
@click.option(
    "--prefix", help="What the names of a new folder's stacks begin with. Default: its name."
)
@click.option(
    "--move",
    "moved",
    multiple=True,
    metavar="NAME",
    help="A model that may move to another stack, where it is trained again; repeat it.",
)
@click.option(
    "--share-roles/--own-roles",
    default=None,
    help="Two roles for the models of a stack, or two for each. Default: as it is; at first own.",
)
@out.json_option
def stacks(
    folder: Path,
    count: int | None,
    prefix: str | None,
    moved: tuple[str, ...],
    share_roles: bool | None,
    as_json: bool,
) -> None:
    """Write automlv2.stacks.json of a FOLDER, or say that it still will do.

    Models that are there already keep their stack; needs Node, as it counts what they take.
    """
    try:
        found = plan(folder, count=count, prefix=prefix, moved=moved, share_roles=share_roles)
    except SpecError as error:
        raise Failure(str(error), run("validate", str(folder))) from error
    except StackFileError as error:
        name = str(folder)
        following = run("stacks", name, *error.more) if not error.fault else run("validate", name)
        raise Failure(str(error), following) from error
    if found.changed:
        (folder / FILE).write_text(found.stacks.to_json(), encoding="utf-8")
    if as_json:
        count = found.stacks.count
        out.document(
            file=str(folder / FILE),
            changed=found.changed,
            models=found.models,
            stacks=count,
            shares_roles=found.stacks.shares_roles,
            fullest=found.fill,
        )
    else:
        out.data(_words(folder / FILE, found))


def _words(path: Path, found: Plan) -> str:
    verb = "written" if found.changed else "unchanged"
    return (
        f"{path}: {verb}; {counted(found.models, 'model')} in "
        f"{counted(found.stacks.count, 'stack')}, "
        f"the fullest {found.fill:.0%} full"
    )
