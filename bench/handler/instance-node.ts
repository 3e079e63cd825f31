/** The Node.js that instances run, which is what their handler is to be measured with. */
import { nodeBinary, runnableArchitecture } from '../../lib/artifacts/node-binary';
import { fetchNodeRuntime } from '../../lib/artifacts/node-runtime';

/** @returns path of the binary, fetched and unpacked once; of this process' own where there is none for this machine */
export async function instanceNode(): Promise<string> {
  const architecture = runnableArchitecture();
  return architecture ? nodeBinary(await fetchNodeRuntime(architecture)) : process.execPath;
}
