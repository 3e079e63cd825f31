/** The memory that the tree kernel of one model works in, and the kernel in it. It grows while a plan is made, and never after. */

import { MIB } from '../../../../../lib/model/units';
import { NotNative } from '../../contract/fault';
import { TREE_KERNEL } from './tree-kernel';
import { type Memory, WASM } from './web-assembly';

/** A forest beyond it is left to ONNX Runtime: about 40 million nodes. */
const MAXIMUM_BYTES = 2 ** 30;
const PAGE = 2 ** 16;

/** As `evaluate` of assembly/trees.ts. */
export type EvaluateTrees = (
  plain: boolean,
  rows: number,
  x: number,
  stride: number,
  trees: number,
  count: number,
  out: number,
  sums: number,
  width: number,
  single: boolean,
  nodes: number,
  leaves: number,
) => void;

/** Compiled once in a process. */
let compiled: object | undefined;

export class TreeMemory {
  private readonly memory: Memory = new WASM.Memory({ initial: 1, maximum: MAXIMUM_BYTES / PAGE });
  private used = PAGE / 4; // nothing lies at address 0

  /** Bytes aligned for doubles, zero. @returns their address */
  reserve(bytes: number): number {
    const address = this.used;
    const end = address + Math.ceil(bytes / 8) * 8;
    const missing = end - this.memory.buffer.byteLength;
    if (end > MAXIMUM_BYTES) throw new NotNative(`its trees take more than ${MAXIMUM_BYTES / MIB} MiB`);
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE));
      } catch (cause) {
        throw new NotNative('its trees do not fit into memory', { cause });
      }
    }
    this.used = end;
    return address;
  }

  /** Until the next reservation. */
  view(): DataView {
    return new DataView(this.memory.buffer);
  }

  /** Until the next reservation. */
  doubles(address: number, count: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, count);
  }

  /** A set of small integers, a bit each. */
  bitset(members: readonly number[]): { address: number; bits: number } {
    const bits = Math.max(...members, -1) + 1;
    const address = this.reserve(Math.ceil(bits / 8));
    const view = this.view();
    for (const member of members) {
      const byte = address + Math.floor(member / 8);
      view.setUint8(byte, view.getUint8(byte) | (1 << (member % 8)));
    }
    return { address, bits };
  }

  kernel(): EvaluateTrees {
    compiled ??= new WASM.Module(Buffer.from(TREE_KERNEL, 'base64'));
    const { exports } = new WASM.Instance(compiled, { env: { memory: this.memory } });
    return exports.evaluate as EvaluateTrees;
  }
}
