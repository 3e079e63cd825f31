/** Values to places in a picture, and the axes that say so. */
import { element, path, text } from './svg';

/** Where the values are drawn, in pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Scale {
  /** Place of a value, 0 to 1 from the lowest to the highest. */
  readonly share: (value: number) => number;
  /** Values that the axis names. */
  readonly ticks: readonly number[];
}

const AXIS = '#6e7079';
const GRID = '#e6e9ed';
/** Numbers that people count in. */
const STEPS = [1, 2, 5, 10];

function step(span: number, count: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(span / count));
  return magnitude * STEPS.find((each) => span / count <= each * magnitude)!;
}

/** @param count of the named values, about */
export function linear(from: number, to: number, count = 6): Scale {
  const by = step(to - from, count);
  const first = Math.ceil(from / by - 1e-9);
  const last = Math.floor(to / by + 1e-9);
  return {
    share: (value) => (value - from) / (to - from),
    ticks: Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * by).toPrecision(12))),
  };
}

/** @param from above 0 */
export function logarithmic(from: number, to: number): Scale {
  const [low, high] = [Math.log10(from), Math.log10(to)];
  const within = (value: number) => value >= from && value <= to;
  const decades = Array.from({ length: Math.ceil(high) - Math.floor(low) + 1 }, (_, i) => 10 ** (Math.floor(low) + i));
  const every = decades.flatMap((decade) => [1, 2, 5].map((each) => each * decade)).filter(within);
  return {
    share: (value) => (Math.log10(value) - low) / (high - low),
    ticks: every.length > 12 ? decades.filter(within) : every,
  };
}

export const across =
  ({ left, right }: Frame, scale: Scale) =>
  (value: number) =>
    left + (right - left) * scale.share(value);

export const upwards =
  ({ top, bottom }: Frame, scale: Scale) =>
  (value: number) =>
    bottom - (bottom - top) * scale.share(value);

const named = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 6 });

/** The axis below, with lines up from its values. */
export function axisBelow(frame: Frame, scale: Scale, name: string): string[] {
  const { left, right, top, bottom } = frame;
  const at = across(frame, scale);
  return [
    ...scale.ticks.map((value) =>
      path(
        [
          { x: at(value), y: top },
          { x: at(value), y: bottom },
        ],
        { stroke: GRID },
      ),
    ),
    element('line', { x1: left, y1: bottom, x2: right, y2: bottom, stroke: AXIS }),
    ...scale.ticks.map((value) =>
      text(named(value), { x: at(value), y: bottom + 14 }, { anchor: 'middle', colour: AXIS }),
    ),
    text(name, { x: (left + right) / 2, y: bottom + 34 }, { anchor: 'middle', colour: AXIS }),
  ];
}

/** The axis on the left, with lines across from its values. */
export function axisLeft(frame: Frame, scale: Scale, name: string): string[] {
  const { left, right, top, bottom } = frame;
  const at = upwards(frame, scale);
  return [
    ...scale.ticks.map((value) =>
      path(
        [
          { x: left, y: at(value) },
          { x: right, y: at(value) },
        ],
        { stroke: GRID },
      ),
    ),
    ...scale.ticks.map((value) => text(named(value), { x: left - 8, y: at(value) }, { anchor: 'end', colour: AXIS })),
    text(name, { x: left - 48, y: (top + bottom) / 2 }, { anchor: 'middle', colour: AXIS, turned: -90 }),
  ];
}
