// Memory of the process after each million events: what grows is in the store.
import { say } from '../../filelock/progress.mjs';
import { startFork } from '../process.mjs';
import { recording } from '../recording.mjs';
import { makePlace } from '../store.mjs';

const EACH = 1_000_000;

export async function memory({ memoryEvents }) {
  const each = Math.min(EACH, memoryEvents);
  const times = Math.ceil(memoryEvents / each);
  const place = await makePlace('sqlite');
  const server = startFork('server.mjs');
  try {
    const at = await server.told('listening');
    const consumer = startFork('consumer.mjs', { server: at, place: place.at, ruleCount: 10 });
    try {
      await consumer.told('ready');
      const startMb = consumer.residentMegabytes;
      const samples = [];
      server.send({ path: recording(each, 1), times });
      for (let n = 1; n <= times; n += 1) {
        await consumer.told('end');
        samples.push({ events: n * each, mb: consumer.residentMegabytes });
        say(`memory: ${n * each} of ${times * each} events, ${consumer.residentMegabytes.toFixed(0)} MB resident`);
      }
      return { startMb, samples, peakMb: consumer.peakMegabytes };
    } finally {
      await consumer.stop();
    }
  } finally {
    await server.stop();
    await place.remove();
  }
}
