"""Slack's end of Socket Mode: a WebSocket server on loopback that sends envelopes and keeps what comes back."""

import base64
import hashlib
import json
import socket
import struct
import threading
from typing import Any, Self

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class FakeSocket:
    """Start with ``with``. ``url`` is where a client connects; ``tell`` sends to the one that did."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self._server.getsockname()[1]}/link?ticket=1"
        self.answers: dict[str, dict[str, Any]] = {}
        self._answered = threading.Condition()
        self._peer: socket.socket | None = None
        self._is_connected = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        for one in (self._peer, self._server):
            if one:
                one.close()

    def tell(self, kind: str, payload: dict[str, Any], *, number: str, **more: Any) -> dict[str, Any]:
        """Send an envelope; the payload of its answer (at most 10 s later)."""
        assert self._is_connected.wait(10)
        envelope = {"type": kind, "envelope_id": number, "payload": payload, "accepts_response_payload": True, **more}
        self._send(_TEXT, json.dumps(envelope).encode())
        with self._answered:
            assert self._answered.wait_for(lambda: number in self.answers, 10)
        told: dict[str, Any] = self.answers[number].get("payload", {})
        return told

    def _serve(self) -> None:
        try:
            self._peer, _address = self._server.accept()
            self._shake_hands()
            self._send(_TEXT, b'{"type": "hello"}')
            self._is_connected.set()
            while True:
                kind, content = self._receive()
                if kind == _PING:
                    self._send(_PONG, content)
                elif kind == _TEXT:
                    answer = json.loads(content)
                    with self._answered:
                        self.answers[answer["envelope_id"]] = answer
                        self._answered.notify_all()
                elif kind == _CLOSE:
                    return
        except OSError:  # the other side, or the test, is gone
            return

    def _shake_hands(self) -> None:
        said = b""
        while b"\r\n\r\n" not in said:
            said += self._read(1)
        lines = (line.partition(b": ") for line in said.split(b"\r\n"))
        key = next(value for name, _colon, value in lines if name.lower() == b"sec-websocket-key")
        accepted = base64.b64encode(hashlib.sha1(key + _GUID).digest())  # noqa: S324 — as WebSocket wants it
        self._connected().sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accepted + b"\r\n\r\n"
        )

    def _send(self, kind: int, content: bytes) -> None:
        length = bytes([len(content)]) if len(content) < 126 else b"\x7e" + struct.pack(">H", len(content))
        self._connected().sendall(bytes([0x80 | kind]) + length + content)

    def _receive(self) -> tuple[int, bytes]:
        first, second = self._read(2)
        length = second & 0x7F
        if length == 126:
            length = struct.unpack(">H", self._read(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self._read(8))[0]
        mask = self._read(4) if second & 0x80 else bytes(4)
        return first & 0x0F, bytes(sign ^ mask[place % 4] for place, sign in enumerate(self._read(length)))

    def _read(self, number: int) -> bytes:
        said = b""
        while len(said) < number:
            more = self._connected().recv(number - len(said))
            if not more:
                raise OSError("the client is gone")
            said += more
        return said

    def _connected(self) -> socket.socket:
        assert self._peer is not None
        return self._peer
