/**
 * The boot of an instance, in two scripts. EC2 takes 16 KiB of user data, so that it has what says why a boot failed, and the
 * names that only AWS knows. It fetches the other, which does the rest, as a file of the assets. Both need S3, and nothing
 * else; what sends the logs is started beside.
 *
 * What `false` is told is the reason that the stack shows. Every command that must not fail stands on a line of its own:
 * the shell ignores a failure on the left of `&&`, for `set -e` and for the traps.
 */

import { HANDLER_PORT, HEALTHY_PROBES, PROBES_PATH, READY_PATH } from '../../model/instance/handler-settings';
import { INSTANCE_ID_FILE, SHIPPER_VARIABLES } from '../../model/instance/log-shipping';
import { dualStackPrefix } from './dual-stack';
import {
  BOOT_LOG,
  CUDA_ARCHIVE,
  HANDLER_FOLDER,
  HANDLER_LOG,
  HOME,
  type InstanceFile,
  LOG_GROUP_FILE,
  LOG_USER,
  NODE_BINARY,
  RUNTIME_TARBALL,
  SHIPPER_UNIT,
  TLS_FILES,
  UNIT,
} from './layout';
import { heredoc, oneLine, plainPath, shellWord } from './quoting';
import { signalScript } from './signal';

export interface UserDataOptions {
  readonly region: string;
  /** Pre-signed, of the wait condition. @default - nobody waits */
  readonly signalUrl?: string | undefined;
  /** Written into the script, so that an instance of another type is a new instance. */
  readonly instanceType: string;
  /** Of the files. */
  readonly bucket: string;
  readonly logGroupName: string;
  /** Of the instances that are the shadow. @default - there are none */
  readonly shadowLogGroupName?: string;
  /** Whether CloudWatch Logs is called by the name that has IPv6 addresses, too. @default false */
  readonly dualStack?: boolean;
  /** The other script: where it lies, or itself, where its text is known to AWS alone. */
  readonly boot: Pick<InstanceFile, 'key' | 'sha256'> | string;
}

export interface BootScriptOptions {
  readonly files: readonly InstanceFile[];
  /** Text of the systemd unit. */
  readonly unit: string;
  /** Text of the unit of what sends the logs on. */
  readonly logShipperUnit: string;
  /** The function `start_access`. @default - there is no access control */
  readonly accessScript?: string;
  /** Whether `shadow_log_group` names the log group of instances that are the shadow. @default false */
  readonly shadowed?: boolean;
  /** Whether a load balancer asks the handler. @default true */
  readonly balanced?: boolean;
  /** Whether the handler is called by HTTPS, with a certificate of the instance's own making. @default false */
  readonly tls?: boolean;
  /** Name of the GPU that the handler uses. @default - it uses none */
  readonly gpu?: string;
  /** Seconds within which CloudFormation expects the signal. */
  readonly bootTimeoutSeconds: number;
  /** Whose health checks there are: each asks. @default 1 */
  readonly targetGroups?: number;
  /** Whether it may boot to be stopped when it is ready, in a warm pool. @default false */
  readonly warmPool?: boolean;
}

/**
 * Seconds of CloudFormation's patience that the script cannot use: its clock starts when the VM has
 * booted as far as the script, some 40 s after CloudFormation's, and the logs and the signal take the rest.
 */
const SIGNAL_MARGIN_SECONDS = 75;

/** However short the patience: a handler that loads is given this long. */
const LEAST_READY_SECONDS = 30;

/** Bytes of the log of a boot that failed before there was anything to send it with; one event takes 256 KiB. */
const LAST_LINES_BYTES = 200_000;

/**
 * The shared libraries of ONNX Runtime for GPUs, out of the wheel, beside the binding that looks for them there. The driver
 * is asked for the GPU, so that a missing one is named in the log of the boot.
 */
const CUDA_SCRIPT = `unpack_cuda() {
  nvidia-smi --list-gpus
  python3 -m zipfile -e "$home/${CUDA_ARCHIVE}" "$home/runtime/cuda"
  mv "$home"/runtime/cuda/onnxruntime/capi/libonnxruntime_providers_{shared,cuda}.so "$home/${HANDLER_FOLDER}/"
  rm -r "$home/runtime/cuda" "$home/${CUDA_ARCHIVE}"
}

`;

/**
 * A key that never leaves the instance, and a certificate with it: load balancers encrypt to whichever they find, and check
 * none. It is as old as the instance at most, and so does not end while that runs.
 */
const CERTIFICATE_SCRIPT = `make_certificate() {
  mkdir -m 700 -p ${dirname(TLS_FILES.key)}
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -batch -subj /CN=slipway \\
    -addext subjectAltName=IP:127.0.0.1 -keyout ${TLS_FILES.key} -out ${TLS_FILES.certificate}
  chmod 600 ${TLS_FILES.key}
}

`;

/**
 * In a warm pool no load balancer asks, and no stack waits. Started again it runs none of this: systemd starts what is enabled.
 * EC2 tells an instance where it is bound for (EC2 Auto Scaling user guide, target lifecycle state).
 */
const POOLED_SCRIPT = `pooled() {
  local imds=http://169.254.169.254/latest token
  token=$(curl -sf --retry 3 --max-time 5 --request PUT --header 'x-aws-ec2-metadata-token-ttl-seconds: 60' $imds/api/token) || return 1
  curl -sf --retry 3 --max-time 5 --header "x-aws-ec2-metadata-token: $token" $imds/meta-data/autoscaling/target-lifecycle-state | grep -q '^Warmed:'
}

`;

const POOLED_END = `if pooled; then
  signal() { echo 'slipway: ready, to be stopped in the warm pool'; }
else
  await_load_balancer
fi
`;

/** Functions that download the files of an instance and check their digests. */
function downloadScript(files: readonly InstanceFile[]): string {
  const folders = [...new Set(files.map((file) => file.path.split('/').slice(0, -1).join('/')))].sort();
  const digests = files.map((file) => `${file.sha256}  ${plainPath(file.path)}\n`).join('');
  return `download() {
  mkdir -p ${folders.map((folder) => `"$home/${plainPath(folder)}"`).join(' ')}
${files.map((file) => `  aws s3 cp --only-show-errors "s3://$bucket/"${shellWord(file.key)} "$home/${plainPath(file.path)}"`).join('\n')}
}

verify_digests() {
${heredoc('  cat > "$home/digests"', digests, 'DIGESTS')}
  cd "$home"
  sha256sum --check --strict --quiet digests
}
`;
}

/**
 * Functions that make the logs and what sends them. A user of its own reads them, and owns that of the handler, to empty it
 * when it has grown.
 */
function logScript(logShipperUnit: string, shadowed: boolean): string {
  return `make_logs() {
  systemd-sysusers --inline 'u ${LOG_USER} -'
  mkdir -p "$home" ${dirname(HANDLER_LOG)}
  echo "${SHIPPER_VARIABLES.logGroup}=$log_group" > ${LOG_GROUP_FILE}
${shadowed ? `  echo "${SHIPPER_VARIABLES.shadowLogGroup}=$shadow_log_group" >> ${LOG_GROUP_FILE}\n` : ''}  install -o ${LOG_USER} -m 640 /dev/null ${HANDLER_LOG}
  chgrp ${LOG_USER} ${BOOT_LOG}
  chmod g+r ${BOOT_LOG}
}

start_log_shipper() {
${heredoc(`  cat > /etc/systemd/system/${SHIPPER_UNIT}`, logShipperUnit, 'UNIT')}
  systemctl daemon-reload
  systemctl enable --now ${SHIPPER_UNIT} || echo 'slipway: nothing sends the logs'
}
`;
}

/**
 * What sends the logs is asked to do so at once by a restart. A boot that failed before there is such a thing sends its own
 * log.
 */
const sendLogs = (dualStack: boolean) => `send_logs() {
  sleep 1
  if systemctl is-active --quiet ${SHIPPER_UNIT}; then
    systemctl restart ${SHIPPER_UNIT} || true
    sleep 3
  else
    send_boot_log
  fi
}

send_boot_log() {
  local file=/run/boot.json
  tail -c ${LAST_LINES_BYTES} ${BOOT_LOG} | python3 -c 'import json, sys, time
print(json.dumps([{"timestamp": int(time.time() * 1000), "message": sys.stdin.buffer.read().decode(errors="replace")}]))' > "$file"
  for what in create-log-stream "put-log-events --log-events file://$file"; do
    ${dualStackPrefix(dualStack)}aws logs $what --log-group-name "$log_group" --log-stream-name "$(cat ${INSTANCE_ID_FILE})/boot" > /dev/null || true
  done
}
`;

/** Fetched to a place that no package of files has. */
const FETCHED = `${HOME}/boot`;

const fetchScript = ({ key, sha256 }: Pick<InstanceFile, 'key' | 'sha256'>) => `mkdir -p "$home"
aws s3 cp --only-show-errors "s3://$bucket/"${shellWord(key)} ${FETCHED}
echo '${sha256}  ${FETCHED}' | sha256sum --check --strict --quiet
. ${FETCHED}
`;

/** Text of the user data; see the tests for a run of both scripts. */
export function userDataText(options: UserDataOptions): string {
  const { boot } = options;
  return `#!/bin/bash
# Boots one ${oneLine(options.instanceType)}.
set -Eeuo pipefail
umask 022
home=${HOME}
bucket=${shellWord(options.bucket)}
log_group=${shellWord(options.logGroupName)}
${options.shadowLogGroupName === undefined ? '' : `shadow_log_group=${shellWord(options.shadowLogGroupName)}\n`}export AWS_DEFAULT_REGION=${shellWord(options.region)} AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=5
export AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5

${signalScript(options.signalUrl, 'send_logs')}
${sendLogs(options.dualStack ?? false)}
${typeof boot === 'string' ? boot : fetchScript(boot)}`;
}

/** Text of what the user data goes on with, in the same shell. */
export function bootScriptText(options: BootScriptOptions): string {
  const curl = options.tls ? `curl --cacert ${TLS_FILES.certificate}` : 'curl';
  const handler = `${options.tls ? 'https' : 'http'}://127.0.0.1:${HANDLER_PORT}`;
  const probes = (HEALTHY_PROBES + 1) * (options.targetGroups ?? 1);
  const readySeconds = Math.max(options.bootTimeoutSeconds - SIGNAL_MARGIN_SECONDS, LEAST_READY_SECONDS);
  return `${logScript(options.logShipperUnit, options.shadowed ?? false)}
${downloadScript(options.files)}
${
  options.accessScript === undefined
    ? ''
    : `${options.accessScript}
`
}unpack_runtime() {
  tar -xzf "$home/${RUNTIME_TARBALL}" -C "$home/${dirname(NODE_BINARY)}" --strip-components=2 --no-same-owner package/bin/node
  chmod 755 "$home/${NODE_BINARY}"
  rm "$home/${RUNTIME_TARBALL}"
}

${options.gpu === undefined ? '' : CUDA_SCRIPT}${options.tls ? CERTIFICATE_SCRIPT : ''}start_handler() {
${heredoc(`  cat > /etc/systemd/system/${UNIT}`, options.unit, 'UNIT')}
  systemctl daemon-reload
  systemctl enable --now --no-block ${UNIT}
}

await_ready() {
  until ${curl} -sf --output /dev/null --max-time 2 ${handler}${READY_PATH}; do
    if [ "$SECONDS" -ge ${readySeconds} ]; then
      false 'the handler did not become ready within ${readySeconds} s'
    fi
    sleep 1
  done
}

await_load_balancer() {
  until [ "$(${curl} -sf --max-time 5 ${handler}${PROBES_PATH} || echo 0)" -ge ${probes} ]; do
    if [ "$SECONDS" -ge ${readySeconds} ]; then
      false 'no load balancer asked ${probes} times in ${readySeconds} s: is there a target group, and port ${HANDLER_PORT} open to it?'
    fi
    sleep 1
  done
}

${options.warmPool ? POOLED_SCRIPT : ''}make_logs
download
verify_digests
unpack_runtime
${options.gpu === undefined ? '' : 'unpack_cuda\n'}${options.accessScript === undefined ? '' : 'start_access\n'}${options.tls ? 'make_certificate\n' : ''}start_handler
start_log_shipper
await_ready
${(options.balanced ?? true) ? (options.warmPool ? POOLED_END : 'await_load_balancer\n') : ''}ready=yes
`;
}

function dirname(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
