/** Patterns of the conditions of a load balancer's rules: `*` is any text, `?` any character (Elastic Load Balancing, listener rules). */

/** Whether each text that fits the one pattern fits the other, too. It may miss some that do, and finds none that do not. */
export function isCovered(pattern: string, by: string): boolean {
  // reached[j]: whether the first `j` characters of `by` cover what was looked at of the pattern
  let reached = Array.from({ length: by.length + 1 }, (_, j) => /^\**$/.test(by.slice(0, j)));
  for (const own of pattern) {
    const next = new Array<boolean>(by.length + 1).fill(false);
    for (let j = 1; j <= by.length; j++) {
      const other = by[j - 1]!;
      if (other === '*') next[j] = reached[j]! || next[j - 1]! || reached[j - 1]!;
      else if (own !== '*') next[j] = reached[j - 1]! && (other === '?' || other === own);
    }
    reached = next;
  }
  return reached[by.length]!;
}
