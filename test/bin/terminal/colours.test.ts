import { coloured, colouredMessage, colouredText } from '../../../bin/terminal/colours';

const colourful = { isTTY: true, hasColors: () => true };
const others = [{ isTTY: true, hasColors: () => false }, { isTTY: false, hasColors: () => true }, {}];

test('an error, a warning and what is next are told apart, by the word that they begin with', () => {
  expect(colouredMessage(colourful, 'error E_FILE: x: does not exist')).toBe(
    '\x1b[1;31merror E_FILE:\x1b[0m x: does not exist',
  );
  expect(colouredMessage(colourful, 'warning: without golden rows')).toBe(
    '\x1b[33mwarning:\x1b[0m without golden rows',
  );
  expect(colouredMessage(colourful, 'next: npx slipway plan')).toBe('\x1b[2mnext:\x1b[0m npx slipway plan');
  expect(colouredMessage(colourful, 'reading error E_FILE: x')).toBe('reading error E_FILE: x');
});

test('headings and labels stand out, and nothing else', () => {
  expect(colouredText(colourful, 'Because  the next cheaper\n         fails\n  a  b\n  c  d')).toBe(
    '\x1b[1mBecause\x1b[0m  the next cheaper\n         fails\n  a  b\n  c  d',
  );
  expect(colouredText(colourful, 'Bill: 3 USD\n  load balancer  3\nno heading\n\nlast')).toBe(
    '\x1b[1mBill: 3 USD\x1b[0m\n  load balancer  3\nno heading\n\nlast',
  );
  expect(colouredText(colourful, '{\n  "a": 1\n}')).toBe('{\n  "a": 1\n}');
});

test('who has no colours, or wants none, gets the text as it is', () => {
  for (const stream of others) {
    expect(colouredMessage(stream, 'error E_FILE: x')).toBe('error E_FILE: x');
    expect(colouredText(stream, 'Bill\n  a')).toBe('Bill\n  a');
    expect(coloured(stream, 'a', 'bold')).toBe('a');
  }
});
