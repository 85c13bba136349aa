// Two windows of one wallet follow each other, and the page says when it can't.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AMARA, openWallet, openWindow, press, said } from "./browser.mjs";

const WITHIN = { timeout: 1000 };
const { page: one } = await openWallet(AMARA);
const { page: other } = await openWindow(AMARA);

const heading = (page, name) => page.getByRole("heading", { name, exact: true });
const gone = { state: "detached" };

test("a method that is removed in one window leaves the other within a second", async () => {
  await press(one, "Remove Discover •••• 1117");
  await press(one, "Remove");
  await said(one, /was removed/);
  await heading(other, "Discover •••• 1117").waitFor({ ...gone, ...WITHIN });
});

test("a new card from the card network reaches both", async () => {
  const updater = one.getByLabel("Card updater");
  const [label] = await updater.locator("option").allInnerTexts();
  await updater.selectOption({ label });
  await press(one, "Replace the card");
  for (const page of [one, other]) await heading(page, label).waitFor({ ...gone, ...WITHIN });
});

test("says that it is offline, keeps the list, and catches up", async () => {
  await other.context().setOffline(true);
  await other.getByRole("status").getByText("You are offline.").waitFor();
  await press(one, "Remove Klarna");
  await press(one, "Remove");
  await said(one, /was removed/);
  assert.equal(await heading(other, "Klarna").count(), 1);
  await other.context().setOffline(false);
  await heading(other, "Klarna").waitFor(gone);
  await other.getByText("You are offline.").waitFor(gone);
});

test("says that a wallet could not be loaded, and loads it after a retry", async () => {
  const { page } = await openWindow(AMARA);
  await page.route("**/graphql", (route) => route.abort());
  await page.reload();
  await page.getByRole("alert").getByText("The wallet could not be loaded").waitFor();
  await page.unroute("**/graphql");
  await press(page, "Try again");
  await page.locator(".method:not(.skeleton)").first().waitFor();
});
