// Every prepared tab runs unchanged, in order, and returns what its comment says.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPlayground, openTab, run } from "./browser.mjs";

const { SERVICE } = process.env;
let browser, page, seen;

before(async () => {
  browser = await launch();
  ({ page, seen } = await openPlayground(browser, `${SERVICE}/graphql`));
});
after(() => browser?.close());

async function answerOf(tab) {
  await openTab(page, tab);
  const { data, errors, extensions } = await run(page);
  assert.equal(errors, undefined);
  return { ...Object.values(data)[0], calls: extensions.calls.count };
}

test("the tabs tell the story in its order", async () => {
  const story = "ReadWallet AttachVisa AttachDeclined SaveBySetupIntent SetDefault Detach TryToReattach WatchWallet SessionForASheet PayAndSave";
  assert.deepEqual(await page.getByRole("tab").allInnerTexts(), story.split(" "));
});

test("reads a wallet with two calls", async () => {
  const { name, paymentMethods, calls } = await answerOf("ReadWallet");
  assert.equal(name, "Amara Okafor");
  assert.equal(paymentMethods.nodes.length, 2);
  assert.equal(calls, 2);
  assert.match(await page.locator(".result-window").innerText(), /Amara/);
});

test("attaches a Visa, and another one the next time", async () => {
  const first = await answerOf("AttachVisa");
  assert.deepEqual(first.errors, []);
  assert.equal(first.paymentMethod.card.checks.cvcCheck, "PASS");
  assert.notEqual((await answerOf("AttachVisa")).paymentMethod.id, first.paymentMethod.id);
});

test("shows a decline as data", async () => {
  const { paymentMethod, errors } = await answerOf("AttachDeclined");
  assert.equal(paymentMethod, null);
  assert.equal(errors[0].__typename, "CardDeclinedError");
  assert.equal(errors[0].declineCode, "insufficient_funds");
  assert.match(await page.locator(".result-window").innerText(), /CardDeclinedError/);
});

test("saves by SetupIntent", async () => {
  const { setupIntent, errors } = await answerOf("SaveBySetupIntent");
  assert.deepEqual(errors, []);
  assert.equal(setupIntent.status, "SUCCEEDED");
  assert.equal(setupIntent.paymentMethod.customer.id, "cus_NbZ8Ki3f322LNn");
});

test("sets the default", async () => {
  const { customer, previousDefault, errors } = await answerOf("SetDefault");
  assert.deepEqual(errors, []);
  assert.equal(customer.defaultPaymentMethod.displayLabel, "Visa •••• 8001");
  assert.equal(previousDefault.displayLabel, "Mastercard •••• 5100");
});

test("detaches permanently", async () => {
  const detached = await answerOf("Detach");
  assert.deepEqual(detached.errors, []);
  assert.equal(detached.paymentMethod.customer, null);
  const again = await answerOf("TryToReattach");
  assert.equal(again.paymentMethod, null);
  assert.equal(again.errors[0].__typename, "NotReusableError");
});

test("nothing left the origin, and nothing was complained about", () => {
  assert.ok(seen.requests.length > 10);
  assert.deepEqual(seen.requests.filter((url) => !url.startsWith(`${SERVICE}/`)), []);
  assert.deepEqual(seen.complaints, []);
});
