/** A word of the rules language that cannot be read. The message is for people: what is wrong, and what is accepted. */
export class RuleTextError extends Error {
  override readonly name = 'RuleTextError';
  readonly code = 'QWARDEN_RULE_TEXT';
}
