/** Where to listen: `HOST:PORT`, or a port alone, which is this machine's own. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';

/** `undefined`: it is no address. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const parts = /^(?:(?:\[([0-9a-f:.%\w]+)\]|([^\s:/@?#[\]*]+)):)?(\d{1,5})$/i.exec(text);
  const port = Number(parts?.[3]);
  if (parts === null || port > 65_535) return undefined;
  return { host: parts[1] ?? parts[2] ?? LOOPBACK, port };
}

/** Can only this machine reach it? A name other than `localhost` may be anything. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Where to reach from this machine what listens there: `0.0.0.0` is every address, and none to ask. */
export function urlOf({ host, port }: ListenAddress): string {
  const reached = host === '0.0.0.0' ? LOOPBACK : host === '::' ? '::1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
