/** The text of a JSON file of ours: two spaces, a final line feed, keys in the order they were given. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
