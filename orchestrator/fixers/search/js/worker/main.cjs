"use strict";
// The worker's life: processes that answer one request, watched from here, killed where they make no progress, eat
// memory, or end by themselves, and begun again behind what ended them.

const { spawn } = require("child_process");
const fs = require("fs");

const LONGEST = 4000; // characters of a line of an answer, all of them ASCII
const MARK = "rung:";
const LOOK = 100; // milliseconds
const SILENT = 1.5; // seconds of processor time without progress
const LEAST = 0.4; // the same when several have died: where one change never ends others do not either
const ASLEEP = 30; // seconds by the clock, for one that waits
const PATIENCE = 25; // the same as SILENT for one test of the original program
const MOST_DEATHS = 40;
const MOST_COMPARED = 60;
const TICKS = 100; // of the kernel's clock, in a second
const PAGE = 4096;

function send(answer) {
  const escaped = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const text = JSON.stringify(answer).replace(/[\u007f-\uffff]/g, escaped);
  const last = Math.floor((text.length - 1) / LONGEST);
  for (let number = 0; number <= last; number++) {
    const line = `${MARK}${number === last ? "=" : "+"}${text.slice(number * LONGEST, (number + 1) * LONGEST)}\n`;
    fs.writeSync(1, line);
  }
}

// An answer of a process; code that it runs may have written to its channel, too.
function read(line) {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {};
  }
}

// Seconds of processor time and megabytes of a process; zeros where the system does not say.
function usage(pid) {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop().split(" ");
    const pages = Number(fs.readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return { spent: (Number(fields[11]) + Number(fields[12])) / TICKS, memory: (pages * PAGE) / 2 ** 20 };
  } catch {
    return { spent: 0, memory: 0 };
  }
}

class Supervisor {
  constructor(given) {
    this._given = given;
    this._request = given.request;
    this._at = 0;
    this._after = 0;
    this._used = 0;
    this._reached = 0;
    this._isTold = false;
    this.kept = [];
  }

  // Let a process do `op`; whether it came to its end.
  run(op, further, patience) {
    const request = { ...this._request, ...further, op, used: this._used };
    const heap = `--max-old-space-size=${this._request.memory_mb}`;
    const child = spawn(process.execPath, [heap, "--no-warnings", "-e", this._given.boot], {
      cwd: this._request.root,
      stdio: ["pipe", "ignore", "ignore", "pipe"],
    });
    child.stdin.on("error", () => undefined); // one that ended already
    child.stdin.end(JSON.stringify({ ...this._given, start: "child.cjs", request }));
    return new Promise((resolve) => this._watch(child, patience, resolve));
  }

  _watch(child, patience, resolve) {
    const state = { isDone: false, rest: "", mark: { spent: 0, wall: Date.now() }, spent: 0 };
    child.stdio[3].setEncoding("utf8");
    child.stdio[3].on("data", (data) => {
      state.mark = { spent: state.spent, wall: Date.now() };
      const lines = (state.rest + data).split("\n");
      state.rest = lines.pop();
      for (const line of lines) if (this._take(read(line)) === "done") state.isDone = true;
    });
    const timer = setInterval(() => {
      const { spent, memory } = usage(child.pid);
      state.spent = Math.max(state.spent, spent);
      const isAsleep = Date.now() - state.mark.wall > 1000 * Math.max(ASLEEP, patience);
      const isSilent = state.spent - state.mark.spent > patience;
      if (isAsleep || isSilent || memory > this._request.memory_mb) child.kill("SIGKILL");
    }, LOOK);
    child.on("close", () => {
      clearInterval(timer);
      this._used += Math.max(state.spent, usage(child.pid).spent);
      resolve(state.isDone);
    });
  }

  _take(answer) {
    if (answer.kind === "at") {
      this._at = answer.id;
      this._reached = Math.max(this._reached, answer.id);
    } else if (answer.kind === "after") this._after = answer.id;
    else if (answer.kind && answer.kind !== "done") send(answer);
    if (answer.kind === "trouble") this._isTold = true;
    const isKept = answer.kind === "trial" && answer.verdict === "plausible";
    if (isKept && !this.kept.includes(answer.id)) this.kept.push(answer.id);
    return answer.kind;
  }

  async observe() {
    const isDone = await this.run("observe", {}, Math.max(PATIENCE, this._request.seconds));
    if (isDone || this._isTold) return;
    const test = -1 - this._at;
    const text = test >= 0 ? `test ${test + 1} ends its process, or does not end` : "the tests end their process";
    send({ kind: "trouble", text });
  }

  async attempt() {
    const total = this._request.candidates.length;
    const until = Date.now() + 1000 * this._request.longest;
    let first = 0;
    let deaths = 0;
    let size = total;
    while (first < total && deaths < MOST_DEATHS && this._used < this._request.seconds && Date.now() < until) {
      const last = Math.min(first + size, total);
      this._at = first;
      this._after = first;
      this._reached = first;
      if (await this.run("try", { first, last }, Math.max(LEAST, SILENT / 2 ** deaths))) {
        if (this._after < last) {
          size = 1;
          first = this._after;
          send({ kind: "polluted", id: first });
        } else first = last;
      } else if (this._isTold) break;
      else {
        send({ kind: "trial", id: this._at, verdict: "dead", flips: [] });
        first = this._reached + 1;
        deaths += 1;
      }
    }
    send({ kind: "tried", count: first, seconds: this._used });
  }

  async compare(numbers) {
    this._used = 0;
    const compared = numbers.slice(0, MOST_COMPARED);
    if (compared.length) await this.run("compare", { compare: compared }, this._request.seconds);
  }
}

async function main(request, given) {
  const supervisor = new Supervisor(given);
  if (request.op === "observe") await supervisor.observe();
  else {
    if (request.op === "try") await supervisor.attempt();
    const numbers = request.op === "try" ? supervisor.kept : request.compare;
    if (request.inputs.length) await supervisor.compare(numbers);
  }
  send({ kind: "end", why: "" });
}

module.exports = { main };
