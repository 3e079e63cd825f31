/** The opcodes that hold a single number, string or run of bytes. */
import type { Input } from './input';
import { limitError, type ReaderLimits } from './limits';
import { OP } from './opcodes';
import { decodeLiteral, decodeLong, decodeRawUnicode, parseFloatText, parseIntegerText } from './text';
import type { PyValue } from './values';

/**
 * The value of a scalar opcode, read from behind it.
 *
 * @returns undefined when the opcode is none
 */
export function readScalar(opcode: number, input: Input, limits: ReaderLimits): PyValue | undefined {
  switch (opcode) {
    case OP.NONE:
      return null;
    case OP.NEWTRUE:
      return true;
    case OP.NEWFALSE:
      return false;
    case OP.BININT:
      return input.int32();
    case OP.BININT1:
      return input.uint8();
    case OP.BININT2:
      return input.uint16();
    case OP.BINFLOAT:
      return input.float64BigEndian();
    case OP.LONG1:
      return decodeLong(input.take(input.uint8()));
    case OP.LONG4:
      return decodeLong(input.take(bounded(input.uint32(), limits.longBytes, 'an integer', input)));
    case OP.INT: {
      const text = input.line(limits.longBytes);
      if (text === '00' || text === '01') return text === '01'; // how protocols 0 and 1 write booleans
      return expected(parseIntegerText(text), 'an integer', input);
    }
    case OP.LONG:
      return expected(parseIntegerText(input.line(limits.longBytes)), 'an integer', input);
    case OP.FLOAT:
      return expected(parseFloatText(input.line(limits.longBytes)), 'a number', input);
    case OP.SHORT_BINUNICODE:
      return input.utf8(input.uint8());
    case OP.BINUNICODE:
      return input.utf8(bounded(input.uint32(), limits.stringBytes, 'a string', input));
    case OP.BINUNICODE8:
      return input.utf8(bounded(input.length64(), limits.stringBytes, 'a string', input));
    case OP.UNICODE:
      return decodeRawUnicode(input.line(limits.stringBytes));
    case OP.STRING:
      return expected(decodeLiteral(input.line(limits.stringBytes)), 'a string', input);
    case OP.SHORT_BINSTRING:
      return input.take(input.uint8()).toString('latin1');
    case OP.BINSTRING:
      return input.take(bounded(input.uint32(), limits.stringBytes, 'a string', input)).toString('latin1');
    case OP.SHORT_BINBYTES:
      return input.take(input.uint8());
    case OP.BINBYTES:
      return input.take(input.uint32());
    case OP.BINBYTES8:
    case OP.BYTEARRAY8:
      return input.take(input.length64());
    default:
      return undefined;
  }
}

function bounded(count: number, limit: number, what: string, input: Input): number {
  if (count > limit) throw limitError(input.file, `has ${what} of ${count} bytes`, `${limit} bytes`);
  return count;
}

function expected<T>(value: T | undefined, what: string, input: Input): T {
  if (value === undefined) throw input.damaged(`a line is not ${what}`);
  return value;
}
