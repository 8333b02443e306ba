from datetime import datetime, timedelta, timezone

import pytest
from expiring import expiring
from qumulo.lib.request import RequestError


def in_days(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).strftime('%Y-%m-%dT%H:%M:%SZ')


def make(cluster, directory, name, **lock):
    file_id = cluster.fs.create_file(name, dir_path=directory)['id']
    if lock:
        cluster.fs.modify_file_lock(id_=file_id, **lock)
    return file_id


def test_only_those_that_end_in_time(cluster, directory):
    make(cluster, directory, 'soon.pdf', retention_period=in_days(5))
    make(cluster, directory, 'later.pdf', retention_period=in_days(50))
    make(cluster, directory, 'free.pdf')
    make(cluster, directory, 'held.pdf', retention_period=in_days(5), legal_hold=True)
    assert expiring(cluster, directory, days=30) == [f'{directory}/soon.pdf']


def test_the_cluster_refuses_to_delete_what_it_names(cluster, directory):
    file_id = make(cluster, directory, 'soon.pdf', retention_period=in_days(5))
    with pytest.raises(RequestError) as refused:
        cluster.fs.delete(id_=file_id)
    assert refused.value.status_code == 403


def test_an_error_of_the_cluster_is_not_an_empty_list(cluster, directory, faults):
    make(cluster, directory, 'soon.pdf', retention_period=in_days(5))
    faults(operation='GET /v1/files/*', fail={'status': 500, 'errorClass': 'internal'})
    with pytest.raises(RequestError):
        expiring(cluster, directory, days=30)
