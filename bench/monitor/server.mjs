// A bare server in a process of its own: login, attributes, an empty directory and version as small as they may be, and one stream that plays a recording
// as fast as its reader takes it. Forked; told by messages what to play.
import { createReadStream } from 'node:fs';
import { createServer } from 'node:https';
import { ROOT } from './rules.mjs';
import { makeCertificate } from '../../packages/qumulo-emulator/dist/certificate.js';

const CHUNK_BYTES = 256 * 1024;
const ID = '10003';

const directory = {
  path: `${ROOT}/`,
  name: ROOT.slice(1),
  id: ID,
  file_number: ID,
  type: 'FS_FILE_TYPE_DIRECTORY',
  size: '0',
  num_links: 2,
  child_count: 0,
  mode: '0777',
  owner: '500',
  owner_details: { id_type: 'LOCAL_USER', id_value: 'admin' },
  group: '513',
  group_details: { id_type: 'LOCAL_GROUP', id_value: 'Users' },
  blocks: '1',
  datablocks: '1',
  metablocks: '1',
  access_time: '2026-01-01T00:00:00Z',
  change_time: '2026-01-01T00:00:00Z',
  creation_time: '2026-01-01T00:00:00Z',
  modification_time: '2026-01-01T00:00:00Z',
  symlink_target_type: 'FS_FILE_TYPE_UNKNOWN',
  major_minor_numbers: { major: 0, minor: 0 },
  extended_attributes: {},
  directory_entry_hash_policy: null,
  data_revision: null,
};

let stream;

function answer(request, response) {
  const { url } = request;
  request.resume();
  if (url.includes('/notify')) {
    response.writeHead(200, { 'content-type': 'text/event-source' });
    response.write(': watching\n\n');
    stream = response;
    return;
  }
  const body = url.endsWith('/session/login')
    ? { bearer_token: 'session-v1:bench' }
    : url.endsWith('/version')
      ? {
          revision_id: 'Qumulo Core 7.10.2.1',
          build_id: 'bench',
          flavor: 'release',
          build_date: '2026-01-01T00:00:00Z',
        }
      : url.includes('/info/attributes')
        ? directory
        : url.includes('/entries/')
          ? { path: directory.path, id: ID, child_count: 0, files: [], paging: { next: '' } }
          : undefined;
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify(body ?? { error_class: 'http_not_found_error', description: url, stack: [], user_visible: true }),
  );
}

/** Plays it so many times. The time is that of the first byte, on the clock that all processes of the machine share. */
async function play({ path, times }) {
  const to = stream;
  process.send({ kind: 'first-byte', ns: String(process.hrtime.bigint()) });
  for (let n = 0; n < times; n += 1) {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      if (to.destroyed) return;
      if (!to.write(chunk)) await room(to);
    }
  }
}

function room(to) {
  return new Promise((resolve) => {
    const go = () => {
      to.off('drain', go);
      to.off('close', go);
      resolve();
    };
    to.on('drain', go);
    to.on('close', go);
  });
}

const { key, cert, fingerprint256 } = await makeCertificate('127.0.0.1');
const server = createServer({ key, cert }, answer);
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  process.send({ kind: 'listening', host: '127.0.0.1', port, fingerprint256, username: 'admin', password: 'bench' });
});
process.on('message', (message) => void play(message));
process.on('disconnect', () => process.exit());
