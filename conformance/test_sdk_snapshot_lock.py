"""The key store, and snapshots that only the holder of a private key can unlock."""

import contextlib

import pytest

from kit.fs import refused
from kit.keys import KeyPair, in_hours, unlock_and_delete

sdk = pytest.mark.sdk


@pytest.fixture
def key(admin, unique):
    """A key in the store and its private half; taken out again."""
    pair, name = KeyPair(), unique('key')
    made = admin.fs.security_add_key(name, pair.public_bytes_as_base64(), pair.sign(name), 'for a test')
    yield made, pair
    with contextlib.suppress(admin.rest.Error):
        admin.fs.security_delete_key(made['id'])


@pytest.fixture
def new():
    """The key pair that replaces the first."""
    return KeyPair()


@pytest.fixture
def snapshot(admin, scratch, key, new):
    made = admin.snapshot.create_snapshot(source_file_id=scratch.id, expiration=in_hours(24))
    yield made['id']
    unlock_and_delete(admin, made['id'], [key[1], new])


@sdk('fs.security_add_key', 'fs.security_get_key', 'fs.security_list_keys', 'fs.security_delete_key')
def test_key(admin, unique):
    pair, name = KeyPair(), unique('key')
    made = admin.fs.security_add_key(name, pair.public_bytes_as_base64(), pair.sign(name), 'a comment')
    assert (made['name'], made['comment'], made['disabled']) == (name, 'a comment', False)
    assert admin.fs.security_get_key(name) == admin.fs.security_get_key(made['id']) == made
    assert made in admin.fs.security_list_keys()['entries']
    admin.fs.security_delete_key(made['id'])
    with refused(404):
        admin.fs.security_get_key(made['id'])


def test_a_key_needs_the_signature_of_its_name(admin, unique):
    pair, name = KeyPair(), unique('key')
    with refused():
        admin.fs.security_add_key(name, pair.public_bytes_as_base64(), pair.sign('another name'))


@sdk('fs.security_modify_key')
def test_modify_key(admin, key, unique):
    made, _pair = key
    name = unique('renamed')
    changed = admin.fs.security_modify_key(made['id'], name=name, comment='c', disabled=True)
    assert (changed['name'], changed['comment'], changed['disabled']) == (name, 'c', True)
    assert admin.fs.security_modify_key(made['id'], disabled=False)['name'] == name


@sdk(
    'snapshot.lock_snapshot',
    'snapshot.get_unlock_challenge_snapshot',
    'snapshot.unlock_snapshot',
    'fs.security_get_key_usage',
)
def test_lock_and_unlock(admin, key, snapshot):
    made, pair = key
    admin.snapshot.lock_snapshot(snapshot, made['id'])
    assert admin.snapshot.get_snapshot_status(snapshot)['lock_key'] is not None
    usages = [usage for page in admin.fs.security_get_key_usage(made['id']) for usage in page['usages']]
    assert str(snapshot) in [str(usage['id']) for usage in usages]
    with refused():
        admin.snapshot.delete_snapshot(snapshot)
    with refused():
        admin.snapshot.modify_snapshot(snapshot, expiration=in_hours(23))
    assert admin.snapshot.modify_snapshot(snapshot, expiration=in_hours(25))['id'] == snapshot
    challenge = admin.snapshot.get_unlock_challenge_snapshot(snapshot)['challenge']
    with refused():
        admin.snapshot.unlock_snapshot(snapshot, KeyPair().sign(challenge))
    admin.snapshot.unlock_snapshot(snapshot, pair.sign(challenge))
    assert admin.snapshot.get_snapshot_status(snapshot)['lock_key'] is None
    admin.snapshot.delete_snapshot(snapshot)


@sdk('fs.security_get_key_replace_challenge', 'fs.security_replace_key')
def test_replace_key(admin, key, new, snapshot):
    made, old = key
    admin.snapshot.lock_snapshot(snapshot, made['id'])
    challenge = admin.fs.security_get_key_replace_challenge(made['id'])['challenge']
    admin.fs.security_replace_key(made['id'], new.public_bytes_as_base64(), old.sign(challenge), new.sign(challenge))
    challenge = admin.snapshot.get_unlock_challenge_snapshot(snapshot)['challenge']
    with refused():
        admin.snapshot.unlock_snapshot(snapshot, old.sign(challenge))
    admin.snapshot.unlock_snapshot(snapshot, new.sign(challenge))
