import { type Finding, findingsOf } from '@qwarden/engine';
import { exitCodeOf } from '../../doctor/exit-code.ts';
import { examine } from '../../doctor/examine.ts';
import { type Subject, subjectOf } from '../../doctor/subject.ts';
import { CliError, ExitCode } from '../../errors/cli-error.ts';
import { reportOf } from '../../errors/report.ts';
import { oneLine } from '../../log/escape.ts';
import type { Source } from '../../options/origin.ts';
import type { ValuesOf } from '../../options/definition.ts';
import type { doctorOptions } from '../../options/table/doctor.ts';
import { chosenFormat, type Format } from '../../output/format.ts';
import { print } from '../../output/print.ts';
import { tableLines } from '../../output/table.ts';

type Values = Pick<ValuesOf<typeof doctorOptions>, 'sendTest' | 'format' | 'json'>;

/** `qwarden doctor`. Throws CliError for a command line that must be corrected. */
export async function runDoctor(word: string | undefined, flags: Source, values: Values): Promise<ExitCode> {
  const format = chosenFormat({ ...values, csv: false });
  const subject = await readSubject(word, flags, format);
  if (!('door' in subject)) {
    await print(shown([subject], format, ExitCode.usage));
    return ExitCode.usage;
  }
  // Nothing is left behind by a look, so that a signal may end it where it is.
  const signal = new AbortController().signal;
  const findings = await examine(subject, { sendTest: values.sendTest, environment: process.env, signal });
  const exitCode = exitCodeOf(findings);
  await print(shown(findings, format, exitCode));
  return exitCode;
}

/** A configuration that cannot be read is what a doctor is asked about; a wrong command line only by programs, which want one form of answer. */
async function readSubject(word: string | undefined, flags: Source, format: Format): Promise<Subject | Finding> {
  try {
    return await subjectOf(word, flags, process.env);
  } catch (error) {
    const { message, remedy, exitCode } = await reportOf(error);
    const isUsage = error instanceof CliError && error.kind === 'usage';
    if (exitCode !== ExitCode.usage || (isUsage && format === 'table')) throw error;
    return findingsOf('configuration').failed(message.split('\n').map(oneLine).join(' '), remedy);
  }
}

function shown(findings: readonly Finding[], format: Format, exitCode: ExitCode): Iterable<string> {
  if (format === 'table') return linesOf(findings);
  const rows = findings.map(({ check, verdict, message, remedy }) => ({
    check,
    verdict,
    message,
    remedy: remedy ?? null,
  }));
  return [`${JSON.stringify({ exitCode, findings: rows }, undefined, 2)}\n`];
}

const LOUD = { ok: 'ok', warning: 'WARNING', failed: 'FAILED', unknown: 'UNKNOWN', skipped: '-' } as const;

function* linesOf(findings: readonly Finding[]): Generator<string> {
  yield* tableLines(
    ['CHECK', 'RESULT', 'FOUND'],
    findings.map(({ check, verdict, message }) => [check, LOUD[verdict], message]),
  );
  const open = findings.filter(({ remedy, verdict }) => remedy !== undefined && verdict !== 'ok');
  if (open.length > 0) yield '\nWhat to do:\n';
  for (const { check, message, remedy = '' } of open) {
    yield `  ${check}: ${oneLine(message)}\n`;
    for (const line of remedy.split('\n')) yield `      ${oneLine(line)}\n`;
  }
  yield `\n${summary(findings)}\n`;
}

function summary(findings: readonly Finding[]): string {
  const count = (verdict: Finding['verdict']) => findings.filter((finding) => finding.verdict === verdict).length;
  const parts = [
    `${count('ok')} checks well`,
    ...(['warning', 'failed', 'unknown'] as const).flatMap((verdict) =>
      count(verdict) === 0 ? [] : [`${count(verdict)} ${SAID[verdict]}`],
    ),
  ];
  return `${parts.join(', ')}.`;
}

const SAID = { warning: 'to look at', failed: 'failed', unknown: 'could not be made' } as const;
