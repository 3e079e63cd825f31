/** Requests that a document shows as `curl`, each with the answer in the block below it. */

export interface CurlRequest {
  readonly method: string;
  /** As it stands there, with `$ENDPOINT` for the address of the endpoint. */
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

export interface CurlExample extends CurlRequest {
  readonly answer: string;
  readonly form: string;
}

/** @throws Error for a command line that is no `curl` */
export function curlExamples(page: string): readonly CurlExample[] {
  return [...page.matchAll(/```sh\n(?:export .*\n)?(curl [\s\S]*?)\n```\n```(json|text)\n([\s\S]*?)```/g)].map(
    ([, command, form, answer]) => ({ ...curlRequest(words(command!)), form: form!, answer: answer! }),
  );
}

/** The words of a command line, quoted with either mark. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare!,
  );
}

/**
 * The request of a command line.
 *
 * @throws Error for one that is no `curl`, or has an option that documents have no use for
 */
export function curlRequest(line: readonly string[]): CurlRequest {
  const [curl, ...rest] = line;
  if (curl !== 'curl') throw new Error(`not a request: ${line.join(' ')}`);
  const headers: Record<string, string> = {};
  let [method, url, body]: [string | undefined, string, string | undefined] = [undefined, '', undefined];
  while (rest.length > 0) {
    const word = rest.shift()!;
    if (word === '-X') method = rest.shift();
    else if (word === '-d' || word === '--data-binary') body = rest.shift();
    else if (word === '-H') {
      const [name, value] = rest.shift()!.split(': ');
      headers[name!] = value!;
    } else if (word.startsWith('-') || url !== '') throw new Error(`${word} is not known: ${line.join(' ')}`);
    else url = word;
  }
  return {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    url,
    headers,
    ...(body !== undefined && { body }),
  };
}

/** Numbers to the 12th decimal, as golden rows hold: the last digits differ between processors. */
const near = (_key: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e12) / 1e12 : value);

/** A document of JSON whose numbers can be compared. */
export const parsedNear = (text: string): unknown => JSON.parse(text, near);
