import { expect, test } from 'vitest';
import { MOST_KEYS, readRequest } from '../../src/control/protocol.ts';

const errorOf = (line: string) => {
  const read = readRequest(line);
  return read.ok ? undefined : read.error;
};

test('takes requests as the table has them', () => {
  expect(readRequest('{"id":1,"method":"status"}')).toEqual({
    ok: true,
    request: { id: 1, method: 'status', params: {} },
  });
  expect(readRequest('{"id":2,"method":"dead.retry","params":{"keys":["a\\u0000b"]}}')).toEqual({
    ok: true,
    request: { id: 2, method: 'dead.retry', params: { keys: ['a\0b'] } },
  });
});

test.each([
  ['nonsense', /a line of JSON/],
  ['[1]', /a line of JSON/],
  ['{"method":"status"}', /no number "id"/],
  ['{"id":1,"method":"stop"}', /no request "stop"\. Known: status, /],
  ['{"id":1,"method":"status","extra":1}', /no "extra"/],
  ['{"id":1,"method":"status","params":{"keys":[]}}', /no parameter "keys"/],
  ['{"id":1,"method":"jobs.retry"}', /"keys" must be a list/],
  ['{"id":1,"method":"jobs.retry","params":{"keys":[1]}}', /"keys" must be a list/],
  ['{"id":1,"method":"jobs.retry","params":[]}', /must be an object/],
  [
    `{"id":1,"method":"jobs.retry","params":{"keys":${JSON.stringify(Array(MOST_KEYS + 1).fill('k'))}}}`,
    /at most 1000/,
  ],
])('refuses %s', (line, why) => {
  expect(errorOf(line)).toMatch(why);
});
