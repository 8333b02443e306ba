import { expect, test } from 'vitest';
import { controlDirectory, shownPlace } from '../../src/look/place.ts';

const environment = { XDG_STATE_HOME: '/state' };

test('a password is never shown', () => {
  expect(shownPlace('redis://me:se%20cret@queue:6379/1')).toBe('redis://me:***@queue:6379/1');
  expect(shownPlace('rediss://:secret@queue')).not.toContain('secret');
  // What could not be told from the host.
  expect(shownPlace('redis://:secret/or#so@queue')).toBe('redis://***');
  expect(shownPlace('/var/lib/qwarden')).toBe('/var/lib/qwarden');
});

test('the monitor of a queue in Redis listens where each of its commands looks for it', () => {
  const of = (place: string) => controlDirectory(place, environment);
  expect(of('/var/lib/qwarden')).toBe('/var/lib/qwarden');
  expect(of('redis://queue')).toMatch(/^\/state\/qwarden\/redis\/[0-9a-f]{16}$/);
  expect(of('redis://me:secret@queue:6379/0')).toBe(of('redis://queue'));
  expect(of('redis://queue?namespace=qwarden&ca=ca.pem')).toBe(of('redis://queue'));
  const others = [
    'redis://queue',
    'redis://queue/1',
    'redis://queue:6380',
    'redis://queue?namespace=b',
    'redis://other',
  ];
  expect(new Set(others.map(of)).size).toBe(others.length);
});
