/** Stands in for Stripe.js over the sandbox's REST API, with the same names and results. README.md says how to replace it. */

export interface BillingDetails {
  name?: string;
}

export type PaymentMethodData =
  | { type: "card"; card: { token: string }; billing_details?: BillingDetails }
  | { type: "us_bank_account"; us_bank_account: UsBankAccount; billing_details: BillingDetails };

export interface UsBankAccount {
  account_number: string;
  routing_number: string;
  account_holder_type: "individual" | "company";
}

export interface PaymentMethod {
  id: string;
  type: string;
}

export interface Intent {
  id: string;
  status:
    | "canceled"
    | "processing"
    | "requires_action"
    | "requires_capture"
    | "requires_confirmation"
    | "requires_payment_method"
    | "succeeded";
  next_action: { type: string; redirect_to_url?: { url: string } } | null;
}

export interface StripeError {
  /** For example card_error, invalid_request_error; api_connection_error if there was no response. */
  type: string;
  code?: string;
  decline_code?: string;
  message: string;
  setup_intent?: Intent;
  payment_intent?: Intent;
}

export type SetupResult = { setupIntent: Intent; error?: undefined } | { error: StripeError };
export type PaymentResult = { paymentIntent: Intent; error?: undefined } | { error: StripeError };
export type PaymentMethodResult = { paymentMethod: PaymentMethod; error?: undefined } | { error: StripeError };

export interface Confirmation {
  clientSecret: string;
  confirmParams: { payment_method: string; return_url: string; setup_future_usage?: "off_session" | "on_session" };
  /** Without it, Stripe.js goes to `return_url` also when no authentication is needed. */
  redirect: "if_required";
}

export interface Stripe {
  createPaymentMethod: (data: PaymentMethodData) => Promise<PaymentMethodResult>;
  /** Leaves the page if the bank asks for 3-D Secure. The bank's page returns to `return_url`. */
  confirmSetup: (confirmation: Confirmation) => Promise<SetupResult>;
  confirmPayment: (confirmation: Confirmation) => Promise<PaymentResult>;
}

export function loadStripe(publishableKey: string): Stripe {
  const post = <Result>(path: string, parameters: object) => request<Result>(publishableKey, path, parameters);
  async function confirm(kind: "setup_intents" | "payment_intents", { clientSecret, confirmParams }: Confirmation) {
    const id = clientSecret.split("_secret_")[0];
    const result = await post<Intent>(`${kind}/${id}/confirm`, { client_secret: clientSecret, ...confirmParams });
    const url = result.body?.next_action?.redirect_to_url?.url;
    if (url) await leaveFor(url);
    return result;
  }
  return {
    async createPaymentMethod(data) {
      const { body, error } = await post<PaymentMethod>("payment_methods", data);
      return error ? { error } : { paymentMethod: body };
    },
    async confirmSetup(confirmation) {
      const { body, error } = await confirm("setup_intents", confirmation);
      return error ? { error } : { setupIntent: body };
    },
    async confirmPayment(confirmation) {
      const { body, error } = await confirm("payment_intents", confirmation);
      return error ? { error } : { paymentIntent: body };
    },
  };
}

type Response<Body> = { body: Body; error?: undefined } | { body?: undefined; error: StripeError };

async function request<Body>(key: string, path: string, parameters: object): Promise<Response<Body>> {
  try {
    const response = await fetch(new URL(`v1/${path}`, document.baseURI), {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body: new URLSearchParams(pairs(parameters)),
    });
    const body = await response.json();
    return response.ok ? { body } : { error: body.error };
  } catch {
    return { error: { type: "api_connection_error", message: "There was no response from Stripe." } };
  }
}

/** Stripe's spelling of nested parameters: `card[token]=…`. */
function pairs(parameters: object, prefix = ""): [string, string][] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    const path = prefix ? `${prefix}[${name}]` : name;
    if (value === undefined) return [];
    return typeof value === "object" ? pairs(value, path) : [[path, String(value)] as [string, string]];
  });
}

/** The promise never resolves, because the page ends. */
function leaveFor(url: string): Promise<never> {
  location.assign(url);
  return new Promise(() => {});
}
