import pc from 'picocolors';

/** Colours for standard output: on a terminal that has them, unless NO_COLOR says otherwise. Never in a pipe, not even in CI. */
export function coloursOfStdout(): ReturnType<typeof pc.createColors> {
  const { NO_COLOR: none, TERM: terminal } = process.env;
  return pc.createColors(Boolean(process.stdout.isTTY) && !none && terminal !== 'dumb');
}
