import { jsonLine, textLine } from './format.ts';
import { levels, type LogLine } from './levels.ts';

/** Takes finished lines. */
export interface LogSink {
  write(text: string): void;
}

export interface Logger {
  log(line: LogLine): void;
  /** Lines that stand for themselves in text form (the banner); in JSON they are left out. */
  plain(text: string): void;
}

export interface LoggerOptions {
  format: 'text' | 'json';
  debug: boolean;
  sinks: readonly LogSink[];
  now?: () => Date;
}

export function createLogger(options: LoggerOptions): Logger {
  const { format, debug, sinks, now = () => new Date() } = options;
  const render = format === 'json' ? jsonLine : textLine;
  // Machines get everything: leaving lines out is for people's eyes.
  const lowest = levels.indexOf(debug || format === 'json' ? 'DEBUG' : 'INFO');
  return {
    log(line) {
      if (levels.indexOf(line.level) < lowest) return;
      const text = render(line, now());
      for (const sink of sinks) sink.write(text);
    },
    plain(text) {
      if (format === 'json') return;
      for (const sink of sinks) sink.write(text);
    },
  };
}
