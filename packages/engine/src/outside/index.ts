import type { Clock } from '@qwarden/qumulo-client';
import type { Outside } from '../actions/port.ts';
import { runCommand } from './command.ts';
import { HttpSender } from './http.ts';
import { MailSender } from './mail.ts';
import { RedisPublisher } from './publish.ts';
import { readSecret } from './secret.ts';
import { Targets, type TargetOptions } from './targets.ts';
import { createTrust } from './trust.ts';

export interface OutsideOptions extends TargetOptions {
  /** Where secrets and the few variables that programs inherit come from: `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** CAs to trust instead of those of this machine (PEM). */
  readonly ca?: string | undefined;
}

/** The world beside the cluster. Nothing is opened or loaded before it is needed. */
export function createOutside(options: OutsideOptions): Outside & { close(): Promise<void> } {
  const { environment, clock } = options;
  const trust = createTrust(options.ca);
  const targets = new Targets(options);
  const http = new HttpSender(clock, trust, targets);
  const mail = new MailSender(clock, trust, targets);
  const redis = new RedisPublisher(clock, trust, targets);
  return {
    http: (request, signal) => http.send(request, signal),
    mail: (message, server, signal) => mail.send(message, server, signal),
    run: async (spec, signal) => {
      targets.demandProgram(spec.command[0]);
      return await runCommand(spec, signal, { clock, environment });
    },
    publish: (message, signal) => redis.send(message, signal),
    secret: (from) => readSecret(environment, from),
    close: async () => {
      await Promise.all([http.close(), redis.close()]);
    },
  };
}
