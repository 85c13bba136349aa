// The story of a wallet, the same for every client: the screen after each step, and the number of REST calls.
import assert from "node:assert/strict";
import { test } from "node:test";
import { once } from "./once.mjs";
import { complaints, endpoint, loseAnswers, recording, timesDone, token } from "./service.mjs";

export const DEFAULT = "pm_1SSi2oLkdIwHu7ixbALnZ04S";
const returnUrl = "https://shop.example/wallet";
export const SOMEBODY_ELSES = "pm_1SdJLRLkdIwHu7ixLYEvvnHN";

/**
 * `open` makes a wallet of the client: more, shown, reload, method, attach, detach, setDefault, beginToSave, save.
 * One that `caches` shows what changed without asking again. `mutters` is what its client says on the console for no harm.
 */
export function tell(client, open, { caches = false, mutters } = {}) {
  test(`${client}: the story of a wallet`, async (t) => {
    const { fetch, sent } = recording();
    const wallet = await open({ url: endpoint, getToken: () => token, fetch });

    const costs = async (requests, act) => {
      const before = sent.length;
      const result = await act();
      assert.equal(sent.length - before, requests, "requests");
      return result;
    };
    const shown = () => (caches ? costs(0, wallet.shown) : wallet.shown());
    const ids = async () => (await shown()).map(({ id }) => id);
    const step = (name, act) => t.test(name, act);

    await step("it is read page by page, also past an entry that has gone", async () => {
      assert.equal(await costs(1, wallet.more), true);
      const last = (await wallet.shown()).at(-1);
      assert.deepEqual((await costs(1, () => wallet.detach({ paymentMethodId: last.id }))).errors, []);
      assert.equal(await costs(1, wallet.more), true);
      assert.equal(await costs(1, wallet.more), false);
      const methods = await shown();
      assert.equal(methods.length, 15);
      assert.equal(new Set(methods.map(({ id }) => id)).size, 15);
      assert.ok(methods.every(({ id, isDefault }) => isDefault === (id === DEFAULT)));
    });

    await step("details of several types are there under the same names", async () => {
      const methods = await shown();
      const detailsOf = (wanted) => methods.find(({ type }) => type === wanted).details;
      assert.equal(detailsOf("CARD").last4, "0005");
      assert.equal(detailsOf("SEPA_DEBIT").last4, "2606");
      assert.equal(detailsOf("US_BANK_ACCOUNT").last4, "6789");
    });

    let visa;
    await step("a Visa is attached, and listed first", async () => {
      const payload = await costs(1, () => wallet.attach({ paymentMethodId: "pm_card_visa" }));
      assert.deepEqual(payload.errors, []);
      visa = payload.paymentMethodEdge.node.id;
      const methods = await shown();
      assert.equal(methods.length, 16);
      assert.equal(methods[0].id, visa);
      assert.equal(methods[0].displayLabel, "Visa •••• 4242");
    });

    await step("a declined card is refused in words, and changes nothing", async () => {
      const before = await ids();
      const paymentMethodId = "pm_card_visa_chargeDeclinedInsufficientFunds";
      const { errors, paymentMethodEdge } = await costs(1, () => wallet.attach({ paymentMethodId }));
      assert.equal(paymentMethodEdge, null);
      assert.equal(errors[0].__typename, "CardDeclinedError");
      assert.equal(errors[0].declineCode, "insufficient_funds");
      assert.deepEqual(await ids(), before);
    });

    await step("a Mastercard is saved by a SetupIntent", async () => {
      const created = await costs(1, () => wallet.beginToSave({ usage: "OFF_SESSION" }));
      assert.deepEqual(created.errors, []);
      assert.equal(created.setupIntent.status, "REQUIRES_PAYMENT_METHOD");
      assert.match(created.setupIntent.clientSecret, /^seti_/);
      const input = { setupIntentId: created.setupIntent.id, paymentMethodId: "pm_card_mastercard", returnUrl };
      const { setupIntent } = await costs(1, () => wallet.save(input));
      assert.equal(setupIntent.status, "SUCCEEDED");
      await costs(1, wallet.reload);
      assert.equal((await ids())[0], setupIntent.paymentMethod.id);
    });

    await step("a card that is declined while it is saved says so", async () => {
      const { setupIntent } = await wallet.beginToSave({ usage: "OFF_SESSION" });
      const input = { setupIntentId: setupIntent.id, paymentMethodId: "pm_card_visa_chargeDeclined", returnUrl };
      const { errors } = await costs(1, () => wallet.save(input));
      assert.equal(errors[0].__typename, "CardDeclinedError");
    });

    await step("another default: both cards know", async () => {
      const payload = await costs(1, () => wallet.setDefault({ paymentMethodId: visa }));
      assert.deepEqual(payload.errors, []);
      assert.equal(payload.previousDefault.id, DEFAULT);
      assert.deepEqual((await shown()).filter(({ isDefault }) => isDefault).map(({ id }) => id), [visa]);
    });

    await step("the default is spared when that is asked for", async () => {
      const { errors } = await costs(1, () => wallet.detach({ paymentMethodId: visa, unlessInUse: true }));
      assert.equal(errors[0].__typename, "PaymentMethodInUseError");
      assert.equal(errors[0].isDefault, true);
      assert.ok((await ids()).includes(visa));
    });

    await step("detached, it is gone from the list", async () => {
      const before = await ids();
      const payload = await costs(1, () => wallet.detach({ paymentMethodId: visa }));
      assert.deepEqual(payload.errors, []);
      assert.equal(payload.detachedPaymentMethodId, visa);
      assert.equal(payload.customer.defaultPaymentMethod, null);
      assert.deepEqual(await ids(), before.filter((id) => id !== visa));
    });

    await step("it can't be attached again", async () => {
      const { errors } = await costs(1, () => wallet.attach({ paymentMethodId: visa }));
      assert.equal(errors[0].__typename, "NotReusableError");
    });

    await step("another customer's method might as well not exist", async () => {
      const found = await wallet.method(SOMEBODY_ELSES);
      assert.deepEqual([found.paymentMethod, found.node], [null, null]);
      const own = await wallet.method(DEFAULT);
      assert.equal(own.paymentMethod.id, DEFAULT);
      assert.equal(own.node.displayLabel, own.paymentMethod.displayLabel);
    });

    await step("a lost answer is asked for again with the same key, and done once", async () => {
      const done = await timesDone("payment_method.attached");
      await loseAnswers("/attach$", 3);
      const attach = (idempotencyKey) => wallet.attach({ paymentMethodId: "pm_card_amex", idempotencyKey });
      const payload = await costs(2, () => once(attach, { pause: 100 }));
      assert.deepEqual(payload.errors, []);
      assert.equal(await timesDone("payment_method.attached"), done + 1);
      assert.equal((await ids()).filter((id) => id === payload.paymentMethodEdge.node.id).length, 1);
      const keys = sent.flatMap(({ members }) => members.variables?.input?.idempotencyKey ?? []);
      assert.equal(new Set(keys.slice(-2)).size, 1);
    });

    await step("a fault has a code", async () => {
      await assert.rejects(wallet.more({ after: "pm_nonsense" }), (error) => codesOf(error).includes("BAD_USER_INPUT"));
    });

    await step("without a token nothing is shown", async () => {
      const closed = await open({ url: endpoint, getToken: () => "nonsense", fetch });
      await assert.rejects(closed.more(), (error) => codesOf(error).includes("UNAUTHENTICATED"));
    });

    await step("the client had nothing to complain of", () => {
      assert.deepEqual(complaints.filter((words) => !mutters?.test(words)), []);
    });
  });
}

/** The codes of an error's GraphQL errors, whichever client raised it. */
export function codesOf(error) {
  const errors = error.errors ?? error.graphQLErrors ?? error.response?.errors ?? error.source?.errors ?? [];
  return errors.map(({ extensions }) => extensions?.code);
}
