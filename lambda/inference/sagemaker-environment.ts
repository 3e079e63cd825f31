/**
 * The contract of a SageMaker container, as the environment of the handler: the model lies in /opt/ml/model, and the
 * variables of SageMaker's inference toolkit say the rest (docs/guide/sagemaker.md). `docker run IMAGE serve` starts it.
 */
import { posix } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { ANSWERED, isAnswered } from '../../lib/model/instance/answered-types';
import { DEFAULT_HANDLER_SETTINGS, LONGEST_DEADLINE_MS } from '../../lib/model/instance/handler-settings';
import { MIB } from '../../lib/model/units';

type Environment = Readonly<Record<string, string | undefined>>;

/** The argument with which SageMaker starts a container. */
export const SAGEMAKER_ARGUMENT = 'serve';

/** Bodies of the largest size that may be on their way at once. */
const LARGEST_BODIES = 4;

/**
 * @param processors that the container may use: as many workers, unless SageMaker says how many
 * @returns variables of the handler; those that are set already win over them
 * @throws SlipwayError E_USAGE listing every variable that is wrong
 */
export function fromSageMaker(environment: Environment, processors: number): Record<string, string> {
  const problems: string[] = [];
  const wholeNumber = (variable: string, otherwise: number, most = Number.MAX_SAFE_INTEGER): number => {
    const text = environment[variable];
    if (text === undefined || text === '') return otherwise;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value > 0 && value <= most) return value;
    problems.push(`${variable} must be a whole number from 1, got "${text}"`);
    return otherwise;
  };
  if (environment.SAGEMAKER_MULTI_MODEL?.toLowerCase() === 'true') {
    problems.push(
      "SAGEMAKER_MULTI_MODEL is true, but a container serves one model: make the endpoint's mode SingleModel",
    );
  }
  const { port, maximumBodyBytes, queueBytes, deadlineMs } = DEFAULT_HANDLER_SETTINGS;
  const bodyBytes = MIB * wholeNumber('SAGEMAKER_MAX_PAYLOAD_IN_MB', maximumBodyBytes / MIB, 1024);
  const patienceMs = 1000 * wholeNumber('SAGEMAKER_MODEL_SERVER_TIMEOUT', deadlineMs / 1000, 3600);
  const accept = environment.SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT;
  if (accept && !isAnswered(accept)) {
    problems.push(`SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT ${ANSWERED}, got "${accept}"`);
  }
  const variables = {
    SLIPWAY_MODEL: posix.join(environment.SAGEMAKER_BASE_DIR || '/opt/ml', 'model'),
    SLIPWAY_PORT: String(wholeNumber('SAGEMAKER_BIND_TO_PORT', port, 65535)),
    SLIPWAY_WORKERS: String(wholeNumber('SAGEMAKER_MODEL_SERVER_WORKERS', processors)),
    SLIPWAY_MAXIMUM_BODY_BYTES: String(bodyBytes),
    SLIPWAY_QUEUE_BYTES: String(Math.max(queueBytes, LARGEST_BODIES * bodyBytes)),
    SLIPWAY_DEADLINE_MS: String(Math.min(patienceMs, LONGEST_DEADLINE_MS)),
    ...(accept && { SLIPWAY_DEFAULT_ACCEPT: accept }),
  };
  if (problems.length === 0) return variables;
  throw new SlipwayError('E_USAGE', 'the environment of the SageMaker container is wrong', { problems });
}
