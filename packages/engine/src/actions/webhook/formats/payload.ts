/** What is sent. */
export interface Payload {
  readonly contentType: string;
  readonly body: string;
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** The message to people when a rule does not word its own. */
export const DEFAULT_TEXT = '{{rule}}: {{event}} {{path}}';
