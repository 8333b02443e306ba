"""What the CSI driver's and the Terraform provider's own suites rely on, which ran on real clusters (api/FACTS.md 14)."""

import contextlib

import pytest

from kit.wire import Wire, ref


def csi(fact):
    return pytest.mark.relied_on_by(program='CSI driver', fact=fact)


def terraform(fact):
    return pytest.mark.relied_on_by(program='Terraform provider', fact=fact)


@pytest.fixture
def wire(cluster, admin):
    made = Wire(cluster, admin.rest.credentials.bearer_token)
    yield made
    made.close()


@csi('login answers exactly 200; revision_id is "Qumulo Core " and three numbers')
def test_csi_login_and_version(cluster, wire):
    if cluster.password:
        assert (
            Wire(cluster, None)
            .send('POST', '/v1/session/login', {'username': cluster.username, 'password': cluster.password})
            .status
            == 200
        )
    revision = wire.ok('GET', '/v1/version').json()['revision_id']
    assert revision.startswith('Qumulo Core ')


@csi('a directory made twice is 409 fs_entry_exists_error; in a missing parent 404')
def test_csi_ensure_directory(wire, scratch):
    make = {'name': 'volume', 'action': 'CREATE_DIRECTORY'}
    made = wire.ok('POST', f'/v1/files/{ref(scratch.path)}/entries/', make).json()
    wire.refused(409, 'POST', f'/v1/files/{ref(scratch.path)}/entries/', make, error_class='fs_entry_exists_error')
    wire.refused(404, 'POST', f'/v1/files/{ref(scratch / "none")}/entries/', make)
    wire.ok('POST', f'/v1/files/{made["id"]}/entries/', {'name': 'file', 'action': 'CREATE_FILE'})
    wire.refused(
        409,
        'POST',
        f'/v1/files/{made["id"]}/entries/',
        {'name': 'file', 'action': 'CREATE_DIRECTORY'},
        error_class='fs_entry_exists_error',
    )


@csi('chmod by path and by id, 0000 too; of a missing path 404 fs_no_such_entry_error')
def test_csi_chmod(wire, scratch):
    for mode in ('0777', '0000', '0755'):
        assert wire.ok('PATCH', f'/v1/files/{ref(scratch.path)}/info/attributes', {'mode': mode}).json()['mode'] == mode
        assert wire.ok('PATCH', f'/v1/files/{scratch.id}/info/attributes', {'mode': mode}).json()['mode'] == mode
    wire.refused(
        404,
        'PATCH',
        f'/v1/files/{ref(scratch / "none")}/info/attributes',
        {'mode': '0777'},
        error_class='fs_no_such_entry_error',
    )


@csi('quotas: POST twice is 409, PUT without one 404, limits are decimal strings both ways')
def test_csi_quota(wire, scratch):
    body = {'id': scratch.id, 'limit': '1073741824'}
    wire.refused(
        404, 'PUT', f'/v1/files/quotas/{scratch.id}', body, error_class='api_quotas_quota_limit_not_found_error'
    )
    assert wire.ok('POST', '/v1/files/quotas/', body).json()['limit'] == '1073741824'
    wire.refused(409, 'POST', '/v1/files/quotas/', body, error_class='api_quotas_quota_limit_already_set_error')
    for limit in ('1073741824', '1', '2'):
        wire.ok('PUT', f'/v1/files/quotas/{scratch.id}', {'id': scratch.id, 'limit': limit})
        assert wire.ok('GET', f'/v1/files/quotas/{scratch.id}').json() == {'id': scratch.id, 'limit': limit}
    wire.ok('DELETE', f'/v1/files/quotas/{scratch.id}')


@csi('right after a tree-delete job is made, its path is 404, and can be made anew; a gone id is 404')
def test_csi_tree_delete(wire, scratch):
    for _ in range(2):
        made = wire.ok(
            'POST', f'/v1/files/{scratch.id}/entries/', {'name': 'volume', 'action': 'CREATE_DIRECTORY'}
        ).json()
        wire.ok('POST', '/v1/files/quotas/', {'id': made['id'], 'limit': '1000000'})
        wire.ok('POST', f'/v1/files/{made["id"]}/entries/', {'name': 'file', 'action': 'CREATE_FILE'})
        assert wire.send('POST', '/v1/tree-delete/jobs/', {'id': made['id']}).status in (200, 202)
        wire.refused(404, 'GET', f'/v1/files/{ref(scratch / "volume")}/info/attributes')
    wire.refused(404, 'POST', '/v1/tree-delete/jobs/', {'id': '987654321987'})


@pytest.mark.emulator_only
@csi('a fresh cluster has the default export: id "1", export_path /, fs_path /')
def test_csi_default_export(wire):
    for uri in ('/v2/nfs/exports/1', f'/v2/nfs/exports/{ref("/")}'):
        export = wire.ok('GET', uri).json()
        assert (export['id'], export['export_path'], export['fs_path']) == ('1', '/', '/')


@csi('an export is found by its percent-encoded path; a missing one is 404 nfs_export_doesnt_exist_error')
def test_csi_export_by_path(wire, scratch, unique):
    path = f'/{unique("csi")}'
    wire.refused(404, 'GET', f'/v2/nfs/exports/{ref(path)}', error_class='nfs_export_doesnt_exist_error')
    wire.refused(404, 'GET', '/v2/nfs/exports/987654', error_class='nfs_export_doesnt_exist_error')
    rule = {
        'host_restrictions': [],
        'user_mapping': 'NFS_MAP_NONE',
        'require_privileged_port': False,
        'read_only': False,
    }
    body = {
        'export_path': path,
        'fs_path': scratch / 'deep/er',
        'description': '',
        'restrictions': [rule],
        'fields_to_present_as_32_bit': ['FILE_IDS'],
    }
    made = wire.ok('POST', '/v2/nfs/exports/?allow-fs-path-create=true', body).json()
    assert isinstance(made['id'], str) and 'tenant_id' not in made
    assert wire.ok('GET', f'/v2/nfs/exports/{ref(path)}').json()['id'] == made['id']
    assert (
        wire.ok('GET', f'/v1/files/{ref(scratch / "deep/er")}/info/attributes').json()['type']
        == 'FS_FILE_TYPE_DIRECTORY'
    )
    wire.ok('DELETE', f'/v2/nfs/exports/{ref(path)}')
    again = wire.ok('POST', '/v2/nfs/exports/?allow-fs-path-create=false', body).json()
    wire.ok('DELETE', f'/v2/nfs/exports/{again["id"]}')


@pytest.fixture
def undo(wire):
    with contextlib.ExitStack() as stack:
        yield lambda method, uri: stack.callback(wire.send, method, uri)


@terraform('v2 exports read back as sent; lists are bare arrays')
def test_terraform_export(wire, scratch, unique, undo):
    path = f'/{unique("tf")}'
    rules = [
        {
            'host_restrictions': ['10.1.1.1', '10.2.0.0/16'],
            'read_only': True,
            'require_privileged_port': True,
            'user_mapping': 'NFS_MAP_ALL',
            'map_to_user': {'id_type': 'NFS_UID', 'id_value': '994'},
            'map_to_group': {'id_type': 'NFS_GID', 'id_value': '994'},
        },
        {
            'host_restrictions': [],
            'read_only': False,
            'require_privileged_port': False,
            'user_mapping': 'NFS_MAP_NONE',
            'map_to_user': {'id_type': 'LOCAL_USER', 'id_value': '0'},
        },
    ]
    body = {
        'id': '',
        'export_path': path,
        'fs_path': scratch.path,
        'description': 'text',
        'restrictions': rules,
        'fields_to_present_as_32_bit': [],
    }
    made = wire.ok('POST', '/v2/nfs/exports/?allow-fs-path-create=true', body).json()
    undo('DELETE', f'/v2/nfs/exports/{made["id"]}')
    got = wire.ok('GET', f'/v2/nfs/exports/{made["id"]}').json()
    for key in ('export_path', 'description', 'fields_to_present_as_32_bit'):
        assert got[key] == body[key]
    for key, value in rules[0].items():
        assert got['restrictions'][0][key] == value, key
    assert got['restrictions'][1]['host_restrictions'] == []
    changed = wire.ok(
        'PATCH', f'/v2/nfs/exports/{made["id"]}?allow-fs-path-create=false', {**got, 'description': 'new'}
    ).json()
    assert changed == {**got, 'description': 'new'}, 'PATCH takes back what GET gave'
    listed = wire.ok('GET', '/v2/nfs/exports/').json()
    assert changed in listed
    plain = wire.ok(
        'PATCH',
        f'/v2/nfs/exports/{made["id"]}?allow-fs-path-create=false',
        {
            'restrictions': [
                {
                    'host_restrictions': [],
                    'read_only': False,
                    'require_privileged_port': False,
                    'user_mapping': 'NFS_MAP_NONE',
                }
            ]
        },
    ).json()
    assert not plain['restrictions'][0].get('map_to_user') and not plain['restrictions'][0].get('map_to_group')


@terraform('local users: id, sid, can_change_password in body and answer; PUT takes everything at once; uid "" is none')
def test_terraform_user(cluster, wire, unique, undo):
    name = unique('tf')
    body = {
        'name': name,
        'primary_group': '514',
        'sid': '',
        'uid': '',
        'home_directory': '',
        'can_change_password': True,
        'password': 'Test1234',
        'id': '',
    }
    made = wire.ok('POST', '/v1/users/', body).json()
    undo('DELETE', f'/v1/users/{made["id"]}')
    assert int(made['id']) < 2**63
    got = wire.ok('GET', f'/v1/users/{made["id"]}').json()
    assert (got['name'], got['primary_group'], got['uid'] or '', got['home_directory'] or '') == (name, '514', '', '')
    assert isinstance(got['can_change_password'], bool) and isinstance(got['sid'], str)
    wire.ok(
        'PUT',
        f'/v1/users/{made["id"]}',
        {
            **body,
            'id': made['id'],
            'primary_group': '513',
            'uid': '70123',
            'home_directory': '/',
            'password': 'Test5678',
        },
    )
    got = wire.ok('GET', f'/v1/users/{made["id"]}').json()
    assert (got['primary_group'], got['uid'], got['home_directory']) == ('513', '70123', '/')
    assert (
        Wire(cluster, None).send('POST', '/v1/session/login', {'username': name, 'password': 'Test5678'}).status == 200
    )
    wire.ok('DELETE', f'/v1/users/{made["id"]}')


@terraform('local groups: rename keeps the id; adding a member answers an object or nothing, never an array')
def test_terraform_group(wire, unique, undo):
    made = wire.ok('POST', '/v1/groups/', {'name': unique('tf'), 'gid': '', 'sid': '', 'id': ''}).json()
    undo('DELETE', f'/v1/groups/{made["id"]}')
    name = unique('tf2')
    wire.ok('PUT', f'/v1/groups/{made["id"]}', {'id': made['id'], 'name': name, 'gid': '70124'})
    got = wire.ok('GET', f'/v1/groups/{made["id"]}').json()
    assert (got['id'], got['name'], got['gid']) == (made['id'], name, '70124')
    assert isinstance(got['sid'], str)
    added = wire.ok('POST', f'/v1/groups/{made["id"]}/members/', {'member_id': '501', 'group_id': made['id']})
    assert added.body == b'' or isinstance(added.json(), dict)
    wire.ok('DELETE', f'/v1/groups/{made["id"]}/members/501')


@terraform('roles: PUT replaces description and privileges; members by name alone; GET and DELETE of a member')
def test_terraform_role(wire, unique, undo):
    name = unique('tf')
    privileges = ['PRIVILEGE_AD_READ', 'PRIVILEGE_AD_USE', 'PRIVILEGE_AUDIT_READ']
    wire.ok('POST', '/v1/auth/roles/', {'name': name, 'description': 'one', 'privileges': privileges})
    undo('DELETE', f'/v1/auth/roles/{name}')
    assert wire.ok('GET', f'/v1/auth/roles/{name}').json() == {'description': 'one', 'privileges': privileges}
    wire.ok('PUT', f'/v1/auth/roles/{name}', {'name': name, 'description': 'two', 'privileges': privileges[:1]})
    assert wire.ok('GET', f'/v1/auth/roles/{name}').json() == {'description': 'two', 'privileges': privileges[:1]}
    member = wire.ok('POST', f'/v1/auth/roles/{name}/members', {'name': 'guest', 'role_name': name}).json()
    assert member['auth_id'] == '501'
    assert wire.ok('GET', f'/v1/auth/roles/{name}/members/501').json()['auth_id'] == '501'
    wire.ok('DELETE', f'/v1/auth/roles/{name}/members/501')
    wire.refused(404, 'GET', f'/v1/auth/roles/{name}/members/501')


@pytest.mark.emulator_only
@pytest.mark.parametrize(
    ('uri', 'verbs', 'body'),
    [
        ('/v2/nfs/settings', ('PUT', 'PATCH'), {'v4_enabled': True, 'krb5_enabled': True, 'auth_sys_enabled': True}),
        (
            '/v1/smb/settings',
            ('PUT', 'PATCH'),
            {
                'session_encryption': 'PREFERRED',
                'supported_dialects': [],
                'hide_shares_from_unauthorized_users': True,
                'hide_shares_from_unauthorized_hosts': True,
                'snapshot_directory_mode': 'DISABLED',
                'bypass_traverse_checking': True,
                'signing_required': True,
            },
        ),
        (
            '/v0/ftp/settings',
            ('PUT', 'PATCH'),
            {
                'enabled': True,
                'check_remote_host': False,
                'log_operations': False,
                'chroot_users': True,
                'allow_unencrypted_connections': False,
                'expand_wildcards': True,
                'anonymous_user': {'id_type': 'LOCAL_USER', 'id_value': 'admin'},
                'greeting': 'Hello!',
            },
        ),
        ('/v1/file-system/settings/atime', ('PUT', 'PATCH'), {'enabled': True, 'granularity': 'DAY'}),
        (
            '/v1/web-ui/settings',
            ('PUT', 'PATCH'),
            {'inactivity_timeout': {'nanoseconds': '900000000000'}, 'login_banner': '# Hello'},
        ),
        (
            '/v1/audit/syslog/config',
            ('PUT', 'PATCH'),
            {'enabled': True, 'server_address': '10.0.0.9', 'server_port': 514},
        ),
        ('/v1/audit/syslog/config', ('PUT', 'PATCH'), {'enabled': False, 'server_address': '', 'server_port': 0}),
        (
            '/v1/audit/cloudwatch/config',
            ('PUT', 'PATCH'),
            {'enabled': True, 'log_group_name': 'cloudwatch', 'region': 'us-west-2'},
        ),
        (
            '/v2/ldap/settings',
            ('PUT', 'PATCH'),
            {
                'use_ldap': True,
                'bind_uri': 'ldap://ldap.example.com',
                'user': '',
                'base_distinguished_names': 'dc=cloud,dc=example,dc=com',
                'ldap_schema': 'CUSTOM',
                'ldap_schema_description': {
                    'group_member_attribute': 'memberUid',
                    'user_group_identifier_attribute': 'uid',
                    'login_name_attribute': 'uid',
                    'group_name_attribute': 'cn',
                    'user_object_class': 'posixAccount',
                    'group_object_class': 'posixGroup',
                    'uid_number_attribute': 'uidNumber',
                    'gid_number_attribute': 'gidNumber',
                },
                'encrypt_connection': False,
            },
        ),
        (
            '/v1/support/settings',
            ('PUT', 'PATCH'),
            {
                'enabled': True,
                'mq_host': 'missionq.example.com',
                'mq_port': 443,
                'mq_proxy_host': 'missionq.example.com',
                'mq_proxy_port': 372,
                's3_proxy_host': 'monitor.example.com',
                's3_proxy_port': 444,
                's3_proxy_disable_https': True,
                'vpn_enabled': True,
                'vpn_host': 'ep1.example.com',
                'period': 60,
            },
        ),
        (
            '/v2/network/interfaces/1',
            ('PUT', 'PATCH'),
            {'name': 'lo', 'default_gateway': '10.220.0.2', 'bonding_mode': 'IEEE_8023AD', 'mtu': 1700},
        ),
        ('/v1/file-system/settings/permissions', ('PUT',), {'mode': 'NATIVE'}),
        ('/v1/cluster/settings', ('PUT',), {'cluster_name': 'terraform'}),
        (
            '/v1/time/settings',
            ('PUT', 'PATCH'),
            {'use_ad_for_primary': False, 'ntp_servers': ['0.qumulo.pool.ntp.org', '1.qumulo.pool.ntp.org']},
        ),
    ],
)
@terraform('settings round trip, by PUT and PATCH')
def test_terraform_settings(wire, uri, verbs, body):
    before = wire.ok('GET', uri).json()
    try:
        for verb in verbs:
            wire.ok('PUT', uri, before)
            wire.ok(verb, uri, body)
            got = wire.ok('GET', uri).json()
            assert {key: got[key] for key in body} == body
    finally:
        wire.ok('PUT', uri, before)


@pytest.mark.relied_on_by(
    program='AllStop',
    fact='NFS restrictions with only host_restrictions, read_only, user_mapping; PATCH with the whole object',
)
def test_allstop_export(wire, scratch, unique, undo):
    rule = {'host_restrictions': [], 'read_only': False, 'user_mapping': 'NFS_MAP_NONE'}
    made = wire.ok(
        'POST',
        '/v3/nfs/exports/?allow-fs-path-create=false',
        {'export_path': f'/{unique("stop")}', 'fs_path': scratch.path, 'description': '', 'restrictions': [rule]},
    ).json()
    undo('DELETE', f'/v3/nfs/exports/{made["id"]}')
    got = wire.ok('GET', f'/v3/nfs/exports/{made["id"]}')
    stopped = {**got.json(), 'restrictions': [{**rule, 'read_only': True}]}
    changed = wire.ok('PATCH', f'/v3/nfs/exports/{made["id"]}', stopped, headers={'If-Match': got.etag}).json()
    assert changed['restrictions'][0]['read_only'] is True
    back = wire.ok('PATCH', f'/v3/nfs/exports/{made["id"]}', got.json()).json()
    assert back == got.json()


@terraform('v2 shares read back as sent, order kept; a trustee by name alone comes back resolved, with domain "" too')
def test_terraform_share(wire, scratch, unique, undo):
    body = {
        'id': '',
        'share_name': unique('tf'),
        'fs_path': scratch.path,
        'description': 'Surely not',
        'permissions': [
            {
                'type': 'ALLOWED',
                'trustee': {'domain': 'LOCAL', 'auth_id': '', 'sid': '', 'name': 'admin'},
                'rights': ['READ', 'WRITE', 'CHANGE_PERMISSIONS'],
            },
            {
                'type': 'DENIED',
                'trustee': {'domain': '', 'auth_id': '', 'sid': '', 'name': 'guest'},
                'rights': ['WRITE'],
            },
        ],
        'network_permissions': [
            {'type': 'ALLOWED', 'address_ranges': [], 'rights': ['READ', 'WRITE', 'CHANGE_PERMISSIONS']}
        ],
        'access_based_enumeration_enabled': False,
        'require_encryption': False,
    }
    made = wire.ok('POST', '/v2/smb/shares/?allow-fs-path-create=false', body).json()
    undo('DELETE', f'/v2/smb/shares/{made["id"]}')
    assert isinstance(made['id'], str) and 'tenant_id' not in made
    got = wire.ok('GET', f'/v2/smb/shares/{made["id"]}').json()
    kept = ('share_name', 'description', 'network_permissions', 'require_encryption')
    assert {key: got[key] for key in kept} == {key: body[key] for key in kept}
    assert [(ace['type'], ace['rights']) for ace in got['permissions']] == [
        (ace['type'], ace['rights']) for ace in body['permissions']
    ]
    assert [(ace['trustee']['domain'], ace['trustee']['name']) for ace in got['permissions']] == [
        ('LOCAL', 'admin'),
        ('LOCAL', 'guest'),
    ]
    changed = {**body, 'id': made['id'], 'description': 'Sharing is caring', 'access_based_enumeration_enabled': True}
    wire.ok('PATCH', f'/v2/smb/shares/{made["id"]}?allow-fs-path-create=false', changed)
    again = wire.ok('GET', f'/v2/smb/shares/{made["id"]}').json()
    assert again == {**got, 'description': 'Sharing is caring', 'access_based_enumeration_enabled': True}
    assert again['id'] in [share['id'] for share in wire.ok('GET', '/v2/smb/shares/').json()]


@pytest.mark.relied_on_by(
    program='AllStop',
    fact='stop and resume: the whole of tenants, shares, exports, S3 and FTP settings goes back by PATCH as GET gave it',
)
@pytest.mark.emulator_only
def test_allstop_stop_and_resume(wire, control, scratch):
    def can_write(protocol):
        request = {'protocol': protocol, 'action': 'write', 'path': scratch / 'written', 'data': protocol}
        return control.call('POST', 'clients', request)['done']

    def everything():
        return {
            **{f'/v1/multitenancy/tenants/{t["id"]}': t for t in listed('/v1/multitenancy/tenants/')},
            **{f'/v3/smb/shares/{s["id"]}': s for s in listed('/v3/smb/shares/?populate-trustee-names=true')},
            **{f'/v3/nfs/exports/{e["id"]}': e for e in listed('/v3/nfs/exports/')},
            **{uri: wire.ok('GET', uri).json() for uri in ('/v1/s3/settings', '/v0/ftp/settings')},
        }

    def listed(uri):
        return wire.ok('GET', uri).json()['entries']

    before = everything()
    protocols = ('nfs', 'smb', 's3', 'ftp')
    could = [can_write(protocol) for protocol in protocols]
    assert could[:2] == [True, True]
    stop = {
        'tenants': {'nfs_enabled': False, 'smb_enabled': False},
        'shares': {'network_permissions': [{'type': 'ALLOWED', 'address_ranges': [], 'rights': ['READ']}]},
        'exports': {
            'restrictions': [{'host_restrictions': [], 'read_only': True, 'user_mapping': 'NFS_MAP_NONE'}]
        },
        's3': {'enabled': False},
        'ftp': {'enabled': False},
    }
    for uri in before:
        body = next(body for kind, body in stop.items() if kind in uri)
        answer = wire.send('PATCH', uri, body)
        assert answer.status == 200, f'{uri}: {answer!r}'
        assert {key: answer.json()[key] for key in body if key != 'restrictions'} == {
            key: value for key, value in body.items() if key != 'restrictions'
        }
    assert not any(can_write(protocol) for protocol in protocols)
    tenants = {uri: whole for uri, whole in before.items() if 'tenants' in uri}
    for uri, whole in tenants.items():  # AllStop gives the protocols back while everything is read-only
        wire.ok('PATCH', uri, whole)
    assert not any(can_write(protocol) for protocol in protocols)
    for uri, whole in before.items():
        answer = wire.send('PATCH', uri, whole)
        assert answer.status == 200, f'{uri}: {answer!r}'
    assert everything() == before
    assert [can_write(protocol) for protocol in protocols] == could
