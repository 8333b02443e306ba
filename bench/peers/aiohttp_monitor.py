"""The public sample's way of following the stream, written as well as it can be: aiohttp on uvloop, readline, json,
and a loop over the rules. No queue: what it has read is lost when it ends. Prints one JSON line when it listens and
one at each end of the recording."""

import asyncio
import json
import resource
import ssl
import sys
import time

import aiohttp
import uvloop


def read_rules(path: str) -> list[tuple[frozenset[str], str, str, str, str]]:
    with open(path, encoding="utf-8") as text:
        return [
            (
                frozenset(rule["on"]),
                rule["under"] + "/",
                "." + rule["extension"] if "extension" in rule else "",
                rule.get("head", ""),
                rule.get("file", ""),
            )
            for rule in json.load(text)
        ]


async def main() -> None:
    host, port, username, password, root, rules_file, last, passes = sys.argv[1:9]
    rules = read_rules(rules_file)
    trust = ssl.create_default_context()
    trust.check_hostname = False
    trust.verify_mode = ssl.CERT_NONE
    base = f"https://{host}:{port}/v1"
    events = matches = ended = 0
    endless = aiohttp.ClientTimeout(total=None)
    connector = aiohttp.TCPConnector(ssl=trust)
    async with aiohttp.ClientSession(connector=connector, timeout=endless, read_bufsize=1 << 20) as session:
        async with session.post(f"{base}/session/login", json={"username": username, "password": password}) as answer:
            token = (await answer.json(content_type=None))["bearer_token"]
        headers = {"Authorization": f"Bearer {token}"}
        async with session.get(f"{base}/files/10003/notify?recursive=true", headers=headers) as answer:
            readline = answer.content.readline
            while not (await readline()).startswith(b": watching"):
                pass
            print(json.dumps({"listening": True}), flush=True)
            before = resource.getrusage(resource.RUSAGE_SELF)
            while line := await readline():
                if not line.startswith(b"data: "):
                    continue
                for event in json.loads(line[6:]):
                    events += 1
                    path = f"{root}/{event['path']}"
                    name = path[path.rfind("/") + 1 :]
                    for on, under, extension, head, file in rules:
                        if (
                            event["type"] in on
                            and path.startswith(under)
                            and (not extension or name.endswith(extension))
                            and (not head or name.startswith(head))
                            and (not file or name == file)
                        ):
                            matches += 1
                if event["path"] == last:
                    ns = time.monotonic_ns()
                    used = resource.getrusage(resource.RUSAGE_SELF)
                    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
                    end = {"events": events, "matches": matches, "ns": str(ns), "cpu_seconds": cpu}
                    print(json.dumps(end), flush=True)
                    before = used
                    events = matches = 0
                    ended += 1
                    if ended == int(passes):
                        break


uvloop.run(main())
