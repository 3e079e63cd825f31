/**
 * A runtime of AWS Lambda for Node.js, by its documented API (docs.aws.amazon.com/lambda, "Using the Lambda runtime API",
 * 2026-11): it loads the module of the function, then takes one event after the other. `npm run proof:function` takes AWS's own.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const [module, name] = process.env._HANDLER.split('.');

const post = (path, value) => fetch(base + path, { method: 'POST', body: JSON.stringify(value) });
const told = ({ name, message, stack }) => ({
  errorType: name,
  errorMessage: message,
  trace: String(stack).split('\n'),
});

let handler;
try {
  ({ [name]: handler } = await import(pathToFileURL(join(process.env.LAMBDA_TASK_ROOT, `${module}.mjs`)).href));
} catch (error) {
  await post('/init/error', told(error));
  process.exit(1);
}
for (;;) {
  const next = await fetch(`${base}/invocation/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const event = await next.json();
  try {
    await post(`/invocation/${id}/response`, await handler(event, { awsRequestId: id }));
  } catch (error) {
    await post(`/invocation/${id}/error`, told(error));
  }
}
