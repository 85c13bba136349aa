// Stripe's official Node SDK, pointed at the sandbox.
import Stripe from "stripe";

const { hostname, port, protocol } = new URL(process.env.SANDBOX);

export function client(key = "sk_test_123", options = {}) {
  return new Stripe(key, { host: hostname, port, protocol: protocol.slice(0, -1), telemetry: false, ...options });
}
