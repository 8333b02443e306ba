import { ErrorReply } from '@redis/client';
import { expect, it } from 'vitest';
import { toRedisError } from '../../src/stores/redis/errors.ts';

const about = { shown: 'redis://me:***@queue:6379', password: 'hunter2-long' };

it.each([
  "ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'me' 'hunter2-long' ",
  'WRONGPASS no hunter2-long here',
  'connect ECONNREFUSED hunter2-long',
])('%s: told without the password', (said) => {
  for (const error of [new ErrorReply(said), new Error(said)]) {
    const { message } = toRedisError(error, about);
    expect(message).toContain('redis://me:***@queue:6379');
    expect(message).not.toContain('hunter2');
  }
});
