"""Peer (c): what a good Python programmer would write today. aiohttp on uvloop, 100 calls in flight, one
PATCH a file. Reads file ids from a file, prints one JSON line."""

import asyncio
import json
import ssl
import sys
import time

import aiohttp
import uvloop

IN_FLIGHT = 100


async def main() -> None:
    host, port, username, password, ids_file, retention = sys.argv[1:7]
    with open(ids_file, encoding="ascii") as lines:
        ids = lines.read().split()
    trust = ssl.create_default_context()
    trust.check_hostname = False
    trust.verify_mode = ssl.CERT_NONE
    base = f"https://{host}:{port}/v1"
    body = json.dumps({"retention_period": retention})
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT, ssl=trust)
    async with aiohttp.ClientSession(connector=connector) as session:
        login = {"username": username, "password": password}
        async with session.post(f"{base}/session/login", json=login) as answer:
            token = (await answer.json(content_type=None))["bearer_token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        todo = iter(ids)

        async def work() -> None:
            for file_id in todo:
                async with session.patch(f"{base}/files/{file_id}/file-lock", data=body, headers=headers) as answer:
                    done = await answer.json(content_type=None)
                    if answer.status != 200 or done["lock"]["retention_period"] is None:
                        raise SystemExit(f"{file_id}: {answer.status} {done}")

        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
        seconds = time.perf_counter() - started
    print(json.dumps({"files": len(ids), "seconds": seconds}))


uvloop.run(main())
