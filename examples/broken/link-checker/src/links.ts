export interface Link {
  readonly text: string;
  readonly target: string;
  readonly line: number;
}

const PATTERN = /\[([^\]]*)\]\(([^)\s]+)\)/g;

/** The links of a page, in order. */
export function findLinks(page: string): Link[] {
  const links: Link[] = [];
  page.split("\n").forEach((content, index) => {
    for (const match of content.matchAll(PATTERN)) {
      links.push({ text: match[1] ?? "", target: match[2] ?? "", line: index + 1 });
    }
  });
  return links;
}

/** What follows the #; "" where there is none. */
export function anchorOf(target: string): string {
  const at = target.indexOf("#");
  return at < 0 ? "" : target.slice(at + 1);
}

/** The page that is meant: without what follows the #. */
export function pageOf(target: string): string {
  const at = target.indexOf("#");
  return at < 0 ? target : target.slice(0, at);
}
