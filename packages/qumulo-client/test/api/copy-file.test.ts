import { describe, expect, it } from 'vitest';
import { QumuloApiError } from '../../src/index.ts';
import { answer, clientOf, failure, serve } from '../support/server.ts';

/** A cluster that copies 10 bytes a step out of a file of 25. */
const steps = () =>
  serve((request, response) => {
    const chunk: unknown = JSON.parse(request.body);
    const done = Number(Object(chunk).source_offset ?? 0) + 10;
    const rest = { ...Object(chunk), source_offset: String(done), target_offset: String(done) };
    answer(response, done >= 25 ? {} : rest, 200, { etag: `"after ${done}"` });
  });

describe('copyFile', () => {
  it('goes on from answer to answer until nothing is left, each step bound to the one before', async () => {
    const server = await steps();
    const { etag } = await clientOf(server.port).files.copyFile('/b', { ref: '/a', snapshot: 3 }, { ifMatch: '"e"' });
    expect(etag).toBe('"after 30"');
    expect(server.received.map(({ url, body, headers }) => [url, JSON.parse(body), headers['if-match']])).toEqual([
      ['/v1/files/%2Fb/copy-chunk', { source_path: '/a', source_snapshot: 3 }, '"e"'],
      [
        '/v1/files/%2Fb/copy-chunk',
        { source_path: '/a', source_snapshot: 3, source_offset: '10', target_offset: '10' },
        '"after 10"',
      ],
      [
        '/v1/files/%2Fb/copy-chunk',
        { source_path: '/a', source_snapshot: 3, source_offset: '20', target_offset: '20' },
        '"after 20"',
      ],
    ]);
  });

  it('copies streams, by id, from a version of the source', async () => {
    const server = await serve((_, response) => answer(response, undefined));
    await clientOf(server.port).files.copyFile('7', { ref: '8', streamId: '2', etag: '"s"' }, { targetStreamId: '5' });
    expect(server.received).toMatchObject([
      {
        url: '/v1/files/7/streams/5/copy-chunk',
        body: JSON.stringify({ source_id: '8', source_stream_id: '2', source_etag: '"s"' }),
      },
    ]);
  });

  it('ends with the refusal of a step, and never sends what is no reference', async () => {
    const server = await serve((_, response) => answer(response, { error_class: 'x' }, 412));
    const { files } = clientOf(server.port);
    const error = await failure(files.copyFile('7', { ref: '8' }));
    expect(error).toBeInstanceOf(QumuloApiError);
    expect(error).toMatchObject({ status: 412, operation: 'POST /v1/files/{ref}/copy-chunk' });
    expect(await failure(files.copyFile('7', { ref: 'a' }))).toBeInstanceOf(TypeError);
    expect(await failure(files.treeDelete.create('a'))).toBeInstanceOf(TypeError);
    expect(server.received).toHaveLength(1);
  });
});
