import { OutsideError } from '../port.ts';

/** For people: the host, or why there is none to name. */
export function hostOrWhyNot(read: () => { readonly host: string }): string {
  try {
    return read().host;
  } catch (error) {
    if (error instanceof OutsideError) return `nobody, because ${error.message}`;
    throw error;
  }
}
