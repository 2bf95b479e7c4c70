// Opens status pages from the disk and complains about what a reader would: see browser.rs.
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const [browserPath, playwright, axePath, root, pictures] = process.argv.slice(2);
const { chromium } = require(playwright);
const axe = fs.readFileSync(path.join(axePath, 'axe.min.js'), 'utf8');

const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
const complaints = [];
const counts = { judged: 0, stops: 0, stale: 0, filtered: 0 };
const address = (world, page = 'index.html') => pathToFileURL(path.join(root, world, page)).href;
const WORLDS = fs.readdirSync(root).sort();

// When the pages were made, as ../world.rs has it.
const MADE = Date.parse('2026-11-28T14:07:30Z');

async function main() {
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const colorScheme of ['light', 'dark']) {
        const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
        for (const world of WORLDS) await look(await opened(context, MADE + 60000), world, `${size}-${colorScheme}`);
        await context.close();
      }
    }
  } finally {
    await browser.close();
  }
  complaints.forEach((complaint) => console.error(complaint));
  console.log(JSON.stringify(counts));
  process.exitCode = complaints.length > 0 ? 1 : 0;
}

function complain(where, what) {
  complaints.push(`${where}: ${what}`);
}

// A page, at a time, that complains about what goes wrong in it and about what it asks for outside of the site.
async function opened(context, now) {
  const page = await context.newPage();
  if (now) await page.clock.install({ time: now });
  const home = pathToFileURL(root).href;
  const where = () => page.url().replace(home, '');
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complain(where(), message.text()));
  page.on('pageerror', (error) => complain(where(), error.message));
  page.on('requestfailed', (request) => complain(where(), `${request.url()} failed`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(home) && !url.startsWith('data:')) complain(where(), `asks for ${url}`);
  });
  page.on('dialog', (dialog) => { complain(where(), `says ${dialog.message()}`); dialog.dismiss(); });
  return page;
}

// No wider than the screen, nothing that runs but what is ours, and nothing that axe sees.
async function look(page, world, name) {
  const where = `${name} ${world}`;
  await page.goto(address(world));
  await judge(page, where);
  if (pictures) await page.screenshot({ path: path.join(pictures, `${world}-${name}.png`), fullPage: true });
  await page.close();
}

async function judge(page, where) {
  const wide = await page.evaluate(() => {
    const most = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= most) return '';
    const all = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > most + 1);
    return all.map((element) => element.outerHTML.slice(0, 80)).slice(0, 3).join(' | ') || 'something';
  });
  if (wide) complain(where, `wider than the screen: ${wide}`);
  if (await page.evaluate(() => window.owned !== undefined)) complain(where, 'a script ran');
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], preload: false }));
  counts.judged += 1;
  for (const violation of found.violations) {
    const nodes = violation.nodes.map((node) => `${node.html.slice(0, 160)} (${node.failureSummary})`);
    complain(where, `${violation.id}: ${nodes.slice(0, 3).join(' | ')}`);
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
