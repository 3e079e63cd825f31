/** E-mail addresses that are told of alarms, or `none`: then the alarms are there, and nobody is told. */
export type Notify = readonly string[] | 'none';
