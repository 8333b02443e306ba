import type { Action, ActionOutcome } from '../actions/port.ts';
import { clusterOutcome } from '../actions/cluster-outcome.ts';
import { type Change, withoutPlace } from '../events/change.ts';
import { isLater } from '../events/later.ts';
import { found, isDirectory, relativePath } from '../inventory/found.ts';
import type { EntryName } from '../inventory/port.ts';
import type { Arming, ChangeLog, MatchTrace } from '../queue/port.ts';
import { SyntheticBatches } from './synthetic.ts';
import type { RunnableRule } from './runnable.ts';
import { type WatchedDirectory, withoutSlash } from '../watch/place.ts';
import { BUILTIN_RULES } from './rule-book.ts';

/** Name of its action. */
export const LOOK_ACTION = 'look inside';
/** Name of the rule behind it. */
export const LOOK_INSIDE = '(look into a directory that came)';

/**
 * A directory that comes, or is renamed, brings files along of which no event tells. A walk that has found it is inside already.
 * @param orNew whether one that was made is looked into too: UNKNOWN whether a watch can reach it too late for its first files (FACTS 6)
 */
export function bringsFiles({ type, fileId, place }: Change, orNew: boolean): boolean {
  if (type !== 'child_dir_moved_to' && type !== 'child_dir_renamed' && !(orNew && type === 'child_dir_added'))
    return false;
  return fileId !== '' && place?.foundBy !== 'walk';
}

const RENAMED = {
  kind: 'transient',
  reason: 'a directory above it was renamed meanwhile',
  target: 'file',
  overload: false,
} as const satisfies ActionOutcome;

/** Looking into a directory that brings files is a job like any other: it survives whatever happens to the process, and is tried again. */
export function lookInside(whole: Change, now: number): { arming: Arming; trace: Omit<MatchTrace, 'verdict'> } {
  const change = withoutPlace(whole);
  // Each rename is told of: with the last alone nobody would know that what is inside came from where it was first.
  const key = `${LOOK_INSIDE}\0${change.fileId}${change.movedFrom === null ? '' : `#${change.id}`}`;
  const match = `${change.id}/${LOOK_INSIDE}`;
  const { fileId, path } = change;
  return {
    arming: {
      mode: 'queued',
      job: {
        key,
        rule: LOOK_INSIDE,
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
    trace: { match, at: now, rule: LOOK_INSIDE, ruleSet: BUILTIN_RULES, change, conditions: '[]', job: key },
  };
}

/** The rule behind it: writes what is inside into the log, as arrivals, or as renames when the directory was renamed. */
export function lookInsideRule(
  log: Pick<ChangeLog, 'append'>,
  watched: Pick<WatchedDirectory, 'path' | 'refresh' | 'below'>,
  epoch: () => number,
  /** The change that gave a file its name, as far as that is known here. */
  namedBy: (name: EntryName) => string | undefined,
): RunnableRule {
  const look: Action['run'] = async ({ change, subject }, { cluster, clock, signal }) => {
    let top = watched.path();
    const tell = () => new SyntheticBatches(log, { epoch: epoch(), root: top, source: 'walk' }, () => clock.now());
    let batches = tell();
    try {
      const { data: directory } = await cluster.files.getAttributes(subject.fileId, { signal });
      const now = withoutSlash(directory.path);
      if (relativePath(top, now) === undefined) {
        // The watched directory itself may have got another name, and nobody has noticed yet.
        top = await watched.refresh(signal);
        if (relativePath(top, now) === undefined) return { kind: 'done', note: 'it has left the watched directory' };
        batches = tell();
      }
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
          if (path === undefined) return RENAMED;
          // Of a directory that nobody knows the files would stand in it, and it nowhere.
          if (change.movedFrom !== null && isDir && by !== undefined) continue;
          const before =
            change.movedFrom === null
              ? undefined
              : watched.below(change.movedFrom + withoutSlash(file.path).slice(now.length));
          const came = found(isNew ? 'added' : 'moved_to', isDir, at, path);
          await batches.add(...(before === undefined ? [] : [found('moved_from', isDir, at, before)]), came);
        }
      }
      await batches.flush();
      return { kind: 'done', note: `${batches.count} changes` };
    } catch (error) {
      return clusterOutcome(error);
    }
  };
  const action: Action = {
    name: LOOK_ACTION,
    summary: 'Tells of the files in a directory that came',
    // Of what is inside nobody else tells.
    perseveres: true,
    params: (z) => z.unknown(),
    effects: () => [],
    privileges: () => [],
    // It has no effects, and what is inside is to be told of in a dry run too.
    async dryRun(input, context) {
      const outcome = await look(input, context);
      return 'note' in outcome ? outcome.note : 'could not look into it';
    },
    run: look,
  };
  return {
    name: LOOK_INSIDE,
    description: null,
    limits: { rate: null, burst: null, perHour: null },
    steps: [{ action, params: {}, continueOnError: false }],
    changesFiles: false,
    covers: () => true,
    decide: () => 'match',
  };
}
