import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedDocs } from '../src/docs.ts';

test.each(Object.entries(generatedDocs()))(
  '%s is what the option table gives (else: node scripts/generate-docs.mjs)',
  (path, text) => {
    expect(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')).toBe(text);
  },
);
