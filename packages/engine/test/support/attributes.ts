import type { FileAttributes } from '@qwarden/qumulo-client';

/** Attributes of a plain file as the cluster sends them. */
export function attributes(over: Partial<FileAttributes> = {}): FileAttributes {
  return {
    path: '/records/a.pdf',
    name: 'a.pdf',
    id: '10',
    file_number: '10',
    type: 'FS_FILE_TYPE_FILE',
    size: '1024',
    num_links: 1,
    child_count: 0,
    mode: '0644',
    owner: '500',
    owner_details: { id_type: 'LOCAL_USER', id_value: 'admin' },
    group: '513',
    group_details: { id_type: 'LOCAL_GROUP', id_value: 'Users' },
    blocks: '1',
    datablocks: '1',
    metablocks: '1',
    access_time: '2026-01-05T10:00:00Z',
    modification_time: '2026-01-05T10:00:00.5Z',
    change_time: '2026-01-05T10:00:00Z',
    creation_time: '2025-12-05T10:00:00Z',
    data_revision: '3',
    extended_attributes: {},
    ...over,
  };
}
