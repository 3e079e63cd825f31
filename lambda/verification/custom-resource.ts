/** CloudFormation's protocol for resources that a function makes: an event comes, and its answer goes to a URL of S3. */
import { request } from 'node:https';
import { SlipwayError } from '../../lib/model/error';
import type { JudgeProperties } from '../../lib/model/stage/deployment';
import { printable } from '../../lib/model/text/printable';

export interface StackEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: JudgeProperties;
  readonly OldResourceProperties?: JudgeProperties;
}

/** Attributes of the resource. */
export type Attributes = Readonly<Record<string, string>>;

/** An answer has 4,096 bytes at most, attributes included; events of stacks show some hundred of the reason. */
const LONGEST_REASON = 1000;

const ATTEMPTS = 5;

export type Answer = { readonly data: Attributes } | { readonly reason: string };

export function reasonOf(error: unknown): string {
  const text = SlipwayError.is(error) ? [error.message, ...error.problems].join('; ') : String(error);
  return printable(text).slice(0, LONGEST_REASON);
}

/** The id of a resource never changes, so that no resource is ever replaced by another. */
export function answerText(event: StackEvent, answer: Answer): string {
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = LogicalResourceId } = event;
  return JSON.stringify({
    ...('reason' in answer ? { Status: 'FAILED', Reason: answer.reason } : { Status: 'SUCCESS', Data: answer.data }),
    ...{ StackId, RequestId, LogicalResourceId, PhysicalResourceId },
  });
}

/** Tell CloudFormation, which else would wait until its own time is over. @throws Error after the last attempt */
export async function respond(event: StackEvent, answer: Answer, send = put): Promise<void> {
  const body = answerText(event, answer);
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(new URL(event.ResponseURL), body);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
    }
  }
}

/** The URL is signed for a request without a content type. */
function put(url: URL, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'PUT', headers, timeout: 10_000 }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`CloudFormation's bucket answered ${response.statusCode}`));
      });
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer of the bucket within 10 s')));
    sent.on('error', reject);
    sent.end(body);
  });
}
