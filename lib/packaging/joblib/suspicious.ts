/**
 * Names that no model needs: a file that has one was made to run code in whoever loads it.
 * And names that tell of a writer whose files are not read.
 *
 * This list is for the message alone. The reader can call nothing, so what is missing here is
 * data like everything else, and is refused when no converter knows it.
 */
import { SlipwayError } from '../../model/error';
import { currentModule } from './modules';
import { Global } from './values';

/**
 * Modules that reach out of the process, or run what they are given. Names that a user may well have given to a
 * module of their own (code, test, profile, ...) are not among them: their dangerous functions are listed below.
 */
const MODULES = new Set([
  '_osx_support',
  '_posixsubprocess',
  '_pyrepl',
  'asyncio',
  'bdb',
  'codeop',
  'ctypes',
  'ensurepip',
  'ftplib',
  'importlib',
  'marshal',
  'multiprocessing',
  'nt',
  'os',
  'pdb',
  'pip',
  'pkgutil',
  'posix',
  'pty',
  'pydoc',
  'runpy',
  'shutil',
  'smtplib',
  'socket',
  'ssl',
  'subprocess',
  'sys',
  'telnetlib',
  'urllib',
  'urllib2',
  'webbrowser',
]);

const FUNCTIONS = new Set([
  'builtins.__import__',
  'builtins.breakpoint',
  'builtins.compile',
  'builtins.delattr',
  'builtins.eval',
  'builtins.exec',
  'builtins.execfile',
  'builtins.globals',
  'builtins.input',
  'builtins.locals',
  'builtins.open',
  'builtins.setattr',
  'builtins.vars',
  'cProfile.run',
  'cProfile.runctx',
  'code.InteractiveInterpreter',
  'code.interact',
  'commands.getoutput',
  'commands.getstatusoutput',
  'doctest.debug_script',
  'io.FileIO',
  'io.open',
  'numpy.ctypeslib.load_library',
  'operator.methodcaller',
  'pickle.load',
  'pickle.loads',
  'platform.popen',
  'profile.run',
  'profile.runctx',
  'timeit.main',
  'timeit.timeit',
  'torch.load',
  'types.CodeType',
  'types.FunctionType',
]);

/** Whether the name is one that no model needs. */
export function isSuspicious(global: Global): boolean {
  const [top = ''] = global.module.split('.', 1);
  return MODULES.has(top) || FUNCTIONS.has(global.fullName);
}

/** What dill has in the place of numpy's own way to make an array, in an estimator without functions of one's own. */
export const DILL_ARRAYS: ReadonlySet<string> = new Set(['dill._dill._create_array', 'dill.dill._create_array']);

/** @throws SlipwayError E_FORMAT for a name that only joblib before 0.10, cloudpickle or dill write */
export function refuseOtherWriters(global: Global, file: string): void {
  const { module, name } = global;
  if (/(^|\.)joblib\.numpy_pickle(_compat)?$/.test(module) && /^Z?NDArrayWrapper$/.test(name)) {
    throw new SlipwayError(
      'E_FORMAT',
      `${file}: was written by joblib before 0.10, which kept arrays in files beside it; load it there and save it with a newer joblib`,
    );
  }
  if (DILL_ARRAYS.has(global.fullName)) return; // there is no code in what it makes
  const serializer = /(^|\.)cloudpickle(\.|$)/.test(module)
    ? 'cloudpickle'
    : /^_?dill(\.|$)/.test(module)
      ? 'dill'
      : undefined;
  if (serializer) {
    throw new SlipwayError(
      'E_FORMAT',
      `${file}: was written by ${serializer}, which stores Python code in the file; save the fitted estimator with joblib.dump(model, "model.joblib") instead, without functions and classes of your own`,
    );
  }
}

/**
 * A name that a file of another format than a pickle has, as a pickle would have it.
 *
 * @throws SlipwayError E_UNSAFE for one that no model needs
 */
export function inertGlobal(module: string, name: string, file: string): Global {
  const global = new Global(currentModule(module), name);
  if (!isSuspicious(global)) return global;
  throw new SlipwayError('E_UNSAFE', `${file}: ${unsafeName(module, name)}`);
}

/** What is said of a name that no model needs. */
export function unsafeName(module: string, name: string): string {
  const shown = `${module}.${name}`.slice(0, 200);
  return `asks Python to import ${shown}, which no model needs; nothing was run here, but do not load this file in Python`;
}
