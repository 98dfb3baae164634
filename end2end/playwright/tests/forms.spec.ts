// Forms that are sent without JavaScript: a mistake costs nothing that was typed, however long it is.
import { type Page } from "@playwright/test";

import { account } from "./market";
import { logIn } from "./people";
import { expect, hydrated, test } from "./portal";

const name = (page: Page) => page.getByLabel("Name", { exact: true });
const phone = (page: Page) => page.getByLabel("Phone", { exact: true });
const description = (page: Page) => page.getByLabel("Description (optional)", { exact: true });
const send = (page: Page) => page.getByRole("button", { name: "Create your company" }).click();

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a long text outlives one mistake after the other, also where JavaScript comes back", async ({ page, browser }) => {
    const owner = await account();
    const salon = `Салон ${owner.email.slice(0, 8)}`;
    // As long as it may be, and each letter is six characters of an address.
    const text = "Стрижки, укладки и окрашивание. ".repeat(63).slice(0, 2000);
    await page.goto("/sign-in?return_to=/manage/new");
    await logIn(page, owner);
    await name(page).fill(salon);
    await page.getByLabel("Address", { exact: true }).fill("Москва, Покровка, 17");
    await description(page).fill(text);
    for (const mistake of ["", "12", "not a phone"]) {
      const before = page.url();
      await phone(page).fill(mistake);
      await send(page);
      await expect(page).toHaveURL(/\/manage\/new\?form_answer=[0-9a-f-]{36}$/);
      expect(page.url()).not.toBe(before);
      await expect(page.getByText("Please check the marked fields")).toBeVisible();
      await expect(phone(page)).toHaveAttribute("aria-invalid", "true");
      await expect(phone(page)).toHaveValue(mistake);
      await expect(name(page)).toHaveValue(salon);
      await expect(description(page)).toHaveValue(text);
    }

    // The WASM that comes after all finds the page as the server made it.
    const storageState = await page.context().storageState();
    const context = await browser.newContext({ locale: "en-GB", javaScriptEnabled: true, storageState });
    const complaints: string[] = [];
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    const late = await context.newPage();
    await late.goto(page.url());
    await hydrated(late);
    await expect(phone(late)).toHaveValue("not a phone");
    await expect(phone(late)).toHaveAttribute("aria-invalid", "true");
    await expect(description(late)).toHaveValue(text);
    // It is that page's alone, also where the same form is opened from it.
    await late.getByRole("link", { name: "All companies" }).click();
    await late.getByRole("link", { name: "Create your company" }).click();
    await expect(late).toHaveURL(/\/manage\/new$/);
    await expect(phone(late)).toHaveValue("");
    await expect(description(late)).toHaveValue("");
    expect(complaints.filter((line) => !line.includes("was preloaded using link preload"))).toEqual([]);
    await context.close();

    await phone(page).fill("+7 495 555-01-17");
    await send(page);
    await expect(page.getByText(salon).first()).toBeVisible();
    await expect(page).not.toHaveURL(/form_answer/);
  });
});
