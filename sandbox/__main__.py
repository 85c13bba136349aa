"""`python -m sandbox` runs the sandbox on its own, for curl and Stripe's SDKs."""

import argparse
import errno
import socket
import sys
from contextlib import suppress

import uvicorn

from sandbox.app import create_sandbox
from sandbox.http.server import DroppableProtocol, listen


def main() -> None:
    """Runs the server until it is interrupted."""
    options = _options()
    try:
        listener = listen(options.host, options.port)
    except OSError as error:
        sys.exit(f"sandbox: {_reason(error, options)}")
    _print_example(listener)
    app = create_sandbox(seed=not options.no_seed)
    config = uvicorn.Config(app, http=DroppableProtocol, log_level="warning", timeout_graceful_shutdown=2)
    # uvicorn raises the signal again after a graceful shutdown.
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=12111, help="0 selects any free port")
    parser.add_argument("--no-seed", action="store_true", help="start without objects")
    return parser.parse_args()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 5 or int(text) > 65535:
        raise argparse.ArgumentTypeError("give a whole number from 0 to 65535")
    return int(text)


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
