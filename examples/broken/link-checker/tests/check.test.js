import assert from "node:assert/strict";
import { test } from "node:test";

import { checkAll, checkPage } from "../dist/check.js";
import { anchors } from "../dist/headings.js";
import { findLinks, pageOf } from "../dist/links.js";
import { lines, summary } from "../dist/report.js";

const pages = new Map([
  ["index.md", "# Start\n[a](a.md#more-to-see) [b](b.md)\n[here](#start) [there](#end)\n"],
  ["a.md", "# A\n## More, to see!\n"],
]);
const load = async (path) => pages.get(path);

test("links are found with their lines", () => {
  assert.deepEqual(findLinks(pages.get("index.md")).map((link) => link.line), [2, 2, 3, 3]);
});

test("a page is what stands before the anchor", () => {
  assert.equal(pageOf("a.md#b"), "a.md");
  assert.equal(pageOf("a.md"), "a.md");
});

test("headings become anchors", () => {
  assert.deepEqual([...anchors(pages.get("a.md"))], ["a", "more-to-see"]);
});

test("what leads nowhere is told", async () => {
  const problems = await checkPage("index.md", load);
  assert.deepEqual(lines("index.md", problems), ["index.md:2: b.md: no page", "index.md:3: #end: no heading"]);
  assert.equal(summary(problems), "2 links lead nowhere");
});

test("a page that is not there is an error", async () => {
  await assert.rejects(checkPage("none.md", load), /there is no page none.md/);
});

test("all pages are checked in their order", async () => {
  const problems = await checkAll(["a.md", "index.md"], load);
  assert.deepEqual(problems.map(({ link }) => link.target), ["b.md", "#end"]);
});
