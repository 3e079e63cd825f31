/** SVG as text, made without a browser, with no script in it. */
import { escapeHtml } from '../../model/formats/html';

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A hundredth of a pixel is nothing that anybody sees. */
const written = (value: string | number) =>
  typeof value === 'number' ? `${Math.round(100 * value) / 100}` : escapeHtml(value);

/** @param content SVG; of texts the escaped text */
export function element(name: string, attributes: Attributes, content = ''): string {
  const given = Object.entries(attributes).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
  const start = `<${name}${given.map(([key, value]) => ` ${key}="${written(value)}"`).join('')}`;
  return content === '' ? `${start}/>` : `${start}>${content}</${name}>`;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly colour?: string;
  readonly bold?: boolean;
  /** Degrees, clockwise, around its place. */
  readonly turned?: number;
  /** Whether it stays readable over lines and points. */
  readonly halo?: boolean;
}

export const TEXT_SIZE = 12;

/** @param at where its line stands: the middle of its height */
export function text(words: string, at: Point, style: TextStyle = {}): string {
  const { anchor = 'start', size = TEXT_SIZE, colour = '#333333', bold, turned, halo } = style;
  return element(
    'text',
    {
      x: at.x,
      y: at.y,
      'text-anchor': anchor,
      'dominant-baseline': 'central',
      'font-size': size,
      'font-weight': bold ? 'bold' : undefined,
      fill: colour,
      ...(halo && { stroke: '#ffffff', 'stroke-width': 3, 'stroke-linejoin': 'round', 'paint-order': 'stroke' }),
      transform: turned === undefined ? undefined : `rotate(${turned} ${written(at.x)} ${written(at.y)})`,
    },
    escapeHtml(words),
  );
}

/** @param points two or more */
export function path(points: readonly Point[], attributes: Attributes): string {
  const d = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${written(x)} ${written(y)}`).join('');
  return element('path', { d, fill: 'none', ...attributes });
}

/** @param label what it shows, for those who do not see it */
export function picture(label: string, width: number, height: number, parts: readonly string[]): string {
  const attributes = {
    role: 'img',
    'aria-label': label,
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    'font-family': 'system-ui, sans-serif',
  };
  return element('svg', attributes, parts.join('\n'));
}
