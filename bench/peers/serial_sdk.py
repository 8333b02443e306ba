"""Peer (b): the way of the Python script, without its waits. One file after the other over the official
SDK: get attributes, modify lock. Reads file ids from a file, prints one JSON line."""

import json
import sys
import time

import qumulo.rest.fs as fs
from qumulo.rest_client import RestClient


def main() -> None:
    host, port, username, password, ids_file, retention = sys.argv[1:7]
    with open(ids_file, encoding="ascii") as lines:
        ids = lines.read().split()
    client = RestClient(host, int(port))
    client.login(username, password)
    started = time.perf_counter()
    for file_id in ids:
        fs.get_file_attr(client.conninfo, client.credentials, id_=file_id)
        fs.modify_file_lock(
            conninfo=client.conninfo,
            _credentials=client.credentials,
            id_=file_id,
            retention_period=retention,
        )
    print(json.dumps({"files": len(ids), "seconds": time.perf_counter() - started}))


main()
