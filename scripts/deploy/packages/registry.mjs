// A package registry on this machine for what is not published yet: what is published to it can be installed from it by its name, as a README says.
// What it has not, it leaves to the registry that npm is set up for. Of npm's protocol it knows no more than publishing and installing need.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { run } from './processes.mjs';

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  return JSON.parse(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
}

/** Starts one. `environment` makes npm use it; `published` has what it was given, by name. */
export async function startRegistry() {
  const { stdout } = await run('npm', ['config', 'get', 'registry'], { cwd: '/' });
  const upstream = stdout.trim().replace(/\/$/, '');
  // npm's cache goes by addresses, and a port can come again.
  const place = `/${randomUUID()}`;
  const published = new Map();
  const tarballs = new Map();

  function publish(document, address) {
    for (const manifest of Object.values(document.versions)) {
      const [attached] = Object.values(document._attachments);
      const path = `/${document.name}/-/${manifest.version}.tgz`;
      tarballs.set(path, Buffer.from(attached.data, 'base64'));
      manifest.dist.tarball = `${address}${path}`;
    }
    const { _attachments: _, ...known } = document;
    published.set(document.name, known);
  }

  async function answer(request, response) {
    if (!request.url.startsWith(`${place}/`)) return response.writeHead(404).end('{}');
    const wanted = request.url.slice(place.length);
    const path = decodeURIComponent(new URL(wanted, 'http://registry').pathname);
    if (request.method === 'PUT') {
      publish(await bodyOf(request), `http://${request.headers.host}${place}`);
      return response.writeHead(201, { 'content-type': 'application/json' }).end('{"ok":true}');
    }
    if (tarballs.has(path)) return response.end(tarballs.get(path));
    const document = published.get(path.slice(1));
    if (document) return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
    // Never ask for a package of ours elsewhere: what is found there would be somebody else's.
    if (path.startsWith('/@qwarden/') || path === '/qwarden') return response.writeHead(404).end('{}');
    return response.writeHead(307, { location: upstream + wanted }).end();
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${server.address().port}${place}/`;
  return {
    published,
    environment: {
      npm_config_registry: `http://${address}`,
      [`npm_config_//${address}:_authToken`]: 'anybody',
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
