/**
 * A SHA-256 fingerprint in one form, `"AA:BB:…"` (32 pairs), from that form or from bare hex in any case, blanks and a
 * leading `SHA256:` or `SHA256 Fingerprint=` (as openssl prints) left aside.
 * @throws TypeError when it is not 64 hex digits.
 */
export function normaliseFingerprint(text: string): string {
  const digits = text
    .trim()
    .replace(/^sha-?256(?:\s+fingerprint)?\s*[:=]/i, '')
    .replace(/[\s:]/g, '')
    .toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(digits)) {
    throw new TypeError(
      `Not a SHA-256 fingerprint: ${JSON.stringify(text)}. Expected 64 hex digits, with or without colons (AA:BB:…).`,
    );
  }
  return (digits.match(/../g) ?? []).join(':');
}
