import { bytes, empty, tagged } from '../http/answer.ts';
import { object, string } from '../http/decode.ts';
import { on, onBody, rawBytes } from '../http/operation.ts';
import { attributesPatch } from './file-bodies.ts';
import { refOf, snapshotOf } from './file-query.ts';
import { readOptions } from './files.ts';

const streamName = object({ stream_name: string });

/** Named streams of a file. Stream `0` is the unnamed one (FACTS 3). */
export const fileStreamOperations = {
  ...on('GET /v1/files/{ref}/streams/', {
    handle: (call) => tagged(call.cluster.fs.listStreams(call.caller, refOf(call), { snapshot: snapshotOf(call) })),
  }),
  ...onBody('POST /v1/files/{ref}/streams/', streamName, {
    handle: (call, { stream_name: name }) => tagged(call.cluster.fs.createStream(call.caller, refOf(call), name, call)),
  }),
  ...on('DELETE /v1/files/{ref}/streams/{stream_id}', {
    handle(call) {
      call.cluster.fs.removeStream(call.caller, refOf(call), call.param('stream_id'), call);
      return empty();
    },
  }),
  ...on('GET /v1/files/{ref}/streams/{stream_id}/attributes', {
    handle(call) {
      call.query.flag('retrieve-file-lock');
      const options = { snapshot: snapshotOf(call) };
      return tagged(call.cluster.fs.getStreamAttributes(call.caller, refOf(call), call.param('stream_id'), options));
    },
  }),
  ...onBody('PATCH /v1/files/{ref}/streams/{stream_id}/attributes', attributesPatch, {
    handle: (call, patch) =>
      tagged(call.cluster.fs.setStreamAttributes(call.caller, refOf(call), call.param('stream_id'), patch, call)),
  }),
  ...on('GET /v1/files/{ref}/streams/{stream_id}/data', {
    handle: (call) =>
      bytes(
        call.cluster.fs.readData(call.caller, refOf(call), {
          ...readOptions(call),
          streamId: call.param('stream_id'),
        }),
      ),
  }),
  ...onBody('PUT /v1/files/{ref}/streams/{stream_id}/data', rawBytes, {
    handle: (call, body) =>
      tagged(
        call.cluster.fs.writeStream(call.caller, refOf(call), call.param('stream_id'), body, {
          ifMatch: call.ifMatch,
        }),
      ),
  }),
  ...onBody('PATCH /v1/files/{ref}/streams/{stream_id}/data', rawBytes, {
    handle: (call, body) =>
      tagged(
        call.cluster.fs.writeStream(call.caller, refOf(call), call.param('stream_id'), body, {
          ifMatch: call.ifMatch,
          offset: call.query.count('offset') ?? 0,
        }),
      ),
  }),
  ...onBody('POST /v1/files/{ref}/streams/{stream_id}/rename', streamName, {
    handle: (call, { stream_name: name }) =>
      tagged(call.cluster.fs.renameStream(call.caller, refOf(call), call.param('stream_id'), name, call)),
  }),
};
