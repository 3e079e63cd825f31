/** Whether everything is tried as often as CI tries it: `ALL_RUNS=1 npm test`. */
export const ALL_RUNS = process.env.ALL_RUNS !== undefined;

/** How many examples a property is tried with: an eighth of them where somebody waits. */
export const runs = (all: number) => (ALL_RUNS ? all : Math.ceil(all / 8));
