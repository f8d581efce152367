// Prints what TypeScript's language service would change: a JSON object on a line for each fix of each diagnostic.
// Read from standard input (`node - REQUEST`) in the project's root, so that it need not be visible in a sandbox.
// REQUEST is JSON: {"files": [...], "arguments": [...]}; arguments are those of tsc, where there is no tsconfig.json.
// Offsets count UTF-16 code units. Without a TypeScript that has a language service: {"missing": "typescript"}.
"use strict";
const fs = require("fs");
const path = require("path");

const request = JSON.parse(process.argv[2]);
const root = process.cwd();

function toolFolders() {
  const state = process.env.XDG_STATE_HOME || path.join(process.env.HOME || "/", ".local", "state");
  const named = (process.env.RUNG_TOOLS || "").split(path.delimiter).filter(Boolean);
  return [root, ...named, path.join(state, "rung", "tools")];
}

function loadTypeScript() {
  for (const folder of toolFolders()) {
    try {
      const found = require(require.resolve("typescript", { paths: [folder] }));
      if (typeof found.createLanguageService === "function") return found;
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return null;
}

const ts = loadTypeScript();
if (ts === null) {
  console.log(JSON.stringify({ missing: "typescript" }));
  process.exit(0);
}

function configuration() {
  const file = ts.findConfigFile(root, ts.sys.fileExists);
  if (file && path.dirname(file) === root) {
    const read = ts.readConfigFile(file, ts.sys.readFile);
    return ts.parseJsonConfigFileContent(read.config || {}, ts.sys, root);
  }
  return ts.parseCommandLine(request.arguments);
}

const parsed = configuration();
const names = new Set([...parsed.fileNames, ...request.files].map((name) => path.resolve(root, name)));
const host = {
  ...ts.sys,
  useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
  getCompilationSettings: () => parsed.options,
  getScriptFileNames: () => [...names],
  getScriptVersion: () => "1",
  getScriptSnapshot: (name) => {
    const text = ts.sys.readFile(name);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => root,
  getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
};
const service = ts.createLanguageService(host);
const format = ts.getDefaultFormatCodeSettings("\n");
const preferences = { quotePreference: "auto", importModuleSpecifierPreference: "relative" };

function relative(name) {
  return path.relative(root, name).split(path.sep).join("/");
}

function changesOf(fix) {
  return fix.changes.map((change) => ({
    file: relative(change.fileName),
    isNew: Boolean(change.isNewFile),
    edits: change.textChanges.map((one) => [one.span.start, one.span.start + one.span.length, one.newText]),
  }));
}

for (const file of request.files) {
  const name = path.resolve(root, file);
  if (!fs.existsSync(name)) continue;
  const found = [
    ...service.getSyntacticDiagnostics(name),
    ...service.getSemanticDiagnostics(name),
  ];
  for (const one of found) {
    if (one.start === undefined) continue;
    const source = service.getProgram().getSourceFile(name);
    const line = source.getLineAndCharacterOfPosition(one.start).line + 1;
    let fixes = [];
    try {
      fixes = service.getCodeFixesAtPosition(name, one.start, one.start + one.length, [one.code], format, preferences);
    } catch (error) {
      console.error(`${file}:${line}: no fixes for TS${one.code}: ${error.message}`);
    }
    for (const fix of fixes) {
      const row = { file, line, code: one.code, fix: fix.fixName, description: fix.description };
      console.log(JSON.stringify({ ...row, changes: changesOf(fix) }));
    }
  }
}
