import { jsonLine, textLine } from './format.ts';
import { type Level, levels, type LogLine } from './levels.ts';

/** Takes finished lines. */
export interface LogSink {
  write(text: string, level: Level): void;
}

export interface Logger {
  log(line: LogLine): void;
  /** What people get as the banner, and machines as a line like all others. */
  banner(text: string, line: LogLine): void;
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
      for (const sink of sinks) sink.write(text, line.level);
    },
    banner(text, line) {
      const shown = format === 'json' ? render(line, now()) : text;
      for (const sink of sinks) sink.write(shown, line.level);
    },
  };
}
