import { staleVersion } from './errors.ts';

/** ETag of a resource that counts its changes. */
export const etagOf = (version: number): string => String(version);

/** Throws 412 unless an `If-Match` header, when there is one, names this version (FACTS 2.3). */
export function checkIfMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined) return;
  const wanted = ifMatch.split(',').map((part) => part.trim().replace(/^W\//, '').replaceAll('"', ''));
  if (!wanted.includes('*') && !wanted.includes(etagOf(version))) throw staleVersion();
}
