import { readFile } from 'node:fs/promises';
import { changeIni, writePrivateFile } from '../config/ini/write.ts';
import { errnoOf } from '../errors/errno.ts';
import { canAsk } from '../output/terminal.ts';
import { writeTo } from '../process/streams.ts';
import type { TrustQuestions } from './trust.ts';

/** Asks on the terminal, if there is one. */
export function terminalTrust(): TrustQuestions {
  const say = (text: string) => void writeTo(process.stderr, `${text}\n`);
  if (!canAsk()) return { say };
  return {
    say,
    ask: async (question) => {
      say(question);
      const { confirm } = await import('@inquirer/prompts');
      return await confirm(
        { message: 'Trust this certificate from now on?', default: false },
        { output: process.stderr },
      );
    },
  };
}

/** Keeps an accepted fingerprint in the configuration file, so that it is asked for once. Without a file, or with one that this user may not write, it says how to keep it. */
export async function keepFingerprint(
  fingerprint: string,
  configFile: string | undefined,
  say: (text: string) => void,
): Promise<void> {
  if (configFile === undefined) {
    say(`To be asked only once, add --tls-fingerprint ${fingerprint}`);
    return;
  }
  try {
    const text = await readFile(configFile, 'utf8');
    const changes = new Map([['TLS_FINGERPRINT', fingerprint]]);
    await writePrivateFile(configFile, changeIni(text, configFile, changes));
    say(`Fingerprint saved to ${configFile}`);
  } catch (error) {
    const why = errnoOf(error);
    if (why === undefined) throw error;
    say(`Cannot save it to ${configFile} (${why}). To be asked only once, add --tls-fingerprint ${fingerprint}`);
  }
}
