"""The headers of every answer, and how long a message from a page may be.

Plain ASGI and no framework, so that nothing is buffered and web sockets pass untouched.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Callable[[], Awaitable[Message]], Send], Awaitable[None]]

#: Names the pages that may put lrviz into a frame, as a CSP source list.
VARIABLE = "LRVIZ_FRAME_ANCESTORS"
#: A frame is what a teacher embeds, and there is nothing here to steal a click for: no
#: accounts, no cookies of value, no action that lasts. So anyone may, unless told otherwise.
ANYONE = "*"

# Keywords, schemes, and hosts with an optional scheme and port; no ; or , that would start
# another directive or another header.
_SOURCE = re.compile(
    r"\*|'self'|'none'|https?:|(https?://)?(\*\.)?[A-Za-z0-9.-]+(:(\d{1,5}|\*))?", re.ASCII
)

_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)

#: What a page may load: nothing from another host. Streamlit writes its styles inline, starts
#: the live component from a blob and decodes its messages with a few lines of WebAssembly.
_POLICY: Mapping[str, str] = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "frame-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}

_ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def frame_ancestors(environ: Mapping[str, str]) -> str:
    """Who may embed the app, from the environment.

    Raises
    ------
    ValueError
        If the variable holds something that is no source list: a server that starts with a
        typing error there would be closed, or open, without a word.
    """
    wanted = environ.get(VARIABLE, "").split() or [ANYONE]
    wrong = [source for source in wanted if not _SOURCE.fullmatch(source)]
    if wrong:
        raise ValueError(
            f"{VARIABLE} takes *, 'self', 'none' or addresses such as https://school.example, "
            f"separated by spaces; it holds {wrong[0]!r}."
        )
    if len(wanted) > 1 and "'none'" in wanted:
        raise ValueError(f"{VARIABLE} cannot hold 'none' beside anything else.")
    return " ".join(wanted)


def headers(environ: Mapping[str, str], index: bytes = b"") -> dict[str, str]:
    """The headers of every answer.

    Parameters
    ----------
    environ
        Where `VARIABLE` is looked up.
    index
        The page that starts the app: the scripts written into it are let through by hash.
    """
    policy = {
        **_POLICY,
        "script-src": " ".join([_POLICY["script-src"], *_hashes(_INLINE.findall(index))]),
        "frame-ancestors": frame_ancestors(environ),
    }
    return {"Content-Security-Policy": _joined(policy), **_ALWAYS}


def written(scripts: Sequence[bytes], hosts: Sequence[str] = ()) -> str:
    """The policy of a page that no server of ours sends, to be written into it.

    It cannot say who may put the page into a frame: there a browser listens to headers alone.

    Parameters
    ----------
    scripts
        Those written into the page.
    hosts
        Addresses that scripts, styles, fonts and data may come from besides the page's own host.
    """
    policy = dict(_POLICY)
    for name in ("script-src", "style-src", "font-src", "connect-src"):
        policy[name] = " ".join([policy[name], *hosts])
    policy["script-src"] = " ".join([policy["script-src"], *_hashes(scripts)])
    return _joined(policy)


def _hashes(scripts: Sequence[bytes]) -> list[str]:
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts)
    return [f"'sha256-{digest}'" for digest in digests]


def _joined(policy: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


class SecurityHeaders:
    """ASGI middleware that adds headers which the app itself has not set."""

    def __init__(self, app: App, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = [(k.lower().encode(), v.encode()) for k, v in headers.items()]

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Send,
    ) -> None:
        """Pass everything on; only the start of an HTTP answer is touched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                there = {bytes(name).lower() for name, _ in given}
                message["headers"] = [
                    *given,
                    *(one for one in self.headers if one[0] not in there),
                ]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class MessageLimit:
    """ASGI middleware that drops a web socket's messages of more than ``most`` bytes.

    Dropped, and the connection left as it is: a page whose connection is closed opens it again
    and sends the same once more.
    """

    def __init__(self, app: App, most: int) -> None:
        self.app, self.most = app, most

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Send,
    ) -> None:
        """Pass everything on but messages that are too long."""

        async def receive_short() -> Message:
            while True:
                message = await receive()
                if max(len(message.get(kind) or "") for kind in ("bytes", "text")) <= self.most:
                    return message

        await self.app(scope, receive_short if scope["type"] == "websocket" else receive, send)
