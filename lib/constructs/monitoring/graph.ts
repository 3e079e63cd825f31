/** A graph of a dashboard, three in a row. */
import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** Widths of the console's grid, which has 24 columns. */
export const WHOLE = 24;
const THIRD = 8;

/** Of the plan, or of an alarm. */
export interface Line {
  readonly value: number;
  readonly label: string;
}

export const graph = (title: string, left: IMetric[], leftAnnotations: Line[] = []) =>
  new GraphWidget({ title, left, width: THIRD, leftYAxis: { min: 0 }, leftAnnotations });
