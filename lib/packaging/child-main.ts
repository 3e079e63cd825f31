/** The child of `child.ts`: one task, then the end. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LoadBound } from '../../lambda/inference/engine';
import { SlipwayError } from '../model/error';
import { systemError } from '../model/files/file-error';
import { loadSettings } from '../model/instance/handler-environment';
import { type ChildMessage, MODEL_FILE, RESULT_FILE, type Task } from './conversion/child';
import { type PrepareRequest, prepare, subjectOf } from './conversion/prepare';
import { inspect } from './inspect/inspect';

const [folder = ''] = process.argv.slice(2);

// what the task and its libraries put aside goes with its folder
for (const variable of ['TMPDIR', 'TEMP', 'TMP']) process.env[variable] = folder;

process.once('message', (task: Task) => {
  run(task).then(
    () => finish({ kind: 'done' }),
    (error) => finish(describe(error)),
  );
});

async function run({ name, request }: Task): Promise<void> {
  if (name === 'inspect') {
    await writeFile(join(folder, RESULT_FILE), JSON.stringify(await inspect(request as string)));
    return;
  }
  const asked = request as PrepareRequest;
  const tell = (message: ChildMessage) => process.send!(message);
  const { model, ...rest } = await prepare(asked, (text) => tell({ kind: 'progress', text }), {
    bound: new LoadBound({ descriptor: 2, name: subjectOf(asked), settings: loadSettings(process.env) }),
    onFile: (file) => tell({ kind: 'file', file }),
  });
  const { onnx, ...described } = model;
  await writeFile(join(folder, MODEL_FILE), onnx);
  await writeFile(join(folder, RESULT_FILE), JSON.stringify({ ...rest, model: described }));
}

function describe(thrown: unknown): ChildMessage {
  const error = systemError(thrown); // a disk that is full is no fault of the model, nor of ours
  if (SlipwayError.is(error)) {
    return { kind: 'error', code: error.code, message: error.message, problems: error.problems };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  // what V8 says when bytes, rather than objects, cannot be had
  if (error instanceof RangeError && /allocation failed|Invalid (typed )?array (buffer )?length/i.test(error.message)) {
    return {
      kind: 'error',
      code: 'E_LIMIT',
      message: `the model takes more memory to convert than this machine has (${error.message})`,
      problems: [],
    };
  }
  return { kind: 'fault', stack: text };
}

function finish(message: ChildMessage): void {
  process.send!(message, () => process.exit(0));
}
