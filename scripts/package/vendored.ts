/**
 * The AWS SDK, whose files are put into the package: little of it is used, and installed it takes ten times the room of
 * everything else.
 *
 * All of a group are in one file, whose parts run when they are first asked for, and what is shared is in it once.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildSync } from 'esbuild';

const GROUPS: Readonly<Record<string, RegExp>> = {
  aws: /^@(?:aws-sdk|smithy)\//,
};

const FOLDER = 'vendor';
const REQUIRED = /\brequire\(['"]((?:@[\w-]+\/)?[\w-]+(?:\/[\w./-]+)?)['"]\)/g;

/**
 * Puts the files into the package, and has its JavaScript use them.
 *
 * @param folder of the package
 * @param files of JavaScript in it, by their paths
 * @param root where node_modules are
 */
export function vendor(folder: string, files: readonly string[], root: string): void {
  const licences = new Set<string>();
  for (const [group, pattern] of Object.entries(GROUPS)) {
    const names = new Set<string>();
    for (const file of files) {
      const code = readFileSync(file, 'utf8');
      const path = relative(dirname(file), join(folder, FOLDER, group)).replaceAll('\\', '/');
      const rewritten = code.replace(REQUIRED, (whole, name: string) => {
        if (!pattern.test(name)) return whole;
        names.add(name);
        return `require("${path}")[${JSON.stringify(name)}]`;
      });
      if (rewritten !== code) writeFileSync(file, rewritten);
    }
    const parts = [...names]
      .sort()
      .map((name) => `get ${JSON.stringify(name)}() { return require(${JSON.stringify(name)}); }`);
    const { metafile } = buildSync({
      stdin: { contents: `module.exports = {\n${parts.join(',\n')}\n};\n`, resolveDir: root },
      absWorkingDir: root,
      outfile: join(folder, FOLDER, `${group}.js`),
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      format: 'cjs',
      minify: true,
      keepNames: true, // errors are told by their names
      legalComments: 'eof',
      metafile: true,
      logLevel: 'error',
    });
    for (const input of Object.keys(metafile.inputs)) {
      const library = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (library) licences.add(library);
    }
  }
  writeFileSync(join(folder, FOLDER, 'LICENSES.txt'), licenceTexts([...licences].sort(), root));
}

function licenceTexts(libraries: readonly string[], root: string): string {
  const texts = new Map<string, string[]>();
  for (const library of libraries) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, library, 'package.json'), 'utf8'));
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE']
      .map((each) => join(root, library, each))
      .find(existsSync);
    const text = file ? readFileSync(file, 'utf8').trim() : `Licence: ${license}`;
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  return [...texts].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}
