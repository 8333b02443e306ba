/** Milliseconds of an RFC 3339 time with any offset; undefined when the text is none. */
export function parseInstant(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '', fraction = '', offset = ''] = match;
  const milliseconds = Date.parse(`${day}T${time}${fraction.slice(0, 4)}${offset.toUpperCase()}`);
  const isRealDay = !Number.isNaN(milliseconds) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  return isRealDay ? milliseconds : undefined;
}
