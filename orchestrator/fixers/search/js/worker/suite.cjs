"use strict";
// What node:test and its likes offer to a test file: tests are collected, and run one by one when they are asked for.

const assert = require("assert");
const { createRequire } = require("module");
const { Skipped, deadline } = require("./limits.cjs");

const OWN_HOOKS = ["before", "after", "beforeEach", "afterEach"];
const HOOKS = { ...Object.fromEntries(OWN_HOOKS.map((name) => [name, name])), beforeAll: "before", afterAll: "after" };
const MODULES = new Set(["node:test", "@jest/globals", "vitest", "mocha"]);

function split(given) {
  const fn = given.find((part) => typeof part === "function");
  const options = given.find((part) => part !== null && typeof part === "object") ?? {};
  const name = typeof given[0] === "string" ? given[0] : fn?.name || "<anonymous>";
  return { name, options, fn };
}

const empty = () => Object.fromEntries(OWN_HOOKS.map((name) => [name, []]));
const group = (name, parent) => ({ name, parent, isBegun: false, ...empty() });

function chain(own) {
  const found = [];
  for (let one = own; one; one = one.parent) found.unshift(one);
  return found;
}

const all = async (calls) => {
  for (const call of calls) await called(call, {}, false);
};

// One that takes a callback is over when it calls it.
function called(fn, context, hasContext) {
  if (!fn || fn.length < (hasContext ? 2 : 1) || fn.constructor.name === "AsyncFunction") return fn?.(context);
  return new Promise((resolve, reject) => {
    const done = (error) => (error ? reject(error) : resolve());
    if (hasContext) fn(context, done);
    else fn(done);
  });
}

class Registry {
  constructor() {
    this.tests = [];
    this.isOfNode = false;
    this._root = group("", null);
    this._current = this._root;
    this._running = null;
    this.api = this._api();
  }

  _api() {
    const test = (...given) => this._test(split(given));
    const describe = (...given) => this._describe(split(given));
    const skip = (...given) => this._test({ ...split(given), fn: null });
    const nothing = () => Promise.resolve();
    const each = (add) => (rows) => (name, fn) => {
      for (const row of rows) add(name, () => fn(...(Array.isArray(row) ? row : [row])));
    };
    Object.assign(test, { skip, todo: skip, only: test, failing: skip, each: each(test) });
    Object.assign(test, { test, it: test, describe, suite: describe });
    Object.assign(describe, { skip: nothing, todo: nothing, only: describe, each: each(describe) });
    const hooks = Object.entries(HOOKS).map(([name, own]) => [name, (fn) => this._current[own].push(fn)]);
    Object.assign(test, Object.fromEntries(hooks));
    const names = { test, it: test, specify: test, describe, context: describe, suite: describe };
    return { ...names, ...Object.fromEntries(hooks) };
  }

  _describe({ name, options, fn }) {
    if (options.skip || options.todo || !fn) return Promise.resolve();
    const outer = this._current;
    this._current = group(name, outer);
    try {
      fn({ name });
    } finally {
      this._current = outer;
    }
    return Promise.resolve();
  }

  _test({ name, options, fn }) {
    if (this._running) return this._inner({ name, options, fn });
    const names = [...chain(this._current).map((one) => one.name), name].filter(Boolean);
    const isSkipped = !fn || Boolean(options.skip) || Boolean(options.todo);
    this.tests.push({ name: names.join(" > "), fn, group: this._current, isSkipped });
    return Promise.resolve();
  }

  async _inner({ name, options, fn }) {
    if (!fn || options.skip || options.todo) return;
    await called(fn, this._context(name, []), true);
  }

  _context(name, after) {
    const nothing = () => undefined;
    const test = (...given) => this._inner(split(given));
    const ignored = { diagnostic: nothing, plan: nothing, runOnly: nothing, todo: nothing };
    const skip = () => {
      throw new Skipped();
    };
    return {
      ...{ name, fullName: name, test, assert, skip, ...ignored },
      after: (fn) => after.push(fn),
      before: (fn) => fn(),
      get mock() {
        return require("node:test").mock;
      },
    };
  }

  async run(test) {
    if (test.isSkipped) throw new Skipped();
    const groups = chain(test.group);
    const after = [];
    this._running = test;
    try {
      for (const one of groups) {
        if (one.isBegun) continue;
        one.isBegun = true;
        await all(one.before);
      }
      for (const one of groups) await all(one.beforeEach);
      await called(test.fn, this._context(test.name, after), this.isOfNode);
    } finally {
      await all(after);
      for (const one of groups.reverse()) await all(one.afterEach);
      this._running = null;
    }
  }

  // What the groups have begun is ended.
  async finish(seconds) {
    const begun = new Set(this.tests.flatMap((test) => chain(test.group)).filter((one) => one.isBegun));
    for (const one of begun) {
      try {
        await deadline(all(one.after), seconds);
      } catch {
        return; // what a test leaves behind is its own affair; the next candidate has another realm
      }
    }
  }
}

// Jest's expect, where the project has it.
const expectation = () => createRequire(`${process.cwd()}/`)("expect").expect;

// What test files find among their globals.
function offer(globals, registry) {
  Object.assign(globals, registry.api);
  Object.defineProperty(globals, "expect", { get: expectation, configurable: true });
}

// The module of that name where it is a test framework's.
function shim(name, registryOf) {
  if (!MODULES.has(name)) return null;
  const registry = registryOf();
  registry.isOfNode = name === "node:test";
  const { api } = registry;
  const expect = name === "node:test" || name === "mocha" ? {} : { expect: expectation() };
  return Object.assign((...given) => api.test(...given), api, api.test, expect, {
    default: api.test,
    get mock() {
      return require("node:test").mock;
    },
  });
}

module.exports = { offer, registry: () => new Registry(), shim };
