import { availableParallelism, cpus } from 'node:os';

export function machine() {
  return `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}, ${process.platform}`;
}
