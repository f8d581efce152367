"use strict";
// Tries candidates one after the other, each in a realm of its own, and runs those that pass on the same inputs.

const { clipped, decoded, shown } = require("./values.cjs");
const { guarded, isLimit, now, seconds, spent } = require("./limits.cjs");
const { Realm } = require("./realm.cjs");

const CANARY = 150;
const MISSES = 3;
const MOST_SLOW = 16;
const SHARE = 0.75; // of the time, after which those that only ran out of steps are tried again
const ENOUGH_PASSED = 2;
const SLOW = 30;
const PATIENCE = 3;

// File -> edits of a candidate, in the order of the text.
function editsOf(request, candidate) {
  const found = {};
  for (const [number, edits] of candidate) (found[request.functions[number].file] ??= []).push(...edits);
  for (const edits of Object.values(found)) edits.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  return found;
}

class Trials {
  constructor(request, tests, { send, used }) {
    this._request = request;
    this._tests = tests;
    this._send = send;
    this._used = used;
    this._began = now();
    const numbers = new Map(tests.names.map((name, number) => [name, number]));
    const known = (names) => names.filter((name) => numbers.has(name)).map((name) => numbers.get(name));
    this._failing = known(request.failing);
    this._isFailing = new Set(this._failing);
    this._passing = known(request.passing);
    this._kills = {};
    this._seen = new Set();
    this._slow = [];
    this._isSolved = false;
  }

  _isOver(share = 1) {
    const { longest, seconds: most } = this._request;
    return seconds(this._began) > share * longest || this._used + spent() > share * most;
  }

  // Tests, those that find faults soonest first.
  _order() {
    if (this._request.ordered) return [...this._failing, ...this._passing].sort((one, other) => one - other);
    const passing = [...this._passing].sort((one, other) => (this._kills[other] ?? 0) - (this._kills[one] ?? 0));
    return [...this._failing, ...passing];
  }

  // The first candidate that was not tried, or whose verdict does not count because this process had changed.
  async run(first, last) {
    let start = first;
    for (let number = first; number < last; number++) {
      if (number - start >= CANARY) {
        if (!(await this.isSound())) return start;
        start = number;
      }
      if (this._isOver(this._slow.length ? SHARE : 1)) break;
      await this._attempt(number, this._request.limit, false);
    }
    const patient = { steps: this._request.limit.steps * SLOW, seconds: 20 };
    for (const number of this._slow.slice(0, MOST_SLOW)) {
      if (!this._isOver() && !this._isSolved) await this._attempt(number, patient, true);
    }
    return last - first === 1 || (await this.isSound()) ? last : start;
  }

  // Whether the original still fails and passes what it did.
  async isSound() {
    const realm = new Realm(this._request);
    let isSound = true;
    for (const number of this._order().slice(0, 40)) {
      const outcome = await this._tests.run(realm, number, this._request.limit);
      if (outcome.isOk === this._isFailing.has(number)) isSound = false;
      if (!isSound) break;
    }
    await this._tests.finish(realm, this._request.limit.seconds);
    return isSound;
  }

  async _attempt(number, limit, isAgain) {
    this._send("at", { id: number });
    const [verdict, flips] = await this._tried(number, limit, isAgain);
    if (verdict === "plausible") this._isSolved = true;
    this._send("trial", { id: number, verdict, flips });
  }

  async _tried(number, limit, isAgain) {
    const edits = editsOf(this._request, this._request.candidates[number]);
    const key = JSON.stringify(edits).replace(/\s+/g, " ");
    if (this._seen.has(key) && !isAgain) return ["duplicate", []];
    this._seen.add(key);
    let realm;
    try {
      realm = new Realm(this._request, { edits });
      for (const file of Object.keys(edits)) realm.script(realm.pathOf(file), "", edits[file]);
    } catch (error) {
      return [error instanceof SyntaxError ? "syntax" : "dead", []];
    }
    const found = await this._verdict(number, realm, { limit, isAgain });
    await this._tests.finish(realm, limit.seconds);
    return found;
  }

  async _verdict(number, realm, { limit, isAgain }) {
    const flips = [];
    let passed = 0;
    let misses = 0;
    for (const test of this._order()) {
      if (misses && !this._isFailing.has(test)) break;
      const outcome = await this._tests.run(realm, test, limit);
      if (outcome.isOk) {
        passed += 1;
        if (this._isFailing.has(test)) flips.push(test);
        continue;
      }
      this._kills[test] = (this._kills[test] ?? 0) + 1;
      if (isLimit(outcome)) {
        if (passed >= ENOUGH_PASSED && !misses && !isAgain) this._slow.push(number);
        return ["limit", flips];
      }
      misses += 1;
      if (misses >= MISSES || !this._isFailing.has(test) || this._request.ordered) break;
    }
    return [misses ? "failed" : "plausible", flips];
  }
}

// What the original and each patch make of the same inputs.
class Comparison {
  constructor(request, send) {
    this._request = request;
    this._send = send;
    this._began = now();
  }

  async run(numbers) {
    const rows = [-1, ...numbers].map((number) => this._row(number)).filter(Boolean);
    for (const [place, call] of [...this._request.inputs].reverse().entries()) {
      if (spent() > this._request.seconds || seconds(this._began) > this._request.longest) break;
      for (const row of rows) await this._one(row, call, place);
    }
    for (const { number, outputs, steps } of rows) this._send("outputs", { id: number, outputs, steps });
  }

  _row(number) {
    const edits = number < 0 ? {} : editsOf(this._request, this._request.candidates[number]);
    const realm = new Realm(this._request, { edits });
    try {
      for (const { file } of this._request.functions) realm.load(realm.pathOf(file));
    } catch {
      return null; // a file that cannot be loaded by itself
    }
    return { number, realm, outputs: [], steps: [], endless: 0 };
  }

  async _one(row, call, place) {
    this._send("at", { id: -2 - place });
    const { steps, seconds: most } = this._request.limit;
    const limit = row.endless < PATIENCE ? { steps: steps * 5, seconds: most } : { steps, seconds: 0.1 };
    let text = "";
    const outcome = await guarded(row.realm.meter, () => {
      const [result, given] = this._called(row.realm, call);
      const say = (value) => {
        text = clipped(`${shown(value)} list(${given.map((item) => shown(item)).join(", ")})`);
      };
      return typeof result?.then === "function" ? result.then(say) : say(result);
    }, limit);
    if (isLimit(outcome)) text = `limit of ${outcome.how}`;
    else if (!outcome.isOk) text = String(outcome.error?.name ?? "an error");
    row.endless += isLimit(outcome);
    row.outputs.push(text);
    row.steps.push(outcome.steps);
  }

  _called(realm, [number, receiver, given]) {
    const values = decoded(given, realm.made, realm.classes);
    const [fn, owner] = realm.functions[number]();
    const self = receiver?.$ === "class" ? decoded(receiver, realm.made, realm.classes) : owner;
    let value = fn.apply(self, values);
    if (typeof value?.next === "function") value = Array.from({ [Symbol.iterator]: () => value });
    return [value, receiver?.$ === "class" ? [self, ...values] : Array.from(values)];
  }
}

module.exports = { Comparison, Trials };
