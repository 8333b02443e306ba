import type { RequestInfo } from '@qwarden/qumulo-client';
import type { Logger } from '../../log/logger.ts';

/** With `--debug`, a line for each call to the cluster. */
export function callLogging(debug: boolean, logger: Logger): { onRequest?: (info: RequestInfo) => void } {
  if (!debug) return {};
  return {
    onRequest: (info) => {
      const result = info.status ?? info.failure ?? 'no answer';
      logger.log({
        level: 'DEBUG',
        kind: 'call',
        text: `${info.operation}: ${result}, ${Math.round(info.ms)} ms`,
        fields: { ...info },
      });
    },
  };
}
