"use strict";
// A realm: globals, timers and modules of their own for one candidate, so that none leaves anything to the next.

const { createRequire, isBuiltin } = require("module");
const fs = require("fs");
const path = require("path");
const vm = require("vm");
const { Meter } = require("./limits.cjs");
const suite = require("./suite.cjs");

const NAMES = ["exports", "require", "module", "__filename", "__dirname", "__rung__"];
const SUFFIXES = ["", ".js", ".cjs", ".mjs", ".ts", ".json", "/index.js", "/index.mjs", "/index.cjs", "/index.ts"];
const OWN = new Set(vm.runInNewContext("Object.getOwnPropertyNames(globalThis)"));
const FOREIGN = Object.getOwnPropertyNames(globalThis).filter((name) => !OWN.has(name));
// Read far faster as parameters than as globals of a realm. Nobody replaces them; a test may well replace Date.
const BUILT_IN =
  "Array BigInt Boolean Error JSON Map Math Number Object Promise RangeError Reflect RegExp Set String Symbol " +
  "TypeError WeakMap parseFloat parseInt isNaN";
const ERRORS = ["Error", "TypeError", "RangeError", "SyntaxError"];
const SHARED = { ArrayBuffer, Uint8Array }; // what Buffer and its likes are made of
const MADE = new vm.Script("({ Array, Object, Map, Set, Date, Error, TypeError, RangeError, SyntaxError })");
const isInstance = Function.prototype[Symbol.hasInstance];
const scripts = new Map();

// `text` after its splices, which an edit [start, end, text] drops where it has them inside or covers more than theirs.
function spliced(text, splices, edits) {
  const covers = ([from, to], [start, , , low, high]) => {
    const isOutside = from <= low && high <= to && (from < low || high < to);
    return isOutside || (from < start && start < to);
  };
  const isKept = (splice) => !edits.some((edit) => covers(edit, splice));
  const parts = [...splices.filter(isKept), ...edits].map((part, place) => [part, place]);
  parts.sort(([one, first], [other, second]) => one[0] - other[0] || first - second);
  let made = "";
  let at = 0;
  for (const [[start, end, added]] of parts) {
    if (start < at) continue;
    made += text.slice(at, start) + added;
    at = end;
  }
  return made + text.slice(at);
}

function compiled(file, entry, splices, edits) {
  const text = spliced(entry.text, splices, edits).replace(/^#!/, "//");
  const [given, globals] = [NAMES.join(", "), BUILT_IN.split(" ").join(", ")];
  const own = `function (${given}) {${entry.head}${text}${entry.tail}\n}`;
  return new vm.Script(`((${globals}) => ${own})(${globals})`, { filename: file });
}

function silent() {
  const nothing = () => undefined;
  const mute = ([name, value]) => [name, typeof value === "function" ? nothing : value];
  return Object.fromEntries(Object.entries(console).map(mute));
}

// Errors that Node raises are errors here too.
function acquaint(own, node) {
  const value = function (thing) {
    return isInstance.call(this, thing) || (this === own && isInstance.call(node, thing));
  };
  Object.defineProperty(own, Symbol.hasInstance, { value, configurable: true });
}

class Realm {
  // `edits`: file -> what differs from the program in this realm. `mode`: which splices its files get.
  constructor(request, { edits = {}, mode = "tick", recorder = null } = {}) {
    this.request = request;
    this.edits = edits;
    this.mode = mode;
    this.meter = new Meter();
    this.registries = new Map();
    this.modules = new Map();
    this.functions = {};
    this.classes = {};
    this.pair = null;
    this._timers = new Set();
    this.context = vm.createContext(this._globals());
    this.made = MADE.runInContext(this.context);
    for (const name of ERRORS) acquaint(this.made[name], globalThis[name]);
    this._hooks = this._made(recorder);
  }

  _globals() {
    const globals = {};
    for (const name of FOREIGN) {
      const [get, set] = [() => globalThis[name], (value) => put(name, value)];
      Object.defineProperty(globals, name, { get, set, configurable: true });
    }
    const put = (name, value) => Object.defineProperty(globals, name, { value, writable: true, configurable: true });
    for (const [name, value] of Object.entries(this._timing())) put(name, value);
    for (const [name, value] of Object.entries(SHARED)) put(name, value);
    put("console", silent());
    put("global", globals);
    return globals;
  }

  _timing() {
    const timers = this._timers;
    const start = (make) => (call, ...rest) => {
      const timer = make(call, ...rest);
      timers.add(timer);
      return timer;
    };
    return { setTimeout: start(setTimeout), setInterval: start(setInterval), setImmediate: start(setImmediate) };
  }

  // Nothing that was begun here goes on.
  close() {
    this.meter.isOver = true;
    for (const timer of this._timers) {
      clearTimeout(timer);
      clearImmediate(timer);
    }
  }

  get isWaiting() {
    return [...this._timers].some((timer) => timer.hasRef?.() && !timer._destroyed);
  }

  _made(recorder) {
    const { meter } = this;
    return {
      tick: () => meter.tick(),
      equal: (actual, expected, sign) => {
        this.pair = [actual, expected];
        return sign === "==" ? actual == expected : actual === expected;
      },
      know: (functions, classes) => {
        Object.assign(this.functions, functions);
        Object.assign(this.classes, classes);
      },
      give: (exports, name, get) => {
        Object.defineProperty(exports, name, { get, enumerable: name !== "__esModule", configurable: true });
      },
      give_all: (exports, given) => {
        for (const name of Object.keys(given)) {
          const isNew = name !== "default" && !(name in exports);
          if (isNew) Object.defineProperty(exports, name, { get: () => given[name], enumerable: true });
        }
      },
      usual: (given) => (given && given.__esModule && "default" in given ? given.default : given),
      ...recorder?.hooks(),
    };
  }

  // Give what the module in `file`, an absolute path, exports.
  load(file) {
    const known = this.modules.get(file);
    if (known) return known.exports;
    const module = { exports: new this.made.Object(), id: file, filename: file, loaded: false, children: [] };
    this.modules.set(file, module);
    try {
      if (file.endsWith(".json")) module.exports = this._json(file);
      else this._run(file, module);
      module.loaded = true;
    } catch (error) {
      this.modules.delete(file);
      throw error;
    }
    return module.exports;
  }

  _json(file) {
    return vm.runInContext(`(${JSON.stringify(JSON.parse(fs.readFileSync(file, "utf8")))})`, this.context);
  }

  // The absolute path of a file of the program.
  pathOf(file) {
    return path.join(this.request.root, file);
  }

  entry(file) {
    const known = this.request.files[path.relative(this.request.root, file)];
    return known ?? { text: fs.readFileSync(file, "utf8"), head: "", tail: "", tick: [], watch: [] };
  }

  _run(file, module) {
    const edits = this.edits[path.relative(this.request.root, file)];
    this.evaluate(this.script(file, `${this.mode}:${file}`, edits), file, module);
  }

  script(file, key, edits = null, further = []) {
    const make = () => {
      const entry = this.entry(file);
      return compiled(file, entry, [...entry[this.mode], ...further], edits ?? []);
    };
    if (edits) return make();
    if (!scripts.has(key)) scripts.set(key, make());
    return scripts.get(key);
  }

  evaluate(script, file, module) {
    const require = this._require(file, module);
    const meta = { url: `file://${file}`, filename: file, dirname: path.dirname(file) };
    const hooks = { ...this._hooks, meta, load: async (name) => require(name) };
    const run = script.runInContext(this.context);
    return run.call(module.exports, module.exports, require, module, file, path.dirname(file), hooks);
  }

  _require(file, module) {
    const isMain = this.request.tests.some((test) => this.pathOf(test.file) === file);
    const real = createRequire(file);
    const require = (name) => {
      const shim = suite.shim(name, () => this.registry(file));
      if (shim) return shim;
      const own = this._own(file, name, real);
      return own ? this.load(own) : outside(name, real);
    };
    const main = isMain ? module : { filename: "" };
    return Object.assign(require, { resolve: real.resolve, cache: {}, main, extensions: {} });
  }

  // The file of the program that `name` means; "" where it is none of it.
  _own(file, name, real) {
    if (isBuiltin(name)) return "";
    if (/^\.{0,2}\//.test(name) || name === "." || name === "..") {
      const base = path.resolve(path.dirname(file), name);
      const stems = [base, base.replace(/\.(c|m)?js$/, ".$1ts")];
      const places = stems.flatMap((stem) => SUFFIXES.map((suffix) => stem + suffix));
      const found = places.find((place) => path.relative(this.request.root, place) in this.request.files);
      if (found) return found;
    }
    const found = real.resolve(name);
    const isPackages = found.includes(`${path.sep}node_modules${path.sep}`);
    const isOwn = found.startsWith(this.request.root + path.sep) && !isPackages;
    return isOwn && /\.(c?js|json)$/.test(found) ? found : "";
  }

  // The tests that a file registers with a framework's functions.
  registry(file) {
    if (!this.registries.has(file)) this.registries.set(file, suite.registry());
    return this.registries.get(file);
  }
}

const outer = new Map();

function outside(name, real) {
  return outer.get(name) ?? real(name);
}

// Modules of others that can only be imported: once, before anything runs.
async function prepare(request) {
  for (const [name, from] of request.outside) {
    const real = createRequire(path.join(request.root, from));
    try {
      real(name);
    } catch (error) {
      if (error.code !== "ERR_REQUIRE_ESM") continue;
      outer.set(name, await import(`file://${real.resolve(name)}`));
    }
  }
}

module.exports = { Realm, prepare, spliced };
