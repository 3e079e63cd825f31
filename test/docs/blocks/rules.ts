/** Which rule holds a block of code true: by its language, and for a few by where they stand. */
import type { CodeBlock } from '../../../testing/documents/code-blocks';

interface Rule {
  readonly takes: (block: CodeBlock) => boolean;
  /** The file that holds it. @default - blocks.test.ts, beside this file */
  readonly heldBy?: string;
  /** How that file names what it reads. @default - by the path of the page */
  readonly reads?: string;
}

const language =
  (...names: readonly string[]) =>
  (block: CodeBlock) =>
    names.includes(block.language);

const on =
  (page: RegExp | string, ...names: readonly string[]) =>
  (block: CodeBlock) =>
    (typeof page === 'string' ? page === block.page : page.test(block.page)) && names.includes(block.language);

const EXAMPLE = /^examples\/[a-z-]+\/README\.md$/;
const API = /^docs\/reference\/api\//;

const RULES: readonly Rule[] = [
  // answers to requests, and what a training prints
  { takes: on('docs/reference/handler.md', 'json', 'text'), heldBy: 'test/docs/handler.test.ts' },
  { takes: on(EXAMPLE, 'json'), heldBy: 'test/docs/example-projects.test.ts', reads: 'projectPage' },
  { takes: on(EXAMPLE, 'text', 'python'), heldBy: 'proof/examples/run.ts', reads: 'projectPage' },
  // what commands print
  { takes: on(/^docs\/guide\//, 'text'), heldBy: 'test/docs/blocks/outputs.slow.test.ts' },
  { takes: on('docs/guide/nagios.md', 'cfg'), heldBy: 'test/docs/blocks/outputs.slow.test.ts' },
  { takes: on('docs/guide/encryption.md', 'json'), heldBy: 'test/constructs/encryption.test.ts' },
  { takes: on('docs/guide/pull-requests.md', 'groovy'), heldBy: 'proof/pipelines/run.ts' },
  {
    takes: on('docs/guide/sagemaker.md', 'dockerfile'),
    heldBy: 'test/lambda/inference/serving/several-models.slow.test.ts',
  },
  // declarations that a command writes, which CI compares
  { takes: on(API, 'ts'), heldBy: 'scripts/api-reference.ts', reads: 'docs/reference/api' },
  { takes: language('ts'), heldBy: 'test/docs/blocks/typescript.slow.test.ts', reads: "language === 'ts'" },
  { takes: language('yaml'), heldBy: 'test/docs/blocks/stages.slow.test.ts', reads: "language === 'yaml'" },
  { takes: language('sh') },
  { takes: language('python'), heldBy: 'proof/documents/run.ts', reads: "language === 'python'" },
  { takes: language('mermaid'), heldBy: 'proof/documents/run.ts', reads: "language === 'mermaid'" },
];

export const ruleOf = (block: CodeBlock): Rule | undefined => RULES.find(({ takes }) => takes(block));
