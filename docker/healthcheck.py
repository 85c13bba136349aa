"""Requests a path from the server in this container. Exits with 0 if the status is 200, else with 1."""

import http.client
import os
import sys

SECONDS = 3


def main(path: str = "/readyz", port: str = os.environ.get("PORT") or "8000") -> int:
    connection = http.client.HTTPConnection("localhost", int(port), timeout=SECONDS)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(f"{path} on port {port}: {error!r}")
        return 1
    print(f"{path} on port {port}: {status}")
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
