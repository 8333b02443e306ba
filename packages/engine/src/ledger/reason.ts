/** What a rule asks for, in short: `7y, legal hold`. */
export function termsOf(retention: string | undefined, legalHold: boolean): string {
  const parts = [...(retention === undefined ? [] : [retention]), ...(legalHold ? ['legal hold'] : [])];
  return parts.join(', ');
}

/** Why a file has, or is to get, its retention lock, in one line: the ledger's `why`. */
export function reasonOf(rule: string, terms: string): string {
  return `rule "${rule}": ${terms}`;
}
