"""qq: ACLs, and how they come to their rights and modes."""

import json

import pytest

from kit.fs import make_file, refused

qq_commands = pytest.mark.qq


@qq_commands('fs_get_acl', 'fs_set_acl')
def test_acl(qq, admin, scratch, tmp_path):
    make_file(admin, scratch / 'a')
    acl = {
        'control': ['PRESENT'],
        'posix_special_permissions': [],
        'aces': [
            {
                'type': 'ALLOWED',
                'flags': [],
                'trustee': {'uid': 1001},
                'rights': ['READ', 'READ_EA', 'READ_ATTR', 'READ_ACL'],
            }
        ],
    }
    file = tmp_path / 'acl.json'
    file.write_text(json.dumps(acl))
    qq('fs_set_acl', '--path', scratch / 'a', '--file', file)
    got = qq('fs_get_acl', '--path', scratch / 'a', '--json').json()
    assert got['aces'][0]['trustee']['uid'] == 1001
    table = qq('fs_get_acl', '--path', scratch / 'a').out
    assert 'Control: Present' in table and 'uid:1001' in table and 'Read' in table
    with refused(400):
        admin.fs.set_acl_v2({**acl, 'aces': ['x']}, path=scratch / 'a')


@qq_commands('fs_modify_acl')
def test_modify_acl(qq, admin, scratch):
    make_file(admin, scratch / 'a')
    before = admin.fs.get_acl_v2(path=scratch / 'a')['aces']
    ref = ('--path', scratch / 'a')
    added = qq('fs_modify_acl', *ref, '--json', 'add_entry', '-t', 'uid:1001', '-y', 'Allowed', '-r', 'Read').json()
    assert len(added['aces']) == len(before) + 1
    out = qq(
        'fs_modify_acl', *ref, 'modify_entry', '--old-trustee', 'uid:1001', '--new-rights', 'Read', 'Write', 'file'
    ).out
    assert 'New permissions:' in out
    rights = next(
        ace['rights'] for ace in admin.fs.get_acl_v2(path=scratch / 'a')['aces'] if ace['trustee']['uid'] == 1001
    )
    assert 'MODIFY' in rights
    qq('fs_modify_acl', *ref, 'remove_entry', '-t', 'uid:1001')
    assert admin.fs.get_acl_v2(path=scratch / 'a')['aces'] == before
    qq('fs_modify_acl', *ref, 'set_posix_special_permissions', '-p', 'Set uid')
    assert admin.fs.get_acl_v2(path=scratch / 'a')['posix_special_permissions'] == ['SET_UID']


@qq_commands('fs_acl_explain_posix_mode', 'fs_acl_explain_chmod', 'fs_acl_explain_rights')
def test_explain(qq, admin, scratch):
    make_file(admin, scratch / 'a')
    admin.fs.set_file_attr(mode='0640', path=scratch / 'a')
    ref = ('--path', scratch / 'a')
    assert 'Final Derived Mode: -rw-r-----' in qq('fs_acl_explain_posix_mode', *ref).out
    assert qq('fs_acl_explain_posix_mode', *ref, '--json').json()['mode'].endswith('640')
    told = qq('fs_acl_explain_chmod', *ref, '--mode', 'rwx------', '--verbose').out
    assert 'Mode 0700 translates to rights:' in told and 'Resulting ACL' in told
    assert qq('fs_acl_explain_chmod', *ref, '--mode', '0700', '--json').json()['result_acl']
    assert "Rights that would be granted to 'guest'" in qq(
        'fs_acl_explain_rights', *ref, '-u', 'auth_id:501'
    ).out.replace("'Guest'", "'guest'")
    hypothetical = qq('fs_acl_explain_rights', *ref, '-u', 'uid:1001', '-g', 'gid:1002', '--no-expand', '--json').json()
    assert hypothetical['requestor']['user']['uid'] == 1001
