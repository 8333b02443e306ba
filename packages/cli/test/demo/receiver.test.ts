import { expect, it, onTestFinished } from 'vitest';
import { startReceiver } from '../../src/demo/receiver.ts';

it('counts CloudEvents by file, and refuses what is none', async () => {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const post = async (body: string) => (await fetch(receiver.url, { method: 'POST', body })).status;
  const event = (fileId: string) => JSON.stringify({ specversion: '1.0', data: { file_id: fileId } });
  expect(await post(event('7'))).toBe(204);
  expect(await post(event('7'))).toBe(204);
  expect(await post(event('8'))).toBe(204);
  expect(await post('{"specversion": "1.0"}')).toBe(400);
  expect(await post('not JSON')).toBe(400);
  expect([...receiver.perFile]).toEqual([
    ['7', 2],
    ['8', 1],
  ]);
  expect(receiver).toMatchObject({ received: 3, refused: 2 });
});
