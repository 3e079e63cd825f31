/** The models of one process, by their names, and the versions of one model. */
import type { ServedModel } from './served-model';
import { type Head, VersionChoice, type WeighedVersion } from './version-choice';

/** A version is its name, or a beginning of the package's digest, at least as long as the one that is announced. */
function versionOf(versions: readonly ServedModel[], asked: string): ServedModel | undefined {
  const isDigest = ({ digits, package_ }: ServedModel) =>
    asked.length >= digits.length && package_.digest.startsWith(asked);
  return versions.find(({ version }) => version === asked) ?? versions.find(isDigest);
}

/** There is no such model, or no such version of it. */
export class UnknownModelError extends Error {}

export class ServedModels {
  /** Present where the models are versions of one. */
  readonly choice?: VersionChoice;
  readonly default: ServedModel;
  readonly all: readonly ServedModel[];

  /**
   * @param served at least one; the first is the one that routes without a name mean. Each has a name of its own, unless they
   *   are versions with their weights, of which one is that of the endpoint.
   */
  constructor(
    served: readonly ServedModel[] | { readonly versions: readonly WeighedVersion[]; readonly own: ServedModel },
  ) {
    if (!('versions' in served)) {
      this.all = served;
      this.default = served[0]!;
      return;
    }
    this.all = served.versions.map(({ model }) => model);
    this.default = served.own;
    this.choice = new VersionChoice(served.versions);
  }

  get ready(): boolean {
    return this.all.every((model) => model.ready);
  }

  /** Those whose rows are held against what they were trained on: of versions one, since all get rows of the same clients. */
  get watched(): readonly ServedModel[] {
    return this.choice ? [this.default] : this.all;
  }

  /** Names of the models, each once. */
  get names(): readonly string[] {
    return this.choice ? [this.default.name] : this.all.map(({ name }) => name);
  }

  /** Milliseconds since the beginning of the run that an engine is at, of the longest one; 0 when none is at any. */
  get runMs(): number {
    return Math.max(...this.all.map(({ scheduler }) => scheduler?.runMs ?? 0));
  }

  /** Of a name, all versions. */
  versionsOf(name: string): readonly ServedModel[] {
    return this.all.filter((model) => model.name === name);
  }

  /**
   * The model of a route without a name.
   *
   * @throws UnknownModelError for a header that names no version there is
   */
  answering(request: Head): ServedModel {
    return this.choice ? this.find([this.default.name], request) : this.default;
  }

  /**
   * @param path name of a model and, where it is asked for, its version
   * @throws UnknownModelError that names those there are
   */
  find(path: readonly string[], request: Head): ServedModel {
    const model = this.asked(path, request);
    if (model) return model;
    const [name] = path as [string];
    const versions = this.versionsOf(name);
    if (versions.length === 0) {
      const known = this.names.map((each) => `"${each}"`).join(', ');
      throw new UnknownModelError(`there is no model "${name.slice(0, 60)}" here; there is ${known}`);
    }
    const version = path[1] ?? this.choice?.asked(request) ?? '';
    const known = versions.map((each) => `"${each.version}"`).join(', ');
    throw new UnknownModelError(`model "${name}" has no version "${version.slice(0, 70)}"; it has ${known}`);
  }

  /** Whether a request is taken; what is asked for in vain is answered later. */
  takes(path: readonly string[], request: Head, cameAt: number): boolean {
    return this.asked(path, request)?.scheduler?.takes(cameAt) ?? true;
  }

  private asked([name, version]: readonly string[], request: Head): ServedModel | undefined {
    const versions = name === undefined ? this.all : this.versionsOf(name);
    const wanted = version ?? this.choice?.asked(request);
    if (wanted !== undefined && versions.length > 0) {
      const named = versionOf(versions, wanted);
      if (named) this.choice?.chose(request, named);
      return named;
    }
    return this.choice && versions.length > 0 ? this.choice.of(request) : versions[0];
  }

  async load(): Promise<void> {
    for (const model of this.all) await model.load();
  }

  async close(): Promise<void> {
    for (const model of this.all) await model.close();
  }
}
