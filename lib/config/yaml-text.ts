/** The text of slipway.yaml as values, and where each of them is written. */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLParseError,
} from 'yaml';
import { SlipwayError } from '../model/error';
import { excerpt } from '../model/text/quote';

export interface YamlText {
  readonly content: unknown;
  /** Line of the key at a path, or of the deepest part of the path that is written. */
  readonly lineOf: (path: readonly (string | number)[]) => number;
  /** How many keys of a path are written. */
  readonly depthOf: (path: readonly (string | number)[]) => number;
}

/** A configuration has five levels. */
const MOST_LEVELS = 32;
const TOO_DEEP = `is nested in more than ${MOST_LEVELS} levels`;

/** A file with a hundred stages has a tenth of it. */
export const MOST_BYTES = 256 * 1024;

/** @throws SlipwayError E_CONFIG with the line of what is not YAML, or of an alias that cannot be followed */
export function readYaml(text: string, path: string): YamlText {
  const lines = new LineCounter();
  const fail = (problems: readonly { offset: number; message: string }[]): never =>
    refuse(
      path,
      problems.map(({ offset, message }) => `${path}:${lines.linePos(offset).line}: ${message}`),
    );
  if (Buffer.byteLength(text) > MOST_BYTES) {
    refuse(path, [`${path}: has ${Buffer.byteLength(text)} bytes, at most ${MOST_BYTES} are read`]);
  }
  const document = parse(text, lines);
  if (document === undefined) refuse(path, [`${path}: ${TOO_DEEP}`]);
  if (document.errors.length > 0) fail(syntaxErrors(document.errors));
  const deep = tooDeep(document);
  if (deep !== undefined) fail([{ offset: deep, message: TOO_DEEP }]);
  const circular = selfContaining(document);
  if (circular.length > 0) fail(circular);
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    fail(unresolved(document, error));
  }
  return {
    content,
    lineOf: (keys) => lines.linePos(locate(document, keys).offset).line,
    depthOf: (keys) => locate(document, keys).depth,
  };
}

export function refuse(path: string, problems: readonly string[]): never {
  const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
  const shown =
    problems.length > MOST_PROBLEMS
      ? [...problems.slice(0, MOST_PROBLEMS), `${path}: ${problems.length - MOST_PROBLEMS} more`]
      : problems;
  throw new SlipwayError('E_CONFIG', `${path} has ${count}`, { problems: shown });
}

/** More than anybody mends before looking again. */
const MOST_PROBLEMS = 100;

/** Undefined where the text is nested too deeply for the reader, which calls itself for each level. */
function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' }); // nothing is written past us
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

/** Where the first node is that is nested too deeply for all that reads values by calling itself. */
function tooDeep(document: Document.Parsed): number | undefined {
  const open: { node: unknown; level: number }[] = [{ node: document.contents, level: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, level } = next;
    if (isPair(node)) open.push({ node: node.key, level }, { node: node.value, level });
    if (!isCollection(node)) continue;
    if (level > MOST_LEVELS) return node.range?.[0] ?? 0;
    for (const item of node.items) open.push({ node: item, level: level + 1 });
  }
  return undefined;
}

/** Characters of a message of the reader, which quotes the file. */
const MOST_OF_A_REASON = 200;

/** Our words for what people get wrong; the reader's own, on one line, for the rest. */
const SYNTAX: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'has a tab for indentation, and YAML takes spaces alone',
  MULTIPLE_DOCS: 'begins a second document, and one is read; leave out this line and the "---"',
  RESOURCE_EXHAUSTION: TOO_DEEP,
};

/** Keys that are there twice, and the first fault of the syntax alone: what follows it is mostly its consequence. */
function syntaxErrors(errors: readonly YAMLParseError[]): { offset: number; message: string }[] {
  const sorted = [...errors].sort((a, b) => a.pos[0] - b.pos[0]);
  // a tab makes the rest of its line, and lines before it, look wrong too
  const syntax =
    sorted.find(({ code }) => code === 'TAB_AS_INDENT') ?? sorted.find(({ code }) => code !== 'DUPLICATE_KEY');
  return sorted
    .filter((error) => error.code === 'DUPLICATE_KEY' || error === syntax)
    .map(({ pos, code, message }) => ({
      offset: pos[0],
      message:
        code === 'DUPLICATE_KEY'
          ? 'has a key that is there already'
          : (SYNTAX[code] ?? `is no YAML: ${excerpt(message.split('\n', 1)[0]!, MOST_OF_A_REASON)}`),
    }));
}

/** Aliases that stand within what they name. */
function selfContaining(document: Document.Parsed): { offset: number; message: string }[] {
  const found: { offset: number; message: string }[] = [];
  visit(document, {
    Alias(_, node, parents) {
      const target = node.resolve(document);
      if (target !== undefined && parents.includes(target)) {
        found.push({
          offset: node.range?.[0] ?? 0,
          message: `*${excerpt(node.source)} stands within what it names, and would have no end`,
        });
      }
    },
  });
  return found;
}

/** Where an alias is that names nothing, or the one that is one too many. */
function unresolved(document: Document.Parsed, error: ReferenceError): { offset: number; message: string }[] {
  const found: { offset: number; message: string }[] = [];
  let last = 0;
  visit(document, {
    Alias(_, node) {
      last = node.range?.[0] ?? 0;
      if (node.resolve(document) === undefined) {
        found.push({
          offset: last,
          message: `*${excerpt(node.source)} names nothing: there is no &${excerpt(node.source)} before it`,
        });
      }
    },
  });
  if (found.length > 0) return found;
  return [
    {
      offset: last,
      message: /excessive/i.test(error.message)
        ? 'has so many aliases of aliases that they would fill the memory'
        : error.message,
    },
  ];
}

/** How far a path can be followed, through aliases too, and where the last key of it that is written stands. */
function locate(document: Document.Parsed, path: readonly (string | number)[]): { depth: number; offset: number } {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  let depth = 0;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (!isCollection(node)) break;
    const item = isMap(node)
      ? node.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(key))
      : isSeq(node)
        ? node.items[Number(key)]
        : undefined;
    if (item === undefined || item === null) break;
    const [at, value] = isPair(item) ? [item.key, item.value] : [item, item];
    if (isNode(at) && at.range) offset = at.range[0];
    node = value;
    depth++;
  }
  return { depth, offset };
}
