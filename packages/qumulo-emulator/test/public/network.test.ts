/** What public programs read of the nodes and of lists that end (FACTS 3, 9). */
import { expect, it } from 'vitest';
import { startCluster } from '../support/client.ts';

it('a node says that its cable is connected and its interface up: a finder walks only such nodes', async () => {
  const client = await startCluster({ tls: false });
  expect((await client.ok('GET', '/v2/network/interfaces/1/status/')).json).toMatchObject([
    {
      node_name: expect.any(String),
      interface_details: { cable_status: 'CONNECTED', interface_status: 'UP' },
      network_statuses: [{ address: client.emulator.host }],
    },
  ]);
});

it('connections are listed per node, with address, kind and tenant', async () => {
  const client = await startCluster({ tls: false });
  expect((await client.ok('GET', '/v2/network/connections/')).json).toEqual([{ id: 1, connections: [] }]);
  client.emulator.clients.openFile({ fileId: '2', originator: '10.1.2.3' }, 0);
  expect((await client.ok('GET', '/v2/network/connections/')).json).toEqual([
    { id: 1, connections: [{ network_address: '10.1.2.3', type: 'CONNECTION_TYPE_SMB', tenant_id: 1 }] },
  ]);
});

it('quota lists end with an empty text: a script that compares with it would ask for "null" next', async () => {
  const client = await startCluster({ tls: false });
  for (const uri of ['/v1/files/quotas/', '/v1/files/quotas/status/'])
    expect((await client.ok('GET', uri)).json).toEqual({ quotas: [], paging: { next: '' } });
});
