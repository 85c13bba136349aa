"""`python -m sandbox` runs the sandbox on its own, for curl and Stripe's SDKs."""

import argparse
import asyncio
import errno
import socket
import sys
from contextlib import suppress

import uvicorn

from sandbox.app import create_sandbox
from sandbox.errors import StripeError
from sandbox.events.http_delivery import http_delivery
from sandbox.http.server import DroppableProtocol, listen
from sandbox.parameters.webhooks.webhook_endpoints import WebUrl
from sandbox.state.ids import new_webhook_secret


def main() -> None:
    """Runs the server until it is interrupted."""
    options = _options()
    try:
        listener = listen(options.host, options.port)
    except OSError as error:
        sys.exit(f"sandbox: {_reason(error, options)}")
    _print_example(listener)
    if options.forward_to:
        secret = options.webhook_secret
        print(f"Events are sent to {options.forward_to}. Your webhook signing secret is {secret}", flush=True)
    # uvicorn raises the signal again after a graceful shutdown.
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(options, listener))


async def _serve(options: argparse.Namespace, listener: socket.socket) -> None:
    async with http_delivery() as deliver:
        app = create_sandbox(
            seed=not options.no_seed,
            deliver=deliver,
            forward_to=options.forward_to,
            webhook_secret=options.webhook_secret,
        )
        config = uvicorn.Config(app, http=DroppableProtocol, log_level="warning", timeout_graceful_shutdown=2)
        await uvicorn.Server(config).serve(sockets=[listener])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=12111, help="0 selects any free port")
    parser.add_argument("--no-seed", action="store_true", help="start without objects")
    parser.add_argument("--forward-to", type=_url, metavar="URL", help="send every event to this URL")
    parser.add_argument("--webhook-secret", type=_secret, metavar="SECRET", help="signs these events; new by default")
    options = parser.parse_args()
    if options.webhook_secret and not options.forward_to:
        parser.error("--webhook-secret needs --forward-to")
    options.webhook_secret = options.webhook_secret or new_webhook_secret()
    return options


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 5 or int(text) > 65535:
        raise argparse.ArgumentTypeError("give a whole number from 0 to 65535")
    return int(text)


def _url(text: str) -> str:
    try:
        WebUrl().parse(text, "--forward-to")
    except StripeError:
        message = "give a URL such as http://127.0.0.1:8000/webhooks/stripe"
        raise argparse.ArgumentTypeError(message) from None
    return text


def _secret(text: str) -> str:
    if not text or not text.isascii() or any(character.isspace() for character in text):
        raise argparse.ArgumentTypeError("give ASCII text without spaces, such as whsec_123")
    return text


def _reason(error: OSError, options: argparse.Namespace) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {options.port} is in use on {options.host}; stop what uses it, or choose another --port"
    return f"can't listen on {options.host}, port {options.port} ({error.strerror})"


def _print_example(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    print(f"The sandbox imitates Stripe at {address}. For example:", flush=True)
    print(f"  curl -u sk_test_123: -d customer=cus_NbZ8Ki3f322LNn {address}/v1/payment_methods/pm_card_visa/attach")


if __name__ == "__main__":
    main()
