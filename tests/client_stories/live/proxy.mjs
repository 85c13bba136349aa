// A proxy of connections that sends each new one to a replica, or to none.
import { connect, createServer } from "node:net";

export async function proxy(base) {
  const sockets = new Set();
  const state = { base };
  const server = createServer((client) => {
    if (!state.base) return client.destroy();
    const { port, hostname } = new URL(state.base);
    const replica = connect(port, hostname);
    for (const [from, to] of [[client, replica], [replica, client]]) {
      sockets.add(from);
      from.on("error", () => to.destroy()).on("close", () => (sockets.delete(from), to.destroy()));
      from.pipe(to);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/graphql`,
    /** Sends new connections to another replica; to none if it is undefined. */
    to: (base) => (state.base = base),
    connections: () => sockets.size / 2,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
