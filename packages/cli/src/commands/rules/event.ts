import { type Change, type ChangeType, changeTypes, expandTypes, kindOfType, nearest } from '@qwarden/engine';
import { isObject, jsonOrUndefined } from '../../control/protocol.ts';
import { CliError } from '../../errors/cli-error.ts';
import { typeOf } from '../../look/filters.ts';

/** What a change is made of, as far as somebody said. */
interface Said {
  readonly path: string;
  readonly type: ChangeType;
  readonly movedFrom?: string | undefined;
  readonly fileId?: string | undefined;
  readonly stream?: string | undefined;
  readonly at?: number | undefined;
}

interface FlagValues {
  readonly path?: string | undefined;
  readonly type?: string | undefined;
  readonly movedFrom?: string | undefined;
  readonly fileId?: string | undefined;
  readonly stream?: string | undefined;
}

/** The change that flags describe. A group like `created` stands for its type for files. Throws CliError. */
export function changeOfFlags(values: FlagValues, nowMs: number): Change {
  const { path, type, movedFrom } = values;
  if (path === undefined || type === undefined) {
    throw new CliError('usage', 'Which change?', { remedy: 'Give --path and --type, or --event FILE.' });
  }
  const [first] = expandTypes([typeOf(type, '--type')]);
  const change = changeOf({ ...values, path, type: first ?? 'child_file_added' }, nowMs);
  const isRename = change.type.endsWith('_renamed');
  if (isRename === (movedFrom !== undefined)) return change;
  throw new CliError('usage', isRename ? 'A rename needs --moved-from.' : '--moved-from is for a rename.', {
    remedy: 'For example --type renamed --moved-from /records/a.part.',
  });
}

/** Changes in a text: lines of `qwarden events export`, or what the cluster sends. Throws CliError. */
export function changesOfText(text: string, source: string, nowMs: number): Change[] {
  const whole = jsonOrUndefined(text);
  const values = Array.isArray(whole)
    ? whole.map((value: unknown) => ({ value, where: source }))
    : isObject(whole)
      ? [{ value: whole, where: source }]
      : text
          .split('\n')
          .flatMap((line, n) =>
            line.trim() === '' ? [] : [{ value: jsonOrUndefined(line), where: `${source}:${n + 1}` }],
          );
  if (values.length === 0) throw new CliError('usage', `${source} holds no change.`);
  return values.map(({ value, where }) => changeOfValue(value, where, nowMs));
}

const KEYS = [
  'at',
  'type',
  'path',
  'movedFrom',
  'fileId',
  'kind',
  'stream',
  'source',
  'id',
  'stateDir',
  'spine',
  'stream_name',
];

function changeOfValue(value: unknown, where: string, nowMs: number): Change {
  const refuse = (message: string, remedy?: string) => new CliError('usage', `${where}: ${message}`, { remedy });
  if (!isObject(value))
    throw refuse('this is no change: a JSON object is wanted.', '"qwarden events export" shows how they look.');
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const near = nearest(unknown, KEYS);
    throw refuse(
      `a change has no ${JSON.stringify(unknown)}.`,
      near === undefined ? undefined : `Did you mean "${near}"?`,
    );
  }
  const word = (key: string): string | undefined => {
    const found = value[key];
    if (found === undefined || found === null) return undefined;
    if (typeof found !== 'string') throw refuse(`"${key}" must be text.`);
    return found;
  };
  const type = changeTypes.find((one) => one === value['type']);
  if (type === undefined) {
    const near = nearest(String(value['type']), changeTypes);
    throw refuse(
      `there is no type ${JSON.stringify(value['type'] ?? null)}.`,
      near === undefined ? undefined : `Did you mean "${near}"?`,
    );
  }
  const { spine } = value;
  const last: unknown = Array.isArray(spine) ? spine.at(-1) : undefined;
  const at = word('at');
  const path = word('path') ?? '';
  return changeOf(
    {
      type,
      // The cluster's own are below the watched directory.
      path: path.startsWith('/') || spine === undefined ? path : `/${path}`,
      movedFrom: word('movedFrom'),
      fileId: word('fileId') ?? (typeof last === 'string' ? last : undefined),
      stream: word('stream') ?? word('stream_name'),
      at: at === undefined ? undefined : Date.parse(at),
    },
    nowMs,
  );
}

function changeOf(said: Said, nowMs: number): Change {
  const { type, path, movedFrom = null, fileId = '', stream = null, at = nowMs } = said;
  for (const one of [path, movedFrom ?? '/']) {
    if (one.startsWith('/')) continue;
    throw new CliError('usage', `${JSON.stringify(one)} is not an absolute path.`, {
      remedy: 'Paths begin with a slash, as the cluster has them.',
    });
  }
  const kind = kindOfType(type);
  return { id: 'test', type, fileId, path, movedFrom, kind, stream, at: Number.isNaN(at) ? nowMs : at, lineage: 0 };
}
