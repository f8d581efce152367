"use strict";
// What the original program does under its tests: lines, types, calls, steps, and how each test ends.

const { isLimit, now, seconds } = require("./limits.cjs");
const { clipped, encoded, kindOf, plain } = require("./values.cjs");
const { Realm } = require("./realm.cjs");

const FIRST = { steps: 100_000, seconds: 2 };
const GENEROUS = { steps: 3_000_000, seconds: 10 };
const MOST_GENEROUS = 3;
const FEWEST_STEPS = 10_000;
const MORE_STEPS = 5;
const MOST_CALLS = 60;
const MOST_OF_ONE = 12;
const MOST_SIGNS = 12;
const MOST_SHAPES = 40;

class Recorder {
  constructor(request) {
    this._functions = request.functions;
    this._depth = 0;
    this.lines = {};
    this.types = new Map();
    this.shapes = new Map();
    this.calls = [];
    this.signs = new Set();
    this._seen = new Set();
    this._counts = {};
  }

  begin() {
    this.lines = {};
    this._depth = 0;
  }

  hooks() {
    return {
      see: (number, first, last, values) => this._see(number, first, last, values),
      enter: (number, receiver, given) => {
        if (this._depth++ === 0) this._note(number, receiver, given);
      },
      leave: () => {
        this._depth -= 1;
      },
      within: (number, given, call) => {
        if (this._depth++ === 0) this._note(number, undefined, given);
        try {
          return call();
        } finally {
          this._depth -= 1;
        }
      },
    };
  }

  _see(number, first, last, values) {
    const { file } = this._functions[number];
    const lines = (this.lines[file] ??= new Set());
    for (let line = first; line <= last; line++) lines.add(line);
    if (!this.types.has(number)) this.types.set(number, {});
    const known = this.types.get(number);
    for (const name of Object.keys(values)) this._value((known[name] ??= new Set()), values[name]);
  }

  _value(kinds, value) {
    const kind = kindOf(value);
    kinds.add(kind);
    if (kind !== "object" || this.shapes.size >= MOST_SHAPES) return;
    const fields = Object.keys(value).slice(0, 20);
    if (fields.every((name) => /^[A-Za-z_$][\w$]*$/.test(name))) this.shapes.set(fields.join(), fields);
  }

  _note(number, receiver, given) {
    if (this.calls.length >= MOST_CALLS || (this._counts[number] ?? 0) >= MOST_OF_ONE * 4) return;
    try {
      const call = [number, encoded(receiver), encoded(given)];
      const text = JSON.stringify(call);
      if (text.length > 4000 || this._seen.has(text)) return;
      this._seen.add(text);
      this._counts[number] = (this._counts[number] ?? 0) + 1;
      for (const value of given) this._sign(value);
      this.calls.push(call);
    } catch {
      // what cannot be sent cannot be called again
    }
  }

  _sign(value) {
    if (typeof value !== "string" || this.signs.size >= MOST_SIGNS) return;
    for (const sign of value.slice(0, 200)) if (!/[\p{L}\p{N}]/u.test(sign)) this.signs.add(sign);
  }
}

// Lines of the program's files in a trace, innermost first.
function places(error, files, root) {
  const stack = typeof error?.stack === "string" ? error.stack : "";
  const found = [...stack.matchAll(/[( ](\/[^\n():]+):(\d+):\d+\)?$/gm)];
  const own = found.map(([, file, line]) => [file.slice(root.length + 1), Number(line)]);
  return own.filter(([file]) => files.has(file)).slice(0, 5);
}

function compared(error, realm) {
  const pair = error?.code === "ERR_ASSERTION" && "expected" in error ? [error.actual, error.expected] : realm.pair;
  return pair ? parsed(pair).map((value) => plain(value)) : [];
}

// Texts of JSON that were compared stand for what they say.
function parsed(pair) {
  try {
    const isJson = pair.every((text) => typeof text === "string" && /^[[{"]/.test(text));
    return isJson ? pair.map((text) => JSON.parse(text)) : pair;
  } catch {
    return pair;
  }
}

class Observer {
  constructor(request, tests, send) {
    this._request = request;
    this._tests = tests;
    this._send = send;
    this._files = new Set(request.functions.map((row) => row.file));
    this._endless = 0;
  }

  async run() {
    const recorder = new Recorder(this._request);
    const order = this._tests.rows.map((_, number) => number);
    const first = await this._watched(order, recorder);
    const ended = order.filter((number) => !isLimit(first[number]));
    const failing = ended.filter((number) => !first[number].isOk);
    const passing = ended.filter((number) => first[number].isOk);
    const began = now();
    const again = await this._pass([...failing, ...passing.reverse()]);
    const spent = seconds(began);
    const differing = ended.filter((number) => first[number].isOk !== again[number].isOk);
    const flaky = differing.length ? await this._flaky(ended, order, first) : [];
    this._tell(recorder, first, { flaky, isOrdered: differing.length > 0 && flaky.length === 0, spent });
  }

  async _watched(order, recorder) {
    const realm = new Realm(this._request, { mode: "watch", recorder });
    const found = {};
    for (const number of order) {
      recorder.begin();
      this._send("at", { id: -1 - number });
      let outcome = await this._tests.run(realm, number, FIRST);
      if (isLimit(outcome) && this._endless < MOST_GENEROUS) outcome = await this._generous(number);
      found[number] = outcome;
      this._tellTest(number, outcome, { recorder, realm });
    }
    await this._tests.finish(realm, FIRST.seconds);
    return found;
  }

  // A test that ran out of the first limit: is it slow, or does it not end?
  async _generous(number) {
    const realm = new Realm(this._request);
    const outcome = await this._tests.run(realm, number, GENEROUS);
    await this._tests.finish(realm, FIRST.seconds);
    this._endless += isLimit(outcome);
    return outcome;
  }

  async _pass(order) {
    const realm = new Realm(this._request);
    const found = {};
    for (const number of order) {
      this._send("at", { id: -1 - number });
      found[number] = await this._tests.run(realm, number, GENEROUS);
    }
    await this._tests.finish(realm, FIRST.seconds);
    return found;
  }

  async _flaky(ended, order, first) {
    const passes = [await this._pass(order), await this._pass(order)];
    return ended.filter((number) => passes.some((one) => one[number].isOk !== first[number].isOk));
  }

  _tellTest(number, outcome, { recorder, realm }) {
    const { error } = outcome;
    const sorted = (seen) => [...seen].sort((one, other) => one - other);
    const lines = Object.entries(recorder.lines).map(([file, seen]) => [file, sorted(seen)]);
    this._send("test", {
      name: this._tests.names[number],
      how: outcome.how,
      steps: outcome.steps,
      lines: Object.fromEntries(lines),
      error: error === null || error === undefined ? "" : clipped(`${error.name ?? ""}: ${error.message ?? error}`),
      places: places(error, this._files, this._request.root),
      pair: outcome.isOk ? [] : compared(error, realm),
    });
  }

  _tell(recorder, first, { flaky, isOrdered, spent }) {
    for (const [number, names] of recorder.types) {
      const { file, first } = this._request.functions[number];
      const kinds = Object.entries(names).map(([name, seen]) => [name, [...seen].sort()]);
      this._send("types", { file, first, names: Object.fromEntries(kinds) });
    }
    const names = Object.fromEntries(recorder.shapes);
    this._send("attributes", { names, signs: [...recorder.signs].sort(), calls: recorder.calls });
    const steps = Object.values(first).filter((outcome) => !isLimit(outcome)).map((outcome) => outcome.steps);
    this._send("facts", {
      ordered: isOrdered,
      threaded: false,
      flaky: flaky.map((number) => this._tests.names[number]),
      limit: {
        steps: Math.max(FEWEST_STEPS, MORE_STEPS * Math.max(0, ...steps)),
        seconds: Math.max(0.25, Math.min(20, 5 * spent)),
      },
    });
  }
}

module.exports = { FIRST, Observer };
