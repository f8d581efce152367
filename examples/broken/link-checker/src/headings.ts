/** The anchor that a heading gets: lower case, words joined by -. */
export function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, "")
    .trim()
    .replace(/\s+/g, "-");
}

/** The anchors of a page. */
export function anchors(page: string): Set<string> {
  const found = new Set<string>();
  for (const line of page.split("\n")) {
    const match = /^#{1,6}\s+(.*)$/.exec(line);
    if (match?.[1] !== undefined) {
      found.add(slug(match[1]));
    }
  }
  return found;
}
