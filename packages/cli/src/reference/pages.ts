import { actionsReference, builtinActions } from '@qwarden/engine';
import { documentedCommands } from '../docs.ts';
import { configurationReference } from './configuration.ts';
import { errorsReference } from './errors.ts';
import { exitCodesReference } from './exit-codes.ts';
import { unknownsReference } from './unknowns.ts';

/** Pages of docs/reference that are made of several tables, by their path in the repository; `read` gives the text of a source file there. */
export async function referencePages(read: (path: string) => string): Promise<Record<string, string>> {
  return {
    'docs/reference/actions.md': actionsReference(builtinActions),
    'docs/reference/configuration.md': configurationReference(documentedCommands),
    'docs/reference/errors.md': errorsReference(),
    'docs/reference/exit-codes.md': await exitCodesReference(),
    'docs/reference/unknowns.md': unknownsReference(read('packages/qumulo-emulator/src/unknowns.ts')),
  };
}
