"""`python -m quality.faults.stores`: many wallets at once over two replicas, while the store that they share fails.

python -m quality.faults.stores --wallets 500
python -m quality.faults.stores --trial lost --planted stores.lost_lock_is_success    the trial must detect the bug

In each trial both replicas get an attach of the same card for each wallet at the same time, with a duplicate policy.
Each wallet must then hold exactly one card, unless an answer said otherwise; and what is not settled must settle when
it is sent again.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from quality.faults import processes
from quality.faults.client import Outcome, Result, parse_result
from quality.faults.plan import Fault
from quality.faults.processes import Process
from quality.faults.proxy import Proxy
from quality.harness import wire
from quality.harness.call_rates import busiest_second
from quality.harness.stores import SlowProxy
from quality.harness.wire import LOCALHOST, Message, Streams

POLICIES = ("REUSE_EXISTING", "REPLACE_EXISTING", "REJECT")
ATTACH = """mutation Attach($input: AttachPaymentMethodInput!) { attachPaymentMethod(input: $input) {
  paymentMethod { id } errors { code } } }"""
SETTINGS = {
    "STRIPE_SECRET_KEY": "sk_test_faults",
    "ALLOW_ANONYMOUS": "true",
    "OPERATION_DEADLINE": "30",
    "RATE_LIMIT_ADDRESS": "100000/minute",
    "LOG_LEVEL": "warning",
}
CALLS_PER_SECOND = 20
SETTLED = frozenset((Outcome.DONE, Outcome.REFUSED))
SETTLES_WITHIN = 20.0
FREE_WITHIN = 9.0
"""Seconds until the wallet of a killed replica can be changed: its lock lives for 5, and the machine may be busy."""

FAST = 0.3
"""Seconds that a read may take once the service has noticed that the store is slow."""

UNAVAILABLE = "the shared store is unavailable"


@dataclass
class Scene:
    """The processes, with the proxy before the sandbox and the way before the store."""

    sandbox: Process
    proxy: ArrivalProxy
    store: Process
    way: SlowProxy
    replicas: list[Process]

    async def flush(self) -> None:
        """The store loses all that it holds."""
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(LOCALHOST, self.store.port)
            writer.write(b"FLUSHALL\r\n")
            await reader.readline()
            writer.close()

    async def restart(self, seconds: float) -> None:
        """The store is killed, and started without its data after so long."""
        await self.store.end(signal.SIGKILL)
        await asyncio.sleep(seconds)
        await self.store.start()


class ArrivalProxy(Proxy):
    """Notes when calls come in."""

    def __init__(self, upstream: int) -> None:
        super().__init__(upstream)
        self.arrivals: list[float] = []

    async def _answer(self, request: Message, streams: Streams) -> bool:
        self.arrivals.append(time.monotonic())
        return await super()._answer(request, streams)


Trial = Callable[[Scene, int], Awaitable[list[str]]]
"""Injects the fault while the wallets are used, and returns the violations."""


# --- Clients ---------------------------------------------------------------------------------------------------------


@dataclass
class Request:
    """An attach to one wallet through one replica, with its first and last result."""

    customer: str
    policy: str
    replica: int
    first: Result | None = None

    async def send(self, scene: Scene, replica: int | None = None) -> Result:
        """Send it once."""
        key = f"{self.customer} {self.replica}"
        input = {"paymentMethodId": "pm_card_amex", "customerId": self.customer, "onDuplicate": self.policy}
        variables = {"input": {**input, "idempotencyKey": key}}
        port = scene.replicas[self.replica if replica is None else replica].port
        result = parse_result(await _post(port, {"query": ATTACH, "variables": variables}))
        self.first = self.first or result
        return result

    async def settle(self, scene: Scene, replica: int | None = None) -> str | None:
        """Send it until it is done or refused; what is wrong if it never is."""
        end = time.monotonic() + SETTLES_WITHIN
        while (result := await self.send(scene, replica)).outcome not in SETTLED:
            if time.monotonic() > end:
                return f"never settled: {result}"
            await asyncio.sleep(0.2)
        return None


async def _post(port: int, body: Mapping[str, object]) -> Message | None:
    headers = {"Host": "localhost", "Content-Type": "application/json"}
    request = wire.request("POST", "/graphql", body=json.dumps(body).encode(), headers=headers)
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(wire.exchange(port, request), SETTLES_WITHIN)
    return None


async def _pairs(scene: Scene, wallets: int, policy: str, *, delay: float = 0.0) -> list[Request]:
    """Two attaches for each of so many new wallets, one by each replica. Answers of Stripe are delayed."""
    created = [wire.call(scene.sandbox.port, "POST", "/v1/customers") for _ in range(wallets)]
    customers = [(await one)["id"] for one in created]
    if delay:
        for customer in customers:
            scene.proxy.plan([customer], [Fault(delay=delay, after=True)] * 4)
    return [Request(customer, policy, replica) for customer in customers for replica in range(2)]


async def _attach(scene: Scene, wallets: int, disturb: Callable[[Scene], Awaitable[None]], delay: float) -> list[str]:
    """Attach with each policy while the store is disturbed; the violations of the first policy that has any."""
    wrong: list[str] = []
    for policy in POLICIES:
        requests = await _pairs(scene, wallets, policy, delay=delay)
        disturbing = asyncio.ensure_future(disturb(scene))
        await asyncio.gather(*(request.send(scene) for request in requests))
        await disturbing
        for one, other in zip(requests[::2], requests[1::2], strict=True):
            wrong += [f"{policy}: {found}" for found in await _violations(scene, one, other)]
        unsettled = [one for one in requests if one.first is not None and one.first.outcome not in SETTLED]
        wrong += [found for found in await asyncio.gather(*(one.settle(scene) for one in unsettled)) if found]
        if wrong:
            break
    return wrong


async def _violations(scene: Scene, one: Request, other: Request) -> list[str]:
    """The violations in one wallet, by the first results of both clients."""
    listed = await wire.call(scene.sandbox.port, "GET", f"/v1/customers/{one.customer}/payment_methods")
    cards, results = len(listed["data"]), [result for result in (one.first, other.first) if result is not None]
    outcomes = [result.outcome for result in results]
    if cards > 1 and SETTLED.issuperset(outcomes):
        return [f"{cards} cards in a wallet, but the results are {[str(result) for result in results]}"]
    if cards == 0 and Outcome.DONE in outcomes:
        return [f"no card in a wallet, but the results are {[str(result) for result in results]}"]
    return [f"something unexpected: {result}" for result in results if "INTERNAL" in result.text]


# --- Trials ----------------------------------------------------------------------------------------------------------


async def burst(scene: Scene, wallets: int) -> list[str]:
    """More requests at once than there are connections to the store, which is healthy."""

    async def nothing(scene: Scene) -> None: ...

    wrong = await _attach(scene, wallets, nothing, 0.0)
    logs = (line for replica in scene.replicas for line in replica.log.read_text(errors="replace").splitlines())
    return wrong + [f"logged: {line}" for line in logs if UNAVAILABLE in line]


async def lost(scene: Scene, wallets: int) -> list[str]:
    """The store loses its state again and again."""

    async def disturb(scene: Scene) -> None:
        for _ in range(8):
            await asyncio.sleep(0.15)
            await scene.flush()

    return await _attach(scene, wallets, disturb, 0.4)


async def killed(scene: Scene, wallets: int) -> list[str]:
    """The store is not there when the requests come, and returns while they run."""
    await scene.store.end(signal.SIGKILL)

    async def disturb(scene: Scene) -> None:
        await scene.restart(1.0)

    return await _attach(scene, wallets, disturb, 0.4)


async def pause(scene: Scene, wallets: int) -> list[str]:
    """The store hangs for a while, and then does what it was sent meanwhile."""

    async def disturb(scene: Scene) -> None:
        await asyncio.sleep(0.2)
        scene.store.signal(signal.SIGSTOP)
        await asyncio.sleep(1.5)
        scene.store.signal(signal.SIGCONT)

    return await _attach(scene, wallets, disturb, 0.4)


async def slow(scene: Scene, wallets: int) -> list[str]:
    """The store takes 0.4 seconds for each command."""
    took: list[float] = []
    for number in range(16):
        # The first ones connect.
        scene.way.delay = 0.4 if number > 3 else 0.0
        began = time.monotonic()
        await asyncio.gather(*(_post(replica.port, {"query": "{ viewer { kind } }"}) for replica in scene.replicas))
        took.append(time.monotonic() - began)
    scene.way.delay = 0.0
    await asyncio.sleep(1.5)
    late = statistics.median(took[-6:])
    return [f"reads take {late:.2f} s over a slow store: {took}"] if late > FAST else []


async def crash(scene: Scene, wallets: int) -> list[str]:
    """A replica is killed while it holds the locks of wallets; their clients go to the other one."""
    requests = (await _pairs(scene, min(wallets, 20), "REPLACE_EXISTING", delay=1.0))[::2]
    sending = [asyncio.ensure_future(request.send(scene)) for request in requests]
    await asyncio.sleep(0.7)
    await scene.replicas[0].end(signal.SIGKILL)
    await asyncio.gather(*sending)
    began = time.monotonic()
    wrong = [found for found in await asyncio.gather(*(request.settle(scene, 1) for request in requests)) if found]
    seconds = time.monotonic() - began
    await scene.replicas[0].start()
    return wrong + ([f"a killed replica's wallets were locked for {seconds:.1f} s"] if seconds > FREE_WITHIN else [])


async def calls(scene: Scene, wallets: int) -> list[str]:
    """Both replicas make all the calls they may, while the store is emptied, restarted, and away for a while."""
    customer = (await wire.call(scene.sandbox.port, "POST", "/v1/customers"))["id"]
    query = {"query": "query($id: ID!) { customer(id: $id) { email } }", "variables": {"id": customer}}
    over = asyncio.Event()

    async def ask(port: int) -> None:
        while not over.is_set():
            await _post(port, query)
            await asyncio.sleep(0.02)

    asking = [asyncio.ensure_future(ask(replica.port)) for replica in scene.replicas for _ in range(15)]
    for disturb in (scene.flush, lambda: scene.restart(0), lambda: scene.restart(2.5)):
        await asyncio.sleep(3)
        await disturb()
    await asyncio.sleep(4)
    over.set()
    await asyncio.gather(*asking)
    most = busiest_second(scene.proxy.arrivals)
    if len(scene.proxy.arrivals) < 4 * CALLS_PER_SECOND:
        return [f"only {len(scene.proxy.arrivals)} calls came in"]
    return [f"{most} calls in a second, where {CALLS_PER_SECOND} are allowed"] if most > CALLS_PER_SECOND else []


TRIALS: Mapping[str, Trial] = {
    "burst": burst,
    "lost": lost,
    "killed": killed,
    "pause": pause,
    "slow": slow,
    "crash": crash,
    "calls": calls,
}
FINDS = {
    "stores.burst_is_an_outage": "burst",
    "stores.local_lock_in_an_outage": "killed",
    "stores.lost_lock_is_success": "lost",
    "stores.unknown_lock_is_kept": "pause",
    "stores.no_store_timeout": "slow",
    "stores.lock_outlives_its_owner": "crash",
    "stores.limit_is_reset": "calls",
}
"""The planted bugs, and the trial that finds each."""


# --- Running them ----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _scene(planted: str | None, **variables: str) -> AsyncIterator[Scene]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sandbox, store = processes.sandbox(folder), processes.store(folder)
        await asyncio.gather(sandbox.start(), store.start())
        proxy, way = ArrivalProxy(sandbox.port), SlowProxy(store.port)
        await proxy.open()
        await way.open()
        settings = {
            **SETTINGS,
            "STRIPE_API_BASE": f"http://{LOCALHOST}:{proxy.port}",
            "REDIS_URL": way.url,
            **variables,
        }
        replicas = [processes.service(folder, f"replica{n}", settings, planted=planted) for n in range(2)]
        await asyncio.gather(*(replica.start() for replica in replicas))
        try:
            yield Scene(sandbox, proxy, store, way, replicas)
        finally:
            await processes.stop([*replicas, sandbox, store])
            await way.close()
            await proxy.close()


async def _run(names: Sequence[str], wallets: int, planted: str | None) -> list[str]:
    found: list[str] = []
    for name in names:
        started = time.monotonic()
        variables = {"STRIPE_CALLS_PER_SECOND": str(CALLS_PER_SECOND)} if name == "calls" else {}
        async with _scene(planted, **variables) as scene:
            wrong = await TRIALS[name](scene, wallets)
        print(f"{name}: {time.monotonic() - started:.0f} s, {len(wrong)} violations", flush=True)
        found += [f"{name}: {one}" for one in wrong]
    return found


def main() -> int:
    """The exit status: 0 when nothing went wrong; with a planted bug, when something did."""
    parser = argparse.ArgumentParser(prog="python -m quality.faults.stores", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--wallets", type=int, default=60, help="wallets at once (60)")
    parser.add_argument("--trial", choices=TRIALS, help="run one trial alone")
    parser.add_argument("--planted", choices=FINDS, help="a bug of quality/faults/planted/stores; its own trial is run")
    parser.add_argument("--list-planted", action="store_true", help="print the names of the planted bugs")
    options = parser.parse_args()
    if options.list_planted:
        print(*FINDS)
        return 0
    trial = options.trial or (FINDS[options.planted] if options.planted else None)
    wrong = asyncio.run(_run([trial] if trial else list(TRIALS), options.wallets, options.planted))
    for text in wrong[:10]:
        print(f"\nVIOLATION in {text[:1500]}")
    print(f"\n{len(wrong)} violations")
    return int(bool(wrong) is not bool(options.planted))


if __name__ == "__main__":
    sys.exit(main())
