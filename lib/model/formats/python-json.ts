/** JSON as Python writes it: `json.dump` puts NaN, Infinity and -Infinity into it, which JSON does not know. */

/**
 * Parse JSON in which numbers may be NaN, Infinity and -Infinity, outside of strings.
 *
 * @param infinity what those two become: null as NaN does, or a number that is infinite
 * @throws SyntaxError where it is not even that
 */
export function parsePythonJson(text: string, infinity: 'null' | 'number'): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const other = withoutNonFinite(text, infinity === 'null' ? ['null', 'null'] : ['1e999', '-1e999']);
    if (other === undefined) throw error;
    return JSON.parse(other);
  }
}

/** @returns undefined where there is nothing of the kind */
function withoutNonFinite(text: string, [infinite, negative]: readonly [string, string]): string | undefined {
  const pieces: string[] = [];
  let copied = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') {
      inString = true;
    } else if (character === 'N' || character === 'I') {
      const token = character === 'N' ? 'NaN' : 'Infinity';
      if (!text.startsWith(token, at)) return undefined;
      const signed = text[at - 1] === '-';
      pieces.push(text.slice(copied, signed ? at - 1 : at), token === 'NaN' ? 'null' : signed ? negative : infinite);
      at += token.length - 1;
      copied = at + 1;
    }
  }
  if (pieces.length === 0) return undefined;
  pieces.push(text.slice(copied));
  return pieces.join('');
}
