/** Readers of what Redis answers: scripts and commands say what it is, these only convince the compiler without casts. */
export function list(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}

export function text(reply: unknown): string {
  return typeof reply === 'string' ? reply : String(reply ?? '');
}

export function textOrUndefined(reply: unknown): string | undefined {
  return typeof reply === 'string' ? reply : undefined;
}

export function texts(reply: unknown): string[] {
  return list(reply).map(text);
}

export function num(reply: unknown): number {
  return Number(reply ?? 0);
}

/** Flat: name, value, name, value. */
export function pairs(reply: unknown): (readonly [string, string])[] {
  const flat = texts(reply);
  return Array.from(
    { length: Math.floor(flat.length / 2) },
    (_, n) => [flat[2 * n] ?? '', flat[2 * n + 1] ?? ''] as const,
  );
}
