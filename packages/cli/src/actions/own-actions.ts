import type { Action, Actions } from '@qwarden/engine';
import { builtinActions } from '@qwarden/engine';
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from '../errors/cli-error.ts';
import { errnoOf } from '../errors/errno.ts';

const NAME = /^[a-z][a-z0-9-]{0,40}$/;
const FUNCTIONS = ['params', 'effects', 'privileges', 'dryRun', 'run'] as const;

/**
 * The user's own actions: each of `from` is a directory of modules (`.js`, `.mjs`, `.ts`), one module, or a package. A module exports its
 * action, or a list of them, as default (docs/actions/own.md). Throws CliError that names the module and what is wrong with it.
 */
export async function loadOwnActions(from: readonly string[]): Promise<Actions> {
  const own: Record<string, Action> = {};
  for (const place of from) {
    for (const file of modulesOf(place)) {
      for (const action of await actionsIn(file)) {
        const taken = Object.hasOwn(builtinActions, action.name) || Object.hasOwn(own, action.name);
        if (taken) throw wrong(file, `there is an action "${action.name}" already`, 'Give it another name.');
        own[action.name] = action;
      }
    }
  }
  return own;
}

function modulesOf(place: string): string[] {
  const path = resolve(place);
  try {
    if (!statSync(path).isDirectory()) return [path];
    const files = readdirSync(path).filter(
      (name) => /\.(?:m?js|m?ts)$/.test(name) && !/\.(?:d|test)\.m?ts$/.test(name),
    );
    if (files.length === 0) throw wrong(place, 'the directory has no modules', 'They end in .js, .mjs or .ts.');
    return files.sort().map((name) => join(path, name));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  try {
    // A package is looked for from where the command is run.
    return [createRequire(join(process.cwd(), 'package.json')).resolve(place)];
  } catch (error) {
    throw wrong(place, 'there is no such directory, file or package', 'Check the name of --actions.', error);
  }
}

async function actionsIn(file: string): Promise<Action[]> {
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw wrong(file, `it cannot be loaded: ${why}`, 'Run it with node to see where.', error);
  }
  const exported: unknown = module.default;
  const list: unknown[] = Array.isArray(exported) ? exported : [exported];
  return list.map((action) => checked(file, action));
}

function checked(file: string, action: unknown): Action {
  const remedy = 'docs/actions/own.md has the interface, examples/actions/ an example.';
  if (!isObject(action)) throw wrong(file, 'its default export is no action, nor a list of them', remedy);
  const { name } = action;
  if (typeof name !== 'string' || !NAME.test(name))
    throw wrong(file, '"name" is not a keyword: small letters, digits and dashes', remedy);
  if (typeof action['summary'] !== 'string') throw wrong(file, `"${name}" has no summary`, remedy);
  const missing = FUNCTIONS.filter((key) => typeof action[key] !== 'function');
  if (missing.length > 0) throw wrong(file, `"${name}" lacks ${missing.join(', ')}`, remedy);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- looked at above, as far as can be without calling it
  return action as unknown as Action;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function wrong(place: string, what: string, remedy: string, cause?: unknown): CliError {
  return new CliError('config', `Own actions, ${place}: ${what}.`, { remedy, cause });
}
