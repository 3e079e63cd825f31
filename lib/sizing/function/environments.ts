/** Environments of a function: how many there are at a time, and how often a request has to wait for a new one. */

/**
 * Seconds without a request after which an environment is counted as gone. AWS does not say; five to seven minutes were seen
 * by others (2021 to 2025), and the shorter errs to the safe side.
 */
const IDLE_SECONDS = 300;

/** Environments that are looked at; the last of so many hardly ever gets a request. */
const MOST = 1000;

/** Share of requests that find all of so many environments busy, where none waits (Erlang's formula B). */
export function erlangB(environments: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= environments; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked;
}

/**
 * Share of requests that meet a cold start. Each goes to the first environment that is free, so that the last ones idle, and
 * arrivals know nothing of each other. Of requests that come together each needs an environment for itself, so that each of
 * these is asked as often as such a group comes.
 *
 * @param rate groups a second, @param seconds that each request takes
 */
export function coldShare(rate: number, seconds: number): number {
  const load = rate * seconds;
  let share = 0;
  let before = 1; // of all requests, what comes to this environment or a later one
  for (let n = 1; n <= MOST && before > 1e-9; n++) {
    const after = erlangB(n, load);
    const served = before - after;
    share += served * Math.exp(-served * rate * IDLE_SECONDS);
    before = after;
  }
  return Math.min(1, share + before);
}

/** Requests of a million that may be refused because all environments are busy. */
const REFUSED = 1e-6;

/** Environments that are enough for so many requests at a time, in the mean. */
export function enough(load: number): number {
  let environments = 1;
  while (erlangB(environments, load) > REFUSED) environments++;
  return environments;
}
