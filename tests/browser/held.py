"""A line to the server on which its messages can be kept back for a while."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, WebSocketRoute
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import new_context, settle


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


def held(browser: Browser, url: str) -> tuple[Page, Held]:
    """A page of the app in a context of its own, and its line."""
    page, lines = new_context(browser).new_page(), list[Held]()
    page.route_web_socket(re.compile("_stcore/stream"), lambda near: lines.append(Held(near)))
    page.goto(url)
    page.wait_for_selector(".lv-ready")
    settle(page)
    (line,) = lines
    return page, line
