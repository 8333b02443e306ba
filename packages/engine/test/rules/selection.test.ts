import * as fc from 'fast-check';
import { Minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { BUILTIN_EXCLUDES, compileSelection, GlobError } from '../../src/index.ts';
import { compileGlob } from '../../src/rules/glob.ts';

const covers = (path: string, options: { include?: string[]; exclude?: string[]; builtin?: boolean } = {}) =>
  compileSelection({
    include: options.include ?? [],
    exclude: options.exclude ?? [],
    builtinExcludes: options.builtin ?? true,
  }).covers(path, '/records');

describe('built-in excludes', () => {
  it.each([
    'a.tmp',
    'A.TMP',
    '~$report.docx',
    '.~lock.report.odt#',
    'report.docx~',
    '.report.swp',
    '.nfs0000001',
    'x.partial',
    'x.PART',
    'Unconfirmed 1.crdownload',
    'x.filepart',
    '.report.pdf.Ab3dE9',
    '.DS_Store',
    '._x',
    'Thumbs.db',
    '.smbdeleteAAA1',
    '.fuse_hidden0001',
    'sub/.rsync-partial/a.pdf',
    '.rsync-partial/a.pdf',
    'sub/a.tmp',
    '.goutputstream-X1',
    '#draft#',
    '.#draft',
  ])('leave out %s', (path) => {
    expect(covers(path)).toBe(false);
    expect(covers(path, { builtin: false })).toBe(true);
  });

  it.each([
    'a.pdf',
    'tmp',
    'a.tmp.pdf',
    'partial',
    '.hidden',
    'report~1.pdf',
    'a$b',
    'rsync-partial/a.pdf',
    'nfs',
    '.bashrc',
    '.x.tar.gz',
  ])('cover %s', (path) => {
    expect(covers(path)).toBe(true);
  });

  it('each say why', () => {
    for (const { glob, why } of BUILTIN_EXCLUDES) expect([glob, why.length > 3]).toEqual([glob, true]);
  });
});

describe('globs', () => {
  it('without a slash meet the name, with one the path below the watch, with a leading one the absolute path', () => {
    expect(covers('deep/down/a.pdf', { include: ['*.pdf'] })).toBe(true);
    expect(covers('deep/a.pdf', { include: ['deep/*.pdf'] })).toBe(true);
    expect(covers('deep/down/a.pdf', { include: ['deep/*.pdf'] })).toBe(false);
    expect(covers('deep/down/a.pdf', { include: ['deep/**'] })).toBe(true);
    expect(covers('a.pdf', { include: ['/records/*.pdf'] })).toBe(true);
    expect(covers('a.pdf', { include: ['/other/*.pdf'] })).toBe(false);
    expect(covers('.hidden', { include: ['*'] })).toBe(true);
    expect(covers('!a', { exclude: ['!a'] })).toBe(false);
    expect(covers('#a', { exclude: ['#a'] })).toBe(false);
    expect(covers('A.pdf', { exclude: ['a.pdf'] })).toBe(true);
  });

  it('exclude wins over include', () => {
    expect(covers('a.pdf', { include: ['*.pdf'], exclude: ['a*'] })).toBe(false);
  });

  it.each([[''], ['x'.repeat(2000)], ['{1..100000}'], ['{a,b}'.repeat(20)], ['a\0b']])('refuses %j', (glob) => {
    expect(() => compileSelection({ include: [glob], exclude: [], builtinExcludes: false })).toThrow(GlobError);
  });

  it('as string comparisons give what minimatch gives', () => {
    const text = fc.stringMatching(/^[ab.~$]{0,6}$/);
    const glob = fc.oneof(
      text,
      text.map((tail) => `*${tail}`),
      text.map((head) => `${head}*`),
      fc.tuple(text, text).map(([head, tail]) => `${head}*${tail}`),
    );
    fc.assert(
      fc.property(
        glob.filter((pattern) => pattern !== '' && pattern !== '.' && pattern !== '..'),
        text.filter((name) => name !== '' && name !== '.' && name !== '..'),
        (pattern, name) => {
          const ours = compileGlob(pattern)(name);
          expect([pattern, name, ours]).toEqual([
            pattern,
            name,
            new Minimatch(pattern, { dot: true, nocomment: true, nonegate: true, noext: true }).match(name),
          ]);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('do not hang on hostile names', () => {
    const matches = compileGlob('*a*a*a*a*a*a*a*a*b');
    const deep = compileGlob('**/a/**/b/**/c/**/d/**/e');
    const started = performance.now();
    expect(matches('a'.repeat(255))).toBe(false);
    expect(deep('a/b/c/d/'.repeat(1000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
