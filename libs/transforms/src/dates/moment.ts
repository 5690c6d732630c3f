import type { GraphBuilder, OperatorName, Value } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import { Calendar, type Integers, MICROS_PER_DAY } from './calendar.js';

const NUMBERS: Integers<number> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, factor) => a * factor,
  divide: (a, divisor) => Math.floor(a / divisor),
  floorDivide: (a, divisor) => Math.floor(a / divisor),
};

/** Of microseconds since 1970. */
export function calendarOf(micros: bigint): Calendar<number> {
  const perDay = BigInt(MICROS_PER_DAY);
  const rest = ((micros % perDay) + perDay) % perDay;
  return new Calendar(NUMBERS, Number((micros - rest) / perDay), Math.floor(Number(rest) / 1e6));
}

/** Of microseconds since 1970, INT64 [n, 1]. The first day of the range of INT64 counts as the second. */
export function emitCalendar(g: GraphBuilder, micros: Value): Calendar<Value> {
  const integers = graphIntegers(g);
  // Rounding down would overflow.
  const safe = g.op('Max', [micros, integer(g, -(2n ** 63n) + BigInt(MICROS_PER_DAY))]);
  const days = integers.floorDivide(safe, MICROS_PER_DAY);
  const microsOfDay = integers.subtract(safe, integers.multiply(days, MICROS_PER_DAY));
  return new Calendar(integers, days, integers.divide(microsOfDay, 1e6));
}

function graphIntegers(g: GraphBuilder): Integers<Value> {
  const binary = (op: OperatorName) => (a: Value, b: Value | number) =>
    g.op(op, [a, typeof b === 'number' ? integer(g, BigInt(b)) : b]);
  const [subtract, divide, mod] = [binary('Sub'), binary('Div'), binary('Mod')];
  return {
    add: binary('Add'),
    subtract,
    multiply: binary('Mul'),
    // ONNX rounds a quotient of integers towards 0; Mod has the sign of the divisor.
    divide,
    floorDivide: (a, divisor) => divide(subtract(a, mod(a, divisor)), divisor),
  };
}

/** [1, 1] */
export function integer(g: GraphBuilder, value: bigint): Value {
  return g.constant(tensor('INT64', [1, 1], BigInt64Array.of(value)));
}
