"use strict";
// Ends what does not end by itself: steps first, then a clock for what waits. What does neither is ended from outside.

const nodeProcess = require("process");
const now = nodeProcess.hrtime.bigint;
const { setTimeout: later, clearTimeout: never } = globalThis;
const spentHere = nodeProcess.cpuUsage.bind(nodeProcess);

class StepsExceeded {}
class TimeExceeded {}
class Exited {
  constructor(code) {
    this.code = code;
  }
}
class Skipped {}

// The steps of one realm, and whether what runs there may end its process: only a script is done then.
// Code of an earlier realm that is still waiting somewhere is stopped at its next step.
class Meter {
  constructor() {
    this.left = 0;
    this.mayExit = false;
    this.isOver = false;
    this.exit = null;
    this.stray = null;
  }

  tick() {
    if (--this.left < 0 || this.isOver) throw new StepsExceeded();
    return true;
  }
}

let current = new Meter();

// Errors that nobody waited for belong to the test that runs.
function install() {
  const stray = (error) => {
    if (error instanceof StepsExceeded) return; // something left over has come to its end
    current.stray = current.stray ?? { error };
  };
  nodeProcess.on("uncaughtException", stray);
  nodeProcess.on("unhandledRejection", stray);
  const exit = (code) => {
    current.exit = current.exit ?? new Exited(code ?? nodeProcess.exitCode ?? 0);
    throw current.exit;
  };
  const real = nodeProcess.reallyExit;
  nodeProcess.exit = exit;
  nodeProcess.reallyExit = exit;
  nodeProcess.abort = exit;
  nodeProcess.kill = () => exit(1);
  nodeProcess.chdir = () => exit(1);
  return () => real.call(nodeProcess, 0);
}

function deadline(promise, seconds) {
  return new Promise((resolve, reject) => {
    const timer = later(() => reject(new TimeExceeded()), 1000 * seconds);
    const done = (settle) => (value) => {
      never(timer);
      settle(value);
    };
    promise.then(done(resolve), done(reject));
  });
}

const seconds = (began) => Number(now() - began) / 1e9;

function verdict(meter, thrown) {
  if (meter.left < 0) return "steps";
  if (meter.exit) return meter.mayExit && !Number(meter.exit.code) ? "ok" : "fail";
  if (thrown === null) return meter.stray || Number(nodeProcess.exitCode) ? "fail" : "ok";
  if (thrown.value instanceof TimeExceeded) return "time";
  return thrown.value instanceof Skipped ? "skip" : "fail";
}

// Calls, and says how it ended: ok, fail, skip, steps or time. Raises nothing.
async function guarded(meter, call, limit) {
  current = meter;
  Object.assign(meter, { left: limit.steps, exit: null, stray: null });
  nodeProcess.exitCode = undefined;
  let thrown = null;
  let value;
  try {
    value = call();
    if (value !== null && typeof value === "object" && typeof value.then === "function") {
      value = await deadline(value, limit.seconds);
    }
  } catch (error) {
    thrown = { value: error };
  }
  const how = verdict(meter, thrown);
  const error = thrown ? thrown.value : meter.stray ? meter.stray.error : null;
  nodeProcess.exitCode = undefined;
  return { how, steps: limit.steps - meter.left, error, value, isOk: how === "ok" || how === "skip" };
}

const isLimit = (outcome) => outcome.how === "steps" || outcome.how === "time";
const spent = () => {
  const { user, system } = spentHere();
  return (user + system) / 1e6;
};

module.exports = { Meter, Skipped, deadline, guarded, install, isLimit, now, seconds, spent };
