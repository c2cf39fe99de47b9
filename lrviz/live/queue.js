// Carries values to Python: throttled while they move, at once when they rest, and the
// last value always. One message is under way at a time; an answer names the message it
// answers, and a message that is not answered in time is given up, so that a server that
// was restarted leaves nobody waiting.

import { busy } from "./busy.js";
import { scriptRests, working } from "./internals.js";

/** @import { Message, Question } from "./types.d.ts" */

/** On the static site Python may be slow, but no other takes its place. */
const TIMEOUT = "lrvizSite" in globalThis ? 20_000 : 2000;
const REST = 300;
/** A hand that stands still for so long is asked for, although it has not let go. */
const STILL = 100;

/** @typedef {ReturnType<typeof setTimeout> | undefined} Timer */

export class MessageQueue {
  client = Math.random().toString(36).slice(2);
  seq = 0;
  acked = 0;
  dirty = false;
  /** Whether a hand moves something still. */
  held = false;
  sentAt = 0;
  /** @type {{ seq: number, resolve: (answered: boolean) => void }[]} */
  waiting = [];
  /** @type {Timer} */ retry;
  /** @type {Timer} */ resting;
  /** @type {Timer} */ watching;
  /** Whether the page has been left. */
  over = false;

  /**
   * @param {(message: Message) => void} send posts to Python
   * @param {() => object} collect returns the fields as they are now
   * @param {() => void} wake asks for a run of the whole page
   * @param {number} pace ms between messages while the hand moves: drawing anew what Python
   *   writes costs the page a few frames, and where it evaluates the graph itself it can wait
   */
  constructor(send, collect, wake, pace = 0) {
    this.send = send;
    this.collect = collect;
    this.wake = wake;
    this.pace = pace;
  }

  /** Whether no hand moves anything, and Python has answered all that was said. */
  get done() {
    return !this.held && !this.resting && this.acked >= this.seq;
  }

  /** The number of the message that says the last of it, which may be still to come. */
  get last() {
    return this.held || this.resting ? this.seq + 1 : this.seq;
  }

  get #busy() {
    return this.seq > this.acked && performance.now() - this.sentAt < TIMEOUT;
  }

  /** Whether what moves may be sent now. */
  get #due() {
    return !this.#busy && performance.now() - this.sentAt >= this.pace;
  }

  /** Something moved: pass it on when the last message has been answered, and in good time. */
  moved() {
    this.dirty = true;
    this.held = true;
    busy(this, true);
    this.#wake();
    if (this.#due) this.#post(false);
    this.#stands();
  }

  /** What moved last is sent when the hand stands still, whether or not it is held. */
  #stands() {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => {
      if (!this.dirty) return;
      if (this.#busy) this.#stands();
      else this.#post(false);
    }, STILL);
  }

  /** The hand rests: send now, whatever is under way, and the link after a moment. */
  rested() {
    this.held = false;
    this.#post(false);
    this.#wake();
    this.resting = setTimeout(() => {
      this.resting = undefined;
      this.#post(true);
    }, REST);
  }

  /**
   * Send, with a question perhaps, and wait until Python has answered and written the link; says
   * whether it has. It is given up when nobody is there who could be at work on it.
   * @param {Question} [ask]
   * @returns {Promise<boolean>}
   */
  flush(ask) {
    this.#wake();
    this.#post(true, ask);
    const seq = this.seq;
    return new Promise((resolve) => {
      this.waiting.push({ seq, resolve });
      const look = () => {
        if (working()) setTimeout(look, TIMEOUT);
        else resolve(false); // says nothing where it was answered
      };
      setTimeout(look, TIMEOUT);
    });
  }

  /** The hand does not rest any more. */
  #wake() {
    clearTimeout(this.resting);
    this.resting = undefined;
  }

  /**
   * Nobody answers, and nothing is being worked on: Streamlit asks a server that took another's
   * place for a run only if one was under way, so a page that was just being read is unknown
   * there, and messages to its parts go nowhere.
   */
  #watch() {
    clearTimeout(this.watching);
    this.watching = setTimeout(() => {
      if (this.acked >= this.seq) return;
      busy(this, false); // given up
      if (scriptRests()) this.wake();
      this.#watch();
    }, TIMEOUT);
  }

  /**
   * Python has handled a message.
   * @param {string} client @param {number} seq
   */
  answered(client, seq) {
    if (client !== this.client || seq <= this.acked) return;
    this.acked = seq;
    const answered = this.waiting.filter((one) => one.seq <= seq);
    this.waiting = this.waiting.filter((one) => one.seq > seq);
    for (const one of answered) one.resolve(true);
    if (this.dirty && this.#due) this.#post(false);
    if (this.acked === this.seq && !this.resting) busy(this, false);
  }

  /** The page is left: nothing more is sent, and nobody waits. */
  end() {
    this.over = true;
    for (const timer of [this.retry, this.resting, this.watching]) clearTimeout(timer);
    for (const { resolve } of this.waiting.splice(0)) resolve(false);
    busy(this, false);
  }

  /** @param {boolean} rest @param {Question} [ask] */
  #post(rest, ask) {
    if (this.over) return;
    this.dirty = false;
    clearTimeout(this.retry);
    busy(this, true);
    this.seq += 1;
    this.sentAt = performance.now();
    this.#watch();
    this.send({ client: this.client, seq: this.seq, rest, ask, fields: this.collect() });
  }
}
