import { jobHandle, type Story, type StoryOf, tellStory } from '@qwarden/engine';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { oneLine } from '../../log/escape.ts';
import { withStores } from '../../look/stores.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { whyOptions } from '../../options/table/why.ts';
import { print } from '../../output/print.ts';
import { storyLines } from './words.ts';

interface LocatedStory {
  readonly stateDir: string;
  readonly story: Story;
}

/** `qwarden why`. */
export async function why(named: string | undefined, values: ValuesOf<typeof whyOptions>): Promise<ExitCode> {
  const of = subjectOf(named, values.rule);
  const subject = 'rule' in of ? `rule "${of.rule}"` : (named ?? '');
  const stories = await withStores(values.store, (stores) =>
    Promise.all(
      stores.map(async ({ stateDir, reader }) => ({ stateDir, story: await tellStory(reader, of, values.limit) })),
    ),
  );
  const told = stories.filter(({ story }) => story.parts.length > 0 || story.locks.length > 0);
  if (values.json) await print([`${JSON.stringify(told.map(jsonOf), undefined, 2)}\n`]);
  else {
    const blocks = told.map(({ story }) =>
      storyLines(subject, story, Date.now())
        .map((line) => `${oneLine(line)}\n`)
        .join(''),
    );
    await print([blocks.join('\n')]);
  }
  if (told.length > 0) return ExitCode.ok;
  throw new CliError(
    'failed',
    `Nothing is known of ${oneLine(subject)}: no ${'rule' in of ? 'match' : 'change'} of it is recorded.`,
    {
      remedy:
        'rule' in of
          ? 'Is it the name of a rule? "qwarden rules explain FILE" lists them. A rule without matches has no story.'
          : 'Is it below the directory that the monitor watches? Paths are as the cluster has them.',
    },
  );
}

function subjectOf(subject: string | undefined, rule: string | undefined): StoryOf {
  if (rule !== undefined && subject === undefined) return { rule };
  if (subject === undefined || rule !== undefined) {
    throw new CliError('usage', subject === undefined ? 'Why what?' : 'A file and a rule are two stories.', {
      remedy: 'Give a path or the id of a file, or --rule NAME.',
    });
  }
  if (/^\d+$/.test(subject)) return { fileId: subject };
  if (!subject.startsWith('/')) {
    throw new CliError('usage', `${JSON.stringify(subject)} is neither an absolute path nor the id of a file.`, {
      remedy: 'Paths begin with a slash, as the cluster has them.',
    });
  }
  return { path: subject === '/' ? '/' : subject.replace(/\/+$/, '') };
}

function jsonOf({ stateDir, story }: LocatedStory): unknown {
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const { paths, fileIds, earlier, parts, locks } = story;
  return {
    stateDir,
    paths,
    fileIds,
    earlier,
    retentionLocks: locks.map(({ recordedAt, seenAt, dueAt, lockedAt, ...lock }) => ({
      ...lock,
      recordedAt: iso(recordedAt),
      seenAt: iso(seenAt),
      dueAt: iso(dueAt),
      lockedAt: iso(lockedAt),
    })),
    changes: parts.map(({ change, ownEffectOf, matches }) => ({
      ...change,
      at: iso(change.at),
      ownEffectOf,
      matches: matches.map(({ trace, attempts, job }) => {
        const explained: unknown = JSON.parse(trace.conditions);
        return {
          rule: trace.rule,
          ruleSet: trace.ruleSet,
          at: iso(trace.at),
          verdict: trace.verdict,
          explained,
          attempts: attempts.map((attempt) => ({ ...attempt, at: iso(attempt.at) })),
          job:
            job === null
              ? null
              : {
                  job: jobHandle(job.key),
                  state: job.state,
                  dueAt: iso(job.dueAt),
                  step: job.step,
                  attempts: job.attempts,
                  lastError: job.lastError,
                },
        };
      }),
    })),
  };
}
