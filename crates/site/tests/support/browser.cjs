// A real browser for the pages of a site, and the complaints of a reader that are the same for all of them.
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const [browserPath, playwright, axePath, root, pictures] = process.argv.slice(2);
const { chromium } = require(playwright);
const axe = fs.readFileSync(path.join(axePath, 'axe.min.js'), 'utf8');

const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
const home = pathToFileURL(root + path.sep).href;
const complaints = [];
const counts = { pages: 0, judged: 0, stops: 0 };

const address = (...parts) => pathToFileURL(path.join(root, ...parts)).href;

function complain(where, what) {
  complaints.push(`${where}: ${what}`);
}

// Looks in a browser, tells what was looked at and complained about, and ends with that.
function run(look) {
  looked(look).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}

async function looked(look) {
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    await look(browser);
  } finally {
    await browser.close();
  }
  complaints.forEach((complaint) => console.error(complaint));
  console.log(JSON.stringify(counts));
  process.exitCode = complaints.length > 0 ? 1 : 0;
}

// A desk and a phone, light and dark.
async function everywhere(browser, look) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
      await look(context, size, colorScheme);
      await context.close();
    }
  }
}

// A page, at a time where one is given, that complains about what goes wrong in it and about what it asks for outside of
// the site.
async function opened(context, now) {
  const page = await context.newPage();
  if (now) await page.clock.install({ time: now });
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

async function narrow(page, where) {
  const wide = await page.evaluate(() => {
    const most = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= most) return '';
    const all = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > most + 1);
    return all.map((element) => element.outerHTML.slice(0, 80)).slice(0, 3).join(' | ') || 'something';
  });
  if (wide) complain(where, `wider than the screen: ${wide}`);
}

// No wider than the screen, nothing that runs but what is ours, and nothing that axe sees.
async function judge(page, where) {
  await narrow(page, where);
  if (await page.evaluate(() => window.owned !== undefined)) complain(where, 'a script ran');
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], preload: false }));
  counts.judged += 1;
  for (const violation of found.violations) {
    const nodes = violation.nodes.map((node) => `${node.html.slice(0, 160)} (${node.failureSummary})`);
    complain(where, `${violation.id}: ${nodes.slice(0, 3).join(' | ')}`);
  }
}

// The keyboard alone: the first stop leads to the content, and every one of these elements is a stop that shows that it
// is one.
async function stops(page, where, elements) {
  const expected = await page.evaluate((elements) => {
    const all = [...document.querySelectorAll(elements)].filter((element) => element.checkVisibility());
    all.forEach((element, at) => element.setAttribute('data-stop', at));
    return all.length;
  }, elements);
  const reached = new Set();
  for (let press = 0; press < expected + 2; press += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const styles = [getComputedStyle(element), getComputedStyle(element, '::after')];
      const shown = styles.some((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
      const box = element.getBoundingClientRect();
      return { at: element.dataset.stop, shown, seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight, html: element.outerHTML.slice(0, 100) };
    });
    if (!stop) continue;
    if (press === 0 && !stop.html.includes('class="skip"')) complain(where, `the first stop is ${stop.html}`);
    if (!stop.shown) complain(where, `does not show that it has the focus: ${stop.html}`);
    if (!stop.seen) complain(where, `has the focus and cannot be seen: ${stop.html}`);
    reached.add(stop.at);
  }
  if (reached.size !== expected) complain(where, `${expected} stops are expected, and ${reached.size} are reached`);
  counts.stops += reached.size;
}

// Every page that links lead to from these on, each of which `visit` looks at, with the links that it has. A link that
// leads to nothing is complained about. Returns the pages that were seen.
async function follow(page, from, visit) {
  const waiting = [...from];
  const seen = new Set(waiting);
  const places = new Map();
  const wanted = [];
  while (waiting.length > 0) {
    const url = waiting.pop();
    try {
      await page.goto(url);
    } catch (error) {
      complain(url, error.message);
      continue;
    }
    counts.pages += 1;
    const { links, ids } = await page.evaluate(() => ({
      links: [...document.querySelectorAll('a[href]')].map((link) => link.href),
      ids: [...document.querySelectorAll('[id]')].map((element) => element.id),
    }));
    await visit(url, links);
    places.set(url, new Set(ids));
    for (const link of links.filter((link) => link.startsWith('file:'))) {
      if (!link.startsWith(home)) complain(url, `leads out of the site: ${link}`);
      const [target, place] = link.split('#');
      if (place) wanted.push([url, target, decodeURIComponent(place)]);
      if (!fs.existsSync(new URL(target))) complain(url, `${target} is not there`);
      else if (target.endsWith('.html') && !seen.has(target)) { seen.add(target); waiting.push(target); }
    }
  }
  for (const [url, target, place] of wanted) {
    if (!places.get(target)?.has(place)) complain(url, `no place #${place} in ${target}`);
  }
  return seen;
}

// Without the pages' own policy: what is hostile has to do nothing by itself.
async function harmless(browser, url, now) {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await opened(context, now);
  await page.goto(url);
  // A click that is over a link must not lead away before it was looked at what it did.
  await page.evaluate(() => addEventListener('click', (event) => event.preventDefault(), true));
  await page.mouse.click(200, 300);
  if (await page.evaluate(() => window.owned !== undefined || document.title === 'owned')) complain('hostile', 'a script ran');
  await context.close();
}

const picture = pictures ? (name) => path.join(pictures, name) : null;

module.exports = { SIZES, root, picture, counts, address, complain, run, everywhere, opened, narrow, judge, stops, follow, harmless };
