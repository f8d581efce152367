import { anchorOf, findLinks, pageOf, type Link } from "./links.js";

/** Gives a page's text, or undefined where there is no such page. */
export type Loader = (path: string) => Promise<string | undefined>;

export interface Problem {
  readonly link: Link;
  readonly reason: "no page" | "no heading";
}

/** What is wrong with the links of one page. */
export async function checkPage(path: string, load: Loader): Promise<Problem[]> {
  const page = await load(path);
  if (page === undefined) {
    throw new Error(`there is no page ${path}`);
  }
  const problems: Problem[] = [];
  for (const link of findLinks(page)) {
    const target = pageOf(link.target);
    const other = target === "" ? page : await load(target);
    if (other === undefined) {
      problems.push({ link, reason: "no page" });
    } else if (anchorOf(link.target) !== "" && !anchors(other).has(anchorOf(link.target))) {
      problems.push({ link, reason: "no heading" });
    }
  }
  return problems;
}

/** What is wrong with the links of all pages, in their order. */
export async function checkAll(paths: readonly string[], load: Loader): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const path of paths) {
    const found = checkPage(path, load);
    problems.push(...found);
  }
  return problems;
}
