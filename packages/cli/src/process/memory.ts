import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

const MIB = 1024 ** 2;
/** Below it a burst of events, or the walk through a large directory, may be the end. */
const LEAST = 192 * MIB;
/** Node needs so much beside its heap: its program, buffers, SQLite. */
const BESIDE_HEAP = 80 * MIB;
/** Node lets its heap grow to about as much by itself, however little there is; more than that somebody has asked for. */
const NODES_LEAST = 320 * MIB;

/** What this process may use, bytes. */
export interface MemoryLimits {
  /** Of the container or the service; undefined: none. */
  readonly limit: number | undefined;
  readonly machine: number;
  /** What the heap may grow to before Node ends the program itself. */
  readonly heap: number;
}

export function memoryLimits(): MemoryLimits {
  const machine = totalmem();
  const constrained = process.constrainedMemory();
  // Without a limit systems say 0, or more than there is.
  const limit = constrained > 0 && constrained < machine ? constrained : undefined;
  return { limit, machine, heap: getHeapStatistics().heap_size_limit };
}

/** What is wrong with so little memory: then the system ends the program in the middle of its work (exit code 137), without a word. */
export function memoryTrouble({
  limit,
  machine,
  heap,
}: MemoryLimits): { readonly message: string; readonly remedy: string } | undefined {
  const most = limit ?? machine;
  const whose = limit === undefined ? 'This machine has' : 'This process may use';
  if (most < LEAST) {
    return {
      message: `${whose} ${inMib(most)} of memory: with so little it may be killed in a burst (exit code 137). Nothing is lost then, and what was pending begins anew at the next start.`,
      remedy: 'Give it 256 MiB or more (the limit of the container, MemoryMax= of the service).',
    };
  }
  if (limit !== undefined && heap > NODES_LEAST && heap + BESIDE_HEAP > limit) {
    return {
      message: `This process may use ${inMib(limit)} of memory, and its heap may grow to ${inMib(heap)}: it may be killed (exit code 137) before it collects its garbage.`,
      remedy: `Take --max-old-space-size out of NODE_OPTIONS, or make it ${Math.floor((limit - BESIDE_HEAP) / MIB)} or less; or raise the limit.`,
    };
  }
  return undefined;
}

export function inMib(bytes: number): string {
  return `${Math.floor(bytes / MIB).toLocaleString('en')} MiB`;
}
