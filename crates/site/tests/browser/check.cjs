// Opens every page of a site from the disk and complains about what a reader would: see ../browser.rs.
'use strict';
const fs = require('fs');
const path = require('path');
const { root, picture, counts, address, complain, run, everywhere, opened, judge, stops, follow, harmless } = require('../support/browser.cjs');

counts.links = 0;

// One of each kind, and those that mean harm.
const SHOWN = [
  'index.html', 'service/index.html', 'severity/sev1/index.html', 'post-mortems/2025-09-09-certificate/index.html',
  'post-mortems/2026-01-20-resolver-loop/index.html', 'post-mortems/hostile/index.html',
  'post-mortems/2024-07-03-disk-full-html/index.html',
].concat(fs.readdirSync(path.join(root, 'post-mortems')).filter((name) => name.startsWith('2026-0')).map((name) => `post-mortems/${name}/index.html`));

run(async (browser) => {
  await everywhere(browser, async (context, size, colorScheme) => {
    await look(await opened(context), `${size}-${colorScheme}`);
    if (size === 'desk' && colorScheme === 'light') {
      await links(await opened(context));
      await tab(await opened(context));
      await print(await opened(context));
    }
  });
  await harmless(browser, address('post-mortems/hostile/index.html'));
});

// Each kind of page.
async function look(page, name) {
  for (const file of SHOWN) {
    await page.goto(address(file));
    await judge(page, `${name} ${file}`);
    if (picture) {
      const called = `${name}-${file.replace(/\/?index\.html$/, '').replace(/\W+/g, '-') || 'index'}.png`;
      await page.screenshot({ path: picture(called), fullPage: true });
    }
  }
}

// Every link of every page, from the index on, and that one leads to every page.
async function links(page) {
  const seen = await follow(page, [address('index.html')], (url, links) => {
    counts.links += links.length;
    links.filter((link) => !/^(file|https?|mailto):/.test(link)).forEach((link) => complain(url, `leads to ${link}`));
  });
  const all = fs.readdirSync(root, { recursive: true }).filter((file) => file.endsWith('.html'));
  for (const file of all) if (!seen.has(address(file))) complain(file, 'no link leads there');
}

// The keyboard alone, and the link that leads past the head of the page.
async function tab(page) {
  for (const file of ['index.html', 'post-mortems/2025-09-09-certificate/index.html', 'post-mortems/2026-01-20-resolver-loop/index.html']) {
    await page.goto(address(file));
    await stops(page, file, 'a[href], summary, [tabindex="0"]');
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
  if (picture) await page.pdf({ path: picture('print.pdf') });
}
