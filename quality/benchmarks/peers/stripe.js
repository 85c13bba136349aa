// A Stripe client over undici's pool, for servers without their own HTTP client.
import { randomUUID } from "node:crypto";
import { Pool } from "undici";
import { stripeBase, stripeHeaders } from "./settings.js";

const pool = new Pool(stripeBase);

const ask = async (path, options) => {
  const { statusCode, body } = await pool.request({ path, ...options });
  const json = await body.json();
  if (statusCode >= 400) throw Object.assign(new Error(json.error?.message ?? "Stripe failed"), { status: statusCode });
  return json;
};

const get = (path) => ask(path, { method: "GET", headers: stripeHeaders });

export const stripe = {
  customer: (id) => get(`/v1/customers/${id}?expand[]=invoice_settings.default_payment_method`),
  paymentMethods: (id, limit) => get(`/v1/customers/${id}/payment_methods?limit=${limit}`),
  attach: (id, customer) =>
    ask(`/v1/payment_methods/${id}/attach`, {
      method: "POST",
      headers: {
        ...stripeHeaders,
        "content-type": "application/x-www-form-urlencoded",
        "idempotency-key": randomUUID(),
      },
      body: new URLSearchParams({ customer }).toString(),
    }),
};
