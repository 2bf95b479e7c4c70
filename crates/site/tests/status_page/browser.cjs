// Opens status pages from the disk and complains about what a reader would: see browser.rs.
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const site = require('../support/browser.cjs');
const { root, picture, counts, complain, run, everywhere, opened, narrow, stops, follow, harmless } = site;

Object.assign(counts, { stale: 0, filtered: 0 });
const address = (world, page = 'index.html') => site.address(world, page);
// The copies on a branch and in a folder look as the others do.
const WORLDS = fs.readdirSync(root).sort().filter((world) => !['branch', 'folder'].includes(world));

const MINUTE = 60000;

// When the pages were made, as world.rs has it.
const MADE = Date.parse('2026-11-28T14:07:30Z');

run(async (browser) => {
  await everywhere(browser, async (context, size, colorScheme) => {
    if (colorScheme === 'light') await between(context);
    const name = `${size}-${colorScheme}`;
    // What takes long is done in two of the four.
    const isLong = ['desk-light', 'phone-dark'].includes(name);
    for (const world of WORLDS.filter((world) => isLong || picture || world !== 'many')) await look(await opened(context, MADE + MINUTE), world, name);
    if (isLong || picture) await grow(context, name);
    if (name === 'desk-light') {
      await tab(context);
      await print(context);
      await months(context);
      await renew(context);
    }
    if (isLong || picture) await choose(context, name);
    if (colorScheme === 'light') await without(browser, size);
  });
  await harmless(browser, address('hostile'), MADE + MINUTE);
});

async function look(page, world, name) {
  const where = `${name} ${world}`;
  await page.goto(address(world));
  await judge(page, where);
  if (picture) await page.screenshot({ path: picture(`${world}-${name}.png`), fullPage: true });
  await page.close();
}

// The widths between a desk and a phone.
async function between(context) {
  const page = await opened(context, MADE + MINUTE);
  for (const width of [320, 400, 640, 760, 780, 1000, 1100, 1110, 1200]) {
    await page.setViewportSize({ width, height: 800 });
    for (const world of ['busy', 'hostile']) {
      await page.goto(address(world));
      await narrow(page, `${world} at ${width}`);
      await room(page, `${world} at ${width}`);
    }
  }
  await page.close();
}

async function judge(page, where) {
  await room(page, where);
  await site.judge(page, where);
}

// The names of services are not cut off.
async function room(page, where) {
  const cut = await page.evaluate(() => [...document.querySelectorAll('.group tbody th')].filter((cell) => cell.checkVisibility() && cell.clientWidth < 100).length);
  if (cut > 0) complain(where, `${cut} names have no room`);
}

// When time passes the page says that it is out of date, and nothing on it is green any more.
async function grow(context, name) {
  for (const [world, banner] of [['quiet', 'stale'], ['busy', 'stale'], ['branch', 'then']]) {
    const where = `${name} ${world} when time passes`;
    const page = await opened(context, MADE + 9 * MINUTE);
    await page.goto(address(world));
    const said = () => page.evaluate(() => ({
      banners: [...document.querySelectorAll('.out-of-date')].filter((one) => one.checkVisibility()).map((one) => one.id),
      title: document.title,
      colours: [...new Set([...document.querySelectorAll('tr.up b, .verdict h1, .bar .w')].map((one) => getComputedStyle(one, one.tagName === 'H1' ? '::before' : null).stroke + getComputedStyle(one).color))].join(),
      words: getComputedStyle(document.querySelector('.verdict h1'), '::before').content,
    }));
    const young = await said();
    if (young.banners.length > 0) complain(where, `says ${young.banners} after 9 minutes`);
    await page.clock.fastForward('01:10');
    const old = await said();
    if (old.banners.join() !== banner) complain(where, `says ${old.banners.join() || 'nothing'} after 10 minutes`);
    if (!/^(Out of date|As it was): /.test(old.title)) complain(where, `is called ${old.title}`);
    if (old.words === 'none') complain(where, 'still says how it is now');
    if (young.colours === old.colours) complain(where, 'is as green as before');
    await judge(page, where);
    if (picture) await page.screenshot({ path: picture(`${world}-${name}-old.png`) });
    if (banner === 'then') {
      await page.clock.fastForward('35:00:00');
      if ((await said()).banners.join() !== 'stale') complain(where, 'is not out of date after two days');
    }
    counts.stale += 1;
    await page.close();
  }
}

// Where a look leaves its time with the file, the page asks for it, and believes the server's clock and no failure.
async function renew(context) {
  let answer;
  const server = http.createServer((request, response) => {
    const file = path.join(root, 'folder', request.url === '/' ? 'index.html' : request.url);
    response.sendDate = false;
    response.setHeader('Content-Type', { '.html': 'text/html', '.css': 'text/css' }[path.extname(file)] || 'application/json');
    if (request.url === '/status.json') {
      if (answer.hangs) return;
      response.statusCode = answer.status || 200;
      response.setHeader('Date', new Date(answer.date).toUTCString());
      response.setHeader('Last-Modified', new Date(answer.modified).toUTCString());
    }
    const content = fs.readFileSync(file, 'utf8');
    response.end(request.method === 'HEAD' ? '' : answer.made && request.url.startsWith('/api') ? content.replace(/"updated_at":"[^"]*"/, `"updated_at":"${answer.made}"`) : content);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const late = MADE + 40 * MINUTE;
  const cases = [
    ['somebody looked 2 minutes ago', { date: late, modified: late - 2 * MINUTE }, ''],
    ['nobody looked for 20 minutes', { date: late, modified: late - 20 * MINUTE }, 'stale'],
    ['the clock of the visitor is wrong', { date: MADE + 3 * MINUTE, modified: MADE + 2 * MINUTE }, ''],
    ['the time is of the future', { date: late, modified: late + MINUTE }, 'stale'],
    ['the answer is a failure', { status: 503, date: late, modified: late }, 'stale'],
    ['no answer comes', { hangs: true }, 'stale'],
    ['the clock of the visitor is behind', { now: MADE - 20 * MINUTE, date: late, modified: late - 20 * MINUTE }, 'stale'],
    ['there is a newer copy', { date: late, modified: late, made: '2026-11-28T14:40:00Z' }, 'newer'],
  ];
  for (const [name, told, expected] of cases) {
    answer = told;
    const page = await context.newPage();
    await page.clock.install({ time: told.now || late });
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction((banner) => [...document.querySelectorAll('.out-of-date')].filter((one) => !one.hidden).map((one) => one.id).join() === banner, expected, { timeout: 15000, polling: 50 })
      .catch(() => complain('folder', `${name}: does not say ${expected || 'that all is well'}`));
    if (!expected && !(await page.waitForFunction(() => document.getElementById('seen').textContent.includes('Last look at 14:'), null, { timeout: 5000, polling: 50 }).catch(() => null))) {
      complain('folder', `${name}: does not say when somebody looked`);
    }
    counts.stale += 1;
    await page.close();
  }
  server.closeAllConnections();
  server.close();
}

// The two ways to see less.
async function choose(context, name) {
  for (const world of ['busy', 'many']) {
    const page = await opened(context, MADE + MINUTE);
    await filter(page, world, name);
    await page.close();
  }
}

async function filter(page, world, name) {
  const where = `${name} ${world} filtered`;
  await page.goto(address(world));
  const seen = () => page.evaluate(() => ({
    rows: [...document.querySelectorAll('tbody tr[id]')].filter((row) => row.checkVisibility()).map((row) => row.className),
    groups: [...document.querySelectorAll('.group')].filter((group) => group.checkVisibility()).length,
    all: document.querySelectorAll('tbody tr[id]:not(.up)').length,
  }));
  await page.focus('#only');
  await page.keyboard.press('Space');
  const less = await seen();
  if (less.rows.includes('up') || less.rows.length !== less.all) complain(where, `${less.rows.length} rows of ${less.all} that are not up`);
  if (picture) await page.screenshot({ path: picture(`${world}-${name}-filtered.png`) });
  await page.keyboard.press('Space');
  await page.click('.choose li:nth-child(3) a');
  const one = await seen();
  if (one.groups !== 1 || one.rows.length === 0) complain(where, `${one.groups} groups, ${one.rows.length} rows`);
  await page.click('.choose .all a');
  if ((await seen()).groups < 2) complain(where, 'there is no way back');
  counts.filtered += 1;
}

// Without scripts all is there, the filters work, and whatever the copy it says when it was made and from when on it is old.
async function without(browser, size) {
  const context = await browser.newContext({ viewport: site.SIZES[size], javaScriptEnabled: false });
  for (const world of ['busy', 'many', 'branch', 'folder']) {
    const page = await context.newPage();
    if (['busy', 'many'].includes(world)) await filter(page, world, `${size}-without-scripts`);
    else await page.goto(address(world));
    const text = await page.evaluate(() => document.querySelector('.look').innerText);
    if (!/28 November 2026, 14:07 UTC.*14:17 UTC.*\b(old|out of date)\b/.test(text)) complain(world, `without scripts says ${text}`);
    if (picture && world === 'folder') await page.screenshot({ path: picture(`${world}-${size}-without-scripts.png`) });
    await page.close();
  }
  await context.close();
}

// The keyboard alone.
async function tab(context) {
  for (const world of ['busy', 'one', 'hostile']) {
    const page = await opened(context, MADE + MINUTE);
    await page.goto(address(world));
    await stops(page, world, 'a[href], summary, input');
    await page.close();
  }
}

// On paper nothing is folded away, and nothing is cut off.
async function print(context) {
  for (const world of ['busy', 'many']) {
    const page = await opened(context, MADE + MINUTE);
    await page.goto(address(world));
    await page.emulateMedia({ media: 'print' });
    const folded = await page.evaluate(() => [...document.querySelectorAll('tbody tr[id]')].filter((row) => row.getBoundingClientRect().height < 5).length);
    if (folded > 0) complain(world, `${folded} rows are folded away on paper`);
    if (picture) await page.pdf({ path: picture(`${world}.pdf`) });
    await page.close();
  }
}

// The pages of what is over: every link leads somewhere.
async function months(context) {
  for (const world of ['busy', 'hostile']) {
    const page = await opened(context, MADE + MINUTE);
    await follow(page, [address(world)], async (url) => {
      if (counts.pages <= 6 || !url.includes('/history/')) await judge(page, url);
      if (picture && world === 'busy' && /history/.test(url) && counts.pages < 5) await page.screenshot({ path: picture(`history-${counts.pages}.png`), fullPage: true });
    });
    await page.close();
  }
}
