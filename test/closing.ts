/** What a test opens and would keep its process alive - threads, ports, servers, processes - is closed after it, also when it fails. */

const open: (() => unknown)[] = [];

/** @returns what it was given, which is closed after the test that opened it */
export function closing<T>(opened: T, close: (opened: T) => unknown): T {
  open.push(() => close(opened));
  return opened;
}

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
