// Adding: a card, a bank account, 3-D Secure, a declined card and then another one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, assertQuiet, DESK, JENNY, labels, openWallet, overflow, PHONE, said } from "./browser.mjs";

const { PICTURES } = process.env;
const picture = (page, name) => PICTURES && page.screenshot({ path: `${PICTURES}/${name}.png` });
const note = (page, text) => page.getByRole("listitem").filter({ hasText: text });
const send = (page, name = "Add") => page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
const confirmations = ({ requests }) => requests.filter((url) => url.endsWith("/confirm"));

async function assertFits(page) {
  await assertAccessible(page);
  assert.equal(await overflow(page), 0);
}

async function openForm(page) {
  await page.getByRole("button", { name: "Add payment method" }).click();
  return page.getByRole("dialog", { name: "Add a payment method" });
}

async function chooseCard(dialog, token) {
  const cards = dialog.getByLabel("Test card");
  await cards.locator(`option[value=${token}]`).waitFor({ state: "attached" });
  await cards.selectOption(token);
}

for (const [name, options] of Object.entries({ PHONE, DESK })) {
  test(`adds a card as the default (${name})`, async () => {
    const { page, seen } = await openWallet(JENNY, options);
    const before = await labels(page);
    const dialog = await openForm(page);
    await chooseCard(dialog, "pm_card_jcb");
    await dialog.getByLabel("Make it the default").check();
    await dialog.getByText("Duplicates and subscriptions").click();
    await assertFits(page);
    await picture(page, `add-card-${name}`);
    await send(page);
    await said(page, "JCB •••• 0505 was added.");
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(await labels(page), ["JCB •••• 0505", ...before]);
    assert.match(await page.locator(".method").first().innerText(), /Default/);
    assertQuiet(seen);
  });

  test(`returns from 3-D Secure after a page load (${name})`, async () => {
    const { page, seen } = await openWallet(JENNY, options);
    await chooseCard(await openForm(page), "pm_card_threeDSecure2Required");
    await send(page);
    await page.getByRole("button", { name: "Complete authentication" }).click();
    await said(page, "was added.");
    assert.match((await labels(page))[0], /3220/);
    assert.equal(new URL(page.url()).search, "");
    assertQuiet(seen);
  });

  test(`verifies a bank account (${name})`, async () => {
    const { page, seen } = await openWallet(JENNY, options);
    const dialog = await openForm(page);
    await dialog.getByLabel("US bank account").check();
    await dialog.getByLabel("Name of the account's holder").fill("Jenny Rosen");
    await assertFits(page);
    await picture(page, `add-bank-${name}`);
    await send(page);
    await note(page, "6789").getByRole("button", { name: "Verify" }).waitFor();
    await page.reload();
    await assertFits(page);
    await picture(page, `pending-${name}`);
    await note(page, "6789").getByRole("button", { name: "Verify" }).click();
    const verify = page.getByRole("dialog", { name: "Verify" });
    await verify.getByLabel("Two deposits").check();
    await verify.getByLabel("First amount").fill("1");
    await verify.getByLabel("Second amount").fill("2");
    await send(page, "Verify");
    await verify.getByRole("alert").getByText("don't match").waitFor();
    await verify.getByRole("button", { name: "Verify" }).and(page.locator(":enabled")).waitFor();
    await assertFits(page);
    await picture(page, `verify-${name}`);
    await verify.getByLabel("One deposit with a code").check();
    await verify.getByLabel("Code", { exact: true }).fill("sm11aa");
    await send(page, "Verify");
    await said(page, "6789 was added.");
    assert.match((await labels(page))[0], /6789/);
    assert.equal(await note(page, "small deposit").count(), 0);
    assertQuiet(seen);
  });

  test(`takes another card after a declined one (${name})`, async () => {
    const { page, seen } = await openWallet(JENNY, options);
    const dialog = await openForm(page);
    await chooseCard(dialog, "pm_card_visa_chargeDeclinedInsufficientFunds");
    await send(page);
    await dialog.getByRole("alert").getByText("There is not enough money on this card").waitFor();
    await assertFits(page);
    await picture(page, `declined-${name}`);
    await chooseCard(dialog, "pm_card_jcb");
    await send(page);
    await said(page, "JCB •••• 0505 was added.");
    const confirmed = confirmations(seen);
    assert.equal(confirmed.length, 2);
    assert.equal(new Set(confirmed).size, 1);
    assertQuiet(seen, 1);
  });
}

test("after a failed 3-D Secure, another card takes the same SetupIntent", async () => {
  const { page, seen } = await openWallet(JENNY);
  await chooseCard(await openForm(page), "pm_card_threeDSecure2Required");
  await send(page);
  await page.getByRole("button", { name: "Fail authentication" }).click();
  const refused = note(page, "Your bank could not confirm that it is you");
  await assertAccessible(page);
  await refused.getByRole("button", { name: "Try another method" }).click();
  await chooseCard(page.getByRole("dialog"), "pm_card_jcb");
  await send(page);
  await said(page, "JCB •••• 0505 was added.");
  await refused.waitFor({ state: "detached" });
  assert.equal(new Set(confirmations(seen)).size, 1);
  assertQuiet(seen);
});

test("a customer who left the bank's page can continue there, or give up", async () => {
  const { page, seen } = await openWallet(JENNY);
  await chooseCard(await openForm(page), "pm_card_threeDSecure2Required");
  await send(page);
  await page.getByRole("button", { name: "Complete authentication" }).waitFor();
  await page.goBack();
  const waiting = note(page, "when your bank has confirmed");
  await waiting.getByRole("link", { name: "Continue at your bank" }).click();
  await page.getByRole("button", { name: "Complete authentication" }).waitFor();
  await page.goBack();
  await waiting.getByRole("button", { name: "Give up" }).click();
  await waiting.waitFor({ state: "detached" });
  assertQuiet(seen);
});

test("one click and a second one at once add one card", async () => {
  const { page, seen } = await openWallet(JENNY);
  const count = (await labels(page)).length;
  await chooseCard(await openForm(page), "pm_card_jcb");
  await page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).dblclick();
  await said(page, "was added.");
  assert.equal((await labels(page)).length, count + 1);
  assert.equal(confirmations(seen).length, 1);
});

test("a lost response is said in words, and the next attempt adds one card", async () => {
  const { page } = await openWallet(JENNY);
  const count = (await labels(page)).length;
  const dialog = await openForm(page);
  await chooseCard(dialog, "pm_card_jcb");
  await page.route("**/v1/setup_intents/*/confirm", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await send(page);
  await dialog.getByRole("alert").getByText("There was no response").waitFor();
  await page.unroute("**/v1/setup_intents/*/confirm");
  await send(page);
  await said(page, "JCB •••• 0505 was added.");
  assert.equal((await labels(page)).length, count + 1);
});

test("refuses a card that the wallet has, if the customer wants no second one", async () => {
  const { page } = await openWallet(JENNY);
  const count = (await labels(page)).length;
  for (const text of ["JCB •••• 0505 was added.", "You have this card or account already"]) {
    const dialog = await openForm(page);
    await chooseCard(dialog, "pm_card_jcb");
    await dialog.getByText("Duplicates and subscriptions").click();
    await dialog.getByLabel("If I have it already").selectOption("REJECT");
    await send(page);
    await page.getByText(text).waitFor();
  }
  assert.equal((await labels(page)).length, count + 1);
});

test("works with the keyboard alone", async () => {
  const { page, seen } = await openWallet(JENNY);
  await page.getByRole("button", { name: "Add payment method" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Add a payment method" });
  await dialog.waitFor();
  for (let presses = 0; presses < 9; presses += 1) {
    if (await dialog.getByLabel("Name on the card").evaluate((input) => input === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.type("Jenny Rosen");
  await page.keyboard.press("Enter");
  await said(page, "Visa •••• 4242");
  await dialog.waitFor({ state: "detached" });
  assertQuiet(seen);
});
