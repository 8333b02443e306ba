import type { Action, ActionOutcome } from '../actions/port.ts';
import { clusterOutcome } from '../actions/cluster-outcome.ts';
import { type Change, withoutPlace } from '../events/change.ts';
import { isLater } from '../events/later.ts';
import { found, isDirectory, relativePath } from '../inventory/found.ts';
import type { EntryName } from '../inventory/port.ts';
import type { Arming, ChangeLog, MatchTrace } from '../queue/port.ts';
import { SyntheticBatches } from './synthetic.ts';
import type { RunnableRule } from './runnable.ts';
import { BUILTIN_RULES } from './rule-book.ts';

/** Its action. */
export const LOOK_INSIDE = 'look inside';
const NAME = '(look into a directory that came)';

/**
 * A directory that comes, or is renamed, brings files along of which no event tells. A walk that has found it is inside already.
 * @param orNew whether one that was made is looked into too: UNKNOWN whether a watch can reach it too late for its first files (FACTS 6)
 */
export function bringsFiles({ type, fileId, place }: Change, orNew: boolean): boolean {
  if (type !== 'child_dir_moved_to' && type !== 'child_dir_renamed' && !(orNew && type === 'child_dir_added'))
    return false;
  return fileId !== '' && place?.foundBy !== 'walk';
}

/** Looking into a directory that brings files is a job like any other: it survives whatever happens to the process, and is tried again. */
export function lookInside(whole: Change, now: number): { arming: Arming; trace: Omit<MatchTrace, 'verdict'> } {
  const change = withoutPlace(whole);
  const key = `${NAME}\0${change.fileId}`;
  const match = `${change.id}/${NAME}`;
  const { fileId, path } = change;
  return {
    arming: {
      mode: 'queued',
      job: {
        key,
        rule: NAME,
        ruleSet: BUILTIN_RULES,
        fileId,
        path,
        change,
        match,
        armedAt: now,
        changedAt: change.at,
        settleMs: 0,
        dueAt: now,
        causes: change.causes ?? [],
      },
    },
    trace: { match, at: now, rule: NAME, ruleSet: BUILTIN_RULES, change, conditions: '[]', job: key },
  };
}

/** The rule behind it: writes what is inside into the log, as arrivals, or as renames when the directory was renamed. */
export function lookInsideRule(
  log: Pick<ChangeLog, 'append'>,
  root: () => string,
  epoch: () => number,
  /** The change that gave a file its name, as far as that is known here. */
  namedBy: (name: EntryName) => string | undefined,
): RunnableRule {
  const action: Action = {
    name: LOOK_INSIDE,
    summary: 'Tells of the files in a directory that came',
    params: (z) => z.unknown(),
    effects: () => [],
    privileges: () => [],
    dryRun: () => Promise.resolve('look into it'),
    async run({ change, subject }, { cluster, clock, signal }): Promise<ActionOutcome> {
      const top = root();
      const batches = new SyntheticBatches(log, { epoch: epoch(), root: top, source: 'walk' }, () => clock.now());
      try {
        const { data: directory } = await cluster.files.getAttributes(subject.fileId, { signal });
        const now = directory.path.replace(/\/$/, '');
        const isNew = change.type === 'child_dir_added';
        // What is made in a new directory tells of itself, directories too.
        const pages = cluster.files.walkPages(subject.fileId, { recursive: !isNew, signal });
        for await (const { id: parentId, files } of pages) {
          for (const file of files) {
            const at = { fileId: file.id, parentId };
            const isDir = isDirectory(file);
            const path = relativePath(top, file.path);
            // It came after the directory was renamed, and that was told.
            const by = namedBy({ ...at, name: file.name });
            if (change.movedFrom !== null && by !== undefined && by !== '' && isLater(by, change.id)) continue;
            if (path === undefined || (change.movedFrom !== null && isDir)) continue;
            const before =
              change.movedFrom === null ? undefined : relativePath(top, change.movedFrom + file.path.slice(now.length));
            const came = found(isNew ? 'added' : 'moved_to', isDir, at, path);
            await batches.add(...(before === undefined ? [] : [found('moved_from', isDir, at, before)]), came);
          }
        }
        await batches.flush();
        return { kind: 'done', note: `${batches.count} changes` };
      } catch (error) {
        return clusterOutcome(error);
      }
    },
  };
  return {
    name: NAME,
    description: null,
    limits: { rate: null, burst: null, perHour: null },
    steps: [{ action, params: {}, continueOnError: false }],
    covers: () => true,
  };
}
