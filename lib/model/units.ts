/** Bytes of a mebibyte. */
export const MIB = 2 ** 20;

/** An amount of USD to the cent. */
export const usd = (amount: number) => amount.toFixed(2);

/** A share of 1, e.g. `62 %`. */
export const percent = (share: number, digits = 0) => `${(share * 100).toFixed(digits)} %`;

/** Milliseconds as whole microseconds, or with so many digits. */
export const microseconds = (ms: number, digits = 0) => (ms * 1000).toFixed(digits);

/** MiB as GiB with at most one digit, e.g. `4` or `3.9`. */
export const gibOf = (mib: number) => `${Number((mib / 1024).toFixed(1))}`;
