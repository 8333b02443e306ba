// qwarden's side of the stream: the real engine in a process of its own. Forked; tells when it listens, and of each end of the recording.
import { clientOf, makeMonitor } from './engine.mjs';
import { END_RULE, ruleFile } from './rules.mjs';
import { openStore } from './store.mjs';

const { server, place, ruleCount } = JSON.parse(process.argv[2]);
const client = clientOf(server);
const store = await openStore(place);
const stop = new AbortController();

function report(event) {
  // Told when it is durable: all before it is decided about and committed.
  if (event.kind === 'matched' && event.rule === END_RULE)
    process.send({ kind: 'end', ns: String(process.hrtime.bigint()), cpu: process.cpuUsage() });
  else if (event.kind === 'listening') process.send({ kind: 'ready', cpu: process.cpuUsage() });
  else if (event.kind === 'fatal' || event.kind === 'stream-ended') process.stderr.write(`${JSON.stringify(event)}\n`);
}

const monitor = await makeMonitor({ client, store, ruleText: ruleFile(ruleCount), report });
process.once('disconnect', () => stop.abort());
process.on('message', (message) => {
  if (message.kind === 'finish') stop.abort();
});
const summary = await monitor.run(stop.signal);
if (process.connected) process.send({ kind: 'summary', ...summary });
await monitor.close();
await client.close();
if (process.connected) process.disconnect();
