/**
 * ONNX Runtime 1.30 calls a host of its maker, keeps a device id and a database in the home folder, and leaves a file in
 * the temporary folder, once for each process (onnxruntime/core/platform/posix/telemetry.cc). It asks for this variable
 * when its environment is made, and never again.
 */
export const TELEMETRY_SWITCH = 'ORT_DISABLE_TELEMETRY';

/**
 * To be called before the library is used, and before a thread is started that uses it.
 *
 * @param isMainThread what `process.env` of another thread says never leaves JavaScript, so that the switch can be
 *   looked at there, and not be set
 */
export function switchTelemetryOff(isMainThread: boolean, environment: NodeJS.ProcessEnv = process.env): void {
  if (isMainThread) environment[TELEMETRY_SWITCH] = '1';
  else if (environment[TELEMETRY_SWITCH] !== '1') {
    throw new Error(`${TELEMETRY_SWITCH} must be 1 in the process before a thread loads ONNX Runtime`);
  }
}
