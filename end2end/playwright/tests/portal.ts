// What every browser test starts from: a page that may not complain, and the words of the two languages.
import { type Page, type Request, test as base, expect } from "@playwright/test";

type Options = {
  /** What a test provokes on purpose. */
  expectedComplaint: RegExp | undefined;
};

export const test = base.extend<Options & { complaints: string[] }>({
  expectedComplaint: [undefined, { option: true }],

  // Fails a test whose page logged an error or a warning, threw, or missed a file, whatever else it checks.
  complaints: [
    async ({ context, expectedComplaint, javaScriptEnabled }, use) => {
      const complaints: string[] = [];
      context.on("console", (message) => {
        // What a browser without JavaScript has no use for.
        if (!javaScriptEnabled && message.text().includes("was preloaded using link preload")) return;
        // The WASM of a development build is so large that this browser may still be reading its main file by then.
        if (/\/pkg\/(split|chunk)_\S+ was preloaded using link preload but not used within a few/.test(message.text())) return;
        if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()}`);
      });
      context.on("weberror", (error) => complaints.push(`exception: ${error.error()}`));
      // What a page was still reading when its tab began to go elsewhere.
      const left = new WeakSet<Request>();
      const read = new Map<Page, Request[]>();
      context.on("page", (page) => {
        page.on("request", (request) => {
          const reading = read.get(page) ?? [];
          if (request.isNavigationRequest()) for (const other of reading.splice(0)) left.add(other);
          else read.set(page, [...reading, request]);
        });
      });
      context.on("requestfailed", (request) => {
        // The browser fetches the icon last; a test that goes on to the next page cuts it.
        const isIcon = new URL(request.url()).pathname === "/favicon.svg";
        // A stream has no end of its own: leaving the page cuts it.
        const isStream = request.resourceType() === "eventsource";
        // So does it cut what the page was still reading; on a page that stays nothing may be cut.
        const isLeft = request.resourceType() === "fetch" && left.has(request);
        if ((isIcon || isStream || isLeft) && request.failure()?.errorText === "net::ERR_ABORTED") return;
        // What a browser without JavaScript has no use for.
        if (!javaScriptEnabled && new URL(request.url()).pathname.startsWith("/pkg/")) return;
        complaints.push(`failed request: ${request.url()} ${request.failure()?.errorText}`);
      });
      context.on("response", (response) => {
        const isPage = response.request().resourceType() === "document";
        if (response.status() >= 400 && !isPage) complaints.push(`${response.status()}: ${response.url()}`);
      });
      await use(complaints);
      const unexpected = complaints.filter((line) => !expectedComplaint?.test(line));
      expect(unexpected, "what the browser complained about").toEqual([]);
    },
    { auto: true },
  ],
});

/** Waits until the page answers by itself. */
export async function hydrated(page: Page) {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "");
}

export const words = {
  en: {
    title: "Book a time and watch it happen · BookSvc",
    heading: "Book a time and watch it happen",
    steps: ["Find a time", "Pay", "Watch it happen"],
    categories: ["Beauty and care", "Car service", "Medicine", "Electronics repair", "Sport", "Entertainment"],
    theme: "Theme",
    light: "Light theme",
    dark: "Dark theme",
    system: "Theme as in the system",
    otherLanguage: "Русский",
    missing: "There is no such page",
  },
  ru: {
    title: "Запишитесь и следите за каждым шагом · BookSvc",
    heading: "Запишитесь и следите за каждым шагом",
    steps: ["Найдите время", "Оплатите", "Следите за записью"],
    categories: ["Красота и уход", "Автосервис", "Медицина", "Ремонт электроники", "Спорт", "Развлечения"],
    theme: "Тема",
    light: "Светлая тема",
    dark: "Тёмная тема",
    system: "Тема как в системе",
    otherLanguage: "English",
    missing: "Такой страницы нет",
  },
} as const;

/** The line that Chromium itself prints when a page answers 404. */
export const notFoundLine = /^console: Failed to load resource: the server responded with a status of 404/;

export { expect };
