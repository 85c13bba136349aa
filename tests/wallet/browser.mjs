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

/** The page of this customer over a new sandbox, in a fresh profile. */
export async function openWallet(customer, options = DESK) {
  await fetch(`${SERVICE}/_sandbox/reset`, { method: "POST" });
  return openWindow(customer, options);
}

/** The page of this customer in a fresh profile, once its list is there and its changes are live. */
export async function openWindow(customer, options = DESK) {
  const chosen = [{ name: "attache:wallet:customer", value: customer }];
  const storageState = { cookies: [], origins: [{ origin: SERVICE, localStorage: chosen }] };
  const context = await browser.newContext({ reducedMotion: "reduce", ...options, storageState });
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
  const page = await context.newPage();
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
