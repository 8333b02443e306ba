import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { linksOf, markdownFiles, reachable, wrongWith } from './links.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = markdownFiles(root);

test.each(pages)('links of %s lead somewhere', (page) => {
  const links = linksOf(page, readFileSync(join(root, page), 'utf8'));
  expect(links.flatMap((link) => wrongWith(root, link) ?? [])).toEqual([]);
});

test('a link that is called like a constant leads to a source that has it', () => {
  const missing = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\[`(\w+)`\]\(([^)#\s]+\.ts)\)/g)].flatMap(
      ([, name = '', path = '']) => {
        const source = readFileSync(join(root, dirname(page), path), 'utf8');
        return new RegExp(`\\b${name}\\b`).test(source) ? [] : [`${page}: ${path} has no ${name}`];
      },
    ),
  );
  expect(missing).toEqual([]);
});

test('every page of the documentation is reached from its index', () => {
  const found = reachable(root, join('docs', 'README.md'));
  expect(pages.filter((page) => page.startsWith('docs/') && !found.has(page))).toEqual([]);
});

describe('what is wrong is found', () => {
  const place = mkdtempSync(join(tmpdir(), 'qwarden-links-'));
  afterAll(() => rmSync(place, { recursive: true, force: true }));
  mkdirSync(join(place, 'a'));
  writeFileSync(join(place, 'a', 'other.md'), '# A `heading`, twice\n\n## Same\n\n## Same\n\n```\n# no heading\n```\n');
  const wrong = (text: string): (string | undefined)[] =>
    linksOf('a/page.md', text).map((link) => wrongWith(place, link));

  test.each([
    ['[x](missing.md)', 'a/page.md:1: missing.md: there is no a/missing.md'],
    ['[x](other.md#none)', 'a/page.md:1: other.md#none: a/other.md has no such heading'],
    ['[x](other.md#no-heading)', 'a/page.md:1: other.md#no-heading: a/other.md has no such heading'],
    ['[x](../../etc/passwd)', 'a/page.md:1: ../../etc/passwd: outside of the repository'],
    ['![x](picture.svg)', 'a/page.md:1: picture.svg: there is no a/picture.svg'],
    ['<img src="picture.svg">', 'a/page.md:1: picture.svg: there is no a/picture.svg'],
    ['[x](https://)', 'a/page.md:1: https://: not the form of an address'],
    ['<https:/example.com>', 'a/page.md:1: https:/example.com: not the form of an address'],
  ])('%s', (text, message) => {
    expect(wrong(text)).toEqual([message]);
  });

  test('and what is right is not', () => {
    const text = [
      '[a](other.md) [b](other.md#a-heading-twice) [c](other.md#same-1) [d](https://example.com/x#y)',
      '`[code](missing.md)` and [f](../a) <mailto:a@example.com>',
      '```',
      '[block](missing.md)',
      '```',
    ].join('\n');
    expect(wrong(text)).toEqual(Array.from({ length: 5 }, () => undefined));
  });
});
