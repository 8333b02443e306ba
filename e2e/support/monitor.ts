import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { type Finished, qwarden, type Running, start, temporaryDirectory } from './qwarden.ts';

export interface MonitorRun {
  running: Running;
  cwd: string;
  env: Record<string, string>;
  /** Runs another command that looks at the same store. */
  look: (...args: string[]) => Promise<Finished>;
  /** The same, with its JSON. */
  json: <T>(...args: string[]) => Promise<T>;
}

/** `qwarden monitor` with these rules, its state in `state`; resolves when it listens. */
export async function startMonitor(cluster: Cluster, rules: string, cwd = temporaryDirectory()): Promise<MonitorRun> {
  writeFileSync(join(cwd, 'rules.yml'), rules);
  const env = { ...cluster.env, QWARDEN_RULES: 'rules.yml', QWARDEN_STORE: 'sqlite:state' };
  const running = start(['monitor'], { cwd, env });
  await running.until(/Listening for change notifications/);
  const look = (...args: string[]) => qwarden(args, { cwd, env: { QWARDEN_STORE: 'sqlite:state' } });
  const json = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await look(...args, '--json');
    if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
    const value: T = JSON.parse(stdout);
    return value;
  };
  return { running, cwd, env, look, json };
}
