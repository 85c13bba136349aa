"""The command line. Each command imports what it needs, so that commands without the schema are quick."""

from __future__ import annotations

import argparse
import functools
import gc
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from serving.version import VERSION

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from serving.settings.settings import Settings

SCHEMA_FORMATS = ("sdl", "introspection", "possible-types")
MAX_TOKEN_MINUTES = 366 * 24 * 60


class UsageError(Exception):
    """An invalid option: its name, and how to fix it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Returns the exit status."""
    options = _parser().parse_args(arguments)
    from serving.settings.errors import SettingsError

    try:
        status: int = options.run(options)
        return status
    except (SettingsError, UsageError) as error:
        print(f"attache: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="server.py",
        description="Attaché, a GraphQL facade over Stripe's REST API for saved payment methods.",
        epilog="All other settings are environment variables: `server.py settings` lists them.",
    )
    parser.set_defaults(run=_serve)
    parser.add_argument("--version", action="version", version=f"attache {VERSION}")
    parser.add_argument("--host", help="address to listen on (HOST, 127.0.0.1)")
    parser.add_argument("--port", help="port to listen on (PORT, 8000)")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve (1)")
    commands = parser.add_subparsers(title="other commands")
    schema = commands.add_parser("schema", help="print the GraphQL schema, as SDL or in a format for client tools")
    schema.add_argument("--format", choices=SCHEMA_FORMATS, default="sdl", help="the form to print (sdl)")
    schema.set_defaults(run=_print_schema)
    settings = commands.add_parser("settings", help="print all settings with their defaults and meanings")
    settings.add_argument("--page", action="store_true", help="print docs/settings.md")
    settings.set_defaults(run=_print_settings)
    _add_token(commands)
    check = commands.add_parser("check", help="check the settings and say what they mean; change nothing")
    check.add_argument("--connect", action="store_true", help="call Stripe and every other service that they name")
    check.set_defaults(run=_check)
    manifest = commands.add_parser("check-manifest", help="check a manifest of trusted documents against the schema")
    manifest.add_argument("file", type=Path)
    manifest.set_defaults(run=_check_manifest)
    return parser


def _add_token(commands: Any) -> None:
    token = commands.add_parser("token", help="print a token for development, signed with AUTH_SECRET or the sandbox's")
    token.add_argument("--customer", help="the Stripe customer, or Account, whose wallet it opens: cus_… or acct_…")
    token.add_argument("--any-id", action="store_true", help="accept a --customer that begins with neither")
    token.add_argument("--service", action="store_true", help="a service's token, which opens all wallets")
    token.add_argument("--account", help="the connected account for which all its calls are made, acct_…")
    token.add_argument("--subject", default="developer", help="who it is for (developer)")
    token.add_argument("--minutes", type=float, default=60.0, help="how long it is valid (60)")
    token.set_defaults(run=_print_token)


def _serve(options: argparse.Namespace) -> int:
    from serving.settings.settings import load

    overrides = {name: value for name in ("host", "port") if (value := getattr(options, name)) is not None}
    settings = load(**overrides)
    if options.workers < 1:
        raise UsageError("--workers: give 1 or more")
    if options.workers > 1 and settings.uses_sandbox:
        raise UsageError("--workers: the embedded sandbox is one process; leave it 1 or set STRIPE_SECRET_KEY")
    from serving.server import startup
    from serving.settings.summary import caches_reads
    from serving.telemetry import logs

    one = options.workers == 1
    if not caches_reads(settings, workers=options.workers):
        overrides["read_cache_seconds"] = 0
    logs.configure(settings.log_level, settings.log_format)
    app = _create_app(settings) if one else functools.partial(worker_app, **overrides)
    startup.serve(settings, app, workers=options.workers)
    return 0


def worker_app(**overrides: Any) -> ASGIApp:
    """The app in one of several worker processes, with the settings of the command line."""
    from serving.settings.settings import load
    from serving.telemetry import logs

    settings = load(**overrides)
    logs.configure(settings.log_level, settings.log_format)
    return _create_app(settings)


def _create_app(settings: Settings) -> ASGIApp:
    """Import the service, enable the garbage collector, and create the app."""
    from app import create_app

    gc.freeze()
    gc.enable()
    return create_app(settings)


def _print_schema(options: argparse.Namespace) -> int:
    from app import schema
    from serving.graphql.schema_files import SCHEMA_FILES

    print(SCHEMA_FILES[options.format].write(schema))
    return 0


def _print_settings(options: argparse.Namespace) -> int:
    from serving.settings.docs_page import page, table

    print(page() if options.page else table())
    return 0


def _print_token(options: argparse.Namespace) -> int:
    _check_token_options(options)
    from serving.auth.development_tokens import TokenSettings, create_token
    from serving.settings.settings import load_as

    token = create_token(
        load_as(TokenSettings),
        customer=options.customer,
        service=options.service,
        subject=options.subject,
        lifetime=options.minutes * 60,
        account=options.account,
    )
    print(token)
    return 0


def _check_token_options(options: argparse.Namespace) -> None:
    """Raises UsageError for a token that no server would accept, or that lacks a customer by mistake."""
    from serving.auth.customer_id import ACCOUNT_ID, CUSTOMER_ID

    id = options.customer
    if id is None and not options.service:
        raise UsageError("--customer: name the customer whose wallet the token opens, or give --service")
    if id is not None and not CUSTOMER_ID.fullmatch(id):
        raise UsageError("--customer: an id has 1 to 255 letters, digits and _-.@+, without two dots in a row")
    if id is not None and not id.startswith(("cus_", "acct_")) and not options.any_id:
        raise UsageError("--customer: ids begin with cus_ or acct_; for a customer's that you chose, add --any-id")
    if options.account is not None and not ACCOUNT_ID.fullmatch(options.account):
        raise UsageError("--account: ids of accounts begin with acct_")
    if not 0 < options.minutes <= MAX_TOKEN_MINUTES:
        raise UsageError(f"--minutes: give more than 0 and at most {MAX_TOKEN_MINUTES}")


def _check(options: argparse.Namespace) -> int:
    """Print a summary of the settings and the problems found. Returns 1 if there are any."""
    from serving.graphql.trusted_manifest import read_manifest
    from serving.settings.settings import load
    from serving.settings.summary import summary

    settings = load()
    if settings.trusted_documents is not None:
        read_manifest(settings.trusted_documents)
    print(summary(settings))
    if not options.connect:
        return 0
    from diagnostics import check_connections

    results = check_connections(settings)
    print("\n".join(map(str, results)))
    return 1 if any(result.problem for result in results) else 0


def _check_manifest(options: argparse.Namespace) -> int:
    """Print each document that can't be executed, with the reason. Returns 1 if there are any."""
    from app import create_executor
    from serving.graphql.trusted_manifest import read_manifest
    from serving.settings.settings import load

    documents: Mapping[str, Any] = read_manifest(options.file)
    executor = create_executor(load())
    problems = [f"{id}: {problem}" for id, text in documents.items() for problem in executor.problems(text)]
    print("\n".join(problems) or f"{len(documents)} documents, all valid")
    return 1 if problems else 0
