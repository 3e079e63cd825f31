/** The programs that an installation would otherwise have to build: they are built here, once, from the sources that were tested. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  FUNCTION_PROGRAM,
  functionHandlerCode,
  PARAMETER_PROGRAM,
  parameterReaderCode,
} from '../../lib/artifacts/function-bundle';
import { type HandlerTarget, handlerCode, handlerProgram } from '../../lib/artifacts/handler-bundle';
import { LOG_SHIPPER_FILE, logShipperCode } from '../../lib/artifacts/log-shipper';
import { PROFILER_TARGETS, profilerPrograms } from '../../lib/artifacts/profiler-bundle';
import { functionCode, VERIFICATION_PROGRAM } from '../../lib/artifacts/verification-bundle';

/** One target of each program of `handlerProgram`. */
const TARGETS: readonly HandlerTarget[] = [
  { platform: 'linux', architecture: 'x64' },
  { platform: 'darwin', architecture: 'arm64' },
];

/** @param folder that the package will have them in */
export function writePrograms(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, code: Uint8Array) => writeFileSync(join(folder, name), code);
  write(LOG_SHIPPER_FILE, logShipperCode());
  write(VERIFICATION_PROGRAM, functionCode());
  write(FUNCTION_PROGRAM, functionHandlerCode());
  write(PARAMETER_PROGRAM, parameterReaderCode());
  for (const target of PROFILER_TARGETS) {
    for (const { program, content } of profilerPrograms(target)) write(program, content);
  }
  for (const target of TARGETS) {
    for (const onnxRuntime of [true, false]) {
      write(handlerProgram(target, { onnxRuntime }), handlerCode(target, { onnxRuntime }));
    }
  }
}
