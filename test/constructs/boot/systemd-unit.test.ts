import { systemdUnit } from '../../../lib/constructs/boot/systemd-unit';
import { DRAIN_SECONDS, LONGEST_DEADLINE_MS } from '../../../lib/model/instance/handler-settings';

const lines = systemdUnit({
  environment: { NAME: 'a "quoted" 50% \\ value' },
  memoryLimitMiB: 777,
  startSeconds: 432,
}).split('\n');

test('limits the memory of all processes together, and does not throttle before the limit', () => {
  expect(lines).toContain('MemoryMax=777M');
  expect(lines).toContain('MemorySwapMax=0');
  expect(lines.filter((line) => line.startsWith('MemoryHigh'))).toEqual([]);
});

test('leaves out the hardening under which Node.js or ONNX Runtime does not work', () => {
  expect(lines.filter((line) => /^(MemoryDenyWriteExecute|ProcSubset)=/.test(line))).toEqual([]);
});

test.each([
  'DynamicUser=yes',
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'CapabilityBoundingSet=',
  'PrivateDevices=yes',
])('is hardened by %s', (line) => expect(lines).toContain(line));

test('lets the handler drain before it kills', () => {
  const timeout = lines.find((line) => line.startsWith('TimeoutStopSec='))!;
  expect(Number(timeout.split('=')[1])).toBeGreaterThan(DRAIN_SECONDS);
});

test('is ended at once when it hangs, and when it does not come to the end of its start', () => {
  const watchdog = Number(lines.find((line) => line.startsWith('WatchdogSec='))!.split('=')[1]);
  expect(watchdog * 1000).toBeGreaterThan(LONGEST_DEADLINE_MS);
  expect(lines).toContain('WatchdogSignal=SIGKILL');
  expect(lines).toContain('TimeoutStartSec=432');
});

test('never gives up restarting', () => {
  expect(lines).toContain('Restart=always');
  expect(lines).toContain('StartLimitIntervalSec=0');
});

test('has the telemetry of ONNX Runtime switched off before anything is loaded', () => {
  expect(lines).toContain('Environment=ORT_DISABLE_TELEMETRY=1');
});

test('quotes the environment as systemd reads it', () => {
  expect(lines).toContain('Environment="NAME=a \\"quoted\\" 50%% \\\\ value"');
});
