import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.cache', 'tools']);

/** Every page of Markdown below a directory, as paths from it. */
export function markdownFiles(root: string, below = ''): string[] {
  return readdirSync(join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : markdownFiles(root, path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

export interface Link {
  readonly page: string;
  readonly line: number;
  readonly target: string;
}

/** Links and pictures of a page, as they are written; what stands in code is none. */
export function linksOf(page: string, text: string): Link[] {
  return proseOf(text).flatMap((line, index) =>
    [...line.matchAll(/\]\(\s*<?([^)>\s]+)>?(?:\s+"[^"]*")?\s*\)|<(https?:[^>\s]+)>|\b(?:href|src)="([^"]+)"/g)].map(
      ([, inline, bare, attribute]) => ({ page, line: index + 1, target: inline ?? bare ?? attribute ?? '' }),
    ),
  );
}

/** The lines of a page, with those of code blocks and what stands between backticks left out. */
function proseOf(text: string): string[] {
  let fence: string | undefined;
  return text.split('\n').map((line) => {
    const marks = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined && marks !== undefined) fence = marks;
    else if (fence !== undefined && marks === fence) fence = undefined;
    else if (fence === undefined) return line.replaceAll(/(`+)[^`]+\1/g, (code) => '`'.repeat(code.length));
    return '';
  });
}

/** The anchors that a page has: those of its headings, as GitHub makes them, and those that are written. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    const marks = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (marks !== undefined) fence = fence === undefined ? marks : fence === marks ? undefined : fence;
    const heading = fence === undefined ? /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1] : undefined;
    if (heading !== undefined) addHeading(anchors, heading);
    for (const [, id] of line.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(id ?? '');
  }
  return anchors;
}

function addHeading(anchors: Set<string>, heading: string): void {
  const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');
  const slug = plain
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');
  let anchor = slug;
  for (let n = 1; anchors.has(anchor); n += 1) anchor = `${slug}-${n}`;
  anchors.add(anchor);
}

/** What is wrong with a link; undefined when nothing is. Of what is elsewhere only the form is looked at. */
export function wrongWith(root: string, link: Link): string | undefined {
  const at = `${link.page}:${link.line}: ${link.target}`;
  if (/^[a-z][a-z+.-]*:/i.test(link.target)) {
    const isWellFormed = /^(?:https?:\/\/[^\s/]+\.[^\s]+|https?:\/\/localhost|mailto:[^@\s]+@[^@\s]+$)/.test(
      link.target,
    );
    return isWellFormed && URL.canParse(link.target) ? undefined : `${at}: not the form of an address`;
  }
  const [path = '', anchor] = link.target.split('#');
  const file = path === '' ? join(root, link.page) : resolve(root, dirname(link.page), decodeURIComponent(path));
  const inRepository = relative(root, file);
  if (inRepository.startsWith('..')) return `${at}: outside of the repository`;
  if (!existsSync(file)) return `${at}: there is no ${inRepository}`;
  if (anchor === undefined) return undefined;
  if (statSync(file).isDirectory() || !file.endsWith('.md')) return `${at}: only pages have anchors`;
  return anchorsOf(readFileSync(file, 'utf8')).has(anchor) ? undefined : `${at}: ${inRepository} has no such heading`;
}

/** The pages that links lead to from `start`, itself included. */
export function reachable(root: string, start: string): Set<string> {
  const found = new Set([start]);
  for (const page of found) {
    for (const { target } of linksOf(page, readFileSync(join(root, page), 'utf8'))) {
      const path = relative(root, resolve(root, dirname(page), target.split('#')[0] ?? ''));
      if (/^[a-z]+:/i.test(target) || !path.endsWith('.md') || !existsSync(join(root, path))) continue;
      found.add(path);
    }
  }
  return found;
}
