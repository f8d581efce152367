"use strict";
// Values as JSON, so that they can be sent, changed and made again in another realm; and as text that says all that
// counts.

const { types } = require("util");

const MOST_ITEMS = 200;
const DEEPEST = 10;
const LONGEST = 300;

class Unsayable {}

function kindOf(value) {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (Array.isArray(value)) return "array";
  if (types.isMap(value)) return "map";
  if (types.isSet(value)) return "set";
  return types.isDate(value) ? "date" : types.isRegExp(value) ? "regexp" : "object";
}

const isPlain = (value) => {
  const proto = Object.getPrototypeOf(value);
  return proto === null || Object.getPrototypeOf(proto) === null;
};

const fieldsOf = (value, turn) => Object.fromEntries(Object.keys(value).map((key) => [key, turn(value[key])]));

function encoded(value, depth = 0) {
  if (depth > DEEPEST) throw new Unsayable();
  const deeper = (item) => encoded(item, depth + 1);
  const kind = kindOf(value);
  switch (kind) {
    case "null":
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Object.is(value, -0)) return { $: "number", v: "-0" };
      return Number.isFinite(value) ? value : { $: "number", v: String(value) };
    case "undefined":
      return { $: "undefined" };
    case "bigint":
      return { $: "bigint", v: String(value) };
    case "array":
      return Array.from(value, deeper);
    case "map":
      return { $: "map", v: Array.from(value, (pair) => pair.map(deeper)) };
    case "set":
      return { $: "set", v: Array.from(value, deeper) };
    case "date":
      return { $: "date", v: value.getTime() };
    case "object":
      if (isPlain(value)) return { $: "object", v: fieldsOf(value, deeper) };
      return { $: "class", c: value.constructor?.name ?? "", v: fieldsOf(value, deeper) };
    default:
      throw new Unsayable();
  }
}

// The value in a realm: `made` holds its constructors, `classes` gives those of the program by name.
function decoded(given, made, classes) {
  const deeper = (item) => decoded(item, made, classes);
  if (Array.isArray(given)) {
    const list = new made.Array();
    for (const item of given) list.push(deeper(item));
    return list;
  }
  if (given === null || typeof given !== "object") return given;
  switch (given.$) {
    case "number":
      return Number(given.v);
    case "bigint":
      return BigInt(given.v);
    case "map":
      return new made.Map(given.v.map((pair) => pair.map(deeper)));
    case "set":
      return new made.Set(given.v.map(deeper));
    case "date":
      return new made.Date(given.v);
    case "object":
      return Object.assign(new made.Object(), fieldsOf(given.v, deeper));
    case "class":
      if (!classes[given.c]) throw new Unsayable();
      return Object.assign(Object.create(classes[given.c]().prototype), fieldsOf(given.v, deeper));
    default:
      return undefined;
  }
}

const clipped = (text) => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`);

const listed = (items, open, close) => `${open}${Array.from(items).slice(0, MOST_ITEMS).join(", ")}${close}`;

function shown(value, depth = 0) {
  if (depth > DEEPEST) return "...";
  const deeper = (item) => shown(item, depth + 1);
  switch (kindOf(value)) {
    case "number":
      return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(9)));
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "array":
      return listed(Array.from(value.slice(0, MOST_ITEMS), deeper), "[", "]");
    case "map":
      return `Map ${listed(Array.from(value, (pair) => pair.map(deeper).join(" => ")), "{", "}")}`;
    case "set":
      return `Set ${listed(Array.from(value, deeper), "{", "}")}`;
    case "function":
      return `function ${value.name}`;
    case "object": {
      const name = isPlain(value) ? "" : `${value.constructor?.name ?? ""} `;
      const fields = Object.keys(value).slice(0, MOST_ITEMS);
      return `${name}${listed(fields.map((key) => `${key}: ${deeper(value[key])}`), "{", "}")}`;
    }
    default:
      return String(value);
  }
}

// A value that a failing assertion speaks of, as plain JSON.
function plain(value, depth = 0) {
  const isList = Array.isArray(value) && depth < DEEPEST;
  if (isList) return Array.from(value.slice(0, 30), (item) => plain(item, depth + 1));
  if (typeof value === "string") return value.slice(0, LONGEST);
  const isSimple = value === null || typeof value === "boolean" || Number.isFinite(value);
  return isSimple ? value : { type: kindOf(value) };
}

module.exports = { clipped, decoded, encoded, kindOf, plain, shown };
