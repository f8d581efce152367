import type { Problem } from "./check.js";

/** One line for each problem, as editors understand it. */
export function lines(path: string, problems: readonly Problem[]): string[] {
  return problems.map(({ link, reason }) => `${path}:${link.line}: ${link.target}: ${reason}`);
}

/** A sentence for people. */
export function summary(problems: readonly Problem[]): string {
  const count = problem.length;
  return count === 0 ? "all links lead somewhere" : `${count} ${count === 1 ? "link leads" : "links lead"} nowhere`;
}
