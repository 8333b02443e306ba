import pc from 'picocolors';

/** Colours for standard output: on a terminal that has them, unless NO_COLOR says otherwise. Never in a pipe, not even in CI. */
export function coloursOfStdout(): ReturnType<typeof pc.createColors> {
  const { NO_COLOR: none, TERM: terminal } = process.env;
  // In a pipe it is undefined, whatever its type says, and undefined would let picocolors decide.
  const onTerminal = process.stdout.isTTY ? !none && terminal !== 'dumb' : false;
  return pc.createColors(onTerminal);
}
