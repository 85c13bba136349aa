// The states in which there is no list, and the list of REST calls: no violation of WCAG 2.2 AA.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visit } from "../playground/browser.mjs";
import { AMARA, assertAccessible, openWallet, signIn } from "./page.mjs";

const { SERVICE } = process.env;
const JENNY = "Jenny Rosen";
const JENNYS_CARD = "pm_1MqLiJLkdIwHu7ixUEgbFdYF";
let browser;

before(async () => {
  browser = await launch();
  const headers = { Authorization: "Bearer sk_test_any" };
  const detached = await fetch(`${SERVICE}/v1/payment_methods/${JENNYS_CARD}/detach`, { method: "POST", headers });
  assert.equal(detached.status, 200);
});
after(() => browser?.close());

for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 1280]) {
    const options = { colorScheme, viewport: { width, height: 800 } };

    test(`loading, failed and loaded again, ${colorScheme}, ${width} px wide`, async () => {
      const { page } = await visit(browser, `${SERVICE}/favicon.svg`, options);
      let release;
      const released = new Promise((resolve) => (release = resolve));
      await page.route("**/graphql", async (route) => {
        await released;
        await route.abort();
      });
      await page.goto(`${SERVICE}/wallet`);
      await page.locator(".skeleton").first().waitFor();
      await assertAccessible(page);
      release();
      await page.getByRole("alert").waitFor();
      await assertAccessible(page);
      await page.unroute("**/graphql");
      await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
      await signIn(page, AMARA);
      await page.context().close();
    });

    test(`empty, offline, and the calls, ${colorScheme}, ${width} px wide`, async () => {
      const { page, seen } = await openWallet(browser, SERVICE, { customer: JENNY, ...options });
      await page.locator(".empty").waitFor();
      await page.getByText("ReadWallet").first().click();
      await assertAccessible(page);
      assert.deepEqual(seen.complaints, []);
      await page.context().setOffline(true);
      await page.getByText(/offline/i).first().waitFor();
      await assertAccessible(page);
      assert.deepEqual(seen.requests.filter((url) => !url.startsWith(`${SERVICE}/`)), []);
      await page.context().close();
    });
  }
}
