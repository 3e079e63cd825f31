/** The models that are served and those that could be: Triton's model repository, changed while it serves. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SlipwayError } from '../../../lib/model/error';
import { folderList } from '../../../lib/model/instance/handler-environment';
import type { HandlerSettings } from '../../../lib/model/instance/handler-settings';
import { MODEL_NAME, PACKAGE_FILES } from '../../../lib/model/package/manifest';
import { type ModelPackage, readModelPackage, readModelPackages } from '../../../lib/model/package/model-package';
import { VERSION_DIGITS } from '../serving/served-model';
import type { Primary } from './primary';
import { UnfitWorkerError } from './rollout';

/** One model of the repository, as Triton's model repository extension describes it. */
export interface IndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: 'READY' | 'UNAVAILABLE';
  readonly reason: string;
}

/** A change that was not made: everything is as before. */
export class RepositoryError extends Error {
  constructor(
    readonly reason: 'unknown' | 'refused' | 'busy',
    message: string,
  ) {
    super(message);
  }
}

/**
 * The models of the running workers, and those that lie beside the default model and could be loaded.
 *
 * A change exchanges the processes that serve: creating and releasing sessions of ONNX Runtime in one process leaks
 * native memory (microsoft/onnxruntime#25325), and a process that ends leaks nothing.
 */
export class ModelRepository {
  /** In the order in which they are served: the default model first. */
  private packages: readonly ModelPackage[];
  private readonly folder: string;
  private change: Promise<unknown> = Promise.resolve();

  /** @throws SlipwayError E_PACKAGE */
  constructor(
    settings: Pick<HandlerSettings, 'model' | 'otherModels'>,
    private readonly primary: Pick<Primary, 'exchange' | 'serving'>,
  ) {
    this.packages = readModelPackages([settings.model, ...(settings.otherModels ?? [])]);
    this.folder = dirname(resolve(settings.model));
  }

  index(): IndexEntry[] {
    const served = this.packages.map((package_) => this.entry(package_));
    const names = new Set(served.map(({ name }) => name));
    const others = readdirSync(this.folder)
      .filter((name) => MODEL_NAME.test(name) && !names.has(name) && this.isThere(name))
      .sort()
      .map((name): IndexEntry => ({ name, version: '', state: 'UNAVAILABLE', reason: 'not loaded' }));
    return [...served, ...others];
  }

  /**
   * Serve a model, or serve it as it now lies in its folder. Resolves when every worker does.
   *
   * @throws RepositoryError when there is none, it cannot be loaded, or the workers are being exchanged
   */
  load(name: string): Promise<IndexEntry> {
    return this.alone(async () => {
      const served = this.packages.find((package_) => package_.manifest.name === name);
      if (!served && !(MODEL_NAME.test(name) && this.isThere(name))) throw this.unknown(name);
      const package_ = this.read(served?.directory ?? join(this.folder, name), name);
      if (package_.digest !== served?.digest) {
        const packages = served
          ? this.packages.map((each) => (each === served ? package_ : each))
          : [...this.packages, package_];
        await this.serve(packages, name);
      }
      return this.entry(package_);
    });
  }

  /**
   * Serve a model no more. Resolves when no worker does.
   *
   * @throws RepositoryError as well for the default model
   */
  unload(name: string): Promise<IndexEntry> {
    return this.alone(async () => {
      const served = this.packages.find((package_) => package_.manifest.name === name);
      if (!served) throw this.unknown(name);
      if (served === this.packages[0]) {
        throw new RepositoryError(
          'refused',
          `"${name}" is the default model, which /predict means: it cannot be unloaded`,
        );
      }
      await this.serve(
        this.packages.filter((each) => each !== served),
        name,
      );
      return { ...this.entry(served), state: 'UNAVAILABLE', reason: 'unloaded' };
    });
  }

  /** One change after the other, in the order in which they are asked for. */
  private alone<T>(change: () => Promise<T>): Promise<T> {
    const result = this.change.then(change);
    this.change = result.catch(() => {});
    return result;
  }

  private async serve(packages: readonly ModelPackage[], changed: string): Promise<void> {
    if (!this.primary.serving)
      throw new RepositoryError('busy', 'the workers are starting or stopping; try again in a second');
    const [model, ...others] = packages.map(({ directory }) => resolve(directory));
    try {
      await this.primary.exchange({ SLIPWAY_MODEL: model!, SLIPWAY_OTHER_MODELS: folderList(others) });
    } catch (error) {
      if (!(error instanceof UnfitWorkerError)) throw error;
      throw new RepositoryError(
        'refused',
        `"${changed}" is not changed: ${error.message}; what was served before is served still`,
      );
    }
    this.packages = packages;
  }

  private isThere(name: string): boolean {
    return existsSync(join(this.folder, name, PACKAGE_FILES.manifest));
  }

  private read(folder: string, name: string): ModelPackage {
    let package_: ModelPackage;
    try {
      package_ = readModelPackage(folder);
    } catch (error) {
      throw SlipwayError.is(error) ? new RepositoryError('refused', error.message) : error;
    }
    if (package_.manifest.name === name) return package_;
    throw new RepositoryError(
      'refused',
      `the package in the folder "${name}" is of a model "${package_.manifest.name}": name the folder so`,
    );
  }

  private entry({ manifest, digest }: ModelPackage): IndexEntry {
    return { name: manifest.name, version: digest.slice(0, VERSION_DIGITS), state: 'READY', reason: '' };
  }

  private unknown(name: string): RepositoryError {
    const known = this.index().map((entry) => `"${entry.name}"`);
    return new RepositoryError(
      'unknown',
      `there is no model "${name.slice(0, 60)}" here; there is ${known.join(', ')}`,
    );
  }
}
