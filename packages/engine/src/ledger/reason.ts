/** What a rule asks for, in short: `7y, legal hold`. */
export function termsOf(retention: string | undefined, legalHold: boolean): string {
  const parts = [...(retention === undefined ? [] : [retention]), ...(legalHold ? ['legal hold'] : [])];
  return parts.join(', ');
}

/** `filelock` is one rule, whose name is made of this and the watched directory's id, and whose description is the policy. */
export const FILELOCK = 'filelock ';

/** Why a file has, or is to get, its retention lock, in one line: the ledger's `why`. */
export function reasonOf(rule: { readonly name: string; readonly description: string | null }, terms: string): string {
  if (rule.description !== null && rule.name.startsWith(FILELOCK)) return rule.description;
  return `rule "${rule.name}": ${terms}`;
}
