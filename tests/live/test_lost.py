"""What is said of a line that breaks, with a clock that is told to go on."""

from __future__ import annotations

import pytest

from tests.live.node import run

#: A page whose connection is what `now` says, and the sentence in its bar.
PAGE = """
const { app, pass } = await clock();
const watchers = [];
const heard = new Map();
const bar = {
  text: "",
  get textContent() { return this.text; },
  get firstChild() { return this.text || null; },
  replaceChildren(sentence = "") { this.text = sentence; },
  append() {}, setAttribute() {},
};
globalThis.MutationObserver = class {
  constructor(look) { this.look = look; }
  observe() { watchers.push(this.look); }
  disconnect() {}
};
globalThis.WebSocket = class { addEventListener() {} send() {} close() {} dispatchEvent() {} };
globalThis.CloseEvent = class {};
globalThis.window = { addEventListener: (name, act) => heard.set(name, act) };
Object.defineProperty(globalThis, "navigator", { value: { onLine: true } });
const styles = { append() {} };
const made = { div: () => bar, style: () => styles, button: () => styles };
document.createElement = (name) => made[name]();
document.head = document.body = styles;
app.dataset.testConnectionState = "CONNECTED";
const { querySelector } = document;
document.querySelector = (name) => (name.includes("dialog") ? null : querySelector(name));
await load("lost.js");
watchers[0]();
const connection = (state) => { app.dataset.testConnectionState = state; watchers.at(-1)(); };
const offline = () => { navigator.onLine = false; heard.get("offline")(); };
const seen = [];
/** What stands in the bar after so many milliseconds. */
const after = async (ms) => { await pass(ms); seen.push(bar.text.split(".")[0]); };
"""
GONE, OFFLINE, BACK = "The server does not answer", "You are offline", "The server answers again"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        # A break that heals at once is not spoken of.
        ("connection('CONNECTING'); await after(1400); connection('CONNECTED'); await after(9e3);",
         ["", ""]),
        ("connection('CONNECTING'); await after(1600); connection('CONNECTED'); await after(3900);"
         "await after(200);", [GONE, BACK, ""]),
        ("offline(); await after(1400); await after(200); await after(60e3);",
         ["", OFFLINE, OFFLINE]),
        # Who goes offline while the good news stands reads that for as long as it is so.
        ("connection('CONNECTING'); await pass(1600); connection('CONNECTED'); await after(100);"
         "offline(); await after(1600); await after(60e3);", [BACK, OFFLINE, OFFLINE]),
        # The line breaks again while the good news stands.
        ("connection('CONNECTING'); await pass(1600); connection('CONNECTED'); await after(100);"
         "connection('CONNECTING'); await after(1600); await after(60e3);", [BACK, GONE, GONE]),
    ],
)  # fmt: skip
def test_what_is_said_stays_as_long_as_it_is_so(body, said):
    assert run(PAGE + body + "return seen;") == said
