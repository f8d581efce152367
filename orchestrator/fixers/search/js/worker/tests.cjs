"use strict";
// The tests of a request, by number, whatever they are written for.

const path = require("path");
const { guarded } = require("./limits.cjs");
const { Realm } = require("./realm.cjs");
const suite = require("./suite.cjs");

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function settled(realm) {
  do await turn();
  while (realm.isWaiting);
}

class Tests {
  constructor(request) {
    this._request = request;
    this.rows = [];
  }

  get names() {
    return this.rows.map((row) => row.name);
  }

  // Find out which tests there are. Raises what a test file raises when it is loaded.
  async collect(limit) {
    for (const { file, parts, waits } of this._request.tests) {
      const absolute = path.join(this._request.root, file);
      const row = ({ name, splices }) => ({ name, file: absolute, splices, waits });
      if (parts) this.rows.push(...parts.map(row));
      else this.rows.push(...(await this._registered(file, absolute, limit)));
    }
  }

  async _registered(file, absolute, limit) {
    const realm = new Realm(this._request);
    const outcome = await guarded(realm.meter, () => this._loaded(realm, absolute), limit);
    realm.close();
    if (outcome.how === "fail") return [{ name: file, file: absolute, splices: [] }]; // it cannot be loaded
    const row = ({ name }, place) => ({ name: `${file}::${name}`, file: absolute, place });
    return realm.registry(absolute).tests.map(row);
  }

  _loaded(realm, file) {
    const registry = realm.registry(file);
    if (!realm.modules.has(file)) {
      suite.offer(realm.context, registry);
      realm.load(file);
    }
    return registry;
  }

  // How test `number` ends in `realm`; see guarded.
  run(realm, number, limit) {
    const row = this.rows[number];
    realm.pair = null;
    realm.meter.mayExit = Boolean(row.splices);
    return guarded(realm.meter, () => (row.splices ? this._script(realm, row) : this._one(realm, row)), limit);
  }

  _one(realm, row) {
    const registry = this._loaded(realm, row.file);
    return registry.run(registry.tests[row.place]);
  }

  _script(realm, row) {
    const script = realm.script(row.file, `${realm.mode}:${row.name}`, null, row.splices);
    const module = { exports: new realm.made.Object(), filename: row.file };
    const value = realm.evaluate(script, row.file, module);
    return row.waits ? settled(realm) : value;
  }

  // Ends what tests have begun in a realm.
  async finish(realm, seconds) {
    for (const registry of realm.registries.values()) await registry.finish(seconds);
    realm.close();
    await turn(); // errors that nobody waited for come now, and are this realm's
  }
}

module.exports = { Tests };
