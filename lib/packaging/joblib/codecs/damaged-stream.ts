/** What a decoder throws when the stream is not what its format says. Whoever knows the file makes a message of it. */
export class DamagedStream extends Error {}
