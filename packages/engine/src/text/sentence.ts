/** With a full stop, when nothing ends it yet: other sentences follow. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
