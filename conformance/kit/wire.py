"""Requests by hand, over TLS that is verified against the certificate the server was announced with."""

import hashlib
import http.client
import json
import ssl
from typing import Any, Dict, List, Optional
from urllib.parse import quote

from kit.outcome import NOT_BUILT, NotBuilt
from kit.target import Target


def ref(path: str) -> str:
    """A path as one segment of a URI."""
    return quote(path, safe='')


class Answer:
    def __init__(self, status: int, headers: 'http.client.HTTPMessage', body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def etag(self) -> Optional[str]:
        return self.headers.get('ETag')

    def json(self) -> Any:
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f'{self.status} {self.body[:600]!r}'


def pinned_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the fingerprint below is the check
    return context


def connection(cluster: Target, timeout: float = 30) -> http.client.HTTPSConnection:
    """Connected; refuses another certificate than the announced one."""
    made = http.client.HTTPSConnection(cluster.host, cluster.port, context=pinned_context(), timeout=timeout)
    made.connect()
    if cluster.fingerprint is not None:
        shown = hashlib.sha256(made.sock.getpeercert(binary_form=True)).hexdigest()
        assert shown == cluster.fingerprint, 'the server shows another certificate than the announced one'
    return made


class Wire:
    """One kept-alive connection with one bearer token."""

    def __init__(self, cluster: Target, token: Optional[str]) -> None:
        self.cluster = cluster
        self.token = token
        self._connection = connection(cluster)

    def send(
        self,
        method: str,
        uri: str,
        body: Any = None,
        headers: Optional[Dict[str, str]] = None,
        raw: Optional[bytes] = None,
        chunks: Optional[List[bytes]] = None,
    ) -> Answer:
        """`body` goes as JSON, `raw` as it is, `chunks` with Transfer-Encoding: chunked."""
        sent = {'Authorization': f'Bearer {self.token}'} if self.token is not None else {}
        data: Any = raw
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None or chunks is not None:
            sent['Content-Type'] = 'application/json'
        sent.update(headers or {})
        self._connection.request(
            method, uri, body=chunks if chunks is not None else data, headers=sent, encode_chunked=chunks is not None
        )
        got = self._connection.getresponse()
        answer = Answer(got.status, got.headers, got.read())
        if answer.status == NOT_BUILT:
            raise NotBuilt(f'{method} {uri}: {answer!r}')
        return answer

    def ok(self, method: str, uri: str, body: Any = None, **kwargs: Any) -> Answer:
        """200 or 202: all that the Terraform provider takes for success."""
        answer = self.send(method, uri, body, **kwargs)
        assert answer.status in (200, 202), f'{method} {uri}: {answer!r}'
        return answer

    def refused(
        self, status: int, method: str, uri: str, body: Any = None, error_class: Optional[str] = None, **kwargs: Any
    ) -> Answer:
        answer = self.send(method, uri, body, **kwargs)
        assert answer.status == status, f'{method} {uri}: {answer!r}'
        if error_class is not None:
            assert answer.json()['error_class'] == error_class, f'{method} {uri}: {answer!r}'
        return answer

    def close(self) -> None:
        self._connection.close()


class Stream:
    """A notify stream read by hand, TLS record by TLS record."""

    def __init__(self, cluster: Target, token: str, uri: str, headers: Optional[Dict[str, str]] = None) -> None:
        self._connection = connection(cluster, timeout=10)
        self.socket = self._connection.sock
        lines = [f'GET {uri} HTTP/1.1', f'Host: {cluster.host}', f'Authorization: Bearer {token}']
        lines += [f'{name}: {value}' for name, value in (headers or {}).items()]
        self.socket.sendall(('\r\n'.join(lines) + '\r\n\r\n').encode())
        #: Everything received so far, framing included; one element a TLS record (at most).
        self.records: List[bytes] = []

    def until(self, text: bytes) -> bytes:
        while text not in b''.join(self.records):
            got = self.socket.recv(65536)
            assert got, f'the stream ended before {text!r}: {self.records}'
            self.records.append(got)
        return b''.join(self.records)

    def close(self) -> None:
        self._connection.close()
