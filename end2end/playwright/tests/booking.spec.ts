// The main way through the portal, with both sides' pages open.
import { account, balance, book, changePrice, company, hasMail, offer, somebody, topUp } from "./market";
import { openAs, register } from "./people";
import { expect, hydrated, test } from "./portal";

// Several pages, sign-ins and mails.
test.describe.configure({ timeout: 90_000 });

test("from a search to both mails, with the manager's page open", async ({ page, browser, isMobile }) => {
  const owner = await account(somebody("Irina", "Sokolova"));
  const venue = await company(owner);
  const slot = await offer(owner, venue, { price: 1500 });

  const managersPage = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await openAs(managersPage, owner, `/manage/${venue.id}/bookings`);
  await expect(managersPage.locator(".live-status")).toHaveAttribute("data-state", "live");

  // A visitor finds it by the company's name and opens it.
  await page.goto(`/search?q=${encodeURIComponent(venue.name)}`);
  await hydrated(page);
  await page.locator(`a[href="/offers/${slot.id}"]`).click();
  await expect(page.getByRole("heading", { level: 1, name: "Football" })).toBeFocused();

  // He makes an account and is back at the offer.
  const visitor = somebody("Pavel", "Belov");
  await page.getByRole("link", { name: "Create an account" }).click();
  await register(page, visitor);
  await expect(page).toHaveURL(new RegExp(`/offers/${slot.id}$`));
  await hydrated(page);

  // Short of money: he tops up in place.
  await expect(page.getByText("There is not enough in your wallet")).toBeVisible();
  await page.getByLabel("Another amount, RUB").fill("2000");
  await page.getByRole("button", { name: "Top up", exact: true }).click();
  await expect(page.getByText("The money is there.")).toBeVisible();

  const bookAndPay = page.getByRole("button", { name: "Book and pay" });
  if (isMobile) await expect(bookAndPay).toBeInViewport();
  // Impatient people press twice.
  await bookAndPay.dblclick();
  await expect(page).toHaveURL(/\/bookings\/[0-9a-f-]{36}$/);
  await expect(page.locator("main .badge").first()).toHaveText(/Paid/);

  await hasMail(visitor.email, /You are booked|Вы записаны/);
  await hasMail(owner.email, /New booking|Новая запись/);
  // The mails become steps of the open page.
  await expect(page.locator("main li", { hasText: /mail/i }).first()).toBeVisible();
  await expect(managersPage.getByText("Pavel Belov", { exact: true })).toBeVisible({ timeout: 15_000 });

  // Back leads to the offer, which is his now, and books nothing again.
  await page.goBack();
  await expect(page.getByText("This time is yours")).toBeVisible();
  await managersPage.context().close();
});

test("two browsers and one offer: one has it, the other is shown what is near", async ({ page, browser }) => {
  const owner = await account();
  const venue = await company(owner);
  const start = new Date(Date.now() + 9 * 24 * 60 * 60_000);
  start.setUTCSeconds(0, 0);
  const slot = await offer(owner, venue, { start });
  const near = await offer(owner, venue, { start: new Date(start.getTime() + 60 * 60_000) });
  const [first, second] = [await account(), await account()];
  await Promise.all([topUp(first, 5000), topUp(second, 5000)]);

  await openAs(page, second, `/offers/${slot.id}`);
  const bookAndPay = page.getByRole("button", { name: "Book and pay" });
  await expect(bookAndPay).toBeEnabled();
  await book(first, slot);
  // Its page learns of it by itself.
  await expect(page.getByText("Somebody else has it.")).toBeVisible();
  await expect(page.locator(`a[href="/offers/${near.id}"]`)).toBeVisible();
  await expect(bookAndPay).toHaveCount(0);
  expect(await balance(second)).toBe("5000.00");

  // A third one's search has it grey.
  const search = await (await browser.newContext({ locale: "en-GB" })).newPage();
  const stream = search.waitForResponse((response) => response.url().includes("/live/offers"));
  await search.goto(`/search?q=${encodeURIComponent(venue.name)}`);
  await hydrated(search);
  await expect(search.locator(`a[href="/offers/${near.id}"]`)).toBeVisible();
  await stream;
  await book(second, near);
  await expect(search.locator("main")).toContainText(/taken|being booked/i);
  await search.context().close();
});

test("a price that changes under an open page is said, and asked about before anything is booked for it", async ({ page }) => {
  const owner = await account();
  const venue = await company(owner);
  const slot = await offer(owner, venue, { price: 700 });
  const client = await account();
  await topUp(client, 5000);
  await openAs(page, client, `/offers/${slot.id}`);
  const pay = page.getByRole("button", { name: "Book and pay" });
  await expect(pay).toBeEnabled();
  await changePrice(owner, venue, slot, 900);
  await expect(page.getByText("The company has changed the price")).toBeVisible();
  await expect(pay).toBeHidden();
  await page.getByRole("button", { name: "Go on with the new price" }).click();
  await pay.click();
  await expect(page).toHaveURL(/\/bookings\/[0-9a-f-]{36}$/);
  expect(await balance(client)).toBe("4100.00");
});

test.describe("on a page that hears nothing", () => {
  // The stream that is cut.
  test.use({ expectedComplaint: /live\/offers|net::ERR_FAILED/ });

  test("a price that has changed meanwhile is said and shown, and books nothing", async ({ page }) => {
    const owner = await account();
    const venue = await company(owner);
    const slot = await offer(owner, venue, { price: 1500 });
    const client = await account();
    await topUp(client, 5000);
    await page.route("**/live/**", (route) => route.abort());
    await openAs(page, client, `/offers/${slot.id}`);
    await changePrice(owner, venue, slot, 1700);
    await page.getByRole("button", { name: "Book and pay" }).click();
    await expect(page.getByText("The price has changed meanwhile")).toBeVisible();
    await expect(page.locator("main")).toContainText("1,700.00");
    expect(await balance(client)).toBe("5000.00");
    await page.getByRole("button", { name: "Book and pay" }).click();
    await expect(page).toHaveURL(/\/bookings\//);
    expect(await balance(client)).toBe("3300.00");
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("from the search to paid, and cancelled", async ({ page }) => {
    const owner = await account();
    const venue = await company(owner);
    const slot = await offer(owner, venue, { price: 800 });
    const client = await account();
    await page.goto("/search");
    await page.getByLabel("Company or service").fill(venue.name);
    await page.getByRole("button", { name: "Show free times" }).click();
    await page.locator(`a[href="/offers/${slot.id}"]`).click();
    await page.getByRole("link", { name: "Sign in to book" }).click();
    await page.locator("#username").fill(client.email);
    await page.locator("#password").fill(client.password);
    await page.locator("#kc-login").click();
    await expect(page.getByText("There is not enough in your wallet")).toBeVisible();

    // A wrong amount first: it is said beside the field, and still there.
    await page.getByLabel("Another amount, RUB").fill("12.345");
    await page.getByRole("button", { name: "Top up", exact: true }).click();
    await expect(page.getByText("At most two digits after the point")).toBeVisible();
    await expect(page.getByLabel("Another amount, RUB")).toHaveValue("12.345");
    await page.getByLabel("Another amount, RUB").fill("1000");
    await page.getByRole("button", { name: "Top up", exact: true }).click();

    await page.getByRole("button", { name: "Book and pay" }).click();
    await expect(page).toHaveURL(/\/bookings\/[0-9a-f-]{36}/);
    await expect(page.locator("main .badge").first()).toHaveText(/Paid/);
    expect(await balance(client)).toBe("200.00");

    await page.getByRole("link", { name: "Cancel this booking" }).click();
    await page.getByRole("button", { name: "Yes, cancel it" }).click();
    await expect(page.locator("main")).toContainText(/Cancelled|Cancelling|money/i);
    await expect.poll(() => balance(client), { timeout: 15_000 }).toBe("1000.00");
  });
});
