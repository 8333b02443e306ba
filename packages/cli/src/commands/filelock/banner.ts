import stringWidth from 'string-width';
import { oneLine } from '../../log/escape.ts';
import { addressOf, type ClusterSettings } from '../../connect/cluster-settings.ts';
import type { LogLine } from '../../log/levels.ts';
import type { FilelockPlan, FilelockSettings } from './plan.ts';

/** Width of the earlier script's banner, which people grep for. */
const WIDTH = 65;

/** The start banner: same labels and shape as the earlier script's. Longer values wrap inside the frame. */
export function banner(rows: readonly (readonly [label: string, value: string])[], at: Date): string {
  const rule = '#'.repeat(WIDTH);
  const labelWidth = Math.max(...rows.map(([label]) => label.length)) + 1;
  const room = WIDTH - labelWidth - 4;
  const lines = rows.flatMap(([label, value]) =>
    wrap(oneLine(value), room).map((part, index) => {
      const head = (index === 0 ? label : '').padEnd(labelWidth);
      return `# ${head}${part}${' '.repeat(Math.max(0, room - stringWidth(part)))} #`;
    }),
  );
  return [rule, centred('QFS File Lock Script'), centred(minute(at)), rule, ...lines, rule, ''].join('\n');
}

/** What the banner says about a run. */
export function bannerRows(
  settings: FilelockSettings,
  plan: FilelockPlan,
  cluster: ClusterSettings,
  directory: { id: string; path: string },
): [string, string][] {
  const { values } = settings;
  const rows: [string, string | undefined][] = [
    ['Directory:', directory.path],
    ['File Number:', directory.id],
    ['Polling Interval:', `${values.interval} secs`],
    ['Recursive:', values.recursive ? 'True' : 'False'],
    ['Config File:', settings.configFile],
    ['Output File:', values.output],
    ['Retention Period:', values.retention],
    ['Legal Hold:', values.legalHold ? 'True' : undefined],
    ['Dry Run:', values.dryRun ? 'True' : undefined],
    ['Existing Files:', values.existing],
    ['State Directory:', plan.dryRun ? undefined : plan.stateDir],
    ['API Host:', cluster.host],
    ['API Port:', String(cluster.port)],
    ['Username:', cluster.identity],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

/** The same for machines. */
export function started(
  plan: FilelockPlan,
  cluster: ClusterSettings,
  directory: { id: string; path: string },
): LogLine {
  const { policy, watch, dryRun, stateDir } = plan;
  const { retention, ...rest } = policy;
  const fields = {
    cluster: addressOf(cluster),
    directory: directory.path,
    directoryId: directory.id,
    recursive: watch.recursive,
    retention: retention?.text ?? null,
    ...rest,
    dryRun,
    stateDir: dryRun ? null : stateDir,
  };
  return { level: 'INFO', kind: 'started', text: `Starting on ${directory.path}`, fields };
}

function centred(text: string): string {
  // The odd space goes to the left, as in Python's str.center for odd widths.
  const left = Math.ceil((WIDTH - 2 - text.length) / 2);
  return `#${' '.repeat(left)}${text}${' '.repeat(WIDTH - 2 - text.length - left)}#`;
}

function minute(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Cuts at the room's width, never inside a character. */
function wrap(text: string, room: number): string[] {
  const parts: string[] = [];
  let part = '';
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const own = stringWidth(segment);
    if (width + own > room && part !== '') {
      parts.push(part);
      part = '';
      width = 0;
    }
    part += segment;
    width += own;
  }
  return [...parts, part];
}
