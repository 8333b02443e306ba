"""ACLs: read, replace, derive modes, explain; v1 beside v2."""

import pytest

from kit.fs import make_file, refused

sdk = pytest.mark.sdk
EVERYONE = str(2 << 32)


def ace(auth_id, rights, kind='ALLOWED', flags=()):
    return {'type': kind, 'flags': list(flags), 'trustee': {'auth_id': auth_id}, 'rights': list(rights)}


def acl(*aces, special=()):
    return {'control': ['PRESENT'], 'posix_special_permissions': list(special), 'aces': list(aces)}


@sdk('fs.get_acl_v2')
def test_acl_of_a_new_file(admin, scratch):
    make_file(admin, scratch / 'a')
    got = admin.fs.get_acl_v2(path=scratch / 'a', with_etag=True)
    assert got.etag
    assert 'PRESENT' in got.data['control']
    assert got.data['posix_special_permissions'] == []
    for entry in got.data['aces']:
        assert entry['type'] in ('ALLOWED', 'DENIED')
        assert isinstance(entry['flags'], list) and isinstance(entry['rights'], list)
        assert set(entry['trustee']) >= {'domain', 'auth_id', 'uid', 'gid', 'sid', 'name'}, 'an identity has every key'


@sdk('fs.set_acl_v2', 'fs.get_acl_v2')
def test_acl_comes_back_as_set(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    wanted = acl(
        ace('501', ['READ'], kind='DENIED'),
        ace('500', ['READ', 'READ_ATTR', 'READ_ACL', 'MODIFY']),
        ace(EVERYONE, ['READ_ATTR']),
    )
    answer = admin.fs.set_acl_v2(wanted, id_=file_id)
    assert answer == admin.fs.get_acl_v2(id_=file_id)
    assert [(e['type'], e['trustee']['auth_id'], sorted(e['rights'])) for e in answer['aces']] == [
        (e['type'], e['trustee']['auth_id'], sorted(e['rights'])) for e in wanted['aces']
    ]


@sdk('fs.set_acl_v2')
def test_put_takes_back_what_get_gave_under_if_match(admin, scratch):
    make_file(admin, scratch / 'a')
    got = admin.fs.get_acl_v2(path=scratch / 'a', with_etag=True)
    put = admin.fs.set_acl_v2(got.data, path=scratch / 'a', if_match=got.etag, with_etag=True)
    assert put.data['aces'] == got.data['aces']
    admin.fs.set_acl_v2(acl(ace('500', ['READ'])), path=scratch / 'a')
    with refused(412):
        admin.fs.set_acl_v2(got.data, path=scratch / 'a', if_match=got.etag)


@pytest.mark.parametrize('mode', ['0000', '0600', '0644', '0755', '0777', '4711', '1777'])
@sdk('fs.set_acl_v2', 'fs.get_acl_v2')
def test_an_acl_carries_its_mode_along(admin, scratch, mode):
    """qwalk copies ACLs between files and asserts that the mode follows."""
    source, target = make_file(admin, scratch / 'source'), make_file(admin, scratch / 'target')
    admin.fs.set_file_attr(mode=mode, id_=source)
    admin.fs.set_acl_v2(admin.fs.get_acl_v2(id_=source), id_=target)
    assert admin.fs.get_file_attr(id_=target)['mode'] == mode


@pytest.mark.parametrize('auth_id', ['18446744065119617025', '18446744069414584320'])
def test_ids_above_two_to_the_63_come_back_exactly(admin, scratch, auth_id):
    file_id = make_file(admin, scratch / 'a')
    answer = admin.fs.set_acl_v2(acl(ace(auth_id, ['READ'])), id_=file_id)
    assert answer['aces'][0]['trustee']['auth_id'] == auth_id


@pytest.mark.parametrize(
    ('trustee', 'auth_id'),
    [
        ({'sid': 'S-1-1-0'}, EVERYONE),
        ({'uid': 1001}, str((3 << 32) + 1001)),
        ({'gid': 7}, str((4 << 32) + 7)),
        ({'name': 'admin'}, '500'),
    ],
)
def test_trustees_in_other_forms(admin, scratch, trustee, auth_id):
    file_id = make_file(admin, scratch / 'a')
    entry = {'type': 'ALLOWED', 'flags': [], 'trustee': trustee, 'rights': ['READ']}
    assert admin.fs.set_acl_v2(acl(entry), id_=file_id)['aces'][0]['trustee']['auth_id'] == auth_id


def test_two_entries_of_one_trustee_stay_two(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    answer = admin.fs.set_acl_v2(acl(ace('501', ['READ']), ace('501', ['MODIFY'])), id_=file_id)
    assert [entry['rights'] for entry in answer['aces']] == [['READ'], ['MODIFY']]


def test_acls_that_are_wrong_are_refused(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    good = ace('500', ['READ'])
    for wrong in (
        {**good, 'trustee': '500'},
        {key: value for key, value in good.items() if key != 'flags'},
        {**good, 'rights': ['FLY']},
        {**good, 'type': 'MAYBE'},
    ):
        with refused(400):
            admin.fs.set_acl_v2(acl(wrong), id_=file_id)
    with refused(400, 'decode_error'):
        admin.fs.set_acl_v2({'aces': [good]}, id_=file_id)


def test_more_than_200_entries_are_refused(admin, scratch):
    file_id = make_file(admin, scratch / 'a')
    entries = [ace(str((3 << 32) + n), ['READ']) for n in range(201)]
    assert len(admin.fs.set_acl_v2(acl(*entries[:200]), id_=file_id)['aces']) == 200
    with refused():
        admin.fs.set_acl_v2(acl(*entries), id_=file_id)


def test_entries_are_inherited(admin, scratch):
    admin.fs.set_acl_v2(
        acl(
            ace('500', ['READ', 'ADD_FILE', 'EXECUTE', 'READ_ATTR'], flags=['CONTAINER_INHERIT', 'OBJECT_INHERIT']),
            ace('501', ['READ'], flags=['CONTAINER_INHERIT', 'INHERIT_ONLY']),
        ),
        path=scratch.path,
    )
    make_file(admin, scratch / 'a')
    got = admin.fs.get_acl_v2(path=scratch / 'a')['aces']
    assert [entry['trustee']['auth_id'] for entry in got] == ['500']
    assert 'INHERITED' in got[0]['flags']
    admin.fs.create_directory('d', dir_path=scratch.path)
    assert {e['trustee']['auth_id'] for e in admin.fs.get_acl_v2(path=scratch / 'd')['aces']} == {'500', '501'}


@sdk('fs.get_acl', 'fs.set_acl')
def test_version_one(admin, scratch):
    """v1 has bare auth ids as trustees; its GET may wrap the ACL."""
    file_id = make_file(admin, scratch / 'a')
    entry = {'type': 'ALLOWED', 'flags': [], 'trustee': '501', 'rights': ['READ']}
    admin.fs.set_acl(id_=file_id, control=['PRESENT'], aces=[entry])
    got = admin.fs.get_acl(id_=file_id)
    aces = got.get('acl', got)['aces']
    assert [(e['trustee'], e['rights']) for e in aces] == [('501', ['READ'])]
    assert admin.fs.get_acl_v2(id_=file_id)['aces'][0]['trustee']['auth_id'] == '501'


@sdk('fs.acl_explain_posix_mode')
def test_explain_posix_mode(admin, scratch):
    make_file(admin, scratch / 'a')
    admin.fs.set_file_attr(mode='0640', path=scratch / 'a')
    got = admin.fs.acl_explain_posix_mode(path=scratch / 'a')
    assert got['mode'].endswith('640')
    assert got['posix_special_permissions'] == []
    assert got['owner']['auth_id'] == admin.fs.get_file_attr(path=scratch / 'a')['owner']
    granted = 0
    for entry in got['annotated_acl']:
        assert set(entry) >= {
            'ace',
            'is_inherit_only',
            'owner_rights',
            'group_rights',
            'other_rights',
            'mode_bits_granted',
        }
        granted |= int(entry['mode_bits_granted'], 8)
    assert granted & 0o777 == 0o640


@sdk('fs.acl_explain_chmod')
def test_explain_chmod_changes_nothing(admin, scratch):
    make_file(admin, scratch / 'a')
    before = admin.fs.get_acl_v2(path=scratch / 'a')
    got = admin.fs.acl_explain_chmod(path=scratch / 'a', mode='0700')
    assert got['initial_acl']['aces'] == before['aces']
    assert 'READ' in got['owner_rights_from_mode']
    assert 'READ' not in got['other_rights_from_mode']
    assert admin.fs.get_acl_v2(path=scratch / 'a') == before
    admin.fs.set_file_attr(mode='0700', path=scratch / 'a')
    assert admin.fs.get_acl_v2(path=scratch / 'a')['aces'] == got['result_acl']['aces']


@sdk('fs.acl_explain_rights')
def test_explain_rights(admin, scratch):
    make_file(admin, scratch / 'a')
    admin.fs.set_acl_v2(acl(ace('501', ['READ', 'READ_ATTR'])), path=scratch / 'a')
    got = admin.fs.acl_explain_rights('auth_id:501', 'auth_id:514', path=scratch / 'a')
    assert got['requestor']['user']['auth_id'] == '501'
    assert {'READ', 'READ_ATTR'} <= set(got['effective_rights'])
    assert 'MODIFY' not in got['effective_rights']
    assert [entry['trustee_matches'] for entry in got['annotated_aces']] == [True]
