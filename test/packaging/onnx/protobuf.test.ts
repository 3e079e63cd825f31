import fc from 'fast-check';
import { ProtobufWriter } from '../../../lib/packaging/onnx/protobuf';

const hex = (write: (writer: ProtobufWriter) => void) => {
  const writer = new ProtobufWriter();
  write(writer);
  expect(writer.finish().length).toBe(writer.length);
  return Buffer.from(writer.finish()).toString('hex');
};

/** The varint of a 64-bit integer by the book: seven bits at a time of its two's complement. */
function varint(value: bigint): string {
  let left = BigInt.asUintN(64, value);
  let text = '';
  do {
    const byte = Number(left & 127n);
    left >>= 7n;
    text += (left > 0n ? byte | 128 : byte).toString(16).padStart(2, '0');
  } while (left > 0n);
  return text;
}

// the first three are the examples of the protocol buffers documentation
test.each([
  [1, 150, '089601'],
  [1, 0, '0800'],
  [20, 2, 'a00102'],
  [1, -1, '08ffffffffffffffffff01'],
  [1, 2 ** 32, '088080808010'],
  [1, Number.MAX_SAFE_INTEGER, '08ffffffffffffff0f'],
])('writes field %i with %d', (field, value, expected) => {
  expect(hex((writer) => writer.integer(field, value))).toBe(expected);
});

test("writes every safe integer as the two's complement has it", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(hex((writer) => writer.integer(1, value))).toBe(`08${varint(BigInt(value))}`);
    }),
  );
});

test('writes text, floats, packed integers and messages', () => {
  expect(hex((writer) => writer.text(2, 'testing'))).toBe('120774657374696e67');
  expect(hex((writer) => writer.float(2, 1))).toBe('150000803f');
  expect(hex((writer) => writer.integers(6, [3, 270, 86942]))).toBe('3206038e029ea705');
  expect(hex((writer) => writer.integers(6, []))).toBe('');
  expect(hex((writer) => writer.message(3, (inner) => inner.integer(1, 150)))).toBe('1a03089601');
});

test.each([0, 1, 4095, 4096, 4097, 100_000])(
  'keeps %i bytes as they are, between other fields and inside of messages',
  (count) => {
    const bytes = Buffer.alloc(count, 7);
    const field = `4a${varint(BigInt(count))}${bytes.toString('hex')}`;
    expect(
      hex((writer) => {
        writer.integer(1, 5);
        writer.message(7, (inner) => inner.bytes(9, bytes));
        writer.integer(1, 6);
      }),
    ).toBe(`08053a${varint(BigInt(field.length / 2))}${field}0806`);
  },
);
