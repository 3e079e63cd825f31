/** What ONNX Runtime says, for a person: without the places in its sources, the signatures and the path that stand around it. */

/** An error of ONNX Runtime; its message is the reason alone. */
export class OnnxRuntimeError extends Error {}

const LONGEST = 400;

/** Beginnings that say only that something failed. */
const PREFIXES = [
  /^Load model from .*? failed:\s*/s,
  /^Exception during initialization: ?/,
  /^(?:This is an i|I)nvalid model\. (?:Error: )?/,
  /^Non-zero status code returned while running \S+ node\. Name:'[^']*' Status Message: /,
];

/** A node with all its inputs and outputs, as the graph's checker writes it. */
const NODE_SIGNATURE = /^In Node, \(.*\) -> \(.*\) , Error /s;
const NODE_OPERATOR = /^Node \(([^)]*)\) Op \((\w+)\) \[\w+\] /;
const SOURCE = /^\S*\.(?:cc|cpp|cu|cuh|h|hpp):\d+ /;
/** A function with its parameters; another is there by its name alone. */
const SIGNATURE = /^[\w:~<>*&, ]*[\w>]\(/;
const NAME = /^[\w:~<>]+ (?=[A-Z])/;

/** @param message of an error that the native code throws */
export function onnxRuntimeReason(message: string): string {
  const running = /while running (\S+) node\. Name:'([^']*)'/.exec(message);
  let text = message;
  for (const prefix of PREFIXES) text = text.replace(prefix, '');
  text = withoutSource(text)
    .replace(NODE_SIGNATURE, '')
    .replace(NODE_OPERATOR, (_, name: string, operator: string) => `${nodeName(operator, name)}: `)
    .replace(/^.{1,200}? was (?:true|false)\. (?=\S)/s, ''); // the condition in its sources that did not hold
  text = text.replace(/\s+/g, ' ').trim() || message.replace(/\s+/g, ' ').trim();
  if (running) text = `its step ${nodeName(running[1]!, running[2]!)} fails: ${text}`; // as lib/model/rows/undecided-row.ts reads it
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

function nodeName(operator: string, name: string): string {
  return name ? `${operator} "${name}"` : operator;
}

/** Without `file.cc:12 type function(parameters) const [with T = double] ` in front. */
function withoutSource(text: string): string {
  const place = SOURCE.exec(text)?.[0];
  if (place === undefined) return text;
  const rest = text.slice(place.length);
  if (!SIGNATURE.test(rest)) return rest.replace(NAME, '');
  let at = closing(rest, rest.indexOf('('));
  while (rest[at] === '(') at = closing(rest, at); // operator()(...)
  at += /^(?: const| noexcept| &&?)*/.exec(rest.slice(at))![0].length;
  if (rest.startsWith(' [with ', at)) at = closing(rest, at + 1);
  return rest.slice(at).trimStart();
}

/** The place behind the bracket that closes the one at `open`; the end, where none does. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if ('(['.includes(text[at]!)) depth++;
    else if (')]'.includes(text[at]!) && --depth === 0) return at + 1;
  }
  return text.length;
}
