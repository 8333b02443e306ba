"""qq: audit destinations and the Web UI."""

import pytest

qq_commands = pytest.mark.qq
pytestmark = pytest.mark.emulator_only


@qq_commands(
    'audit_list_destinations',
    'audit_create_destination',
    'audit_get_destination',
    'audit_set_destination',
    'audit_modify_destination',
    'audit_delete_destination',
    'audit_get_destination_status',
)
def test_destinations(qq):
    made = qq('audit_create_destination', '--name', 'one', '-s', 'h', '-p', 514, '--csv', '--enable').json()
    ref = ('--id', made['id'])
    assert qq('audit_get_destination', *ref).json() == made
    assert qq('audit_modify_destination', *ref, '--disable').json() == {**made, 'enabled': False}
    replaced = qq('audit_set_destination', *ref, '--name', 'two', '--type', 'cloudwatch', '-r', 'eu', '--enable').json()
    assert (replaced['name'], replaced['type'], replaced['region']) == ('two', 'CLOUDWATCH', 'eu')
    assert 'two' in qq('audit_list_destinations').out
    assert qq('audit_get_destination_status', *ref).json()
    qq('audit_delete_destination', *ref)
    qq.refused('audit_get_destination', *ref, status=404)


@qq_commands('web_ui_get_settings', 'web_ui_modify_settings')
def test_web_ui(qq, tmp_path):
    banner = tmp_path / 'banner.md'
    banner.write_text('Hello')
    qq('web_ui_modify_settings', '--inactivity-timeout', 15, '--login-banner', banner)
    told = qq('web_ui_get_settings').out
    assert '15 minutes' in told and 'Hello' in told
    qq('web_ui_modify_settings', '--disable-inactivity-timeout', '--disable-login-banner')
    assert qq('web_ui_get_settings', '--login-banner').out.rstrip().endswith('Not set')
