/** Where things are on an instance. The boot script and the units read the same names. */
import { HANDLER_FILE } from '../../artifacts/handler-bundle';
import { LOGS } from '../../model/instance/log-shipping';

/** Everything Slipway puts on an instance, except the units and the logs. */
export const HOME = '/opt/slipway';

export const RUNTIME_TARBALL = 'runtime/node.tgz';
/** The Python wheel whose shared libraries ONNX Runtime needs for a GPU. */
export const CUDA_ARCHIVE = 'runtime/cuda.whl';
export const NODE_BINARY = 'runtime/node';
export const HANDLER_FOLDER = 'handler';
export const HANDLER_ENTRY = `${HANDLER_FOLDER}/${HANDLER_FILE}`;
export const MODEL_FOLDER = 'model';
/** Of models that share instances, each in a folder of its name. */
export const MODELS_FOLDER = 'models';
/** Of further versions of the model, each in a folder of its name; of a model of several, in one of its name. */
export const VERSIONS_FOLDER = 'versions';
export const SHADOW_FOLDER = 'shadow';
/** Of the program that sends logs on. */
export const SHIPPER_FOLDER = 'log-shipper';

export const UNIT = 'slipway.service';
export const SHIPPER_UNIT = 'slipway-logs.service';
/** Where the certificate of an instance and its key are, for root alone; systemd hands them to the handler. */
export const TLS_FILES = { certificate: `${HOME}/tls/certificate.pem`, key: `${HOME}/tls/key.pem` } as const;
/** Where the handler finds them: systemd.exec(5), LoadCredential. */
export const TLS_CREDENTIALS = {
  certificate: `/run/credentials/${UNIT}/certificate.pem`,
  key: `/run/credentials/${UNIT}/key.pem`,
} as const;
/** Who reads the logs to send them on, and owns that of the handler. */
export const LOG_USER = 'slipway-logs';
export const HANDLER_LOG = LOGS.handler.path;
/** Written by cloud-init: what the boot script printed. */
export const BOOT_LOG = LOGS.boot.path;
/** Variables of what sends the logs, which the boot script knows, too. */
export const LOG_GROUP_FILE = `${HOME}/log-group`;

/** One file that an instance downloads. */
export interface InstanceFile {
  /** Relative to `HOME`. */
  readonly path: string;
  /** In the bucket of the assets. */
  readonly key: string;
  /** Lower-case hexadecimal SHA-256 of its bytes. */
  readonly sha256: string;
}

/** What a boot that failed says in its log; a metric counts it. */
export const BOOT_FAILED = 'slipway: the boot failed';
