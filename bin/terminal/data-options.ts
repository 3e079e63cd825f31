/** Options of commands that hold two models against each other. */

export interface DataFlags {
  data?: string;
  target?: string;
  tolerance: number;
}

export const DATA =
  'rows to hold two models against each other on: CSV, Parquet, or JSON [{"age": 41, "target": 1}, ...]';
export const TARGET = 'column of the data with the truth (default: the one that no model takes)';
export const TOLERANCE = 'how far numbers may be apart and agree; of a probability the amount itself';
