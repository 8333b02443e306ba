// Starts an emulator from the library and prints its coordinates as one JSON line; ends with SIGTERM.
import { startEmulator } from '../packages/qumulo-emulator/dist/index.js';

const { host, port, username, password, accessToken, fingerprint256, stop } = await startEmulator({
  host: process.argv[2] ?? '127.0.0.1',
  port: 0,
});
console.log(JSON.stringify({ host, port, username, password, accessToken, fingerprint256 }));
process.once('SIGTERM', () => process.exit(0));
