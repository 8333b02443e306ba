"""Tree delete and quotas."""

import contextlib
import io

import pytest

from kit.fs import make_file, refused

sdk = pytest.mark.sdk


def make_tree(admin, path):
    parent, _, name = path.rpartition('/')
    made = admin.fs.create_directory(name, dir_path=parent)
    for inner in ('one', 'two'):
        admin.fs.create_directory(inner, dir_path=path)
        for n in range(5):
            make_file(admin, f'{path}/{inner}/file {n}', b'x' * 5000)
    return made['id']


@sdk('tree_delete.create_job', 'tree_delete.wait_for_job')
def test_tree_delete(admin, scratch):
    tree_id = make_tree(admin, scratch / 'tree')
    admin.tree_delete.create_job(tree_id)
    with refused(404):
        admin.fs.get_file_attr(path=scratch / 'tree')
    admin.tree_delete.wait_for_job(tree_id)
    with refused(404):
        admin.fs.get_file_attr(id_=tree_id)


@sdk('tree_delete.run_job_sync')
def test_tree_delete_by_path(admin, scratch):
    make_tree(admin, scratch / 'tree')
    admin.tree_delete.run_job_sync(scratch / 'tree')
    with refused(404):
        admin.fs.get_file_attr(path=scratch / 'tree')
    admin.fs.create_directory('tree', dir_path=scratch.path)


@sdk('tree_delete.list_jobs', 'tree_delete.get_job', 'tree_delete.restart_job', 'tree_delete.cancel_job')
def test_a_locked_file_stops_it_and_it_can_be_restarted(admin, scratch):
    tree_id = make_tree(admin, scratch / 'tree')
    locked = make_file(admin, scratch / 'tree/one/held', b'x')
    admin.fs.modify_file_lock(legal_hold=True, id_=locked)
    admin.tree_delete.create_job(tree_id)
    admin.rest.tree_delete.wait_for_job(tree_id, exit_on_error=True)
    job = admin.tree_delete.get_job(tree_id)
    assert job['id'] == tree_id
    assert job['last_error_message']
    assert job['initial_path'].rstrip('/') == scratch / 'tree'
    assert int(job['initial_capacity']) >= int(job['remaining_capacity']) > 0
    assert job in admin.tree_delete.list_jobs()['jobs']
    assert admin.fs.get_file_attr(id_=locked)['size'] == '1', 'the locked file is still there'
    admin.fs.modify_file_lock(legal_hold=False, id_=locked)
    admin.tree_delete.restart_job(tree_id)
    admin.rest.tree_delete.wait_for_job(tree_id)
    with refused(404, 'http_not_found_error'):
        admin.tree_delete.get_job(tree_id)
    other = make_tree(admin, scratch / 'other')
    held = make_file(admin, scratch / 'other/held')
    admin.fs.modify_file_lock(legal_hold=True, id_=held)
    admin.tree_delete.create_job(other)
    admin.rest.tree_delete.wait_for_job(other, exit_on_error=True)
    admin.tree_delete.cancel_job(other)
    admin.fs.modify_file_lock(legal_hold=False, id_=held)
    with refused(404):
        admin.tree_delete.get_job(other)


def test_tree_delete_of_nothing(admin):
    with refused(404, 'http_not_found_error'):
        admin.tree_delete.get_job('999999999')
    with refused(404):
        admin.tree_delete.create_job('999999999')


@pytest.fixture
def quota(admin, scratch):
    yield admin.quota.create_quota(scratch.id, 1_000_000)
    with contextlib.suppress(admin.rest.Error):
        admin.quota.delete_quota(scratch.id)


@sdk('quota.create_quota', 'quota.get_quota', 'quota.delete_quota')
def test_quota(admin, scratch):
    assert admin.quota.create_quota(scratch.id, 1_000_000) == {'id': scratch.id, 'limit': '1000000'}
    assert admin.quota.get_quota(scratch.id) == {'id': scratch.id, 'limit': '1000000'}
    with refused(409, 'api_quotas_quota_limit_already_set_error'):
        admin.quota.create_quota(scratch.id, 2)
    admin.quota.delete_quota(scratch.id)
    with refused(404, 'api_quotas_quota_limit_not_found_error'):
        admin.quota.get_quota(scratch.id)
    with refused(404, 'api_quotas_quota_limit_not_found_error'):
        admin.quota.delete_quota(scratch.id)


@sdk('quota.update_quota')
def test_update_quota(admin, scratch, quota):
    for limit in (2_000_000, 2_000_000, 500):
        assert admin.quota.update_quota(scratch.id, limit)['limit'] == str(limit)
    etag = admin.quota.get_quota(scratch.id, with_etag=True).etag
    assert admin.quota.update_quota(scratch.id, 7, if_match=etag)['limit'] == '7'
    with refused(412):
        admin.quota.update_quota(scratch.id, 8, if_match=etag)


def test_update_of_no_quota(admin, scratch):
    with refused(404, 'api_quotas_quota_limit_not_found_error'):
        admin.quota.update_quota(scratch.id, 1)


@sdk('quota.get_all_quotas', 'quota.get_all_quotas_with_status', 'quota.get_quota_with_status')
def test_quota_lists_and_status(admin, scratch, quota):
    make_file(admin, scratch / 'a', b'x' * 10_000)
    pages = list(admin.quota.get_all_quotas(page_size=1))
    assert quota in [entry for page in pages for entry in page['quotas']]
    status = admin.quota.get_quota_with_status(scratch.id)
    assert (status['id'], status['limit'], status['path'].rstrip('/')) == (scratch.id, '1000000', scratch.path)
    assert 10_000 <= int(status['capacity_usage']) < 1_000_000
    everything = [entry for page in admin.quota.get_all_quotas_with_status(page_size=1) for entry in page['quotas']]
    assert status in everything


def test_a_quota_stops_growth(admin, scratch):
    admin.quota.create_quota(scratch.id, 100_000)
    try:
        make_file(admin, scratch / 'fits', b'x' * 20_000)
        with refused():
            make_file(admin, scratch / 'too large', b'x' * 500_000)
        admin.fs.write_file(io.BytesIO(b'y' * 20_000), path=scratch / 'fits')
    finally:
        admin.quota.delete_quota(scratch.id)


def test_a_quota_does_not_keep_a_tree_alive(admin, scratch):
    tree_id = make_tree(admin, scratch / 'tree')
    admin.quota.create_quota(tree_id, 10**9)
    admin.tree_delete.run_job_sync(tree_id)
    with refused(404):
        admin.quota.get_quota(tree_id)
