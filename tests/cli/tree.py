"""Every command there is, by click's own tree; a new one is in it by itself."""

from dataclasses import dataclass

import click

from cdk_automlv2.cli import completion
from cdk_automlv2.cli.commands import automlv2

REQUIRED = {
    "stack": ("--stack", "Clinic"),
    "id_": ("--id", "Diagnosis"),
    "why": ("--why", "looked at it"),
}
"""What must be given, by the name of the option."""


@dataclass(frozen=True)
class Leaf:
    """A command that does something."""

    path: tuple[str, ...]
    command: click.Command

    @property
    def words(self):
        return " ".join(self.path)

    def has(self, option):
        return any(option in item.opts for item in self.command.params)

    @property
    def required(self):
        """The options that it cannot do without."""
        found = [item for item in self.command.params if isinstance(item, click.Option)]
        return [word for item in found if item.required for word in REQUIRED[item.name]]

    @property
    def takes_names(self):
        """Whether its first argument is a name of AWS."""
        first = next((i for i in self.command.params if isinstance(i, click.Argument)), None)
        return first is not None and isinstance(first.type, completion.Name)


def leaves():
    return list(_below(automlv2, ()))


def groups():
    return [(), *(leaf.path[:-1] for leaf in leaves() if len(leaf.path) > 1)]


def _below(command, path):
    if not isinstance(command, click.Group):
        yield Leaf(path, command)
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        yield from _below(command.get_command(context, name), (*path, name))


def found_at(path):
    """Return the command of a path; none if there is none."""
    command = automlv2
    for name in path:
        if not isinstance(command, click.Group):
            return None
        command = command.get_command(click.Context(command), name)
    return command


def options_of(path):
    """Return the options that may stand in a command of a path."""
    command, known = automlv2, set()
    for name in path:
        command = command.get_command(click.Context(command), name)
        for item in command.params:
            known |= {*item.opts, *item.secondary_opts}
    return known | {"--help", "--version"}
