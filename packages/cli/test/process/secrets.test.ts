import { afterEach, expect, test } from 'vitest';
import { hideArgument, keepSecret, withoutSecrets } from '../../src/process/secrets.ts';

const [title, { argv }] = [process.title, process];
afterEach(() => {
  process.title = title;
  process.argv = argv;
});

test('what was given as a secret is taken out of a text, however it is written there', () => {
  keepSecret('hunter2 "x"');
  keepSecret('redis://me:s3cr%65t@queue:6379/1');
  keepSecret('hunter2 "x" and more');
  keepSecret('abc');
  expect(withoutSecrets('a hunter2 "x" b hunter2 \\"x\\" c hunter2%20%22x%22 d')).toBe(
    'a ******** b ******** c ******** d',
  );
  expect(withoutSecrets('hunter2 "x" and more')).toBe('********');
  expect(withoutSecrets('redis://me:s3cr%65t@queue:6379/1, s3cr%65t, s3cret')).toBe('********, ********, ********');
  // Too short to be told from a word.
  expect(withoutSecrets('abc')).toBe('abc');
});

test('a secret on the command line is taken out of what ps shows', () => {
  process.argv = [
    'node',
    'qwarden',
    'monitor',
    '--password',
    'correct horse',
    '--store=redis://:battery@q',
    '--access-token=abc',
  ];
  hideArgument('correct horse');
  hideArgument('redis://:battery@q');
  hideArgument('abc');
  expect(process.title).toBe('qwarden monitor --password ******** --store=******** --access-token=********');
});
