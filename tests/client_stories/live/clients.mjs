// The clients of both transports, with short pauses, and the one that the environment chooses.
import { WebSocket } from "ws";
import { lasting } from "./lasting.mjs";
import { makeSseClient } from "./sse.mjs";
import { makeWsClient } from "./ws.mjs";

const soon = () => new Promise((resolve) => setTimeout(resolve, 50));

const clients = {
  sse: (options) => makeSseClient({ ...options, retry: soon }),
  ws: (options) => makeWsClient({ ...options, retry: soon, webSocketImpl: WebSocket }),
};

export const transport = process.env.TRANSPORT;
export const makeLive = (options) => lasting(clients[transport](options), { pause: 50 });
