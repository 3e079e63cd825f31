/**
 * Any letter of Unicode, for `fc.string({ unit })`. The letters of `unit: 'binary'`, for which fast-check lists a million of
 * them first.
 */
import fc from 'fast-check';

export const codePoint = fc
  .integer({ min: 0, max: 0x10ffff })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map(
    (code) => String.fromCodePoint(code),
    (letter) => {
      const code = String(letter).codePointAt(0);
      if (code === undefined || String.fromCodePoint(code) !== letter) throw new Error('no letter');
      return code;
    },
  );
