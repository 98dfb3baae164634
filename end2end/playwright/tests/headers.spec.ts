// What the answers say to a browser besides their content. No page is opened: one project is enough.
import { expect, test } from "./portal";

test.skip(({ viewport }) => (viewport?.width ?? 0) < 1000, "the same on every screen");

for (const path of ["/", "/no/such/page"]) {
  test(`${path} may load only what is ours`, async ({ request }) => {
    const first = await request.get(path);
    const headers = first.headers();
    const policy = headers["content-security-policy"];
    const nonce = policy.match(/'nonce-([^']+)'/)?.[1];
    expect(nonce).toBeTruthy();
    expect(policy.split("; ")).toEqual([
      "default-src 'self'",
      `script-src 'strict-dynamic' 'nonce-${nonce}' 'wasm-unsafe-eval'`,
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data:",
      "connect-src 'self'",
      // Signing out is a form that leads on to the account server.
      `form-action 'self' ${process.env.KEYCLOAK_URL ?? "http://localhost:8080"}`,
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("same-origin");
    expect(headers["cache-control"]).toBe("private, no-cache");

    const scripts = (await first.text()).match(/<script[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);

    const second = await request.get(path);
    expect(second.headers()["content-security-policy"]).not.toBe(policy);
  });
}

test("files are named by their content and kept for ever", async ({ request }) => {
  const html = await (await request.get("/")).text();
  const files = [...html.matchAll(/(?:href|src)="(\/pkg\/[^"]+)"/g)].map((match) => match[1]);
  expect(files.map((file) => file.split(".").pop()).sort()).toEqual(["css", "js", "wasm"]);
  for (const file of files) {
    const response = await request.get(file);
    expect(response.status(), file).toBe(200);
    expect(response.headers()["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(response.headers()["x-content-type-options"]).toBe("nosniff");
  }
  const missing = await request.get("/pkg/booksvc.nowhere.js");
  expect(missing.status()).toBe(404);
  expect(missing.headers()["cache-control"] ?? "").not.toContain("immutable");
});

test("a form of another site changes nothing", async ({ request }) => {
  const response = await request.post("/preferences", {
    form: { theme: "dark", return_to: "/" },
    headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    maxRedirects: 0,
  });
  expect(response.status()).toBe(403);
  expect(response.headers()["set-cookie"]).toBeUndefined();
});

test("a form never leads to another site", async ({ request }) => {
  for (const foreign of ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", ""]) {
    const response = await request.post("/preferences", {
      form: { theme: "dark", return_to: foreign },
      maxRedirects: 0,
    });
    expect(response.status()).toBe(303);
    expect(response.headers()["location"]).toBe("/");
  }
});
