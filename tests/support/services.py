"""Local doubles of the services channels post to: each checks and answers as the real one does, errors inside HTTP 200 included."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from standardwebhooks import Webhook, WebhookVerificationError

KEY, SECRET, WHSEC = "693a91f6-7xxx-4bc4", "SEC000test", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Request(NamedTuple):
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Reply(NamedTuple):
    """`seconds`: how long it is awaited; RESET and HANG are no replies at all."""

    status: int = 200
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


RESET, HANG = Reply(-1), Reply(-2)


class Service:
    """Answers by `reply`, or first with what a test put into `next_replies`. `taken` are the messages it accepted."""

    per_minute = 20
    minute = 60.0

    def __init__(self) -> None:
        self.url = ""
        self.over = threading.Event()
        self.asked: list[Request] = []
        self.taken: list[Request] = []
        self.next_replies: deque[Reply] = deque()
        self.always: Reply | None = None
        self._times: deque[float] = deque()
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Reply:
        with self._lock:
            self.asked.append(request)
            scripted = self.next_replies.popleft() if self.next_replies else self.always
            return scripted or self.reply(request)

    def reply(self, request: Request) -> Reply:
        raise NotImplementedError

    def take(self, request: Request) -> None:
        self.taken.append(request)
        self._times.append(time.monotonic())

    @property
    def too_fast(self) -> bool:
        while self._times and self._times[0] < time.monotonic() - self.minute:
            self._times.popleft()
        return len(self._times) >= self.per_minute


class WeComService(Service):
    def reply(self, request: Request) -> Reply:
        code, words = self._judge(request)
        if code == 0:
            self.take(request)
        hint = "" if code == 0 else f", hint: [1234], from ip: 127.0.0.1, more info at https://…/query?e={code}"
        return Reply(body={"errcode": code, "errmsg": words + hint})

    def _judge(self, request: Request) -> tuple[int, str]:
        if request.path != "/cgi-bin/webhook/send" or request.query.get("key") != KEY:
            return 93000, "invalid webhook url"
        kind = request.json.get("msgtype")
        if kind not in {"text", "markdown"}:
            return 40008, "invalid message type"
        most = {"text": 2048, "markdown": 4096}[kind]
        if len(request.json[kind]["content"].encode()) > most:
            return 40058, f"{kind}.content exceed max length {most}. invalid Request Parameter"
        if self.too_fast:
            return 45009, "api freq out of limit"
        return 0, "ok"


class DingTalkService(Service):
    def reply(self, request: Request) -> Reply:
        code, words = self._judge(request)
        if code == 0:
            self.take(request)
        return Reply(body={"errcode": code, "errmsg": words})

    def _judge(self, request: Request) -> tuple[int, str]:
        if request.query.get("access_token") != KEY:
            return 300005, "token is not exist"
        if not _fresh(request.query.get("timestamp", "0"), 1000):
            return 310000, "invalid timestamp"
        signed = f"{request.query['timestamp']}\n{SECRET}".encode()
        if request.query.get("sign") != _mac(SECRET.encode(), signed):
            return 310000, "sign not match"
        if len(request.text.encode()) > 20_000:
            return 460101, "message too long, exceed 20000 bytes"
        if self.too_fast:
            return 130101, "send too fast, exceed 20 times per minute"
        return 0, "ok"


class FeishuService(Service):
    per_minute = 100

    def reply(self, request: Request) -> Reply:
        status, code, words = self._judge(request)
        if code:
            return Reply(status, {"code": code, "msg": words, "data": {}})
        self.take(request)
        good = {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}
        return Reply(body=good)

    def _judge(self, request: Request) -> tuple[int, int, str]:
        if request.path != f"/open-apis/bot/v2/hook/{KEY}":
            return 400, 19001, "param invalid: incoming webhook access token invalid"
        try:
            body = request.json
        except ValueError:
            return 400, 9499, "Bad Request"
        if body.get("msg_type") not in {"text", "post", "interactive"}:
            return 400, 19002, "params error, msg_type need"
        if len(request.text.encode()) > 20 * 1024:
            return 400, 19036, "message too large"
        key = f"{body.get('timestamp')}\n{SECRET}".encode()
        if not _fresh(body.get("timestamp", "0"), 1) or body.get("sign") != _mac(key, b""):
            return 200, 19021, "sign match fail or timestamp is not within one hour from current time"
        if self.too_fast:
            return 400, 9499, "too many request"
        return 200, 0, ""


class HookService(Service):
    """A system that verifies the signature by the specification."""

    def reply(self, request: Request) -> Reply:
        try:
            Webhook(WHSEC).verify(request.text, request.headers)
        except WebhookVerificationError as wrong:
            return Reply(401, {"error": str(wrong)})
        self.take(request)
        return Reply(202)


class SmsService(Service):
    """A gateway with a token of its own, and codes as texts."""

    def reply(self, request: Request) -> Reply:
        if request.headers.get("x-token") != KEY:
            return Reply(body={"code": "10001", "msg": "鉴权失败"})
        if request.json["mobile"].startswith("100"):
            return Reply(body={"code": "20003", "msg": "号码不存在"})
        self.take(request)
        return Reply(body={"code": "0", "msg": "OK", "data": {"sid": f"sid-{len(self.taken)}"}})


def _fresh(text: str, unit: int) -> bool:
    return text.isdigit() and abs(int(text) / unit - time.time()) <= 3600


def _mac(key: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """The service on a port of its own; `url` is its root."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", "0")))
            there = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(there.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            _send(self, service, service.answer(Request(there.path, query, headers, content.decode())))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    serving = threading.Thread(target=lambda: server.serve_forever(0.02))
    serving.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        service.over.set()
        server.shutdown()
        server.server_close()
        serving.join()


def _send(handler: BaseHTTPRequestHandler, service: Service, reply: Reply) -> None:
    handler.close_connection = True
    if reply is RESET:  # SO_LINGER of 0: the kernel answers with RST
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        return
    service.over.wait(60 if reply is HANG else reply.seconds)
    if service.over.is_set():
        return
    content = reply.body if isinstance(reply.body, str) else json.dumps(reply.body, ensure_ascii=False)
    handler.send_response(reply.status)
    for name, value in reply.headers:
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content.encode())))
    handler.end_headers()
    handler.wfile.write(content.encode())
