// A headless Chromium that tells what its pages asked for and complained about.
import { createServer, request } from "node:http";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const launch = (...flags) =>
  chromium.launch({ executablePath: process.env.CHROMIUM, args: [...FLAGS, ...flags] });

const DESK = { viewport: { width: 1440, height: 900 }, colorScheme: "light" };

/** A page of a fresh profile. `seen` fills with its requests, and with what its console, errors and policy say. */
export async function visit(browser, address, options = {}) {
  const context = await browser.newContext({ ...DESK, ...options });
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
  await page.goto(address);
  return { page, seen };
}

/** The same page again, as in a fresh profile. It needs a third of the time, because its scripts are compiled. */
async function visitAgain({ page, seen }, address, options = {}) {
  const { viewport, colorScheme } = { ...DESK, ...options };
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  // Of the same origin, without scripts: what GraphiQL stores when it is left is deleted too. With an icon, because
  // Chromium requests /favicon.ico otherwise, and logs its 404 at any later time.
  const blank = new URL("blank", address).href;
  const body = '<link rel="icon" href="data:,">';
  await page.route(blank, (route) => route.fulfill({ contentType: "text/html", body }), { times: 1 });
  await page.goto(blank);
  await page.evaluate(() => [localStorage, sessionStorage].forEach((storage) => storage.clear()));
  for (const list of Object.values(seen)) list.length = 0;
  await page.goto(address);
}

/** GraphiQL in a fresh profile, once it is ready. */
export async function openPlayground(browser, address, options) {
  const { page, seen } = await visit(browser, address, options);
  return { page, seen, readyAfter: await ready(page) };
}

/** GraphiQL in a window that had it before, once it is ready. */
export async function openPlaygroundAgain(window, address, options) {
  await visitAgain(window, address, options);
  await ready(window.page);
}

/** Waits until the editor has the document and can run it. Returns after how many ms since the page was asked for. */
async function ready(page) {
  await page.locator(".graphiql-query-editor .view-line", { hasText: "Amara" }).first().waitFor();
  await page.getByLabel("Execute query (Ctrl-Enter)").waitFor();
  return page.evaluate(() => performance.now());
}

export const openTab = (page, name) => page.getByRole("tab").getByRole("button", { name, exact: true }).click();

/** Whether a request sends an operation of the editor. GraphiQL's own query for the schema may still be on its way. */
const isOperation = (request) => request.method() === "POST" && !request.postData().includes("__schema");

/** Runs what is in the editor. Returns the answer, once the page shows it. */
export async function run(page) {
  const [response] = await Promise.all([
    page.waitForResponse((response) => isOperation(response.request())),
    page.getByLabel("Execute query (Ctrl-Enter)").click(),
  ]);
  await page.locator(".result-window .view-line", { hasText: /"(data|errors)"/ }).first().waitFor();
  return response.json();
}

/** Puts a text in the place of what is in the editor of this name, as its label says. */
export async function write(page, editor, text) {
  if (["Variables", "Headers"].includes(editor)) {
    await page.locator(".graphiql-editor-tools").getByRole("button", { name: editor }).click();
  }
  await page.locator(`section[aria-label="${editor}"] .graphiql-editor:not(.hidden)`).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
  // The editor closes brackets automatically; delete what it inserted after the text.
  await page.keyboard.press("Control+Shift+End");
  await page.keyboard.press("Delete");
}

/** From 0 to 255, the brightest component of an element's colour: of its background, unless another is named. */
export const brightness = (page, selector, property = "backgroundColor") =>
  page.locator(selector).evaluate((element, property) => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = getComputedStyle(element)[property];
    canvas.fillRect(0, 0, 1, 1);
    return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
  }, property);

/** A proxy that shows a service below a prefix, as a gateway does. */
export async function below(prefix, target) {
  const server = createServer((incoming, outgoing) => {
    if (!incoming.url.startsWith(`${prefix}/`)) {
      outgoing.writeHead(404).end();
      return;
    }
    const { method, headers } = incoming;
    const onward = request(target + incoming.url.slice(prefix.length), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}${prefix}`, close: () => server.close() };
}
