import { describe, expect, it } from 'vitest';
import { builtinActions } from '../../src/actions/catalog.ts';
import { loadRuleFile } from '../../src/monitor/load-rule-file.ts';

function problems(...rules: readonly string[]): string[] {
  const text = `version: 1\nrules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`;
  const loaded = loadRuleFile(text, { source: 'r.yml', actions: builtinActions });
  return loaded.ok ? [] : loaded.problems.map(({ line, message }) => `${line}: ${message}`);
}

describe('rules that feed themselves', () => {
  it.each([
    [
      'renames what it renamed',
      '{ name: a, on: renamed, where: { under: /in }, do: [{ rename: { to: "x-{{name}}" } }] }',
    ],
    ['wherever it is', '{ name: a, on: [created, renamed], do: [{ rename: { to: "x-{{name}}" } }] }'],
    [
      'moves deeper and deeper',
      '{ name: a, on: renamed, where: { under: /in }, do: [{ move: { to: "/in/{{stem}}" } }] }',
    ],
  ])('are refused with their name: %s', (_, rule) => {
    expect(problems(rule)).toEqual([expect.stringMatching(/^3: "a" feeds itself: its action (rename|move)/)]);
  });

  it.each([
    [
      'its new name is left out',
      '{ name: a, on: renamed, where: { under: /in, not: { name: "x-*" } }, do: [{ rename: { to: "x-{{name}}" } }] }',
    ],
    [
      'it is not for renames',
      '{ name: a, on: created, where: { under: /in }, do: [{ rename: { to: "x-{{name}}" } }] }',
    ],
    [
      'it moves out of its place',
      '{ name: a, on: [created, renamed], where: { under: /in }, do: [{ move: { to: /out } }] }',
    ],
    [
      'it does nothing the second time',
      '{ name: a, on: permissions, where: { under: /in }, do: [{ permissions: { mode: "0640" } }] }',
    ],
    [
      'it is for a burst',
      '{ name: a, on: renamed, where: { count: { matches: 9, within: 9s } }, do: [{ rename: { to: "x-{{name}}" } }] }',
    ],
    ['it is switched off', '{ name: a, on: renamed, enabled: false, do: [{ rename: { to: "x-{{name}}" } }] }'],
    [
      'what is quarantined is left alone',
      '{ name: a, on: [created, renamed], where: { extension: exe }, do: [{ quarantine: { to: /quarantine } }] }',
    ],
  ])('are taken when %s', (_, rule) => {
    expect(problems(rule)).toEqual([]);
  });
});

describe('rules that feed each other', () => {
  const there = '{ name: there, on: [created, renamed], where: { under: /a }, do: [{ move: { to: /b } }] }';
  const back = '{ name: back, on: renamed, where: { under: /b }, do: [{ move: { to: /a } }] }';
  const on = '{ name: on, on: renamed, where: { under: /b }, do: [{ move: { to: /c } }] }';
  const round = '{ name: round, on: renamed, where: { under: /c }, do: [{ move: { to: /a/in } }] }';

  it('are refused, the cycle named', () => {
    expect(problems(there, back)).toEqual([
      '3: These rules feed each other: "there" (move) → "back" (move) → "there".',
    ]);
    expect(problems(there, on, round)).toEqual([
      '3: These rules feed each other: "there" (move) → "on" (move) → "round" (move) → "there".',
    ]);
  });

  it('are taken when one leads to the other and no further', () => {
    expect(problems(there, on)).toEqual([]);
  });

  it('by changing permissions to and fro are refused too', () => {
    const open = '{ name: open, on: permissions, where: { under: /a }, do: [{ permissions: { mode: "0666" } }] }';
    const close = '{ name: close, on: permissions, where: { under: /a }, do: [{ permissions: { mode: "0600" } }] }';
    expect(problems(open, close)).toEqual([
      '3: These rules feed each other: "open" (permissions) → "close" (permissions) → "open".',
    ]);
  });
});
