// What a person sees while parts of the system are away. These tests stop parts that others need: alone, one by one.
import { type Browser, type Page } from "@playwright/test";

import { account, balance, book, company, hasMail, offer, topUp } from "./market";
import { logIn, openAs } from "./people";
import { expect, hydrated, test } from "./portal";
import { Line, answers, frozen, killed, secondPortal, without } from "./stack";

test.describe.configure({ timeout: 150_000 });
// The browser's own words for what these tests cut.
test.use({ expectedComplaint: /Failed to load resource|failed request|^5\d\d: |ERR_|status of 50\d/ });

const portal = process.env.PORTAL_URL ?? "http://localhost:3000";
const isStream = (path: string) => path.startsWith("/live");

/** A page behind a line that can be cut. */
async function behind(line: Line, browser: Browser): Promise<Page> {
  return (await browser.newContext({ locale: "en-GB", proxy: line.proxy })).newPage();
}

const live = (page: Page) => page.locator(".live-status");

test("the stream is cut for 30 seconds: within 2 seconds of its return the page is right, and nothing is there twice", async ({ browser }) => {
  const owner = await account();
  const venue = await company(owner);
  const line = await Line.start();
  const page = await behind(line, browser);
  await openAs(page, owner, `/manage/${venue.id}/bookings`);
  await expect(live(page)).toHaveAttribute("data-state", "live");

  line.cut(isStream);
  await expect(live(page)).toHaveAttribute("data-state", "reconnecting");
  const from = Date.now();
  const clients = [await account(), await account(), await account()];
  for (const client of clients) {
    await topUp(client, 2000);
    await book(client, await offer(owner, venue));
  }
  // The length of the outage is what is tested, so this waits for time and not for something.
  await page.waitForTimeout(30_000 - (Date.now() - from));
  await expect(page.getByText("Vera Orlova")).toHaveCount(0);

  line.mend();
  await expect(live(page)).toHaveAttribute("data-state", "live", { timeout: 40_000 });
  const back = Date.now();
  await expect(page.getByText("Vera Orlova", { exact: true })).toHaveCount(3, { timeout: 20_000 });
  console.log(`right ${Date.now() - back} ms after the stream's return`);
  expect(Date.now() - back).toBeLessThan(2_000);
  await page.context().close();
  line.end();
});

test("the portal is killed under an open page: it comes back by itself, signed in, and right", async ({ browser, page }) => {
  const owner = await account();
  const venue = await company(owner);
  await openAs(page, owner, `/manage/${venue.id}/bookings`);
  await expect(live(page)).toHaveAttribute("data-state", "live");

  killed("portal");
  await expect(live(page)).toHaveAttribute("data-state", "reconnecting");
  const client = await account();
  await topUp(client, 2000);
  await book(client, await offer(owner, venue));
  await answers(`${portal}/readyz`);

  await expect(live(page)).toHaveAttribute("data-state", "live", { timeout: 40_000 });
  await expect(page.getByText("Vera Orlova", { exact: true })).toHaveCount(1, { timeout: 20_000 });
  // The session outlives the process.
  await page.getByRole("link", { name: "Times", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/offers$/);
});

test("payment is away in the middle: the page says that it is under way, and ends right when payment is back", async ({ page }) => {
  const owner = await account();
  const venue = await company(owner);
  const slot = await offer(owner, venue, { price: 1500 });
  const client = await account();
  await topUp(client, 5000);
  await openAs(page, client, `/offers/${slot.id}`);
  await expect(page.getByRole("button", { name: "Book and pay" })).toBeEnabled();

  await without("payment", async () => {
    await page.getByRole("button", { name: "Book and pay" }).click();
    await expect(page).toHaveURL(/\/bookings\/[0-9a-f-]{36}$/, { timeout: 40_000 });
    await expect(page.getByText("This page moves by itself.")).toBeVisible();
  });
  await expect(page.locator("main .badge").first()).toHaveText(/Paid/, { timeout: 40_000 });
  expect(await balance(client)).toBe("3500.00");
  await hasMail(client.email, /You are booked|Вы записаны/);
});

test("the gateway is away: every page says so calmly with a 503, and comes back by itself", async ({ page }) => {
  const client = await account();
  await openAs(page, client, "/wallet");
  await without("gateway", async () => {
    for (const path of ["/search", "/wallet", "/bookings"]) {
      const response = await page.goto(path);
      expect(response?.status(), path).toBe(503);
      await expect(page.getByRole("heading", { level: 2, name: "This part is away for a moment" })).toBeVisible();
      await expect(page.getByRole("link", { name: "Try again" })).toBeVisible();
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    }
    // The home page stands without the services: it still says what this is, and where to search.
    expect((await page.goto("/"))?.status()).toBe(200);
    await expect(page.getByRole("button", { name: "Show free times" })).toBeVisible();
    await page.goto("/bookings");
  });
  await expect(page.getByRole("heading", { level: 2, name: "This part is away for a moment" })).toHaveCount(0, { timeout: 60_000 });
  await expect(page.getByRole("link", { name: "Find a time" })).toBeVisible();
  await expect(page).toHaveURL(/\/bookings$/);
});

test("a top-up whose answer is lost is done once, however often it is pressed", async ({ page }) => {
  const client = await account();
  await openAs(page, client, "/wallet");
  await frozen("payment", async () => {
    await page.getByLabel("Another amount, RUB").fill("700");
    await page.getByRole("button", { name: "Top up", exact: true }).click();
    await expect(page.getByText("No answer has come.")).toBeVisible({ timeout: 40_000 });
  });
  // Whether the first one is done now or not, nobody knows here.
  await page.getByRole("button", { name: "Top up", exact: true }).click();
  await expect(page.getByText("The money is there.")).toBeVisible({ timeout: 20_000 });
  expect(await balance(client)).toBe("700.00");
  // Done: the next one is another.
  await page.getByLabel("Another amount, RUB").fill("100");
  await page.getByRole("button", { name: "Top up", exact: true }).click();
  await expect.poll(() => balance(client), { timeout: 20_000 }).toBe("800.00");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a top-up whose answer is lost comes back as the same one", async ({ page }) => {
    const client = await account();
    await page.goto("/sign-in?return_to=/wallet");
    await logIn(page, client);
    const key = page.locator("input[name=key]").first();
    const before = await key.inputValue();
    await frozen("payment", async () => {
      await page.getByLabel("Another amount, RUB").fill("700");
      await page.getByRole("button", { name: "Top up", exact: true }).click();
      await expect(page.getByText("No answer has come.")).toBeVisible({ timeout: 40_000 });
    });
    // The page itself was away as well, and comes back by the header `Refresh`.
    await expect(key).toHaveValue(before, { timeout: 40_000 });
    await page.getByRole("button", { name: "Top up", exact: true }).click();
    await expect(page.getByText("No answer has come.")).toHaveCount(0);
    await expect.poll(() => balance(client), { timeout: 20_000 }).toBe("700.00");
    await expect(key).not.toHaveValue(before);
  });
});

test("a booking whose answer is lost is made once, however often it is pressed", async ({ page }) => {
  const owner = await account();
  const venue = await company(owner);
  const slot = await offer(owner, venue, { price: 1500 });
  const client = await account();
  await topUp(client, 5000);
  await openAs(page, client, `/offers/${slot.id}`);
  await frozen("gateway", async () => {
    await page.getByRole("button", { name: "Book and pay" }).click();
    await expect(page.getByText("We do not know yet whether it worked")).toBeVisible({ timeout: 40_000 });
  });
  // Whether the first one has arrived, nobody knows here.
  await page.getByRole("button", { name: "Book and pay" }).click();
  await expect(page).toHaveURL(/\/bookings\/[0-9a-f-]{36}$/, { timeout: 20_000 });
  await expect(page.locator("main .badge").first()).toHaveText(/Paid/, { timeout: 20_000 });
  expect(await balance(client)).toBe("3500.00");
});

test("two portals behind a round robin: sign-in, forms and streams work through any of them", async ({ browser }) => {
  const owner = await account();
  const venue = await company(owner);
  const slot = await offer(owner, venue, { price: 1500 });
  const client = await account();
  await topUp(client, 5000);
  const line = await Line.start();
  const first = line.ports[0] as number;
  const second = await secondPortal(first + 1_000);
  line.ports = [first, first + 1_000];
  try {
    const managers = await behind(line, browser);
    await openAs(managers, owner, `/manage/${venue.id}/bookings`);
    await expect(live(managers)).toHaveAttribute("data-state", "live");

    const page = await behind(line, browser);
    await openAs(page, client, `/offers/${slot.id}`);
    await page.getByRole("button", { name: "Book and pay" }).click();
    await expect(page).toHaveURL(/\/bookings\/[0-9a-f-]{36}$/);
    await expect(page.locator("main .badge").first()).toHaveText(/Paid/, { timeout: 20_000 });
    await expect(managers.getByText("Vera Orlova", { exact: true })).toBeVisible({ timeout: 20_000 });

    // Each page is whole whichever of them made it, and signing out through one ends the session for both.
    for (const path of ["/bookings", "/wallet", "/search", "/bookings"]) {
      await page.goto(path);
      await hydrated(page);
    }
    expect(Math.min(line.given.get(first) ?? 0, line.given.get(first + 1_000) ?? 0)).toBeGreaterThan(20);

    // One of them goes: whoever was there comes back to the other.
    line.ports = [first];
    await second.end();
    await expect(live(managers)).toHaveAttribute("data-state", "live", { timeout: 40_000 });
    await managers.context().close();
    await page.context().close();
  } finally {
    await second.end();
    line.end();
  }
});
