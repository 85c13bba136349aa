// A customer's way through the wallet: each change is shown, kept by the service, and said.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import {
  AMARA,
  assertQuiet,
  defaultMethod,
  labels,
  MATEO,
  method,
  openWallet,
  press,
  said,
  SERVICE,
} from "./browser.mjs";

for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 1280]) {
    describe(`${colorScheme}, ${width} px wide`, () => tell({ colorScheme, viewport: { width, height: 800 } }));
  }
}

function tell(look) {
  let page, seen;
  before(async () => ({ page, seen } = await openWallet(MATEO, look)));

  test("lists the methods, marks the default, and says what each one pays for", async () => {
    assert.deepEqual(await labels(page), ["Amazon Pay", "Mastercard •••• 5100", "Visa •••• 8001"]);
    assert.equal(await defaultMethod(page).locator("h3").innerText(), "Mastercard •••• 5100");
    await method(page, "Mastercard •••• 5100").getByLabel("Pays for").getByText("Gym, monthly").waitFor();
  });

  test("sets the default, and moves the subscription with it", async () => {
    await press(page, "Make default: Visa •••• 8001");
    await page.getByLabel("Move all").check();
    await press(page, "Make default");
    await said(page, "Visa •••• 8001 is now the default.");
    assert.equal(await defaultMethod(page).locator("h3").innerText(), "Visa •••• 8001");
    await method(page, "Visa •••• 8001").getByText("Gym, monthly").waitFor();
  });

  test("offers what can be done when a method in use is removed", async () => {
    await press(page, "Remove Visa •••• 8001");
    await press(page, "Remove");
    await page.getByText(/It is the default and pays for a subscription/).waitFor();
    await page.getByLabel("Pay instead with").selectOption({ label: "Mastercard •••• 5100" });
    await press(page, "Move and remove");
    await said(page, "Visa •••• 8001 was removed.");
    assert.deepEqual(await labels(page), ["Amazon Pay", "Mastercard •••• 5100"]);
    await defaultMethod(page).getByText("Gym, monthly").waitFor();
  });

  test("edits billing details, the expiry date and the network", async () => {
    await page.getByLabel("Signed in as").selectOption(AMARA);
    const label = "Cartes Bancaires •••• 1001";
    await press(page, `Edit ${label}`);
    await page.getByLabel("Name", { exact: true }).fill("A. Okafor-Lee");
    await page.getByLabel("Year").fill("2035");
    await page.getByLabel("Visa", { exact: true }).check();
    await press(page, "Save");
    await said(page, /was saved/);
    await page.getByText("A. Okafor-Lee · Pays with Visa").waitFor();
    await page.reload();
    await page.getByText("Expires 06/2035 · A. Okafor-Lee · Pays with Visa").waitFor();
  });

  test("rolls an optimistic change back when it fails", async () => {
    await page.route("**/graphql", async (route) => {
      if (!route.request().postData()?.includes("SetDefault")) return route.fallback();
      await new Promise((resolve) => setTimeout(resolve, 600));
      await route.abort();
    });
    const label = "American Express •••• 0005";
    const before = await defaultMethod(page).locator("h3").innerText();
    await press(page, `Make default: ${label}`);
    await press(page, "Make default");
    // Behind the dialog, while there is no response yet.
    const badge = method(page, label).getByText("Default", { exact: true });
    await badge.waitFor({ timeout: 500 });
    await page.getByRole("alert").getByText("There was no response").waitFor();
    assert.equal(await badge.count(), 0);
    assert.equal(await defaultMethod(page).locator("h3").innerText(), before);
    await page.unroute("**/graphql");
    await press(page, "Make default");
    await said(page, `${label} is now the default.`);
    assert.deepEqual(new Set(seen.complaints.splice(0)), new Set(["error: Failed to load resource: net::ERR_FAILED"]));
  });

  test("removes a method that pays for a subscription anyway", async () => {
    await press(page, "Remove Mastercard •••• 4444");
    await press(page, "Remove");
    await page.getByText(/It pays for a subscription/).waitFor();
    await press(page, "Remove anyway");
    await said(page, "Mastercard •••• 4444 was removed.");
    assert.equal(await method(page, "Mastercard •••• 4444").count(), 0);
  });

  test("keeps one of two equal cards", async () => {
    await page.getByLabel("Signed in as").selectOption(MATEO);
    const input = `{ customerId: "${MATEO}", paymentMethodId: "pm_card_jcb" }`;
    const query = `mutation { attachPaymentMethod(input: ${input}) { errors { message } } }`;
    const attach = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query }) };
    for (const _ of [1, 2]) await fetch(`${SERVICE}/graphql`, attach);
    await page.getByText("JCB •••• 0505 is saved 2 times.").waitFor();
    await press(page, "Keep one");
    await press(page, "Keep this one");
    await said(page, "One JCB •••• 0505 is left.");
    assert.deepEqual(await labels(page), ["JCB •••• 0505", "Amazon Pay", "Mastercard •••• 5100"]);
  });

  test("lists the REST calls of each step", async () => {
    const panel = page.getByRole("region", { name: "REST calls made" });
    await panel.getByText("Remove").first().click();
    await panel.getByText("POST /v1/payment_methods/{payment_method}/detach").first().waitFor();
  });

  test("nothing left the origin, and nothing was complained about", () => assertQuiet(seen));
}
