import { expect, test } from 'vitest';
import { isRedisAddress } from '../../src/options/redis-address.ts';

test.each([
  'redis://queue',
  'redis://queue:6379/1',
  'redis://[::1]:6379/',
  'rediss://me:pa%2Fss%25@queue?namespace=a&ca=ca.pem',
])('%s is the address of a Redis', (text) => expect(isRedisAddress(text)).toBe(true));

test.each([
  'redis://',
  'redis:///1',
  'redis://queue/one',
  'redis://queue/1/2',
  'redis://queue:99999',
  // Passwords that are not escaped.
  'redis://:pa/ss@queue',
  'redis://:p@ss/word@queue',
  'redis://:pa#ss@queue',
  'redis://:p@ss#word@queue',
  'redis://me:1?ss@queue',
  'redis://:50%off@queue',
])('%s is none', (text) => expect(isRedisAddress(text)).toBe(false));
