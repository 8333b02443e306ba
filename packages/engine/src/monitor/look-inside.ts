import type { Action, ActionOutcome } from '../actions/port.ts';
import { clusterOutcome } from '../actions/cluster-outcome.ts';
import type { Change } from '../events/change.ts';
import type { Arming, ChangeLog, MatchTrace } from '../queue/port.ts';
import { eventAbout, isDirectory, SyntheticBatches } from './synthetic.ts';
import type { RunnableRule } from './runnable.ts';
import { BUILTIN_RULES } from './rule-book.ts';

const NAME = '(look into a directory that came)';

/** A directory that comes, or is renamed, brings files along of which no event tells. */
export function bringsFiles({ type, fileId }: Change): boolean {
  return (type === 'child_dir_moved_to' || type === 'child_dir_renamed') && fileId !== '';
}

/** Looking into a directory that brings files is a job like any other: it survives whatever happens to the process, and is tried again. */
export function lookInside(change: Change, now: number): { arming: Arming; trace: Omit<MatchTrace, 'verdict'> } {
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
export function lookInsideRule(log: Pick<ChangeLog, 'append'>, root: () => string): RunnableRule {
  const action: Action = {
    name: 'look inside',
    summary: 'Tells of the files in a directory that came',
    params: (z) => z.unknown(),
    effects: () => [],
    privileges: () => [],
    dryRun: () => Promise.resolve('look into it'),
    async run({ change, subject }, { cluster, clock, signal }): Promise<ActionOutcome> {
      const top = root();
      const batches = new SyntheticBatches(log, { epoch: 0, root: top, source: 'walk' }, () => clock.now());
      try {
        const { data: directory } = await cluster.files.getAttributes(subject.fileId, { signal });
        const now = directory.path.replace(/\/$/, '');
        for await (const file of cluster.files.walk(subject.fileId, { signal })) {
          const kind = isDirectory(file) ? 'child_dir' : 'child_file';
          const to = eventAbout(`${kind}_moved_to`, file, top);
          if (to === undefined) continue;
          if (change.movedFrom !== null && isDirectory(file)) continue;
          if (change.movedFrom !== null) {
            const before = { ...file, path: change.movedFrom + file.path.slice(now.length) };
            const from = eventAbout(`${kind}_moved_from`, before, top);
            if (from !== undefined) await batches.add(from);
          }
          // Directories below it are looked into together with it.
          if (kind === 'child_file') await batches.add(to);
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
