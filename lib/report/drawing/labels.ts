/** Names beside points: one that would lie over another is left out. */
import { type Point, TEXT_SIZE, type TextStyle, text } from './svg';

export interface Label {
  readonly words: string;
  /** Where it ends: to the right of it is what it names. */
  readonly at: Point;
  readonly style: Omit<TextStyle, 'anchor' | 'halo'>;
}

/** Of the usual letters of a sans-serif font, in sizes of it, not too little. */
const LETTER_WIDTH = 0.6;

/** @param labels those first that matter most @param left before which nothing is drawn */
export function apart(labels: readonly Label[], left: number): string[] {
  const taken: { readonly from: number; readonly to: number; readonly y: number; readonly height: number }[] = [];
  return labels.flatMap(({ words, at, style }) => {
    const height = 1.2 * (style.size ?? TEXT_SIZE);
    const from = at.x - words.length * LETTER_WIDTH * (style.size ?? TEXT_SIZE);
    const covers = taken.some(
      (other) => from < other.to && at.x > other.from && Math.abs(at.y - other.y) < (height + other.height) / 2,
    );
    if (covers || from < left) return [];
    taken.push({ from, to: at.x, y: at.y, height });
    return [text(words, at, { ...style, anchor: 'end', halo: true })];
  });
}
