// The link of an invitation: from the mail through the sign-in to the company, and what it says when it does not count.
import { account, book, company, dismissAll, invitationPath, invite, join, offer, somebody, topUp } from "./market";
import { logIn, openAs, register } from "./people";
import { expect, hydrated, test } from "./portal";

test("who is invited signs up, accepts, and runs the company", async ({ page }) => {
  const owner = await account();
  const salon = await company(owner);
  const colleague = somebody("Olga", "Belova");
  await invite(owner, salon, colleague.email);
  const link = await invitationPath(colleague.email);

  await page.goto(link);
  await page.locator("#kc-registration a").click();
  await register(page, colleague);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are invited to a team");
  await page.getByRole("button", { name: "Accept the invitation" }).dblclick();
  await expect(page).toHaveURL(new RegExp(`/manage/${salon.id}$`));
  await expect(page.locator(".company-name")).toHaveText(salon.name);
  // The same link again is the same answer.
  await page.goto(link);
  await hydrated(page);
  await page.getByRole("button", { name: "Accept the invitation" }).click();
  await expect(page).toHaveURL(new RegExp(`/manage/${salon.id}$`));
});

test("a link that somebody else has used, or that is cut off, says so", async ({ page }) => {
  const owner = await account();
  const salon = await company(owner);
  const [first, second] = [await account(), await account()];
  await invite(owner, salon, first.email);
  const link = await invitationPath(first.email);
  await openAs(page, first, link);
  await page.getByRole("button", { name: "Accept the invitation" }).click();
  await expect(page).toHaveURL(new RegExp(`/manage/${salon.id}$`));

  await page.context().clearCookies();
  await openAs(page, second, link);
  await page.getByRole("button", { name: "Accept the invitation" }).click();
  await expect(page.getByRole("alert")).toContainText("Somebody has accepted this invitation before");
  await page.goto(link.slice(0, -5));
  await hydrated(page);
  await page.getByRole("button", { name: "Accept the invitation" }).click();
  await expect(page.getByRole("alert")).toContainText("This link leads nowhere");
});

test.describe("a page of somebody who is let go", () => {
  // The last page is not his to see.
  test.use({ expectedComplaint: /status of 403/ });

  test("shows nothing of the company any more", async ({ page }) => {
    const owner = await account();
    const salon = await company(owner);
    const colleague = await account();
    await invite(owner, salon, colleague.email);
    await join(colleague, await invitationPath(colleague.email));
    const slot = await offer(owner, salon);
    const client = await account(somebody("Darya", "Volkova"));
    await topUp(client, 5000);
    await book(client, slot);
    await openAs(page, colleague, `/manage/${salon.id}/bookings`);
    await expect(page.locator(".live-status[data-state=live]")).toBeVisible();
    await expect(page.getByText("Darya Volkova")).toBeVisible();

    await dismissAll(owner, salon);
    await expect(page.getByText("Darya Volkova")).toHaveCount(0, { timeout: 20_000 });
    await page.goto(`/manage/${salon.id}`);
    await hydrated(page);
    await expect(page.getByText(salon.name)).toHaveCount(0);
  });
});

test("a tab that was out of sight for long lets its stream go, and is right when it is looked at", async ({ page }) => {
  const owner = await account();
  const salon = await company(owner);
  const slot = await offer(owner, salon);
  const client = await account(somebody("Darya", "Volkova"));
  await topUp(client, 5000);
  await page.clock.install();
  await openAs(page, owner, `/manage/${salon.id}/bookings`);
  await expect(page.locator(".live-status[data-state=live]")).toBeVisible();
  const look = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, hidden);
  await look(true);
  await page.clock.runFor("06:00");
  await expect(page.locator(".live-status")).not.toHaveAttribute("data-state", "live");
  await book(client, slot);
  await expect(page.getByText("Darya Volkova")).toHaveCount(0);

  await look(false);
  await expect(page.getByText("Darya Volkova", { exact: true })).toBeVisible();
  await expect(page.locator(".live-status[data-state=live]")).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("who is invited accepts", async ({ page }) => {
    const owner = await account();
    const salon = await company(owner);
    const colleague = await account();
    await invite(owner, salon, colleague.email);
    await page.goto(await invitationPath(colleague.email));
    await logIn(page, colleague);
    await page.getByRole("button", { name: "Accept the invitation" }).click();
    await expect(page).toHaveURL(new RegExp(`/manage/${salon.id}$`));
  });
});
