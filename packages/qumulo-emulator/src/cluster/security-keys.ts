import { createPublicKey, randomBytes, randomUUID, verify } from 'node:crypto';
import { badKey, badSignature, keyDisabled, keyInUse, keyNameTaken, keyNotFound } from './errors.ts';

/** A public key of the key store; it locks snapshots, and only its owner can unlock them. */
export interface SecurityKey {
  readonly id: string;
  name: string;
  comment: string;
  publicKey: string;
  disabled: boolean;
  readonly createdAtMs: number;
}

/** The file system's key store. `inUse` tells whether a key still locks something. */
export class SecurityKeys {
  readonly #keys = new Map<string, SecurityKey>();
  readonly #challenges = new Map<string, string>();
  readonly #inUse: (keyId: string) => boolean;

  constructor(inUse: (keyId: string) => boolean) {
    this.#inUse = inUse;
  }

  all(): SecurityKey[] {
    return [...this.#keys.values()];
  }

  /** By id or by name. */
  get(ref: string): SecurityKey {
    const key = this.#keys.get(ref) ?? this.all().find((candidate) => candidate.name === ref);
    if (key === undefined) throw keyNotFound(ref);
    return key;
  }

  /** For locking: the key must be enabled. */
  usable(ref: string): SecurityKey {
    const key = this.get(ref);
    if (key.disabled) throw keyDisabled(key.name);
    return key;
  }

  /** `signature` is Base64, of the key's name by the private key: proof that somebody holds it. */
  add(fields: { name: string; publicKey: string; signature: string; comment: string }, nowMs: number): SecurityKey {
    if (fields.name === '') throw badKey('A key needs a name');
    if (this.all().some((key) => key.name === fields.name)) throw keyNameTaken(fields.name);
    const publicKey = normalKey(fields.publicKey);
    if (!isSigned(publicKey, fields.name, fields.signature)) throw badSignature();
    const key: SecurityKey = {
      id: randomUUID(),
      name: fields.name,
      comment: fields.comment,
      publicKey,
      disabled: false,
      createdAtMs: nowMs,
    };
    this.#keys.set(key.id, key);
    return key;
  }

  change(key: SecurityKey, change: { name?: string; comment?: string; disabled?: boolean }): SecurityKey {
    if (change.name !== undefined && this.all().some((other) => other !== key && other.name === change.name))
      throw keyNameTaken(change.name);
    if (change.name === '') throw badKey('A key needs a name');
    key.name = change.name ?? key.name;
    key.comment = change.comment ?? key.comment;
    key.disabled = change.disabled ?? key.disabled;
    return key;
  }

  remove(key: SecurityKey): void {
    if (this.#inUse(key.id)) throw keyInUse(key.name);
    this.#keys.delete(key.id);
  }

  /** The text to sign for a purpose (`unlock 7`, `replace <key>`); the same until it was used. */
  challenge(purpose: string): string {
    const known = this.#challenges.get(purpose);
    if (known !== undefined) return known;
    const made = randomBytes(24).toString('base64');
    this.#challenges.set(purpose, made);
    return made;
  }

  /** Spends a challenge; throws unless it was signed by this key. */
  answer(key: SecurityKey, purpose: string, signature: string): void {
    const challenge = this.#challenges.get(purpose);
    if (challenge === undefined || !isSigned(key.publicKey, challenge, signature)) throw badSignature();
    this.#challenges.delete(purpose);
  }

  /** Puts another public key in a key's place; both owners sign the challenge. */
  replace(key: SecurityKey, fields: { publicKey: string; oldSignature: string; newSignature: string }): void {
    const publicKey = normalKey(fields.publicKey);
    const purpose = `replace ${key.id}`;
    if (!isSigned(publicKey, this.challenge(purpose), fields.newSignature)) throw badSignature();
    this.answer(key, purpose, fields.oldSignature);
    key.publicKey = publicKey;
  }
}

/** PEM of a key given as PEM, or as Base64 DER. */
function normalKey(text: string): string {
  const pem = text.includes('-----BEGIN')
    ? text
    : `-----BEGIN PUBLIC KEY-----\n${text.trim()}\n-----END PUBLIC KEY-----\n`;
  try {
    return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
  } catch {
    throw badKey('public_key is not a public key in PEM or Base64 DER form');
  }
}

function isSigned(publicKey: string, text: string, signature: string): boolean {
  try {
    return verify('sha256', Buffer.from(text, 'utf8'), publicKey, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
