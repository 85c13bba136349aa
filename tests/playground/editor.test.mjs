// What GraphiQL offers around the story works too: docs, explorer, history, themes, headers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brightness, launch, openPlayground, openPlaygroundAgain, openTab, run, write } from "./browser.mjs";

const { SERVICE, TOKEN } = process.env;
const ADDRESS = `${SERVICE}/graphql`;
let browser, window;

before(async () => {
  browser = await launch();
  window = await openPlayground(browser, ADDRESS);
  assertQuiet(window.seen);
});
after(() => browser?.close());

/** Opens the page for one test, which must log no errors and send no requests to other servers. */
function story(name, body, options) {
  test(name, async () => {
    await openPlaygroundAgain(window, ADDRESS, options);
    await body(window.page);
    assertQuiet(window.seen);
  });
}

function assertQuiet({ requests, complaints }) {
  assert.deepEqual(requests.filter((url) => !url.startsWith(`${SERVICE}/`)), []);
  assert.deepEqual(complaints, []);
}

story("the editor is ready", async (page) => {
  console.log(`editor ready after ${Math.round(window.readyAfter)} ms`);
  assert.equal(await page.title(), "Attaché · GraphiQL");
  assert.equal(await page.locator(".graphiql-logo").innerText(), "Attaché Wallet");
});

story("the docs show the schema's words", async (page) => {
  await page.getByLabel("Show Documentation Explorer").click();
  const docs = page.locator(".graphiql-plugin");
  await docs.getByText("Mutation", { exact: true }).click();
  await docs.getByText("detachPaymentMethod", { exact: true }).click();
  await docs.getByText("a detached payment method can't be attached again").waitFor();
});

story("the explorer puts a field into the document", async (page) => {
  await page.getByLabel("Show GraphiQL Explorer").click();
  await page.locator('[data-field-name="email"][data-field-type="String"]').first().click();
  await page.locator(".graphiql-query-editor .view-line", { hasText: "email" }).waitFor();
  assert.equal((await run(page)).data.customer.email, "amara.okafor@example.com");
});

story("the history keeps what was run", async (page) => {
  await run(page);
  await page.getByLabel("Show History").click();
  await page.locator(".graphiql-plugin", { hasText: "ReadWallet" }).waitFor();
});

story("the theme is switched", async (page) => {
  await page.getByLabel("Open settings dialog").click();
  for (const theme of ["Dark", "Light"]) {
    await page.getByRole("dialog").getByRole("button", { name: theme }).click();
    await page.locator(`body.graphiql-${theme.toLowerCase()}`).waitFor();
  }
});

for (const colorScheme of ["dark", "light"]) {
  const follows = async (page) => {
    for (const part of ["body", ".graphiql-container"]) {
      assert.equal((await brightness(page, part)) < 128, colorScheme === "dark", part);
    }
  };
  story(`it follows a ${colorScheme} system`, follows, { colorScheme });
}

story("a token in the headers makes the caller a customer", async (page) => {
  await write(page, "Headers", `{ "Authorization": "Bearer ${TOKEN}" }`);
  await write(page, "Operation Editor", "{ viewer { kind customer { name } } }");
  const { data } = await run(page);
  assert.deepEqual(data.viewer, { kind: "CUSTOMER", customer: { name: "Amara Okafor" } });
});

story("one token serves all tabs, new ones too", async (page) => {
  await openTab(page, "Detach");
  await write(page, "Headers", `{ "Authorization": "Bearer ${TOKEN}" }`);
  await openTab(page, "ReadWallet");
  await write(page, "Operation Editor", "{ viewer { kind } }");
  assert.deepEqual((await run(page)).data.viewer, { kind: "CUSTOMER" });
  await page.getByLabel("New tab").click();
  await write(page, "Operation Editor", "{ viewer { kind } }");
  assert.deepEqual((await run(page)).data.viewer, { kind: "CUSTOMER" });
  await write(page, "Headers", "");
  await openTab(page, "Detach");
  await write(page, "Operation Editor", "{ viewer { kind } }");
  assert.deepEqual((await run(page)).data.viewer, { kind: "ANONYMOUS" });
});

story("a tab's variables are sent, and are there after a reload", async (page) => {
  const variables = page.locator('section[aria-label="Variables"] .graphiql-editor:not(.hidden)');
  await variables.getByText("cus_T4qv4Qn42jKZ9G").waitFor();
  await write(page, "Variables", '{ "customerId": "cus_TT6bMT4UamxeFj" }');
  assert.equal((await run(page)).data.customer.name, "Mateo Álvarez");
  await page.waitForTimeout(1000); // GraphiQL stores the text half a second later.
  await page.reload();
  await variables.getByText("cus_TT6bMT4UamxeFj").waitFor();
  await openTab(page, "AttachVisa");
  await variables.getByText("pm_card_visa").waitFor();
});

story("the sandbox is reset from the toolbar", async (page) => {
  const changes = async () => (await (await page.request.get(`${SERVICE}/_sandbox/ledger`)).json()).entries.length;
  await openTab(page, "AttachVisa");
  await run(page);
  assert.notEqual(await changes(), 0);
  page.once("dialog", (dialog) => dialog.dismiss());
  await page.getByRole("button", { name: "Reset the sandbox" }).click();
  assert.notEqual(await changes(), 0);
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "Reset the sandbox" }).click();
  await page.getByRole("status").getByText("The sandbox is as it was at its start.").waitFor();
  assert.equal(await changes(), 0);
});

story("the schema describes itself", async (page) => {
  await page.getByLabel("Show Documentation Explorer").click();
  await page.locator(".graphiql-plugin").getByText("The saved payment methods of Stripe's customers").waitFor();
});

/** The part of an element that is in the window, as width and height. */
const visible = (locator) =>
  locator.evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const within = (low, high, size) => Math.max(0, Math.min(high, size) - Math.max(low, 0));
    return { width: within(left, right, innerWidth), height: within(top, bottom, innerHeight) };
  });

const onAPhone = async (page) => {
  for (const [part, height] of Object.entries({ ".graphiql-query-editor .graphiql-editor": 100, ".result-window": 200 })) {
    const seen = await visible(page.locator(part));
    assert.ok(seen.width >= 300 && seen.height >= height, `${part} is ${seen.width} × ${seen.height}`);
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  assert.equal((await run(page)).data.customer.name, "Amara Okafor");
  await openTab(page, "PayAndSave"); // the last tab: the tabs scroll
  await write(page, "Variables", '{ "customerId": "cus_none" }');
  await write(page, "Operation Editor", "query One($customerId: ID!) { customer(id: $customerId) { id } }");
  assert.equal((await run(page)).data.customer, null);
  await page.getByRole("button", { name: "Reset the sandbox" }).waitFor();
  await page.getByLabel("Show Documentation Explorer").click();
  assert.ok((await visible(page.locator(".graphiql-plugin"))).height > 200);
};
story("it is usable at a phone's width", onAPhone, { viewport: { width: 360, height: 740 } });

story("no token is kept", async (page) => {
  await write(page, "Headers", `{ "Authorization": "Bearer ${TOKEN}" }`);
  await run(page);
  await page.waitForTimeout(1000); // GraphiQL writes what it keeps half a second later.
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.match(kept, /tabState.*ReadWallet/);
  assert.match(kept, /queries.*ReadWallet/);
  assert.ok(!kept.includes(TOKEN));
});

story("what was written is there after a reload", async (page) => {
  await write(page, "Operation Editor", "query Mine { viewer { kind } }");
  await page.getByRole("tab", { name: "Mine" }).waitFor();
  await page.waitForTimeout(1000);
  await page.reload();
  await page.getByRole("tab", { name: "Mine" }).waitFor();
});

story("other GraphiQLs at the same address do not hide the story", async (page) => {
  const empty = { variables: null, headers: null, operationName: null, response: null };
  const other = { activeTabIndex: 0, tabs: [{ id: "1", title: "x", query: "{ x }", ...empty }] };
  await page.evaluate((state) => {
    localStorage.clear();
    localStorage.setItem("graphiql:tabState", JSON.stringify(state));
  }, other);
  await page.reload();
  await page.getByRole("tab", { name: "TryToReattach" }).waitFor();
});
