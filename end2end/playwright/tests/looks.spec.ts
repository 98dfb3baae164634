// The pages as pictures, and what axe says about them: each size, theme and language.
import { AxeBuilder } from "@axe-core/playwright";

import { expect, hydrated, notFoundLine, test } from "./portal";

const pages = [
  { name: "home", path: "/" },
  { name: "not-found", path: "/no/such/page" },
];

test.use({ expectedComplaint: notFoundLine, reducedMotion: "reduce" });

for (const { name, path } of pages) {
  for (const theme of ["light", "dark"] as const) {
    for (const lang of ["en", "ru"] as const) {
      test(`${name} in ${theme} and ${lang} is accessible and has its picture taken`, async ({ page, baseURL }, info) => {
        await page.context().addCookies([
          { name: "theme", value: theme, url: baseURL },
          { name: "lang", value: lang, url: baseURL },
        ]);
        await page.goto(path);
        await hydrated(page);
        await page.screenshot({
          path: `output/screenshots/${name}-${info.project.name}-${theme}-${lang}.png`,
          fullPage: true,
          animations: "disabled",
        });
        const { violations } = await new AxeBuilder({ page }).analyze();
        const findings = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html)}`);
        expect(findings).toEqual([]);
      });
    }
  }
}
