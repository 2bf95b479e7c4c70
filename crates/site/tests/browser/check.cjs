// Opens every page of a site from the disk and complains about what a reader would: see ../browser.rs.
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const [browserPath, playwright, axePath, root, pictures] = process.argv.slice(2);
const { chromium } = require(playwright);
const axe = fs.readFileSync(path.join(axePath, 'axe.min.js'), 'utf8');

const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
const complaints = [];
const counts = { pages: 0, links: 0, judged: 0, stops: 0 };
const address = (page) => pathToFileURL(path.join(root, page)).href;

// One of each kind, and those that mean harm.
const SHOWN = [
  'index.html', 'service/index.html', 'severity/sev1/index.html', 'post-mortems/2025-09-09-certificate/index.html',
  'post-mortems/2026-01-20-resolver-loop/index.html', 'post-mortems/hostile/index.html',
  'post-mortems/2024-07-03-disk-full-html/index.html',
].concat(fs.readdirSync(path.join(root, 'post-mortems')).filter((name) => name.startsWith('2026-0')).map((name) => `post-mortems/${name}/index.html`));

async function main() {
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const colorScheme of ['light', 'dark']) {
        const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
        await look(await opened(context), `${size}-${colorScheme}`);
        if (size === 'desk' && colorScheme === 'light') {
          await follow(await opened(context));
          await tab(await opened(context));
          await print(await opened(context));
        }
        await context.close();
      }
    }
    // Without the pages' own policy: what was made inert has to be so by itself.
    const context = await browser.newContext({ bypassCSP: true });
    const page = await opened(context);
    await page.goto(address('post-mortems/hostile/index.html'));
    // A click that is over a link must not lead away before it was looked at what it did.
    await page.evaluate(() => addEventListener('click', (event) => event.preventDefault(), true));
    await page.mouse.click(200, 300);
    if (await page.evaluate(() => window.owned !== undefined || document.title === 'owned')) complain('hostile', 'a script ran');
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

// A page that complains about what goes wrong in it, and about what it asks for outside of the site.
async function opened(context) {
  const page = await context.newPage();
  const where = () => page.url().replace(address(''), '');
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complain(where(), message.text()));
  page.on('pageerror', (error) => complain(where(), error.message));
  page.on('requestfailed', (request) => complain(where(), `${request.url()} failed`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(address('')) && !url.startsWith('data:')) complain(where(), `asks for ${url}`);
  });
  page.on('dialog', (dialog) => { complain(where(), `says ${dialog.message()}`); dialog.dismiss(); });
  return page;
}

// Each kind of page: no wider than the screen, and nothing that axe sees.
async function look(page, name) {
  for (const file of SHOWN) {
    await page.goto(address(file));
    const wide = await page.evaluate(() => {
      const most = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= most) return '';
      const all = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > most + 1);
      return all.map((element) => element.outerHTML.slice(0, 80)).slice(0, 3).join(' | ') || 'something';
    });
    if (wide) complain(`${name} ${file}`, `wider than the screen: ${wide}`);
    if (await page.evaluate(() => window.owned !== undefined)) complain(file, 'a script ran');
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], preload: false }));
    counts.judged += 1;
    for (const violation of found.violations) {
      const nodes = violation.nodes.map((node) => `${node.html.slice(0, 160)} (${node.failureSummary})`);
      complain(`${name} ${file}`, `${violation.id}: ${nodes.slice(0, 3).join(' | ')}`);
    }
    if (pictures) {
      const picture = `${name}-${file.replace(/\/?index\.html$/, '').replace(/\W+/g, '-') || 'index'}.png`;
      await page.screenshot({ path: path.join(pictures, picture), fullPage: true });
    }
  }
}

// Every link of every page, from the index on.
async function follow(page) {
  const waiting = [address('index.html')];
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
    places.set(url, new Set(ids));
    for (const link of links) {
      counts.links += 1;
      if (!link.startsWith('file:')) {
        if (!/^(https?|mailto):/.test(link)) complain(url, `leads to ${link}`);
        continue;
      }
      if (!link.startsWith(address(''))) complain(url, `leads out of the site: ${link}`);
      const [target, place] = link.split('#');
      if (place) wanted.push([url, target, decodeURIComponent(place)]);
      if (target.endsWith('.xml')) {
        if (!fs.existsSync(new URL(target))) complain(url, `${target} is not there`);
      } else if (!seen.has(target)) {
        seen.add(target);
        waiting.push(target);
      }
    }
  }
  for (const [url, target, place] of wanted) {
    if (!places.get(target)?.has(place)) complain(url, `no place #${place} in ${target}`);
  }
  const all = fs.readdirSync(root, { recursive: true }).filter((file) => file.endsWith('.html'));
  for (const file of all) if (!seen.has(address(file))) complain(file, 'no link leads there');
}

// The keyboard alone: the first stop leads to the content, and every link and everything that opens or scrolls is a
// stop that shows that it is one.
async function tab(page) {
  for (const file of ['index.html', 'post-mortems/2025-09-09-certificate/index.html', 'post-mortems/2026-01-20-resolver-loop/index.html']) {
    await page.goto(address(file));
    const expected = await page.evaluate(() => {
      const all = [...document.querySelectorAll('a[href], summary, [tabindex="0"]')];
      const visible = all.filter((element) => element.checkVisibility());
      visible.forEach((element, at) => element.setAttribute('data-stop', at));
      return visible.length;
    });
    const reached = new Set();
    for (let press = 0; press < expected + 2; press += 1) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return null;
        const shown = [getComputedStyle(element), getComputedStyle(element, '::after')].some((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
        const box = element.getBoundingClientRect();
        return { at: element.dataset.stop, shown, seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight, html: element.outerHTML.slice(0, 100) };
      });
      if (!stop) continue;
      if (press === 0 && !stop.html.includes('class="skip"')) complain(file, `the first stop is ${stop.html}`);
      if (!stop.shown) complain(file, `does not show that it has the focus: ${stop.html}`);
      if (!stop.seen) complain(file, `has the focus and cannot be seen: ${stop.html}`);
      reached.add(stop.at);
    }
    if (reached.size !== expected) complain(file, `${expected} stops are expected, and ${reached.size} are reached`);
    counts.stops += reached.size;
    await page.goto(address(file));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    if (await page.evaluate(() => document.activeElement?.id !== 'page-main')) complain(file, 'the skip link does not lead to the content');
  }
}

// On paper nothing is folded away.
async function print(page) {
  const file = 'post-mortems/2025-09-09-certificate/index.html';
  await page.goto(address(file));
  await page.emulateMedia({ media: 'print' });
  const hidden = await page.evaluate(() => [...document.querySelectorAll('.prose details:not(.contents) pre')].filter((element) => element.getBoundingClientRect().height < 5).length);
  if (hidden > 0) complain(file, `${hidden} blocks are folded away on paper`);
  if (pictures) await page.pdf({ path: path.join(pictures, 'print.pdf') });
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
