import { readNotifyEvents } from '@qwarden/qumulo-client';
import { describe, expect, it } from 'vitest';
import { changesOf } from '../../src/events/from-batch.ts';
import { Spines } from '../../src/events/spines.ts';

const event = (...spine: readonly string[]) => ({ type: 'child_file_added', path: 'a', spine, stream_name: null });

describe('spines of a stretch', () => {
  it('are those of the events that changes were made from, by their ids', () => {
    const spines = new Spines();
    const changes = ['7', '7-1', '71'].flatMap((position, n) => {
      const raw = JSON.stringify([event('2', `${n}1`), event('2', '5', `${n}2`)]);
      const made = changesOf({ epoch: 1, receivedAt: 1, events: 2, root: '/w', source: 'stream', raw, position });
      spines.add(position, made.events);
      return made.changes;
    });
    expect(changes.map(({ id }) => spines.of(id))).toEqual([
      ['2', '01'],
      ['2', '5', '02'],
      ['2', '11'],
      ['2', '5', '12'],
      ['2', '21'],
      ['2', '5', '22'],
    ]);
  });

  it('are empty for what stands in no batch of the stretch', () => {
    const spines = new Spines();
    spines.add('7', readNotifyEvents(JSON.stringify([event('2', '9')])));
    for (const id of ['7.1', '8.0', '7.0.0', '7', '']) expect(spines.of(id)).toEqual([]);
  });
});
