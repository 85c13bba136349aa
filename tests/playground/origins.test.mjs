// Pages of other origins, as a browser lets them call: preflights, origins, and names that point to this machine.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";

const { SHOP } = process.env;
const HEADERS = [
  "authorization",
  "traceparent",
  "tracestate",
  "baggage",
  "sentry-trace",
  "apollographql-client-name",
  "apollographql-client-version",
  "x-apollo-operation-id",
  "x-apollo-operation-name",
  "apollo-require-preflight",
  "x-more",
];
let browser;
let server;

before(async () => {
  server = createServer((_, response) => response.setHeader("Content-Type", "text/html").end("<p>A shop"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const pages = `MAP *.test 127.0.0.1:${server.address().port}`;
  browser = await launch(`--host-resolver-rules=${pages}, MAP rebound.example 127.0.0.1`);
});
after(async () => {
  await browser?.close();
  server.close();
});

/** What fetch gives to a page of this origin: the status, or the name of the error. */
async function fetched(origin, headers, address = SHOP) {
  const page = await browser.newPage();
  await page.goto(`${origin}/`);
  const result = await page.evaluate(
    async ([address, headers]) => {
      const body = JSON.stringify({ query: "{ __typename }" });
      const options = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
      try {
        return (await fetch(`${address}/graphql`, options)).status;
      } catch (error) {
        return error.name;
      }
    },
    [address, headers],
  );
  await page.close();
  return result;
}

for (const header of HEADERS) {
  test(`a page of the shop may send ${header}`, async () => {
    const status = await fetched("http://shop.test", { [header]: "1" });
    // What is sent as a token is none.
    assert.equal(status, header === "authorization" ? 401 : 200);
  });
}

for (const origin of ["http://shop.test", "http://other.test:3000", "http://xn--bcher-kva.test"]) {
  test(`a page of ${origin} may call`, async () => assert.equal(await fetched(origin, {}), 200));
}

for (const origin of ["http://shop.test:8081", "http://evil.test"]) {
  test(`a page of ${origin} may not call`, async () => assert.equal(await fetched(origin, {}), "TypeError"));
}

test("a page of the shop may not send other headers", async () => {
  assert.equal(await fetched("http://shop.test", { "x-unknown": "1" }), "TypeError");
});

test("a page may not call by a name that was made to point to this machine", async () => {
  const page = await browser.newPage();
  const address = SHOP.replace("127.0.0.1", "rebound.example");
  const response = await page.goto(`${address}/graphql`);
  assert.equal(response.status(), 403);
  const status = await page.evaluate(async () => (await fetch("/graphql?query={viewer{kind}}")).status);
  assert.equal(status, 403);
});
