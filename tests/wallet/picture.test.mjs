// Takes the pictures of the README; `make screenshot` puts them in their place.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { AMARA, MATEO, method, openWallet, openWindow } from "./browser.mjs";

const { PICTURES = mkdtempSync(join(tmpdir(), "wallet-")) } = process.env;
const MOST_BYTES = 150_000;
const DESKTOP = { width: 1280, height: 800 };

async function picture(page, name) {
  await page.mouse.move(0, 0);
  const taken = await page.screenshot({ path: join(PICTURES, `wallet-${name}.png`), animations: "disabled" });
  assert.ok(taken.length > 20_000, "there is more to see than a blank page");
  assert.ok(taken.length <= MOST_BYTES, `${taken.length} bytes`);
}

test("a picture in light", async () => {
  const { page } = await openWallet(MATEO, { colorScheme: "light", viewport: DESKTOP });
  await picture(page, "light");
});

test("a picture in dark, of a card that is in use and not removed", async () => {
  const { page } = await openWallet(MATEO, { colorScheme: "dark", viewport: DESKTOP });
  await method(page, "Mastercard •••• 5100").getByRole("button", { name: /^Remove/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Remove", exact: true }).click();
  await dialog.getByText("It is the default").waitFor();
  await picture(page, "dark");
});

test("a picture on a phone", async () => {
  const viewport = { width: 360, height: 780 };
  const { page } = await openWindow(AMARA, { viewport, deviceScaleFactor: 2 });
  await picture(page, "phone");
});
