import { existsSync } from "node:fs";

import { defineConfig } from "@playwright/test";

// The browser of the machine where there is one; Playwright's own (npx playwright install chromium) elsewhere.
const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

// Tests that stop parts of the stack; `dev/e2e` runs them by themselves.
const outages = "**/outages.spec.ts";

export default defineConfig({
  testDir: "tests",
  outputDir: "output/results",
  forbidOnly: !!process.env.CI,
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  // A deadline for what takes up to a second on an idle machine.
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env.PORTAL_URL ?? "http://localhost:3000",
    browserName: "chromium",
    locale: "en-GB",
    colorScheme: "light",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: existsSync(chromium) ? chromium : undefined,
      chromiumSandbox: process.getuid?.() !== 0,
      args: [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
  projects: [
    { name: "desktop", testIgnore: outages, use: { viewport: { width: 1280, height: 800 } } },
    { name: "outages", testMatch: outages, use: { viewport: { width: 1280, height: 800 } } },
    { name: "phone", testIgnore: outages, use: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 } },
  ],
});
