import { gzipSync } from 'node:zlib';
import { burstsIn, recordedBursts } from '../../../lib/sizing/demand/recorded-traffic';
import { generator } from '../../../testing/sizing/simulation';

/** Requests of each second: clients that send one to `most` at once, at rates that change every ten seconds. */
function counts(seconds: number, rate: number, most: number, swing: number, seed = 5): number[] {
  const random = generator(seed);
  const found = new Array<number>(seconds).fill(0);
  for (let now = 0; ; ) {
    const times = Math.floor(now / 10) % 2 === 0 ? 1 + swing : 1 - swing;
    now -= Math.log(random()) / ((rate * times) / ((1 + most) / 2));
    if (now >= seconds) return found;
    found[Math.floor(now)]! += 1 + Math.floor(random() * most);
  }
}

describe('the busiest hour', () => {
  test.each([
    [1, 0, 1],
    [3, 0, 7 / 3],
    [7, 0, 5],
    [3, 0.1, 7 / 3],
  ])('of clients that send one to %d at once, with a swing of %d, is known again', (most, swing, dispersion) => {
    const bursts = burstsIn(counts(3600, 40, most, swing));
    expect(bursts.dispersion / dispersion).toBeGreaterThan(0.9);
    expect(bursts.dispersion / dispersion).toBeLessThan(1.15); // a step of the rate every ten seconds is seen too
    expect(Math.abs(bursts.swing - swing)).toBeLessThan(0.03);
  });

  test('alone counts, and not the night before it', () => {
    const bursts = burstsIn([...counts(20_000, 2, 1, 0), ...counts(3600, 40, 3, 0), ...counts(9000, 1, 1, 0)]);
    expect(bursts.dispersion).toBeCloseTo(7 / 3, 0);
    expect(bursts.swing).toBeLessThan(0.04);
  });
});

const recorded = (text: string | Buffer) => recordedBursts(Buffer.from(text as string), 'traffic.csv');
const HOUR = counts(900, 20, 3, 0);
const EXPECTED = burstsIn(HOUR);

describe('a file', () => {
  const at = (second: number) => new Date(1_796_000_000_000 + 1000 * second).toISOString();

  test.each([
    ['a count a line', HOUR.join('\n')],
    ['with a header and Windows line ends', ['requests', ...HOUR].join('\r\n')],
    [
      'with times, without the seconds of nothing, in any order',
      `time,requests\n${HOUR.map((count, i) => [at(i), count] as const)
        .filter(([, count], i) => count > 0 || i === 0 || i === 899)
        .reverse()
        .map((row) => row.join())
        .join('\n')}\n`,
    ],
    ['with seconds since 1970', HOUR.map((count, i) => `${1_796_000_000 + i}.25,${count}`).join('\n')],
    ['with milliseconds since 1970', HOUR.map((count, i) => `${1_796_000_000_000 + 1000 * i},${count}`).join('\n')],
    ['with times that name no zone', HOUR.map((count, i) => `${at(i).replace('Z', '')},${count}`).join('\n')],
    ['packed', gzipSync(HOUR.join('\n'))],
  ])('%s', (_, text) => {
    expect(recorded(text)).toEqual(EXPECTED);
  });

  test('that is the access log of a load balancer', () => {
    const line = (second: number) =>
      `h2 2026-11-02T09:59:59.000000Z app/slipway/50dc6c495c0c9188 203.0.113.7:46532 10.0.0.66:8080 0.000 0.002 0.000 200 200 214 361 "POST https://credit.example.com:443/predict HTTP/2.0" "curl/8.4 \\x22x\\x22" TLS_AES_128_GCM_SHA256 TLSv1.3 arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/a/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "credit.example.com" "arn:aws:acm:eu-west-1:111122223333:certificate/1" 0 ${at(second)} "forward" "-" "-" "10.0.0.66:8080" "200" "-" "-" TID_1`;
    const log = HOUR.flatMap((count, i) => Array.from({ length: count }, () => line(i)));
    // a log begins and ends with a request
    let [first, last] = [0, HOUR.length];
    while (HOUR[first] === 0) first++;
    while (HOUR[last - 1] === 0) last--;
    expect(recorded(log.join('\n'))).toEqual(burstsIn(HOUR.slice(first, last)));
    expect(() => recorded(`${log.join('\n')}\nh2 2026-11-02T09:59:59Z app`)).toThrow(/traffic\.csv:\d+: is no line of/);
  });

  test.each([
    ['words', 'a\nb\nc', 'traffic.csv:2: must have the requests of one second'],
    ['nothing', '', 'has 0 requests in 0 seconds, too few'],
    ['too short', HOUR.slice(0, 200).join('\n'), 'in 200 seconds, too few'],
    ['too few requests', new Array(400).fill(1).join('\n'), 'has 400 requests in 400 seconds'],
    ['less than none', ['-4', ...HOUR].join('\n'), 'traffic.csv:1: must have'],
    ['a time that is none', HOUR.map((count) => `noon,${count}`).join('\n'), 'traffic.csv:1: must have'],
    [
      'a word and a number for a time',
      HOUR.map((count, i) => `node ${1 + (i % 12)},${count}`).join('\n'),
      'traffic.csv:1: must have',
    ],
    ['years of nothing', `0,5\n1796000000,5`, 'more than 400 days'],
    [
      'all at once',
      Array.from({ length: 900 }, (_, i) => (i % 30 === 0 ? 900 : 0)).join('\n'),
      'more than a plan can take in',
    ],
    ['damaged gzip', Buffer.from([0x1f, 0x8b, 1, 2, 3]), 'cannot be unpacked as gzip'],
  ])('that has %s is refused', (_, text, message) => {
    expect(() => recorded(text as string)).toThrow(message);
  });
});
