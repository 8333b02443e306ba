"""Settings of the S3 and FTP servers."""

import pytest
from qumulo.rest.fs import LocalUser
from qumulo.rest.s3 import ConfigPatch

from kit.fs import refused

sdk = pytest.mark.sdk
pytestmark = pytest.mark.emulator_only


@sdk('s3.get_settings', 's3.modify_settings')
def test_s3(admin):
    before = admin.s3.get_settings()
    changed = admin.s3.modify_settings(ConfigPatch(enabled=not before.enabled))
    assert (changed.enabled, changed.base_path, changed.secure) == (not before.enabled, before.base_path, before.secure)
    assert admin.s3.modify_settings(ConfigPatch(multipart_upload_expiry_interval='5days')) == admin.s3.get_settings()
    with refused(400):
        admin.s3.modify_settings(ConfigPatch(multipart_upload_expiry_interval='soon'))
    assert admin.s3.modify_settings(ConfigPatch(**vars(before))) == before


@sdk('ftp.get_settings', 'ftp.modify_settings', 'ftp.get_status')
def test_ftp(admin):
    before = admin.ftp.get_settings()
    on = admin.ftp.modify_settings(enabled=True, anonymous_user=LocalUser('guest'), greeting='hello')
    assert on == {
        **before,
        'enabled': True,
        'greeting': 'hello',
        'anonymous_user': {'id_type': 'LOCAL_USER', 'id_value': 'guest'},
    }
    assert admin.ftp.get_status()
    off = admin.ftp.modify_settings(enabled=False, anonymous_user='none', greeting=before['greeting'])
    assert off == {**before, 'enabled': False, 'anonymous_user': None}
