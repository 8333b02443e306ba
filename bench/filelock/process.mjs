// Child processes of the benchmark: their CPU and memory as Linux tells, and their end.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, that a running process has used; NaN where /proc does not tell. */
export function cpuSeconds(pid) {
  try {
    // The command's name stands in parentheses and may hold blanks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}

/** Most memory that a running process ever had resident, MB of 10^6 bytes (VmHWM). */
export function peakMegabytes(pid) {
  return statusLine(pid, 'VmHWM');
}

export function residentMegabytes(pid) {
  return statusLine(pid, 'VmRSS');
}

function statusLine(pid, name) {
  try {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return kib === null ? Number.NaN : (Number(kib[1]) * 1024) / 1e6;
  } catch {
    return Number.NaN;
  }
}

const running = new Set();

/** So that nothing outlives the benchmark. */
export function watchOver(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

export function killAll() {
  for (const child of running) child.kill('SIGKILL');
}

/** Asks a process to end and waits for it. Returns its exit code. */
export async function endProcess(child, signal = 'SIGTERM') {
  if (child.exitCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  const [code] = await ended;
  return code;
}
