"""Which files of a directory can be deleted soon: those whose retention ends within some days."""

from datetime import datetime, timedelta, timezone
from typing import List

from qumulo.rest_client import RestClient


def expiring(cluster: RestClient, directory: str, days: int) -> List[str]:
    limit = datetime.now(timezone.utc) + timedelta(days=days)
    found = []
    for page in cluster.fs.read_entire_directory(path=directory):
        for entry in page['files']:
            lock = cluster.fs.get_file_attr(id_=entry['id'], retrieve_file_lock=True)['lock']
            if lock['legal_hold'] or not lock['retention_period']:
                continue
            if datetime.fromisoformat(lock['retention_period'].replace('Z', '+00:00')) <= limit:
                found.append(entry['path'])
    return found
