// Opens a page as people do, and says as JSON what is wrong with it: wide and narrow, light and
// dark, by keyboard and on paper.  node look.mjs MODULES CHROMIUM PAGE
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, executablePath, page] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const isRoot = process.getuid() === 0; // Chromium's sandbox refuses root, which CI is
const browser = await chromium.launch({ executablePath, args: isRoot ? ["--no-sandbox"] : [] });
const found = [];

async function open(options) {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  tab.on("console", (message) => found.push(`console: ${message.text()}`));
  tab.on("request", (request) => {
    if (request.url() !== `file://${page}`) found.push(`fetched: ${request.url()}`);
  });
  await tab.goto(`file://${page}`);
  return tab;
}

let n_checks = 0;
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 360, 320]) {
    const tab = await open({ colorScheme, viewport: { width, height: 800 } });
    const where = `${colorScheme} ${width}`;
    const needed = await tab.evaluate(() => document.documentElement.scrollWidth);
    if (needed > width) found.push(`${where}: ${needed} pixels wide, scrolls sideways`);
    await tab.evaluate(axe);
    const { violations, passes } = await tab.evaluate(() => axe.run());
    n_checks += passes.length;
    for (const { id, nodes } of violations) {
      found.push(`${where}: ${id}, ${nodes.length} times, first ${nodes[0].html.slice(0, 200)}`);
    }
    await tab.context().close();
  }
}

const tab = await open({ viewport: { width: 1280, height: 800 } });
const focused = () => tab.evaluate(() => document.activeElement.textContent);
await tab.keyboard.press("Tab");
if ((await focused()) !== "Hoppa till innehållet") found.push("the first stop is not the skip link");
await tab.keyboard.press("Enter");
if (!(await tab.evaluate(() => document.activeElement.matches("main")))) {
  found.push("the skip link does not lead to the content");
}
const unreached = await tab.evaluate(() =>
  [...document.querySelectorAll("a[href^='#']")].filter(
    (link) => !document.getElementById(link.getAttribute("href").slice(1)),
  ).length,
);
if (unreached) found.push(`${unreached} links lead nowhere`);

await tab.emulateMedia({ media: "print" });
const cases = await tab.evaluate(() =>
  [...document.querySelectorAll("article")].map((one) => getComputedStyle(one).breakBefore),
);
if (cases.some((rule) => rule !== "page")) found.push("a case does not start on a new page");
const pdf = await tab.pdf({ preferCSSPageSize: true });

await browser.close();
console.log(JSON.stringify({ found, n_checks, n_cases: cases.length, n_pdf_bytes: pdf.length }));
