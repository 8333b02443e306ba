import colours from 'picocolors';
import { OutputFile } from '../../log/output-file.ts';
import { createLogger, type Logger, type LogSink } from '../../log/logger.ts';
import type { Level } from '../../log/levels.ts';
import { gathered } from '../../process/gathered.ts';
import { writeTo } from '../../process/streams.ts';
import type { OutputPlan } from './output-plan.ts';

export interface OpenLog {
  logger: Logger;
  close: () => void;
}

/** Standard output (unless detached) and the file of --output. SIGHUP opens that file anew. */
export function openLog(
  settings: { values: { logFormat: 'text' | 'json'; debug: boolean } },
  plan: { output?: OutputPlan },
  toStdout: boolean,
): OpenLog {
  const sinks: LogSink[] = [];
  const { logFormat: format, debug } = settings.values;
  const stdout = gathered((text) => void writeTo(process.stdout, text));
  const console_: LogSink = {
    write: (text, level) => stdout.write(format === 'text' ? coloured(text, level) : text),
  };
  const remarks = createLogger({ format, debug, sinks: [toStdout ? console_ : stderrSink] });
  const file =
    plan.output &&
    new OutputFile({ ...plan.output, onTrouble: (text) => remarks.log({ level: 'WARNING', kind: 'output', text }) });
  // The file first: what stands on the screen is in it.
  if (file) sinks.push(file);
  if (toStdout) sinks.push(console_);
  const reopen = () => file?.reopen();
  // Also without a file: the default of SIGHUP is to die, and whoever rotates logs sends it to all.
  process.on('SIGHUP', reopen);
  return {
    logger: createLogger({ format, debug, sinks }),
    close: () => {
      process.off('SIGHUP', reopen);
      stdout.flush();
      file?.close();
    },
  };
}

/** Only where the terminal takes colours and NO_COLOR is not set. */
function coloured(text: string, level: Level): string {
  if (!process.stdout.isTTY || level === 'INFO') return text;
  const colour = { DEBUG: colours.dim, WARNING: colours.yellow, ERROR: colours.red }[level];
  return `${colour(text.trimEnd())}\n`;
}

const stderrSink: LogSink = { write: (text) => void writeTo(process.stderr, text) };
