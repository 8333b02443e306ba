/** How long a file is to be kept, as asked. `text` is what the person wrote. */
export type Retention = RetentionPeriod | RetentionUntil;

/** A calendar period from the moment the retention lock is set. Every number is a whole number from 0 up. */
export interface RetentionPeriod {
  readonly kind: 'period';
  readonly text: string;
  readonly years: number;
  readonly months: number;
  /** Weeks are counted as seven days. */
  readonly days: number;
  /** Hours, minutes and seconds of an ISO-8601 duration, as seconds. */
  readonly seconds: number;
}

/** A fixed end. `at` is RFC 3339 in UTC with whole seconds, for example `2031-12-31T00:00:00Z`. */
export interface RetentionUntil {
  readonly kind: 'until';
  readonly text: string;
  readonly at: string;
}
