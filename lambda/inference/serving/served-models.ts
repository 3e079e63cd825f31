/** The models of one process, by their names. */
import type { ServedModel } from './served-model';

/** A version is a beginning of the package's digest, at least as long as the one that is announced. */
function isVersion({ version, package_ }: ServedModel, asked: string): boolean {
  return asked.length >= version.length && package_.digest.startsWith(asked);
}

/** There is no such model, or no such version of it. */
export class UnknownModelError extends Error {}

export class ServedModels {
  /** @param all at least one; the first is the one that routes without a name mean. Each has a name of its own. */
  constructor(readonly all: readonly ServedModel[]) {}

  get default(): ServedModel {
    return this.all[0]!;
  }

  get ready(): boolean {
    return this.all.every((model) => model.ready);
  }

  /** Milliseconds since the beginning of the run that an engine is at, of the longest one; 0 when none is at any. */
  get runMs(): number {
    return Math.max(...this.all.map(({ scheduler }) => scheduler?.runMs ?? 0));
  }

  named(name: string): ServedModel | undefined {
    return this.all.find((model) => model.name === name);
  }

  /**
   * @param path name of a model and, where it is asked for, its version
   * @throws UnknownModelError that names those there are
   */
  find([name, version]: readonly string[]): ServedModel {
    const model = this.named(name!);
    if (!model) {
      const known = this.all.map((each) => `"${each.name}"`).join(', ');
      throw new UnknownModelError(`there is no model "${name!.slice(0, 60)}" here; there is ${known}`);
    }
    if (version === undefined || isVersion(model, version)) return model;
    throw new UnknownModelError(
      `model "${model.name}" has no version "${version.slice(0, 70)}"; it has "${model.version}"`,
    );
  }

  async load(): Promise<void> {
    for (const model of this.all) await model.load();
  }

  async close(): Promise<void> {
    for (const model of this.all) await model.close();
  }
}
