import { createRequire } from 'node:module';
import type { Client, Pool } from 'undici';

/**
 * undici's connection pool and single connection, loaded on first use and without the rest of the package: that takes
 * a sixth of the time of the whole (fetch, WebSocket, cache and so on), which the start of a command would feel.
 */
interface Undici {
  Pool: typeof Pool;
  Client: typeof Client;
}

let loaded: Undici | undefined;

export function loadUndici(): Undici {
  if (loaded === undefined) {
    const require = createRequire(import.meta.url);
    loaded = {
      Pool: require('undici/lib/dispatcher/pool.js'),
      Client: require('undici/lib/dispatcher/client.js'),
    };
  }
  return loaded;
}
