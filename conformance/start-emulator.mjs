// Starts the emulator without the CLI and prints its coordinates as one JSON line; ends with SIGTERM.
import { startEmulator } from '@qwarden/qumulo-emulator';

const [host = '127.0.0.1'] = process.argv.slice(2);
const emulator = await startEmulator({ host, port: 0 });
console.log(JSON.stringify(emulator));
process.on('SIGTERM', () => process.exit(0));
