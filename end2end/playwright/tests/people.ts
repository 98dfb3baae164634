// How a person signs in and up: on the account server's pages, as they are.
import { type Page } from "@playwright/test";

import { type Person } from "./market";
import { expect, hydrated } from "./portal";

/** Fills in the account server's log-in page, which is open, and waits for the portal. */
export async function logIn(page: Page, person: Person) {
  await page.locator("#username").fill(person.email);
  await page.locator("#password").fill(person.password);
  await page.locator("#kc-login").click();
  await expect(page.locator("#main")).toBeVisible();
}

/** Fills in the account server's registration page, which is open, and waits for the portal. */
export async function register(page: Page, person: Person) {
  await page.locator("#email").fill(person.email);
  await page.locator("#firstName").fill(person.firstName);
  await page.locator("#lastName").fill(person.lastName);
  await page.locator("#password").fill(person.password);
  await page.locator("#password-confirm").fill(person.password);
  await page.locator("#password-confirm").press("Enter");
  await expect(page.locator("#main")).toBeVisible();
}

/** Opens `path` as this person, with JavaScript ready. */
export async function openAs(page: Page, person: Person, path: string) {
  await page.goto(`/sign-in?return_to=${encodeURIComponent(path)}`);
  await logIn(page, person);
  await hydrated(page);
}
