"use strict";
// One process of the worker: loads the project and its tests, answers, and may be killed at any time.

const fs = require("fs");
const { install } = require("./limits.cjs");
const { FIRST, Observer } = require("./observe.cjs");
const { prepare } = require("./realm.cjs");
const { Tests } = require("./tests.cjs");
const { Comparison, Trials } = require("./trials.cjs");

const CHANNEL = 3;
const { writeSync } = fs; // a test may patch the module
const { stringify } = JSON;

function send(kind, values = {}) {
  const data = Buffer.from(`${stringify({ kind, ...values })}\n`);
  for (let at = 0; at < data.length; ) at += written(data, at);
}

function written(data, at) {
  try {
    return writeSync(CHANNEL, data, at);
  } catch (error) {
    if (error.code !== "EAGAIN") throw error;
    return 0;
  }
}

const OPERATIONS = {
  observe: (request, tests) => new Observer(request, tests, send).run(),
  async try(request, tests) {
    const trials = new Trials(request, tests, { send, used: request.used });
    send("after", { id: await trials.run(request.first, request.last) });
  },
  compare: (request) => new Comparison(request, send).run(request.compare),
};

async function answer(request) {
  process.chdir(request.root);
  const quit = install();
  try {
    await prepare(request);
    const tests = new Tests(request);
    await tests.collect(FIRST);
    await OPERATIONS[request.op](request, tests);
    send("done");
  } catch (error) {
    send("trouble", { text: String(error?.stack ?? error).slice(0, 2000) });
  }
  quit();
}

module.exports = { main: answer };
