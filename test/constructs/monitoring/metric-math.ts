/**
 * CloudWatch's metric math, as far as the alarms use it, and how an alarm judges the result. From the CloudWatch user guide,
 * "Using math expressions with CloudWatch metrics" and "Configuring how CloudWatch alarms treat missing data".
 */

/** Datapoints in the order of their time; undefined where there is none. */
export type Datapoints = readonly (number | undefined)[];

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
}

/** What an alarm has of its properties in a template, as far as its state depends on them. */
export interface AlarmProperties {
  readonly Metrics?: readonly Query[];
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly TreatMissingData: string;
}

/** @param series what the metrics have, by their ids in the expression; ids that are not there have no datapoint at all */
export function evaluate(expression: string, series: Readonly<Record<string, Datapoints>>, length: number): Datapoints {
  const tokens = expression.match(/[A-Za-z]\w*|\d+(?:\.\d+)?|[<>=!]=|[-+*/<>(),]/g) ?? [];
  if (tokens.join('') !== expression.replaceAll(' ', '')) throw new Error(`cannot read ${expression}`);
  return Array.from({ length }, (_, time) => {
    const reader = new Reader(tokens, (id) => series[id]?.[time]);
    return reader.whole();
  });
}

/** Reads an expression at one point in time. What is made of a datapoint that is not there is not there, except by FILL. */
class Reader {
  private at = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly value: (id: string) => number | undefined,
  ) {}

  whole(): number | undefined {
    const value = this.comparison();
    if (this.at < this.tokens.length) throw new Error(`nothing may follow, got ${this.tokens[this.at]}`);
    return value;
  }

  private comparison(): number | undefined {
    return this.chain(() => this.sum(), {
      '<': (a, b) => Number(a < b),
      '>': (a, b) => Number(a > b),
      '<=': (a, b) => Number(a <= b),
      '>=': (a, b) => Number(a >= b),
      '==': (a, b) => Number(a === b),
      '!=': (a, b) => Number(a !== b),
    });
  }

  private sum(): number | undefined {
    return this.chain(() => this.product(), { '+': (a, b) => a + b, '-': (a, b) => a - b });
  }

  private product(): number | undefined {
    return this.chain(() => this.factor(), {
      '*': (a, b) => a * b,
      '/': (a, b) => (b === 0 ? undefined : a / b),
    });
  }

  private chain(
    operand: () => number | undefined,
    operators: Readonly<Record<string, (a: number, b: number) => number | undefined>>,
  ): number | undefined {
    let left = operand();
    for (let apply = operators[this.tokens[this.at]!]; apply; apply = operators[this.tokens[this.at]!]) {
      this.at++;
      const right = operand();
      left = left === undefined || right === undefined ? undefined : apply(left, right);
    }
    return left;
  }

  private factor(): number | undefined {
    const token = this.tokens[this.at++] ?? '(end)';
    if (token === '(') {
      const value = this.comparison();
      this.expect(')');
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    if (!/^[A-Za-z]/.test(token)) throw new Error(`expected a value, got ${token}`);
    if (this.tokens[this.at] !== '(') return this.value(token);
    this.at++;
    const values = [this.comparison()];
    while (this.tokens[this.at] === ',') {
      this.at++;
      values.push(this.comparison());
    }
    this.expect(')');
    if (token === 'FILL' && values.length === 2) return values[0] ?? values[1];
    if (token === 'IF' && values.length === 3) {
      return values[0] === undefined ? undefined : values[0] !== 0 ? values[1] : values[2];
    }
    throw new Error(`cannot evaluate ${token} of ${values.length}`);
  }

  private expect(token: string): void {
    const found = this.tokens[this.at++];
    if (found !== token) throw new Error(`expected ${token}, got ${found}`);
  }
}

const BREACHES: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

const MISSING: Readonly<Record<string, boolean>> = { breaching: true, notBreaching: false };

/** Whether an alarm is on after each datapoint. @param series by the ids of its metrics, or `metric` where it watches one */
export function alarmOn(
  alarm: AlarmProperties,
  series: Readonly<Record<string, Datapoints>>,
  length: number,
): readonly boolean[] {
  const expression = alarm.Metrics?.find(({ ReturnData }) => ReturnData !== false)?.Expression ?? 'metric';
  const values = evaluate(expression, series, length);
  const missing = MISSING[alarm.TreatMissingData];
  if (missing === undefined) throw new Error(`cannot judge ${alarm.TreatMissingData}`);
  const breaching = values.map((value) =>
    value === undefined ? missing : BREACHES[alarm.ComparisonOperator]!(value, alarm.Threshold),
  );
  const { EvaluationPeriods: looked, DatapointsToAlarm: needed = looked } = alarm;
  return breaching.map((_, i) => {
    const seen = breaching.slice(Math.max(0, i + 1 - looked), i + 1);
    return seen.filter(Boolean).length >= needed;
  });
}
