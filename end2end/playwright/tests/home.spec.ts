import { type Page } from "@playwright/test";

import { expect, hydrated, notFoundLine, test, words } from "./portal";

const languages = ["en", "ru"] as const;
type Language = (typeof languages)[number];

async function showsTheWholeHomePage(page: Page, language: Language) {
  const text = words[language];
  await expect(page).toHaveTitle(text.title);
  await expect(page.locator("html")).toHaveAttribute("lang", language);
  await expect(page.getByRole("heading", { level: 1, name: text.heading })).toBeVisible();
  for (const name of [...text.steps, ...text.categories]) {
    await expect(page.getByRole("heading", { level: 3, name, exact: true })).toBeVisible();
  }
}

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
}

for (const language of languages) {
  test.describe(`for a browser that asks for ${language}`, () => {
    test.use({ locale: language });

    test("the home page speaks that language", async ({ page }) => {
      await page.goto("/");
      await hydrated(page);
      await showsTheWholeHomePage(page, language);
    });
  });
}

test("hydration changes nothing that the server rendered", async ({ page, browser }) => {
  const plain = await browser.newPage({ javaScriptEnabled: false, viewport: page.viewportSize() });
  await plain.goto("/");
  const sent = await plain.locator("body").innerText();
  await plain.close();
  await page.goto("/");
  await hydrated(page);
  expect(await page.locator("body").innerText()).toBe(sent);
});

test("the theme switch acts at once, without a request, and is remembered", async ({ page }) => {
  await page.goto("/");
  await hydrated(page);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  const html = page.locator("html");
  const dark = page.getByRole("button", { name: words.en.dark });
  const light = page.getByRole("button", { name: words.en.light });
  const system = page.getByRole("button", { name: words.en.system });
  await expect(system).toHaveAttribute("aria-pressed", "true");
  const lightBackground = await background(page);

  await dark.click();
  await expect(html).toHaveAttribute("data-theme", "dark");
  await expect(dark).toHaveAttribute("aria-pressed", "true");
  await expect(system).toHaveAttribute("aria-pressed", "false");
  const darkBackground = await background(page);
  expect(darkBackground).not.toBe(lightBackground);

  await light.click();
  await expect(html).toHaveAttribute("data-theme", "light");
  expect(await background(page)).toBe(lightBackground);

  await system.click();
  await expect(html).not.toHaveAttribute("data-theme");
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await background(page)).toBe(darkBackground);

  await dark.click();
  expect(requests).toEqual([]);

  await page.emulateMedia({ colorScheme: "light" });
  await page.reload();
  await expect(html).toHaveAttribute("data-theme", "dark");
  await hydrated(page);
  await expect(dark).toHaveAttribute("aria-pressed", "true");
  expect(await background(page)).toBe(darkBackground);
});

test("the language switch changes the page and is remembered", async ({ page }) => {
  await page.goto("/?from=here");
  await hydrated(page);
  await page.getByRole("button", { name: words.en.otherLanguage }).click();
  await expect(page).toHaveURL(/\/\?from=here$/);
  await hydrated(page);
  await showsTheWholeHomePage(page, "ru");
  await page.reload();
  await showsTheWholeHomePage(page, "ru");
  await page.getByRole("button", { name: words.ru.otherLanguage }).click();
  await showsTheWholeHomePage(page, "en");
});

test("the links of the first screen lead to parts of the page", async ({ page }) => {
  await page.goto("/");
  await hydrated(page);
  const links = await page.getByRole("main").locator('a[href^="#"]').all();
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) {
    await link.click();
    const part = new URL(page.url()).hash;
    await expect(page.locator(part)).toBeInViewport();
  }
});

test("the first Tab leads past the header, into the page", async ({ page }) => {
  await page.goto("/");
  await hydrated(page);
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport({ ratio: 1 });
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("everything that takes the focus shows it", async ({ page }) => {
  await page.goto("/");
  await hydrated(page);
  const count = await page.getByRole("link").or(page.getByRole("button")).count();
  for (let index = 0; index < count; index++) {
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => {
      // A card that is a link as a whole draws it around the card.
      const styles = [undefined, "::after"].map((part) => getComputedStyle(document.activeElement!, part));
      const style = styles.find(({ outlineStyle }) => outlineStyle !== "none") ?? styles[0];
      return `${document.activeElement!.tagName} ${style.outlineStyle} ${style.outlineWidth}`;
    });
    expect(outline).toMatch(/^(A|BUTTON|INPUT|SELECT) solid [2-9]/);
  }
});

test("nothing is wider than the screen", async ({ page, baseURL }) => {
  for (const width of [360, 390, 768, 1280, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    for (const language of languages) {
      await page.context().addCookies([{ name: "lang", value: language, url: baseURL }]);
      await page.goto("/");
      await hydrated(page);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${language} at ${width} px`).toBeLessThanOrEqual(0);
    }
  }
});

test.describe("an unknown address", () => {
  test.use({ expectedComplaint: notFoundLine });

  test("answers 404 with a page of ours that leads home", async ({ page }) => {
    const response = await page.goto("/no/such/page?x=1");
    expect(response?.status()).toBe(404);
    await hydrated(page);
    await expect(page).toHaveTitle(`${words.en.missing} · BookSvc`);
    await expect(page.getByRole("heading", { level: 1, name: words.en.missing })).toBeVisible();
    await page.getByRole("main").getByRole("link").click();
    await expect(page).toHaveURL(/\/$/);
    await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
    await showsTheWholeHomePage(page, "en");
  });
});

test.describe("without JavaScript", () => {
  test.use({
    javaScriptEnabled: false,
    // What Chromium says of files that it fetched ahead and then may not run.
    expectedComplaint: /^failed request: \S+\.js csp$|^console: The resource \S+\.wasm was preloaded .* but not used/,
  });

  test("the page is whole", async ({ page }) => {
    await page.goto("/");
    await showsTheWholeHomePage(page, "en");
  });

  test("the language switch works and comes back to the page", async ({ page }) => {
    await page.goto("/?from=here");
    await page.getByRole("button", { name: words.en.otherLanguage }).click();
    await expect(page).toHaveURL(/\/\?from=here$/);
    await showsTheWholeHomePage(page, "ru");
  });

  test("the theme switch works and comes back to the page", async ({ page }) => {
    await page.goto("/?from=here");
    const dark = page.getByRole("button", { name: words.en.dark });
    await dark.click();
    await expect(page).toHaveURL(/\/\?from=here$/);
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(dark).toHaveAttribute("aria-pressed", "true");
    await page.getByRole("button", { name: words.en.system }).click();
    await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  });
});
