/** ONNX Runtime, as it is delivered, calls a host of its maker and keeps a device id and a database; here it does not. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { switchTelemetryOff, TELEMETRY_SWITCH } from '../../../../lambda/inference/engine/no-telemetry';
import { sha256 } from '../../../../lib/model/formats/digest';
import { jsonText } from '../../../../lib/model/formats/json';
import { toEnvironment } from '../../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../../../lib/model/instance/handler-settings';
import { bundledHandler } from '../../../../testing/bundled-handler';
import { LoggedHandler } from '../../../../testing/handler-process';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { MODEL } from '../serving';
import { withLargeText } from './large-model';

const folder = temporaryFolder();
let bundle: string;
const large = join(folder, 'large');

beforeAll(() => {
  bundle = bundledHandler();
  cpSync(MODEL, large, { recursive: true });
  const model = withLargeText(readFileSync(join(MODEL, 'model.onnx')));
  writeFileSync(join(large, 'model.onnx'), model);
  const manifest = JSON.parse(readFileSync(join(large, 'manifest.json'), 'utf8'));
  manifest.model = { ...manifest.model, sha256: sha256(model), bytes: model.length };
  writeFileSync(join(large, 'manifest.json'), jsonText(manifest));
});
afterAll(() => LoggedHandler.killAll());

test.each([
  ['on the thread that serves', MODEL, 1],
  ['in a thread of its own', large, 1],
  ['in each of several workers', MODEL, 2],
])('ONNX Runtime %s leaves nothing in the home folder and the temporary one', async (_, model, workers) => {
  const [home, temporary] = [join(folder, `home-${workers}`), join(folder, `temporary-${workers}`)];
  for (const each of [home, temporary]) mkdirSync(each, { recursive: true });
  const settings = { ...DEFAULT_HANDLER_SETTINGS, model, host: '127.0.0.1', port: 0, workers };
  const handler = new LoggedHandler(bundle, {
    ...toEnvironment({ ...settings, engine: 'onnxruntime' }),
    HOME: home,
    TMPDIR: temporary,
  });
  await handler.event('ready', workers);
  handler.signal('SIGTERM');
  await handler.exited;
  expect([...readdirSync(home), ...readdirSync(temporary)]).toEqual([]);
});

test('the switch is set for the whole process, whatever it was', () => {
  const environment: NodeJS.ProcessEnv = { [TELEMETRY_SWITCH]: '0' };
  switchTelemetryOff(true, environment);
  expect(environment[TELEMETRY_SWITCH]).toBe('1');
});

test('a thread, whose environment is a copy that the library does not see, is refused the library when its process forgot', () => {
  expect(() => switchTelemetryOff(false, {})).toThrow(/ORT_DISABLE_TELEMETRY/);
  expect(() => switchTelemetryOff(false, { [TELEMETRY_SWITCH]: '1' })).not.toThrow();
});

test('the tests themselves run without: what jest shows them as their environment is a copy too', () => {
  const environment = readFileSync(join(__dirname, '../../../../jest.config.cjs'), 'utf8');
  expect(environment).toMatch(/^process\.env\.ORT_DISABLE_TELEMETRY = '1';$/m);
});
