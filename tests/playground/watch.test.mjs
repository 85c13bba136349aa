// A subscription in one window shows the change that another window makes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPlayground, openTab, run } from "./browser.mjs";

const { SERVICE } = process.env;
const EXECUTE = "Execute query (Ctrl-Enter)";
const STOP = "Stop query (Ctrl-Enter)";
let browser, watching, other;

before(async () => {
  browser = await launch();
  watching = await openPlayground(browser, `${SERVICE}/graphql`);
  other = await openPlayground(browser, `${SERVICE}/graphql`);
});
after(() => browser?.close());

const active = async () => {
  const metrics = await (await fetch(`${SERVICE}/metrics`)).text();
  return Number(/^attache_subscriptions (\S+)$/m.exec(metrics)[1]);
};

test("a card that is attached in another window appears", async () => {
  const { page } = watching;
  await openTab(page, "WatchWallet");
  const [response] = await Promise.all([
    page.waitForResponse((response) => response.request().headers().accept === "text/event-stream"),
    page.getByLabel(EXECUTE).click(),
  ]);
  assert.equal(response.status(), 200);
  await openTab(other.page, "AttachVisa");
  const { id } = (await run(other.page)).data.attachPaymentMethod.paymentMethod;
  await page.locator(".result-window .view-line", { hasText: id }).waitFor();
  const shown = await page.locator(".result-window").innerText();
  // The editor shows no-break spaces.
  assert.match(shown.replaceAll("\u00a0", " "), /"PAYMENT_METHOD_ATTACHED"[^]*Visa •••• 4242/);
});

test("a card that is attached in another tab appears when it is run again", async () => {
  const { page } = watching;
  await openTab(page, "AttachVisa");
  const { id } = (await run(page)).data.attachPaymentMethod.paymentMethod;
  await openTab(page, "WatchWallet");
  assert.equal(await active(), 1);
  await page.getByLabel(EXECUTE).click();
  await page.locator(".result-window .view-line", { hasText: id }).waitFor();
});

test("it continues also when it is run as soon as its tab is opened", async () => {
  const { page } = watching;
  await openTab(page, "AttachVisa");
  const { id } = (await run(page)).data.attachPaymentMethod.paymentMethod;
  // In one task, before GraphiQL has read the operation's name.
  await page.evaluate((execute) => {
    const tabs = [...document.querySelectorAll("[role=tab] button")];
    tabs.find((tab) => tab.textContent === "WatchWallet").click();
    document.querySelector(`[aria-label="${execute}"]`).click();
  }, EXECUTE);
  await page.locator(".result-window .view-line", { hasText: id }).waitFor();
  assert.equal(await active(), 1);
});

test("it ends when it is stopped", async () => {
  assert.equal(await active(), 1);
  await watching.page.getByLabel(STOP).click();
  await watching.page.getByLabel(EXECUTE).waitFor();
  while ((await active()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
});

test("a rejected subscription shows the server's errors", async () => {
  const { page } = watching;
  await page.route("**/graphql", (route) =>
    route.fulfill({ status: 401, json: { errors: [{ message: "The token has expired." }] } }),
  );
  await page.getByLabel(EXECUTE).click();
  await page.locator(".result-window .view-line", { hasText: "The token has expired." }).waitFor();
});

test("nothing left the origin, and only the refusal was complained about", () => {
  const requests = [...watching.seen.requests, ...other.seen.requests];
  assert.deepEqual(requests.filter((url) => !url.startsWith(`${SERVICE}/`)), []);
  assert.deepEqual(other.seen.complaints, []);
  assert.deepEqual(watching.seen.complaints.filter((words) => !/401/.test(words)), []);
});
