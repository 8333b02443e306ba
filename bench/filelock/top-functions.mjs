// The functions of a V8 CPU profile with the most time of their own.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/toolchain.mjs';

const TOP = 25;

/** A table as text, of the profile in a file. */
export function topFunctions(path) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, 'utf8'));
  const own = new Map();
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  let busy = 0;
  samples.forEach((id, n) => {
    const frame = byId.get(id);
    const ms = timeDeltas[n] / 1000;
    if (frame.functionName === '(idle)') return;
    busy += ms;
    const name = `${frame.functionName || '(anonymous)'} ${placeOf(frame)}`;
    own.set(name, (own.get(name) ?? 0) + ms);
  });
  const rows = [...own].toSorted((a, b) => b[1] - a[1]).slice(0, TOP);
  return rows.map(([name, ms]) => `${((100 * ms) / busy).toFixed(1).padStart(6)} %  ${name}`).join('\n');
}

function placeOf({ url, lineNumber }) {
  if (url === '') return '';
  const path = url.startsWith('file:') ? fileURLToPath(url).replace(root, '') : url;
  return `${path}:${lineNumber + 1}`;
}
