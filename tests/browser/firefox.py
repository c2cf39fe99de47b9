"""Firefox for Playwright: what a Firefox from a package does not know yet is answered in its place.

Playwright drives an ordinary Firefox by WebDriver BiDi, and asks for a colour scheme before
anything else; a Firefox that does not know that command ends the conversation. Between the two
stands this process: it starts Firefox, passes on every message, and says yes to the commands in
`UNKNOWN`. Their effect is missing, and the tests that need it are named in ``engines.toml``.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Locator
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

NAMES = ("firefox-esr", "firefox")
#: What Firefox 153 does not know.
UNKNOWN = ("emulation.setMediaFeaturesOverride",)
_LISTENS = re.compile(r"(WebDriver BiDi listening on )(ws://\S+)")


#: Characters up to which a text is typed.
TYPED = 100
#: Past what React has put between itself and the element, which would say that nothing is new.
_PUT = """(node, text) => {
  node.focus();
  const kind = node instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(node, text);
  node.dispatchEvent(new InputEvent("input", { bubbles: true }));
}"""


def fill(self: Locator, value: str, **_: object) -> None:
    """`Locator.fill` as a hand does it.

    Over WebDriver BiDi Playwright sets the element's value in the page's own world, where React
    listens in: it takes the text for its own, and the next drawing takes it away.
    """
    if len(value) > TYPED:
        self.evaluate(_PUT, value)
        return
    # In a window behind another, `Locator.press_sequentially` would take the selection away.
    self.page.bring_to_front()
    self.evaluate("node => { node.focus(); node.select(); }")
    if value:
        self.page.keyboard.type(value)
    else:
        self.page.keyboard.press("Delete")


def firefox() -> str | None:
    """A Firefox on the PATH, or where the environment says."""
    return os.environ.get("FIREFOX") or next(filter(None, map(shutil.which, NAMES)), None)


def launcher(folder: Path) -> Path:
    """A program that Playwright can start as if it were Firefox."""
    root = Path(__file__).parent.parent.parent
    program = folder / "firefox"
    program.write_text(
        f'#!/bin/sh\ncd "{root}" && exec "{sys.executable}" -m tests.browser.firefox "$@"\n'
    )
    program.chmod(0o755)
    return program


async def _talk(client: ServerConnection, address: str) -> None:
    path = client.request.path if client.request else ""
    async with connect(address + path, max_size=None, ping_interval=None) as browser:

        async def ask() -> None:
            async for message in client:
                call = json.loads(message)
                if call["method"] in UNKNOWN:
                    answer = {"type": "success", "id": call["id"], "result": {}}
                    await client.send(json.dumps(answer))
                else:
                    await browser.send(message)
            await browser.close()

        async def answer() -> None:
            async for message in browser:
                await client.send(message)
            await client.close()

        await asyncio.gather(ask(), answer())


async def _run(arguments: list[str]) -> int:
    program = firefox()
    if program is None:
        raise SystemExit("There is no Firefox.")
    browser = await asyncio.create_subprocess_exec(
        program, *arguments, stderr=asyncio.subprocess.PIPE, limit=2**20
    )
    assert browser.stderr is not None
    async for raw in browser.stderr:
        line = raw.decode(errors="replace").rstrip()
        found = _LISTENS.search(line)
        if found:
            address = found[2]
            server = await serve(
                lambda one, address=address: _talk(one, address),  # type: ignore[misc]
                "127.0.0.1",
                0,
                max_size=None,
                ping_interval=None,
            )
            port = next(iter(server.sockets)).getsockname()[1]
            line = f"{found[1]}ws://127.0.0.1:{port}"
        print(line, file=sys.stderr, flush=True)
    return await browser.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(_run(sys.argv[1:])))
