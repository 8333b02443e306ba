import type { RequestInfo } from '@qwarden/qumulo-client';
import type { Logger } from '../../log/logger.ts';

type OnRequest = (info: RequestInfo) => void;

/** With `--debug`, a line for each call to the cluster; and whoever else wants to know. */
export function callLogging(debug: boolean, logger: Logger, also: OnRequest | undefined): { onRequest?: OnRequest } {
  if (!debug) return also === undefined ? {} : { onRequest: also };
  return {
    onRequest: (info) => {
      also?.(info);
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
