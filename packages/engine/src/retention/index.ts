export { RetentionError } from './error.ts';
export { parseRetention } from './parse.ts';
export { checkRetention, retentionEnd } from './end.ts';
export type { Retention, RetentionPeriod, RetentionUntil } from './retention.ts';
