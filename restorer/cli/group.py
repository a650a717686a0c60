"""A command group with a default command, help in sections, and errors on one line."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from typer import Abort, TyperException
from typer.core import TyperCommand, TyperGroup

from restorer.cli.exit import ExitStatus
from restorer.cli.output import note
from restorer.errors import RestorerError

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

__all__ = ["DefaultCommand", "DefaultGroup", "SectionedCommand"]

DEFAULT = "run"
_log = logging.getLogger(__name__)


class SectionedCommand(TyperCommand):
    """A command whose help lists its options by section."""

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """What stands in the usage line after the command's name.

        :param ctx: The command's context.
        :return: The pieces, without the braces Typer puts around arguments.
        """
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the options.

        :param ctx: The command's context.
        :param formatter: Where to write.
        """
        _write_sections(self, ctx, formatter)


class DefaultCommand(SectionedCommand):
    """The command whose name nobody types: its help is the program's."""

    def get_help(self, ctx: Context) -> str:
        """The whole help.

        :param ctx: The command's context.
        :return: The group's help.
        """
        return ctx.parent.command.get_help(ctx.parent) if ctx.parent else super().get_help(ctx)


class DefaultGroup(TyperGroup):
    """A group that takes anything but one of its commands' names as arguments of its default command."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Put the default command's name in front where none is given.

        :param ctx: The group's context.
        :param args: All arguments.
        :return: The arguments that are left.
        """
        named = args and (args[0] in ctx.help_option_names or args[0] in self.list_commands(ctx))
        return super().parse_args(ctx, args if named or not args else [DEFAULT, *args])

    def list_commands(self, ctx: Context) -> list[str]:
        """Names a user may give.

        :param ctx: The group's context.
        :return: All names but the default command's, which has none for the user.
        """
        return [name for name in super().list_commands(ctx) if name != DEFAULT]

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """What stands in the usage line after the program's name.

        :param ctx: The group's context.
        :return: The default command's pieces.
        """
        return self.commands[DEFAULT].collect_usage_pieces(ctx)

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the default command's options, then the other commands.

        :param ctx: The group's context.
        :param formatter: Where to write.
        """
        _write_sections(self.commands[DEFAULT], ctx, formatter)
        self.format_commands(ctx, formatter)

    def main(  # type: ignore[override] # the rest is passed on
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **options: Any,  # noqa: ANN401
    ) -> int:
        """Run, with every error as one line on standard error and an exit status.

        :param args: Arguments; those of the process by default.
        :param prog_name: Name shown in usage lines.
        :param options: Passed on; ``standalone_mode`` says whether to exit instead of returning the status.
        :return: The exit status.
        """
        status = self._status(args, prog_name, {**options, "standalone_mode": False})
        if options.get("standalone_mode", True):
            sys.exit(status)
        return status

    def _status(self, args: Sequence[str] | None, prog_name: str | None, options: dict[str, Any]) -> int:
        try:
            return int(super().main(args, prog_name, **options) or ExitStatus.CLEAN)
        except RestorerError as error:
            note(f"restore: {error}")
        except TyperException as error:
            _usage(error)
        except Abort:
            return ExitStatus.INTERRUPTED
        except MemoryError:
            note("restore: out of memory; restore the files one at a time, or split the largest")
        except Exception as error:  # a fault of ours; status 1 would mean findings
            _log.info("internal error", exc_info=True)
            note(
                f"restore: internal error, {type(error).__name__}: {error}; run again with -v and report what it shows"
            )
        return ExitStatus.ERROR


def _usage(error: TyperException) -> None:
    """A wrong command line; with no arguments at all the message is the whole help."""
    message = error.format_message()
    if "\n" in message and message.startswith("Usage:"):
        note(message)
        return
    context = getattr(error, "ctx", None)
    command = f"{context.command_path} --help" if context is not None else "restore --help"
    words = " ".join(message.replace("Value error, ", "").split()).rstrip(".")
    note(f"restore: {words[:1].lower()}{words[1:]}; see {command.replace(f' {DEFAULT} ', ' ')}")


def _write_sections(command: Command, ctx: Context, formatter: HelpFormatter) -> None:
    """Arguments and options under the headings they were declared with."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for param in command.get_params(ctx):
        if param.param_type_name == "argument":
            sections.setdefault("Arguments", []).append((param.metavar or param.name, getattr(param, "help", "")))
        elif (record := param.get_help_record(ctx)) is not None:
            heading = getattr(param, "rich_help_panel", None) or "Display"
            sections.setdefault(heading, []).append(record)
    for heading, records in sections.items():
        with formatter.section(heading):
            formatter.write_dl(records)
