// A headless Chromium on the wallet page. It tells what the page asked for and complained about.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after } from "node:test";
import { chromium } from "playwright-core";

export const { CHROMIUM, SERVICE } = process.env;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

export const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, "--disable-component-update"] });
after(() => browser.close());

export const PHONE = { viewport: { width: 360, height: 740 }, colorScheme: "dark" };
export const DESK = { viewport: { width: 1280, height: 900 }, colorScheme: "light" };

export const AMARA = "cus_T4qv4Qn42jKZ9G";
export const JENNY = "cus_NbZ8Ki3f322LNn";
export const MATEO = "cus_TT6bMT4UamxeFj";

let window;

/** The page of this customer over a new sandbox, as in a fresh profile. The tests of a file share its window. */
export async function openWallet(customer, options = DESK) {
  await fetch(`${SERVICE}/_sandbox/reset`, { method: "POST" });
  if (!window || window.page.isClosed()) window = await newWindow(options);
  else await restore(window.page, options);
  return show(window, customer);
}

/** The page of this customer in a window and a profile of its own. */
export const openWindow = async (customer, options = DESK) => show(await newWindow(options), customer);

async function newWindow(options) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const seen = { requests: [], complaints: [] };
  await context.exposeFunction("reportViolation", (text) => seen.complaints.push(text));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.reportViolation(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  context.on("request", (request) => seen.requests.push(request.url()));
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.complaints.push(`${message.type()}: ${message.text()}`);
  });
  context.on("weberror", (error) => seen.complaints.push(`error: ${error.error()}`));
  return { page: await context.newPage(), seen };
}

/** Undoes what a test did to a window. */
async function restore(page, { viewport, colorScheme }) {
  await page.unrouteAll();
  await page.context().setOffline(false);
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
}

/** Loads the page with nothing stored but the customer, until its list is there and its changes are live. */
async function show({ page, seen }, customer) {
  // Of the same origin, without scripts: what an open page stores when it is left is deleted too. With an icon, because
  // Chromium requests /favicon.ico otherwise, and logs its 404 at any later time.
  const body = '<link rel="icon" href="data:,">';
  await page.route(`${SERVICE}/blank`, (route) => route.fulfill({ contentType: "text/html", body }), { times: 1 });
  await page.goto(`${SERVICE}/blank`);
  await page.evaluate((customer) => {
    for (const storage of [localStorage, sessionStorage]) storage.clear();
    localStorage.setItem("attache:wallet:customer", customer);
  }, customer);
  for (const list of Object.values(seen)) list.length = 0;
  await page.goto(`${SERVICE}/wallet`);
  await page.getByRole("button", { name: "Add payment method" }).and(page.locator(":enabled")).waitFor();
  await page.getByText("Changes are live").waitFor();
  return { page, seen };
}

/** Nothing left the origin, and the console is clean but for the refusals that the story is about. */
export function assertQuiet({ requests, complaints }, refusals = 0) {
  assert.deepEqual(requests.filter((url) => !url.startsWith(`${SERVICE}/`)), []);
  const [refused, others] = [true, false].map((is) => complaints.filter((text) => text.includes("status of 402") === is));
  assert.deepEqual(others, []);
  assert.equal(refused.length, refusals);
}

/** axe-core finds nothing in what the page shows now. */
export async function assertAccessible(page) {
  await page.evaluate(`window.axe ?? (() => { ${AXE} })()`);
  const found = await page.evaluate((values) => axe.run(document, { runOnly: { type: "tag", values } }), RULES);
  assert.deepEqual(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
}

/** By how many pixels the page is wider than the window. */
export const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** The payment method with this label in the list. */
export const method = (page, label) => page.getByRole("listitem", { name: label, exact: true });

export const labels = (page) => page.locator(".method h3").allInnerTexts();

/** The row that is marked as the default. */
export const defaultMethod = (page) => page.locator(".method", { has: page.getByText("Default", { exact: true }) });

export const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** Waits for what the page says after a change. */
export const said = (page, text) => page.getByRole("status").getByText(text).waitFor();
