// Paying, and saving the card with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible, assertQuiet, defaultMethod, DESK, JENNY, labels, openWallet, overflow, PHONE, said } from "./browser.mjs";

const { PICTURES, SERVICE } = process.env;
const picture = (page, name) => PICTURES && page.screenshot({ path: `${PICTURES}/${name}.png` });
const note = (page, text) => page.getByRole("list", { name: "Not paid yet" }).getByText(text);
const pay = (page) => page.getByRole("dialog").getByRole("button", { name: /^Pay/ });

/** The payments that the sandbox has for this customer. */
async function payments() {
  const headers = { authorization: "Bearer sk_test_story" };
  const response = await fetch(`${SERVICE}/v1/payment_intents?customer=${JENNY}`, { headers });
  return (await response.json()).data.map(({ amount, currency, status }) => `${amount} ${currency} ${status}`);
}

async function buy(page, name, token) {
  await page.getByRole("button", { name: `pay for: ${name}` }).click();
  const dialog = page.getByRole("dialog");
  await choose(dialog, token);
  return dialog;
}

async function choose(dialog, token) {
  const cards = dialog.getByLabel("Test card");
  await cards.locator(`option[value=${token}]`).waitFor({ state: "attached" });
  await cards.selectOption(token);
}

for (const [name, options] of Object.entries({ PHONE, DESK })) {
  test(`pays and saves the card as the default (${name})`, async () => {
    const { page, seen } = await openWallet(JENNY, options);
    const before = await labels(page);
    const dialog = await buy(page, "Coffee beans", "pm_card_jcb");
    await dialog.getByLabel("Make it the default").check();
    await assertAccessible(page);
    assert.equal(await overflow(page), 0);
    await picture(page, `pay-${name}`);
    await pay(page).click();
    await said(page, "You paid $14.50. JCB •••• 0505 was added.");
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(await labels(page), ["JCB •••• 0505", ...before]);
    assert.match(await defaultMethod(page).innerText(), /JCB/);
    assert.deepEqual(await payments(), ["1450 usd succeeded"]);
    await page.evaluate(() => scrollTo(0, 1e6));
    await picture(page, `paid-${name}`);
    assertQuiet(seen);
  });

  test(`after 3-D Secure, the payment and the card are there (${name})`, async () => {
    const { page, seen } = await openWallet(JENNY, options);
    await buy(page, "Day pass", "pm_card_threeDSecure2Required");
    await pay(page).click();
    await page.getByRole("button", { name: "Complete authentication" }).click();
    await said(page, "You paid ¥1,200.");
    assert.match((await labels(page))[0], /3220/);
    assert.deepEqual(await payments(), ["1200 jpy succeeded"]);
    assert.equal(await page.getByRole("list", { name: "Not paid yet" }).count(), 0);
    assertQuiet(seen);
  });
}

test("amounts have the decimals of their currency", async () => {
  const { page } = await openWallet(JENNY);
  const amounts = await page.locator(".shop li button").allInnerTexts();
  assert.deepEqual(amounts.map((text) => text.replace("\u00a0", " ")), ["$14.50", "¥1,200", "KWD 4.750"]);
});

test("pays without saving the card", async () => {
  const { page } = await openWallet(JENNY);
  const before = await labels(page);
  const dialog = await buy(page, "Coffee beans", "pm_card_jcb");
  await dialog.getByLabel("Save the card for later payments").uncheck();
  await pay(page).click();
  await said(page, "You paid $14.50.");
  assert.deepEqual(await labels(page), before);
  assert.deepEqual(await payments(), ["1450 usd succeeded"]);
});

test("after a declined card, another one pays the same payment", async () => {
  const { page, seen } = await openWallet(JENNY);
  const dialog = await buy(page, "Coffee beans", "pm_card_visa_chargeDeclinedInsufficientFunds");
  await pay(page).click();
  await dialog.getByRole("alert").getByText("There is not enough money on this card").waitFor();
  await assertAccessible(page);
  await choose(dialog, "pm_card_jcb");
  await pay(page).click();
  await said(page, "You paid $14.50.");
  assert.deepEqual(await payments(), ["1450 usd succeeded"]);
  assertQuiet(seen, 1);
});

test("a failed 3-D Secure pays nothing, and says so", async () => {
  const { page, seen } = await openWallet(JENNY);
  await buy(page, "Coffee beans", "pm_card_threeDSecure2Required");
  await pay(page).click();
  await page.getByRole("button", { name: "Fail authentication" }).click();
  await note(page, "$14.50 was not paid. Your bank could not confirm that it is you").waitFor();
  await assertAccessible(page);
  await page.getByRole("button", { name: "Give up" }).click();
  await note(page, "was not paid").waitFor({ state: "detached" });
  assert.deepEqual(await payments(), ["1450 usd requires_payment_method"]);
  assertQuiet(seen);
});

for (const [step, url] of [
  ["order", "**/graphql"],
  ["confirmation", "**/v1/payment_intents/*/confirm"],
]) {
  test(`a lost response of the ${step} pays once`, async () => {
    const { page } = await openWallet(JENNY);
    const dialog = await buy(page, "Coffee beans", "pm_card_jcb");
    await page.route(url, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await pay(page).click();
    await dialog.getByRole("alert").getByText("There was no response").waitFor();
    await page.unroute(url);
    await pay(page).click();
    await said(page, "You paid $14.50.");
    assert.deepEqual(await payments(), ["1450 usd succeeded"]);
  });
}

test("a double click pays once", async () => {
  const { page } = await openWallet(JENNY);
  await buy(page, "Coffee beans", "pm_card_jcb");
  await pay(page).dblclick();
  await said(page, "You paid $14.50.");
  assert.deepEqual(await payments(), ["1450 usd succeeded"]);
});
