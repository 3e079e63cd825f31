/** An answer as the bytes of HTTP/1.1, with the fields that Node.js would send. */
import { STATUS_CODES, validateHeaderValue } from 'node:http';
import { KEEP_ALIVE_SECONDS } from '../../../../lib/model/instance/handler-settings';
import type { Answer } from '../http-answer';
import type { AnswerHeaders } from '../request';

const KEPT = `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_SECONDS}\r\n\r\n`;
const CLOSED = 'Connection: close\r\n\r\n';

let dateSecond = 0;
let dateLine = '';

/** RFC 9110, section 6.6.1; made once a second. */
function date(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `Date: ${new Date(second * 1000).toUTCString()}\r\n`;
  }
  return dateLine;
}

/** @param last whether the connection is closed after it */
export function headOf(answer: Answer, headers: AnswerHeaders | undefined, last: boolean): string {
  const { status, type, body } = answer;
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  for (const some of [answer.headers, headers]) {
    for (const name in some) {
      const value = some[name]!;
      validateHeaderValue(name, value);
      head += `${name}: ${value}\r\n`;
    }
  }
  return head + date() + (last ? CLOSED : KEPT);
}
