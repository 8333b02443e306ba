import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { notWhenAborted, whenAborted } from '../../src/transport/abort.ts';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('waiting for an abort', () => {
  it('costs a signal one listener however many wait, and none when nobody does', () => {
    const { signal } = new AbortController();
    const stops = Array.from({ length: 1000 }, () => () => undefined);
    for (const stop of stops) whenAborted(signal, stop);
    expect(listeners(signal)).toBe(1);
    for (const stop of stops) notWhenAborted(signal, stop);
    expect(listeners(signal)).toBe(0);
    whenAborted(signal, () => undefined);
    expect(listeners(signal)).toBe(1);
  });

  it('tells everybody who still waits, once', () => {
    const controller = new AbortController();
    const told: string[] = [];
    const left = () => told.push('left');
    whenAborted(controller.signal, () => told.push('first'));
    whenAborted(controller.signal, left);
    whenAborted(controller.signal, () => told.push('second'));
    notWhenAborted(controller.signal, left);
    controller.abort();
    controller.abort();
    expect(told).toEqual(['first', 'second']);
  });

  it('does not tell those that leave while it is being told', () => {
    const controller = new AbortController();
    const told: string[] = [];
    const second = () => told.push('second');
    whenAborted(controller.signal, () => {
      told.push('first');
      notWhenAborted(controller.signal, second);
    });
    whenAborted(controller.signal, second);
    controller.abort();
    expect(told).toEqual(['first']);
    expect(listeners(controller.signal)).toBe(0);
  });
});
