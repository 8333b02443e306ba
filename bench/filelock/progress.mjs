// One line on stderr that changes on a terminal, and plain lines elsewhere.
const terminal = process.stderr.isTTY;
const started = Date.now();

export function say(text) {
  const seconds = Math.round((Date.now() - started) / 1000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  if (terminal) process.stderr.write(`\r\x1b[2K${clock} ${text}`.slice(0, process.stderr.columns + 4));
  else process.stderr.write(`${clock} ${text}\n`);
}

/** For what comes often: a terminal only. */
export function tick(text) {
  if (terminal) say(text);
}

export function sayDone() {
  if (terminal) process.stderr.write('\r\x1b[2K');
}
