"""A line to the server on which its messages can be kept back for a while."""

from __future__ import annotations

from playwright.sync_api import WebSocketRoute
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Held:
    """What a server says to a page, passed on at once or kept back for a while."""

    def __init__(self, near: WebSocketRoute) -> None:
        self.near, self.kept, self.back = near, list[bytes | str](), False
        far = near.connect_to_server()
        near.on_message(far.send)
        far.on_message(self.hear)

    def hear(self, message: bytes | str) -> None:
        """Pass on a message, or keep it back."""
        if self.back:
            self.kept.append(message)
        else:
            self.near.send(message)

    def kinds(self) -> list[str | None]:
        """Of what is kept back, what it is."""
        found = [one for one in self.kept if isinstance(one, bytes)]
        return [ForwardMsg.FromString(one).WhichOneof("type") for one in found]

    def let_go(self) -> None:
        """Pass on everything."""
        self.back = False
        for message in self.kept:
            self.near.send(message)
        self.kept.clear()
