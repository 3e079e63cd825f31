/**
 * Whether everything is tried as often as CI tries it, and as `npx jest` with a path does: `npm test`, for which somebody waits,
 * takes less of what is tried many times. `ALL_RUNS=1 npm test` tries all.
 */
export const ALL_RUNS = process.env.QUICK_RUNS === undefined || process.env.ALL_RUNS !== undefined;

/** How many examples a property is tried with: a sixteenth of them where somebody waits. */
export const runs = (all: number) => (ALL_RUNS ? all : Math.ceil(all / 16));

/** Some of them where somebody waits: the first, and every so many after it. */
export const some = <T>(all: readonly T[], every: number) => all.filter((_, at) => ALL_RUNS || at % every === 0);
