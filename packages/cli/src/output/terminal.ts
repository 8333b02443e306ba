/** Is somebody there to answer a question? Both ends must be a terminal. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** May a line on stderr be drawn over? */
export function canDraw(): boolean {
  return process.stderr.isTTY && process.env.TERM !== 'dumb';
}
