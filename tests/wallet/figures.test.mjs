// Lighthouse's figures on a slow device: the CPU is throttled, and the network is loopback. Medians of several loads.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { AMARA, browser, labels, press, SERVICE } from "./browser.mjs";

const LOADS = 5;
const SLOWER = 4;
const MOST_MS = 1000;
let figures;

const median = (values) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)];

/** Keeps the duration of each event from the input to the next paint. The browser reports those of 16 ms and more. */
function observe() {
  window.durations = [];
  const keep = (list) => window.durations.push(...list.getEntries().map(({ duration }) => duration));
  new PerformanceObserver(keep).observe({ type: "event", durationThreshold: 16, buffered: true });
}

/** One load with an empty cache, and what a person does first. */
async function measure() {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
  await context.addInitScript(observe);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  await page.goto(`${SERVICE}/wallet`);
  await page.getByText("Changes are live").waitFor();
  await page.locator(".method").first().waitFor();
  const [method] = await labels(page);
  for (const button of ["Add payment method", `Remove ${method}`, `Edit ${method}`]) {
    await press(page, button);
    await page.getByRole("dialog").waitFor();
    if (button.startsWith("Edit")) await page.getByLabel("Name").press("a");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  await page.getByLabel("Signed in as").selectOption(AMARA);
  await page.getByText("Klarna").first().waitFor();
  const [paint] = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint"));
  const durations = await page.evaluate(() => new Promise((done) => requestIdleCallback(() => done(window.durations))));
  await context.close();
  return { paint: Math.round(paint.startTime), interaction: Math.max(0, ...durations) };
}

before(async () => {
  figures = [];
  for (let load = 0; load < LOADS; load++) figures.push(await measure());
});
for (const [figure, name] of Object.entries({ paint: "first contentful paint", interaction: "slowest interaction" })) {
  test(`${name} within ${MOST_MS} ms, CPU ${SLOWER} times slower`, () => {
    const value = median(figures.map((load) => load[figure]));
    console.log(`${name}: ${value} ms`);
    assert.ok(value > 0 && value <= MOST_MS, `${value} ms`);
  });
}
