// Takes the picture that the README shows; `make screenshot` puts it in its place.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPlayground, openTab, run } from "./browser.mjs";

const { SERVICE, PICTURE } = process.env;
let browser;

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("a picture of a declined card", async () => {
  const { page } = await openPlayground(browser, `${SERVICE}/graphql`, { viewport: { width: 1440, height: 800 } });
  await openTab(page, "AttachDeclined");
  await run(page);
  await page.locator(".result-window .view-line", { hasText: "adviceCode" }).waitFor();
  await page.mouse.move(0, 0);
  const picture = await page.screenshot({ path: PICTURE, animations: "disabled" });
  assert.ok(picture.length > 50_000, "there is more to see than a blank page");
});
