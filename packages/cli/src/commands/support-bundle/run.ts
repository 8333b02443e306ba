import { resolve as absolute } from 'node:path';
import { type Subject, subjectOf } from '../../doctor/subject.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import type { Source } from '../../options/origin.ts';
import { stopOnSignals } from '../../process/stop-signals.ts';
import { writeTo } from '../../process/streams.ts';
import { collect } from './collect.ts';
import { Bundle, withoutQuotes } from './bundle.ts';
import { claimPlace } from './write.ts';

/** `qwarden support-bundle`: also where the configuration is what is wrong. */
export async function makeBundle(
  place: string,
  word: string | undefined,
  flags: Source,
  lines: number,
): Promise<ExitCode> {
  const target = claimPlace(absolute(place));
  const stop = stopOnSignals(() => {
    target.forget();
    process.exit(ExitCode.interrupted);
  });
  try {
    const bundle = new Bundle();
    await collect(bundle, await subject(bundle, word, flags), { lines, environment: process.env, signal: stop.signal });
    target.write(bundle.files());
    writeTo(
      process.stdout,
      `${absolute(place)} is made: look through it before you send it on (README.txt in it says what is what).\n`,
    );
    for (const gap of bundle.gaps) writeTo(process.stderr, `qwarden: could not be gathered: ${gap}\n`);
    return bundle.gaps.length === 0 ? ExitCode.ok : ExitCode.incomplete;
  } catch (error) {
    target.forget();
    throw error;
  } finally {
    stop.release();
  }
}

async function subject(bundle: Bundle, word: string | undefined, flags: Source): Promise<Subject | undefined> {
  if (word !== undefined && word !== 'filelock' && word !== 'monitor') await subjectOf(word, flags, process.env);
  try {
    return await subjectOf(word, flags, process.env);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // What is quoted in it may be what somebody has typed into the wrong line.
    const remedy = error instanceof CliError && error.remedy !== undefined ? `\n${error.remedy}` : '';
    bundle.gap('configuration', withoutQuotes(`${error.message}${remedy}`));
    return undefined;
  }
}
