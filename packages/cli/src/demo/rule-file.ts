import { renameSync, writeFileSync } from 'node:fs';

/** Puts a rule file in place as a whole, by an atomic rename: nobody reads half of it. */
export function putRules(path: string, text: string): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
