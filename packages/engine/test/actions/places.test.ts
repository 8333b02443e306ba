import { posix } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { copyAction } from '../../src/actions/copy/index.ts';
import { destination, destinationParams } from '../../src/actions/files/destination.ts';
import { nameProblem } from '../../src/actions/files/names.ts';
import { directoryProblem, fixedPart } from '../../src/actions/files/paths.ts';
import { Stop } from '../../src/actions/files/stop.ts';
import { moveAction } from '../../src/actions/move/index.ts';
import type { Action, ActionInput } from '../../src/actions/port.ts';
import { quarantineAction } from '../../src/actions/quarantine/index.ts';
import { isInside } from '../../src/actions/quarantine/layout.ts';
import { listQuarantine, type QuarantineEntry } from '../../src/actions/quarantine/list.ts';
import { restoreQuarantined } from '../../src/actions/quarantine/restore.ts';
import { renameAction } from '../../src/actions/rename/index.ts';
import { render } from '../../src/actions/template/template.ts';
import { TEMPLATE_VARIABLES, type TemplateValues, templateValues } from '../../src/actions/template/variables.ts';
import { actionInput, HOSTILE_NAMES } from '../support/action.ts';
import { ActionBench } from '../support/action-context.ts';

/** Names that a cluster allows and that somebody chose to get out of a directory. */
const CLIMBERS: readonly string[] = [
  '...',
  '....',
  '...txt',
  '..txt',
  '. .',
  '.. ',
  ' ..',
  '..\u200b',
  '..\\..\\etc',
  '..%2f..%2fetc',
  '%2e%2e%2fetc',
  '..%00',
  // Characters that look like dots and slashes, or become such when somebody normalises them.
  '\uff0e\uff0e\uff0fetc',
  '..\u2215etc',
  '\u2024\u2024\u2044etc',
  '\u2025',
  'a\u0338',
  '~',
  'C:',
];

const name = fc
  .oneof(
    fc.constantFrom(...CLIMBERS, ...HOSTILE_NAMES),
    fc.string({ unit: fc.constantFrom('.', ' ', '\\', '%', '2', 'e', 'f', '\u2215', '\uff0e', 'a', '{', '}') }),
    fc.string({ unit: 'binary' }),
  )
  .map((text) => text.replaceAll(/[/\0]/g, ''))
  .filter((text) => text !== '' && text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

const piece = fc.oneof(
  fc.constantFrom(...Object.keys(TEMPLATE_VARIABLES)).map((variable) => `{{${variable}}}`),
  fc.constantFrom('/', '.', '..', '../', '/..', 'a', ' ', '%2e'),
);
const template = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));

function values(at: string, before: string | undefined): TemplateValues {
  const { change, subject, job } = actionInput(moveAction, { to: '/a' }, { path: at });
  return templateValues({ change: { ...change, movedFrom: before ?? null }, subject, job });
}

describe('places that are made of names', () => {
  it('lie in or below what stands written in the rule, with nothing in them that climbs', () => {
    const made: string[] = [];
    fc.assert(
      fc.property(path, fc.option(path, { nil: undefined }), template, (at, before, rest) => {
        const params = destinationParams(z).safeParse({ to: `/archive/${rest}` });
        if (!params.success) return;
        try {
          const place = destination(params.data, values(at, before));
          expect(isInside(fixedPart(params.data.to), place)).toBe(true);
          expect(isInside('/archive', place)).toBe(true);
          expect(posix.normalize(place)).toBe(place);
          expect(place.split('/').some((part) => part === '.' || part === '..')).toBe(false);
          made.push(place);
        } catch (error) {
          if (!(error instanceof Stop)) throw error;
        }
      }),
      { numRuns: 500 },
    );
    // It is not that all of them were refused.
    expect(made.length).toBeGreaterThan(25);
  });

  it('new names stay in their directory', () => {
    let made = 0;
    fc.assert(
      fc.property(path, template, (at, text) => {
        const params = renameAction.params(z).safeParse({ to: text });
        if (!params.success) return;
        const all = values(at, undefined);
        const rendered = render(params.data.to, all);
        if (nameProblem(rendered) !== undefined) return;
        const target = posix.join(all.directory, rendered);
        expect(posix.dirname(target)).toBe(posix.normalize(all.directory));
        made += 1;
      }),
      { numRuns: 500 },
    );
    expect(made).toBeGreaterThan(25);
  });

  it('where to restore is no place that climbs either', () => {
    for (const to of ['/a/../b', '/..', '/a/./b', '/a//b', 'a', '', '/a\0b', '../a', '/a/..']) {
      expect(directoryProblem(to), to).toBeDefined();
    }
  });
});

describe('files whose names want to get out', () => {
  let bench: ActionBench;
  beforeAll(async () => {
    bench = await ActionBench.open();
  });
  afterAll(() => bench.close());

  async function act<P>(action: Action<P>, params: object, from: string): Promise<string> {
    const id = await bench.file(from);
    const input: Partial<ActionInput<P>> = {};
    const outcome = await bench.run(action, params, id, from, input);
    return outcome.kind;
  }

  it('are moved, copied, renamed, quarantined and restored within their places, or left alone', async () => {
    let n = 0;
    const tried = [
      '...',
      '...txt',
      '.. ',
      '..\\..\\etc',
      '..%2f..%2fetc',
      '\uff0e\uff0e\uff0fetc',
      ...HOSTILE_NAMES.slice(1, 4),
    ];
    for (const hostile of tried) {
      n += 1;
      const here = `/t${n}`;
      const outcomes = [
        await act(moveAction, { to: `${here}/out/{{stem}}` }, `${here}/in/1/${hostile}`),
        await act(copyAction, { to: `${here}/out/{{name}}/c` }, `${here}/in/2/${hostile}`),
        await act(renameAction, { to: '{{stem}}' }, `${here}/in/3/${hostile}`),
        await act(quarantineAction, { to: `${here}/kept` }, `${here}/in/4/${hostile}`),
      ];
      expect(outcomes.every((kind) => kind === 'done' || kind === 'failed' || kind === 'skipped')).toBe(true);
      expect(outcomes[3]).toBe('done');
      const entries: QuarantineEntry[] = [];
      for await (const entry of listQuarantine(bench.client, `${here}/kept`)) entries.push(entry);
      const [entry] = entries;
      if (entry === undefined) throw new Error(`nothing in quarantine of ${JSON.stringify(hostile)}`);
      await expect(restoreQuarantined(bench.client, entry, { to: `${here}/../x` })).rejects.toThrow('".."');
      expect(await restoreQuarantined(bench.client, entry)).toBe(`${here}/in/4/${hostile}`);
    }
    const tree = await bench.tree('/');
    expect(tree.filter((one) => !/^\/t\d+\/(?:in|out|kept)?(?:\/|$)/.test(one))).toEqual([]);
    const top = tree.filter((one) => /^\/[^/]+\/?$/.test(one));
    expect(top).toEqual(Array.from({ length: n }, (_, index) => `/t${index + 1}/`).toSorted());
  });
});
