// What people and their browsers do that nobody planned.
import { account, balance, book, company, hasMail, offer, somebody, topUp, transactions } from "./market";
import { logIn, openAs } from "./people";
import { expect, hydrated, test } from "./portal";

test.describe.configure({ timeout: 90_000 });

test("not enough money after all: nothing is charged, the time is free again for others, and all is said", async ({ page, context, browser }) => {
  const owner = await account();
  const venue = await company(owner);
  const [wanted, other] = [await offer(owner, venue, { price: 1500 }), await offer(owner, venue, { price: 1000 })];
  const client = await account();
  await topUp(client, 2000);
  await openAs(page, client, `/offers/${wanted.id}`);
  await expect(page.getByRole("button", { name: "Book and pay" })).toBeEnabled();
  // Spent elsewhere; this page does not know.
  await book(client, other);

  const visitors = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await visitors.goto(`/offers/${wanted.id}`);
  await hydrated(visitors);
  await page.getByRole("button", { name: "Book and pay" }).click();
  await expect(page.getByText("There was not enough money in the wallet")).toBeVisible();
  expect(await balance(client)).toBe("1000.00");
  expect((await transactions(client))[0]).toMatchObject({ type: "payment", status: "failed", amount: "1500.00" });
  await expect(visitors.getByRole("link", { name: "Sign in to book" })).toBeVisible();
  await hasMail(client.email, /did not work|Записаться не удалось/);
  await hasMail(owner.email, /did not work out|Запись не состоялась/);

  const wallet = await context.newPage();
  await wallet.goto("/wallet");
  await expect(wallet.getByText("Failed, nothing charged")).toBeVisible();
  await visitors.context().close();
});

test("two tabs of one person: what is booked in one is his in the other", async ({ page, context }) => {
  const owner = await account();
  const venue = await company(owner);
  const slot = await offer(owner, venue, { price: 1500 });
  const client = await account();
  await topUp(client, 5000);
  await openAs(page, client, `/offers/${slot.id}`);
  const tab = await context.newPage();
  await tab.goto(`/offers/${slot.id}`);
  await hydrated(tab);
  await page.getByRole("button", { name: "Book and pay" }).click();
  await expect(page).toHaveURL(/\/bookings\/[0-9a-f-]{36}$/);
  await expect(tab.getByText("This time is yours")).toBeVisible();
  expect(await balance(client)).toBe("3500.00");
});

test("a name of a hundred characters, with emoji and from right to left, is shown as it is and breaks nothing", async ({ page }) => {
  const name = `${"👩🏽‍🎤 مقهى שלום <b>&amp; ".repeat(6)}конец`.slice(0, 96);
  const owner = await account();
  const venue = await company(owner, name);
  const slot = await offer(owner, venue);
  for (const path of [`/offers/${slot.id}`, `/search?q=${encodeURIComponent("مقهى שלום")}`]) {
    await page.goto(path);
    await hydrated(page);
    await expect(page.getByText(venue.name, { exact: true }).first()).toBeVisible();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
});

test.describe("a viewer in another zone", () => {
  test.use({ timezoneId: "Asia/Vladivostok" });

  test("reads the venue's clock first and his own in brackets", async ({ page }) => {
    const owner = await account();
    const venue = await company(owner);
    const start = new Date(Date.now() + 12 * 24 * 60 * 60_000);
    start.setUTCHours(7, 30, 0, 0);
    const slot = await offer(owner, venue, { start });
    // The first page tells the server where the viewer is.
    await page.goto("/");
    await hydrated(page);
    await page.goto(`/offers/${slot.id}`);
    await expect(page.locator("dl")).toContainText("10:30");
    await expect(page.locator("dl")).toContainText("17:30");
  });
});

test.describe("a session that ends in the middle of a form", () => {
  // The stream of the page that is signed out.
  test.use({ expectedComplaint: /status of 401|^401: .*\/live/ });

  test("says so, keeps what was typed, and leads back after signing in", async ({ page, context }) => {
    const owner = await account();
    await openAs(page, owner, "/manage/new");
    const name = `Salon ${owner.email.slice(0, 8)}`;
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Address", { exact: true }).fill("Moscow, Pokrovka 17");
    await page.getByLabel("Phone", { exact: true }).fill("+7 495 555-01-17");
    await context.clearCookies({ name: "__Host-session" });
    await page.getByRole("button", { name: "Create your company" }).click();
    await expect(page.getByText("Your session has ended").first()).toBeVisible();
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue(name);
    // In another tab, so that nothing typed is lost; or here, where he comes back to the form.
    const tab = await context.newPage();
    await tab.goto("/sign-in?return_to=/manage/new");
    if (await tab.locator("#username").isVisible()) await logIn(tab, owner);
    await expect(tab).toHaveURL(/\/manage\/new$/);
    await page.getByRole("button", { name: "Create your company" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText(name).first()).toBeVisible();
  });
});

test.describe("WASM that does not load", () => {
  test.use({ expectedComplaint: /\/pkg\/|Failed to load resource|Failed to fetch|TypeError|preload/ });

  test("leaves pages whose links and forms work by themselves", async ({ page }) => {
    await page.route("**/pkg/*.wasm", (route) => route.abort());
    const owner = await account();
    const venue = await company(owner);
    const slot = await offer(owner, venue, { price: 800 });
    const client = await account();
    await topUp(client, 1000);
    await page.goto("/search");
    await page.getByLabel("Company or service").fill(venue.name);
    await page.getByRole("button", { name: "Show free times" }).click();
    await page.locator(`a[href="/offers/${slot.id}"]`).click();
    await page.getByRole("link", { name: "Sign in to book" }).click();
    await logIn(page, client);
    await page.getByRole("button", { name: "Book and pay" }).click();
    await expect(page).toHaveURL(/\/bookings\/[0-9a-f-]{36}/);
    await expect(page.locator("main .badge").first()).toHaveText(/Paid/);
  });

  test("in a part of it: the page comes by a load instead, and works by itself", async ({ page }) => {
    const owner = await account();
    const venue = await company(owner);
    await openAs(page, owner, "/search");
    await page.route("**/pkg/split_*.wasm", (route) => route.abort());
    const loaded = page.waitForRequest((request) => request.isNavigationRequest() && request.url().endsWith("/manage"));
    await page.getByRole("link", { name: "For companies" }).click();
    await loaded;
    await page.getByRole("link", { name: venue.name, exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/manage/${venue.id}$`));
    await expect(page.locator("html")).not.toHaveAttribute("data-hydrated");
  });
});

test.describe("another site", () => {
  // The refusal has no body; the browser words it in one of two ways.
  test.use({ expectedComplaint: /net::ERR_HTTP_RESPONSE_CODE_FAILURE|status of 403/ });

  test("cannot send a form in a person's name", async ({ page, context }) => {
    const client = await account();
    await topUp(client, 1000);
    await openAs(page, client, "/wallet");
    const portal = new URL(page.url()).origin;
    const foreign = await context.newPage();
    await foreign.route("http://127.0.0.1:9/", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<link rel="icon" href="data:,"><form method="post" action="${portal}/api/wallet/top-up">
          <input name="amount" value="666"><input name="key" value="0190a0a0-0000-7000-8000-000000000000"></form>`,
      }));
    await foreign.goto("http://127.0.0.1:9/");
    const answered = foreign.waitForResponse((response) => response.url().includes("/api/wallet/top-up"));
    await foreign.locator("form").evaluate((form: HTMLFormElement) => form.submit());
    expect((await answered).status()).toBe(403);
    expect(await balance(client)).toBe("1000.00");
  });
});

test("signing in leads nowhere but to the portal", async ({ page }) => {
  const client = await account(somebody("Foma", "Foreign"));
  await page.goto(`/sign-in?return_to=${encodeURIComponent("//evil.example/")}`);
  await logIn(page, client);
  expect(new URL(page.url()).pathname).toBe("/");
});
