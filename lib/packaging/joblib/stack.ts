/** The stack of the pickle machine, with the marks that open a group of objects on it. */
import type { Input } from './input';
import { limitError } from './limits';
import type { PyValue } from './values';

export class OperandStack {
  private readonly values: PyValue[] = [];
  /** Heights of the stack at which groups begin. */
  private readonly marks: number[] = [];

  /** @param limit objects, and marks, that it may hold */
  constructor(
    private readonly input: Input,
    private readonly limit: number,
  ) {}

  get isEmpty(): boolean {
    return this.values.length === 0 && this.marks.length === 0;
  }

  push(value: PyValue): void {
    this.values.push(value);
    this.check(this.values.length);
  }

  mark(): void {
    this.marks.push(this.values.length);
    this.check(this.marks.length);
  }

  top(): PyValue {
    if (this.values.length <= this.floor) throw this.missing();
    return this.values[this.values.length - 1]!;
  }

  pop(): PyValue {
    if (this.values.length <= this.floor) throw this.missing();
    return this.values.pop()!;
  }

  replaceTop(value: PyValue): void {
    this.pop();
    this.push(value);
  }

  /** Takes away the last object, or the mark where there is none above it. */
  drop(): void {
    if (this.marks.length > 0 && this.values.length === this.floor) this.marks.pop();
    else this.pop();
  }

  /** The last `count` objects, in the order in which they were pushed. */
  popSeveral(count: number): PyValue[] {
    const start = this.values.length - count;
    if (start < this.floor) throw this.missing();
    return this.values.splice(start);
  }

  /** The objects since the last mark, in the order in which they were pushed. */
  popMark(): PyValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw this.input.damaged('it closes a group that was not opened');
    return this.values.splice(mark);
  }

  private get floor(): number {
    return this.marks.at(-1) ?? 0;
  }

  private check(height: number): void {
    if (height > this.limit) throw limitError(this.input.file, `stacks ${height} objects`, `${this.limit}`);
  }

  private missing() {
    return this.input.damaged('it takes an object that is not there');
  }
}
