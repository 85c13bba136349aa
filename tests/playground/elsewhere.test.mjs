// Below a prefix, and without introspection, the page works as well.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { below, brightness, launch, openPlayground, run, visit } from "./browser.mjs";

const { SERVICE, RETICENT } = process.env;
let browser;

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("below a prefix that a proxy takes off", async (t) => {
  const proxy = await below("/pay/api", SERVICE);
  t.after(() => proxy.close());
  const { page, seen } = await openPlayground(browser, `${proxy.address}/graphql`);
  assert.equal((await run(page)).data.customer.name, "Amara Okafor");
  await page.getByLabel("Show Documentation Explorer").click();
  await page.locator(".graphiql-plugin").getByText("Query", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Attaché" }).click();
  await page.getByRole("link", { name: "GraphiQL" }).click();
  await page.locator(".graphiql-query-editor .view-line", { hasText: "ReadWallet" }).waitFor();
  assert.deepEqual(seen.requests.filter((url) => !url.startsWith(`${proxy.address}/`)), []);
  assert.deepEqual(seen.complaints, []);
});

test("without introspection and without calls", async () => {
  const { page, seen } = await openPlayground(browser, `${RETICENT}/graphql`);
  const { data, extensions } = await run(page);
  assert.equal(data.customer.name, "Amara Okafor");
  assert.equal(extensions, undefined);
  const asked = seen.requests.filter((url) => url.endsWith("/graphql"));
  assert.equal(asked.length, 2, "the page and the query, but no introspection where it is turned off");
  assert.deepEqual(seen.complaints, []);
});

for (const [name, options] of Object.entries({
  "on a desk, light": { colorScheme: "light" },
  "on a phone, dark": { colorScheme: "dark", viewport: { width: 360, height: 780 } },
})) {
  test(`the start page ${name}`, async () => {
    const { page, seen } = await visit(browser, `${SERVICE}/`, options);
    await page.getByRole("heading", { name: "Attaché" }).waitFor();
    const [ink, paper] = [await brightness(page, "body", "color"), await brightness(page, "body")];
    assert.equal(paper < ink, options.colorScheme === "dark");
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.equal(overflow, 0, "nothing sticks out sideways");
    await page.getByText("Countries").click();
    await page.getByText("pm_card_jp", { exact: true }).waitFor();
    for (const link of await page.locator("nav a").all()) {
      const target = new URL(await link.getAttribute("href"), page.url());
      const response = await page.request.get(target.href, { headers: { Accept: "text/html,*/*;q=0.8" } });
      assert.equal(response.status(), 200, target.href);
    }
    assert.deepEqual(seen.requests.filter((url) => !url.startsWith(`${SERVICE}/`)), []);
    assert.deepEqual(seen.complaints, []);
  });
}
