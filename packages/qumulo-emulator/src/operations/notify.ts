import type { WatchSink } from '../fs/api.ts';
import { on } from '../http/operation.ts';
import { refOf } from './file-query.ts';

/** Change notification (FACTS 6). The file system's watch layer decides what is allowed and what is delivered. */
export const notifyOperations = {
  ...on('GET /v1/files/{ref}/notify', {
    handle(call) {
      const { fs } = call.cluster;
      const { caller } = call;
      const ref = refOf(call);
      const filter = call.query.text('filter');
      const options = {
        recursive: call.query.flag('recursive'),
        filter: filter === undefined || filter === '' ? undefined : filter.split(','),
      };
      return { kind: 'stream', start: (sink: WatchSink) => fs.watch.open(caller, ref, options, sink) };
    },
  }),
};
