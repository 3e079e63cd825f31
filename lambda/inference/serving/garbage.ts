/** When V8 looks through the whole heap for garbage. */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { GARBAGE_MIB } from '../../../lib/model/instance/handler-settings';
import { MIB } from '../../../lib/model/units';

/**
 * Let `GARBAGE_MIB` of garbage gather before all of the heap is searched for it. To be called when the models are loaded.
 *
 * V8 allows a heap of a few megabytes to grow by about 8 MB, and counts the memory of buffers with it. Bodies and tensors are
 * buffers: some hundred requests of 64 rows have as much, fewer than it takes until the young objects are swept for next to
 * nothing, and the buffers with them. So all of the heap was marked up to ten times a second, 5 to 13 ms each, for which on
 * one core every request had to wait (`npm run bench:sizing`). V8 reads its flag, percent of the old objects that are in use,
 * whenever it sets the next limit; models are not among these objects.
 */
export function letGarbageGather(): void {
  let inUse = 0;
  for (const { space_name: name, space_used_size: bytes } of getHeapSpaceStatistics()) {
    if (!name.startsWith('new_')) inUse += bytes;
  }
  setFlagsFromString(`--heap-growing-percent=${Math.ceil((100 * GARBAGE_MIB * MIB) / inUse)}`);
}
