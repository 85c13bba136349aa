// Light and dark, phone and desktop, and the keyboard alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AMARA,
  assertAccessible,
  assertQuiet,
  labels,
  MATEO,
  openWallet,
  overflow,
  press,
  said,
} from "./browser.mjs";

const DIALOGS = ["Edit Cartes Bancaires •••• 1001", "Make default: Klarna", "Remove Cartes Bancaires •••• 1001"];
/** Of the cumulative layout shift: below it, the page counts as good. */
const LITTLE_SHIFT = 0.1;

for (const colorScheme of ["light", "dark"]) {
  for (const width of [360, 1280]) {
    test(`has no violation of WCAG 2.2 AA, ${colorScheme}, ${width} px wide`, async () => {
      const { page, seen } = await openWallet(AMARA, { colorScheme, viewport: { width, height: 800 } });
      await assertAccessible(page);
      for (const button of DIALOGS) {
        await press(page, button);
        await assertAccessible(page);
        if (button.startsWith("Remove")) {
          await press(page, "Remove");
          await page.getByText("It is the default").waitFor();
          await assertAccessible(page);
        }
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }
      assertQuiet(seen);
    });
  }
}

test("fits from 320 to 1,440 px", async () => {
  const { page } = await openWallet(AMARA);
  for (const width of [320, 360, 480, 768, 1280, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await overflow(page), 0, `${width} px`);
  }
});

test("nothing moves when the list arrives", async () => {
  const { page } = await openWallet(MATEO);
  await page.addInitScript(() => {
    window.shift = 0;
    const add = (list) => list.getEntries().forEach(({ value }) => (window.shift += value));
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  });
  await page.reload();
  await page.getByText("Changes are live").waitFor();
  await page.locator(".method:not(.skeleton)").first().waitFor();
  assert.ok((await page.evaluate(() => window.shift)) < LITTLE_SHIFT);
  await page.context().close();
});

test("the keyboard alone edits, sets the default and removes, and the focus is never lost", async () => {
  const { page } = await openWallet(MATEO);
  const nameOf = ({ activeElement: focused }) => focused.getAttribute("aria-label") ?? focused.innerText;
  const focused = async () => (await page.evaluateHandle("document")).evaluate(nameOf);
  const keys = async (...names) => {
    for (const name of names) await page.keyboard.press(name);
  };
  async function activate(name) {
    for (let steps = 0; steps < 40 && (await focused()) !== name; steps++) await keys("Tab");
    assert.equal(await focused(), name);
    await keys("Enter");
  }
  const closed = () => page.getByRole("dialog").waitFor({ state: "detached" });

  await activate("Edit Visa •••• 8001");
  await keys("Escape");
  await closed();
  assert.equal(await focused(), "Edit Visa •••• 8001");
  await keys("Enter", "Tab", "Tab");
  await page.keyboard.insertText("M. Álvarez");
  await activate("Save");
  await closed();
  await page.getByText("Expires 10/2027 · M. Álvarez").waitFor();
  assert.equal(await focused(), "Edit Visa •••• 8001");

  await activate("Make default: Visa •••• 8001");
  await keys("ArrowDown", "ArrowDown");
  await activate("Make default");
  await closed();
  await said(page, "Visa •••• 8001 is now the default.");

  await activate("Remove Amazon Pay");
  await activate("Remove");
  await said(page, "Amazon Pay was removed.");
  await page.waitForFunction(() => document.activeElement.id === "methods");
  assert.deepEqual(await labels(page), ["Mastercard •••• 5100", "Visa •••• 8001"]);
});
