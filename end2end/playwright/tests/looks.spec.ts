// The pages as pictures, and what axe says about them: each size, theme and language.
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext } from "@playwright/test";

import { type Account, account, book, company, offer, somebody, topUp } from "./market";
import { logIn } from "./people";
import { expect, hydrated, notFoundLine, test } from "./portal";

type Viewer = "nobody" | "client" | "manager";
type Ids = { company: string; free: string; dear: string; paid: string; failed: string };

const pages: { name: string; viewer: Viewer; path: (ids: Ids) => string }[] = [
  { name: "home", viewer: "nobody", path: () => "/" },
  { name: "search", viewer: "nobody", path: (ids) => `/search?company_id=${ids.company}` },
  { name: "search-empty", viewer: "nobody", path: (ids) => `/search?company_id=${ids.company}&q=nothing+like+it` },
  { name: "offer-signed-out", viewer: "nobody", path: (ids) => `/offers/${ids.free}` },
  { name: "not-found", viewer: "nobody", path: () => "/no/such/page" },
  { name: "sign-in-failed", viewer: "nobody", path: () => "/sign-in-failed?return_to=/wallet" },
  { name: "offer", viewer: "client", path: (ids) => `/offers/${ids.free}` },
  { name: "offer-short-of-money", viewer: "client", path: (ids) => `/offers/${ids.dear}` },
  { name: "booking-paid", viewer: "client", path: (ids) => `/bookings/${ids.paid}` },
  { name: "booking-cancel", viewer: "client", path: (ids) => `/bookings/${ids.paid}?cancel=1` },
  { name: "booking-failed", viewer: "client", path: (ids) => `/bookings/${ids.failed}` },
  { name: "bookings", viewer: "client", path: () => "/bookings" },
  { name: "bookings-past", viewer: "client", path: () => "/bookings?show=past" },
  { name: "wallet", viewer: "client", path: () => "/wallet" },
  { name: "manage-nothing", viewer: "client", path: () => "/manage" },
  { name: "manage", viewer: "manager", path: () => "/manage" },
  { name: "manage-new", viewer: "manager", path: () => "/manage/new" },
  { name: "manage-company", viewer: "manager", path: (ids) => `/manage/${ids.company}` },
  { name: "manage-offers", viewer: "manager", path: (ids) => `/manage/${ids.company}/offers` },
  { name: "manage-new-offer", viewer: "manager", path: (ids) => `/manage/${ids.company}/offers/new` },
  { name: "manage-offer", viewer: "manager", path: (ids) => `/manage/${ids.company}/offers/${ids.free}` },
  { name: "manage-bookings", viewer: "manager", path: (ids) => `/manage/${ids.company}/bookings` },
  { name: "invitation", viewer: "client", path: () => "/invitations/a-token-of-nobody" },
  { name: "manage-booking", viewer: "manager", path: (ids) => `/manage/${ids.company}/bookings/${ids.paid}` },
];

// An unknown address, and a company's part for who has none of it.
test.use({ expectedComplaint: notFoundLine, reducedMotion: "reduce" });
test.describe.configure({ timeout: 60_000 });

let ids: Ids;
let cookies: Record<Viewer, Awaited<ReturnType<BrowserContext["cookies"]>>>;

async function sessionOf(browser: Browser, person: Account) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto("/sign-in?return_to=/");
  await logIn(page, person);
  const session = (await context.cookies()).filter((cookie) => cookie.name === "__Host-session");
  await context.close();
  return session;
}

test.beforeAll(async ({ browser }) => {
  // Long names, an emoji, another direction: what people have.
  const manager = await account(somebody("Irina", "Sokolova"));
  const client = await account(somebody("مريم 🌷", "A-rather-long-family-name-that-goes-on-and-on-and-on"));
  const venue = await company(manager, "Студия «Обь» 🧘 with a name that does not want to end, whatever the screen");
  const offers = [];
  for (const price of [1500, 900, 650, 30_000]) offers.push(await offer(manager, venue, { price }));
  const [free, cheap, cheaper, dear] = offers;
  const failed = await book(client, cheaper).catch(async () => undefined);
  await topUp(client, 4000);
  const paid = await book(client, cheap);
  ids = { company: venue.id, free: free.id, dear: dear.id, paid: paid.id, failed: failed?.id ?? (await failedBooking(client)) };
  cookies = { nobody: [], client: await sessionOf(browser, client), manager: await sessionOf(browser, manager) };
});

/** A refusal for want of money names no booking: the list does. */
async function failedBooking(client: Account): Promise<string> {
  const gateway = process.env.GATEWAY_URL ?? "http://localhost:8000";
  const answer = await fetch(`${gateway}/api/v1/customer/bookings?status=failed`, {
    headers: { authorization: `Bearer ${client.token}` },
  });
  return ((await answer.json()) as { id: string }[])[0].id;
}

// In a hurry each language has one of the two sizes; LOOKS=all takes every picture.
const inAHurry = process.env.LOOKS !== "all";

for (const { name, viewer, path } of pages) {
  for (const lang of ["en", "ru"] as const) {
    test(`${name} in ${lang} is accessible and has its picture taken`, async ({ page, baseURL, isMobile }, info) => {
      test.skip(inAHurry && isMobile === (lang === "en"), "LOOKS=all");
      await page.context().addCookies([{ name: "lang", value: lang, url: baseURL }, ...cookies[viewer]]);
      await page.goto(path(ids));
      await hydrated(page);
      for (const theme of ["light", "dark"] as const) {
        await page.evaluate((theme) => document.documentElement.setAttribute("data-theme", theme), theme);
        await page.screenshot({
          path: `output/screenshots/${name}-${info.project.name}-${theme}-${lang}.png`,
          fullPage: true,
          animations: "disabled",
        });
        const { violations } = await new AxeBuilder({ page }).analyze();
        const findings = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html)}`);
        expect.soft(findings, theme).toEqual([]);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, "pixels wider than the screen").toBeLessThanOrEqual(0);
    });
  }
}

// The account server's pages in our theme, which follows the system.
for (const { name, path } of [
  { name: "account-sign-in", path: "/sign-in?return_to=/" },
  { name: "account-sign-up", path: "/sign-up?return_to=/" },
]) {
  for (const lang of ["en", "ru"] as const) {
    test(`${name} in ${lang} is accessible and has its picture taken`, async ({ page, baseURL, isMobile }, info) => {
      test.skip(inAHurry && isMobile === (lang === "en"), "LOOKS=all");
      await page.context().addCookies([{ name: "lang", value: lang, url: baseURL }]);
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await page.goto(path);
        await expect(page.locator("html")).toHaveAttribute("lang", lang);
        await page.screenshot({
          path: `output/screenshots/${name}-${info.project.name}-${theme}-${lang}.png`,
          fullPage: true,
          animations: "disabled",
        });
        const { violations } = await new AxeBuilder({ page }).analyze();
        const findings = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html)}`);
        expect.soft(findings, theme).toEqual([]);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, "pixels wider than the screen").toBeLessThanOrEqual(0);
    });
  }
}
