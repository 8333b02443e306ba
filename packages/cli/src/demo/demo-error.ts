/** The demo could not run; the message says what happened. */
export class DemoError extends Error {}
