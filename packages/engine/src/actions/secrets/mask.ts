const MASK = '•••';
/** Shorter ones are in every text: masking them would tell more than it hides. */
const LEAST_LENGTH = 4;

/** The text without these secrets. What others say about a call may repeat what they were sent. */
export function masked(text: string, secrets: Iterable<string>): string {
  // The longest first: one secret may be the beginning of another.
  const known = [...secrets].filter(({ length }) => length >= LEAST_LENGTH).sort((a, b) => b.length - a.length);
  let out = text;
  for (const secret of known) out = out.replaceAll(secret, MASK);
  return out;
}
