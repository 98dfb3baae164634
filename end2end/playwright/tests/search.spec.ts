// A page that is up and is asked for something else, again and again: nothing that is still shown may be gone beneath it.
import { type Company, type Offer, account, book, company, offer, someStart, topUp } from "./market";
import { openAs } from "./people";
import { expect, hydrated, notFoundLine, test, words } from "./portal";

/** A company with a dear time on one day and a cheap one on the next. */
async function twoDays(): Promise<{ venue: Company; dear: Offer; cheap: Offer }> {
  const owner = await account();
  const venue = await company(owner);
  const start = someStart();
  const next = new Date(start.getTime() + 24 * 60 * 60_000);
  return {
    venue,
    dear: await offer(owner, venue, { price: 2500, start }),
    cheap: await offer(owner, venue, { price: 900, start: next }),
  };
}

test("a search is narrowed and widened on the page, and the page goes on working", async ({ page }) => {
  const { venue, dear, cheap } = await twoDays();
  await page.goto(`/search?company_id=${venue.id}`);
  await hydrated(page);
  const tiles = page.locator("article.offer");
  const link = (of: Offer) => page.locator(`a[href="/offers/${of.id}"]`);
  await expect(tiles).toHaveCount(2);

  await page.getByRole("link", { name: "Cheapest first" }).click();
  await expect(tiles.first().getByRole("link")).toHaveAttribute("href", `/offers/${cheap.id}`);
  await page.getByRole("link", { name: "Soonest first" }).click();
  await expect(tiles.first().getByRole("link")).toHaveAttribute("href", `/offers/${dear.id}`);

  await page.getByText("Last day, time of day, price").click();
  await page.getByLabel("Price to").fill("1000");
  await page.getByRole("button", { name: "Show free times" }).click();
  await expect(link(dear)).toHaveCount(0);
  await expect(link(cheap)).toBeVisible();
  await page.goBack();
  await expect(tiles).toHaveCount(2);

  await page.getByRole("navigation", { name: "Day" }).getByRole("link").nth(1).click();
  await expect(page.getByRole("region").getByText("No free time fits all of this")).toBeVisible();
  await page.goBack();
  await expect(tiles).toHaveCount(2);

  await link(cheap).click();
  await expect(page).toHaveURL(new RegExp(`/offers/${cheap.id}$`));
  await expect(page.getByRole("link", { name: "Sign in to book" })).toBeVisible();
});

test.describe("without a network for a moment", () => {
  test.use({ expectedComplaint: /ERR_INTERNET_DISCONNECTED/ });

  test("a list of free times comes back and goes on working", async ({ page, context }) => {
    const { venue, cheap } = await twoDays();
    const stream = page.waitForResponse((response) => response.url().includes("/live/offers"));
    await page.goto(`/search?company_id=${venue.id}`);
    await stream;
    await context.setOffline(true);
    const again = page.waitForResponse((response) => response.url().includes("/api/offers/search"));
    await context.setOffline(false);
    await again;
    await page.getByRole("link", { name: "Cheapest first" }).click();
    await expect(page.locator("article.offer").first().getByRole("link")).toHaveAttribute("href", `/offers/${cheap.id}`);
  });
});

test("a booking that is cancelled says so, however the answer and the news of it meet", async ({ page }) => {
  const owner = await account();
  const venue = await company(owner);
  const client = await account();
  await topUp(client, 5000);
  const booking = await book(client, await offer(owner, venue));
  await openAs(page, client, `/bookings/${booking.id}?cancel=1`);
  // The answer to the form waits for the next reading of the page, which the stream asks for; then both come at once.
  let release = () => {};
  const isRead = new Promise<void>((resolve) => (release = resolve));
  let isAsked = false;
  await page.route("**/api/bookings/cancel", async (route) => {
    isAsked = true;
    const response = await route.fetch();
    await isRead;
    await route.fulfill({ response });
  });
  await page.route("**/api/bookings/read*", async (route) => {
    const response = await route.fetch();
    if (isAsked) release();
    await route.fulfill({ response });
  });
  await page.getByRole("button", { name: "Yes, cancel" }).click();
  await expect(page.locator("main").getByText("Cancelled", { exact: true }).first()).toBeVisible();
  await expect(page.getByText("Cancelling")).toHaveCount(0);
  // A page that is still read when the test is over is nobody's business.
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test.describe("an address that leads to nothing", () => {
  test.use({ expectedComplaint: notFoundLine });

  test("says so in its heading, and leads on", async ({ page }) => {
    for (const path of ["/offers/xyz", "/offers/00000000-0000-4000-8000-000000000000"]) {
      await page.goto(path);
      await hydrated(page);
      await expect(page.getByRole("heading", { level: 1, name: words.en.missing })).toBeVisible();
      await expect(page).toHaveTitle(new RegExp(words.en.missing));
      await page.locator("main").getByRole("link", { name: "Find a time" }).click();
      await expect(page).toHaveURL(/\/search$/);
      await expect(page.locator("article.offer").first()).toBeVisible();
    }
  });
});
