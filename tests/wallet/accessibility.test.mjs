// The states in which there is no list, and the list of REST calls: no violation of WCAG 2.2 AA.
import { test } from "node:test";
import { assertAccessible, assertQuiet, browser, JENNY, openWallet, SERVICE } from "./browser.mjs";

const JENNYS_CARD = "pm_1MqLiJLkdIwHu7ixUEgbFdYF";

for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 1280]) {
    const options = { colorScheme, viewport: { width, height: 800 } };

    test(`loading, failed and loaded again, ${colorScheme}, ${width} px wide`, async () => {
      const page = await browser.newPage(options);
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
      await page.locator(".method h3, .empty").first().waitFor();
      await page.close();
    });

    test(`empty, offline, and the calls, ${colorScheme}, ${width} px wide`, async () => {
      const { page, seen } = await openWallet(JENNY, options);
      const headers = { Authorization: "Bearer sk_test_any" };
      await fetch(`${SERVICE}/v1/payment_methods/${JENNYS_CARD}/detach`, { method: "POST", headers });
      await page.locator(".empty").waitFor();
      await page.getByText("ReadWallet").first().click();
      await assertAccessible(page);
      assertQuiet(seen);
      await page.context().setOffline(true);
      await page.getByText(/offline/i).first().waitFor();
      await assertAccessible(page);
    });
  }
}
