// Opens the HTML pages and does with them what their readers do. Usage: node page.mjs REPORT SEVERAL HISTORY PLAN FOLDER
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

const [report, several, history, plan, folder] = process.argv.slice(2);
const address = `file://${path.resolve(report)}`;
const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const ready = (page) => page.waitForSelector("html[data-ready]");
const pageOf = async (viewport, colorScheme, wrong) => {
  const context = await browser.newContext({ viewport, colorScheme, permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  page.on("request", (request) => /^https?:/.test(request.url()) && wrong.push(`asks for ${request.url()}`));
  return page;
};
// Whoever cannot see the page.
const accessible = async (page) => {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => (await window.axe.run()).violations.map((one) => [one.impact, one.id, one.nodes[0].html]));
  assert.deepEqual(violations, []);
};
const shown = async (page) => (await page.locator("#shown").textContent()).match(/^(\d+) of (\d+)/).slice(1).map(Number);

for (const [name, viewport, colorScheme] of [
  ["laptop", { width: 1366, height: 900 }, "light"],
  ["phone", { width: 390, height: 844 }, "dark"],
]) {
  const wrong = [];
  const page = await pageOf(viewport, colorScheme, wrong);
  await page.goto(address);
  await ready(page);
  // What was recorded is the first chart and its table.
  const recorded = page.locator("figure", { has: page.locator("canvas.trend") });
  assert.equal(await recorded.locator("canvas").isVisible(), true);
  assert.equal(await recorded.locator("tbody tr").count(), 2);
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
  const [, all] = await shown(page);
  assert(all > 150, "the sample has many findings");

  // Search, filter, group, sort.
  await page.fill("#search", "karim.benali US001");
  assert.deepEqual(await shown(page), [1, 1]);
  await page.fill("#search", "");
  await page.selectOption("#severity", "warning");
  const [, warnings] = await shown(page);
  assert(warnings > 10 && warnings < all);
  assert.equal(await page.locator("#list tbody td.severity-error").count(), 0);
  await page.selectOption("#group", "code");
  assert((await page.locator("#list tr.group").count()) > 10);
  await page.click("#controls button[type=reset]");
  await page.waitForFunction((all) => document.getElementById("shown").textContent.includes(`of ${all} `), all);
  await page.click("#list thead th:nth-child(2) button");
  assert.equal(await page.locator("#list th[aria-sort]").getAttribute("aria-sort"), "ascending");
  const codes = await page.locator("#list tbody td:nth-child(2)").allTextContents();
  assert.deepEqual(codes, [...codes].sort());

  // Unfold by keyboard, copy.
  const first = page.locator("#list .unfold").first();
  await first.focus();
  await page.keyboard.press("Enter");
  assert.equal(await first.getAttribute("aria-expanded"), "true");
  const commands = await page.locator("tr.details > td > pre").last().textContent();
  await page.locator("tr.details .copy").first().click();
  await page.waitForFunction(() => document.querySelector(".copy").textContent === "Copied");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), commands);
  await page.screenshot({ path: path.join(folder, `${name}-unfolded.png`) });

  // Of one tenant nobody is asked which.
  assert.equal(await page.locator("#tenants").isVisible(), false);
  assert.equal(await page.locator("#list thead th").count(), 4);

  // A link to one finding.
  const id = await page.locator("#list tbody tr[id]").nth(40).getAttribute("id");
  await page.goto("about:blank");
  await page.goto(`${address}#${id}`);
  await ready(page);
  await page.waitForFunction((id) => document.activeElement?.closest("tr")?.id === id, id);
  assert.equal(await page.locator("tr.details").count(), 1);

  await accessible(page);

  // On paper all of them.
  if (name === "laptop") {
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.deepEqual(await shown(page), [all, all]);
    assert.equal(await page.locator("#controls").isVisible(), false);
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.screenshot({ path: path.join(folder, "a4.png") });
  }
  await page.context().close();

  // Of several, each finding says whose it is.
  const both = await pageOf(viewport, colorScheme, wrong);
  await both.goto(`file://${path.resolve(several)}`);
  await ready(both);
  const whose = () => both.locator("#list tbody td:nth-child(3)").allTextContents();
  const names = (await both.locator("#tenant option").allTextContents()).slice(1);
  assert.equal(names.length, 2);
  for (const name of names) {
    await both.selectOption("#tenant", name);
    assert.deepEqual([...new Set(await whose())], [name]);
  }
  await both.screenshot({ path: path.join(folder, `several-${name}.png`) });
  await accessible(both);
  assert.deepEqual(wrong, []);
  await both.context().close();

  // The history: its charts are drawn, its tables are there for whoever asks, and on paper.
  const past = await pageOf(viewport, colorScheme, wrong);
  await past.goto(`file://${path.resolve(history)}`);
  await ready(past);
  await past.screenshot({ path: path.join(folder, `history-${name}.png`), fullPage: true });
  for (const kind of ["trend", "ages"]) {
    const figure = past.locator("figure", { has: past.locator(`canvas.${kind}`) });
    assert.equal(await figure.locator("canvas").isVisible(), true);
    assert.equal(await figure.locator("table").isVisible(), false);
    await figure.locator("summary").click();
    assert.equal(await figure.locator("table").isVisible(), true);
  }
  await accessible(past);
  await past.locator("summary").first().click();
  await past.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await past.locator("figure table").first().isVisible(), true);
  assert.deepEqual(wrong, []);
  await past.context().close();

  // The plan: what does not go well is open, all of it on paper.
  const steps = await pageOf(viewport, colorScheme, wrong);
  await steps.goto(`file://${path.resolve(plan)}`);
  await ready(steps);
  assert.deepEqual(await steps.locator("details.step").evaluateAll((all) => all.map((one) => one.open)), [false, true]);
  await steps.screenshot({ path: path.join(folder, `plan-${name}.png`), fullPage: true });
  await steps.locator("details.step summary").first().click();
  assert.equal(await steps.locator("details.step pre").first().isVisible(), true);
  await accessible(steps);
  await steps.locator("details.step summary").first().click();
  await steps.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await steps.locator("details.step:not([open])").count(), 0);
  assert.deepEqual(wrong, []);
  await steps.context().close();
}
await browser.close();
console.log("the page does what its readers ask");
