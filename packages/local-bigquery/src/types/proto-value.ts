import { unsupported } from "../errors.ts";
import { bytesToInteger, decimalScaled, decimalText, integerToBytes } from "./decimal.ts";
import {
  dateDays,
  dateText,
  datetimeMicros,
  datetimeText,
  intervalParts,
  intervalText,
  timeMicros,
  timestampMicros,
  timestampText,
  timeText,
} from "./time.ts";
import type { SqlType } from "./types.ts";

/** The analyzer's ValueProto; `value` is its oneof, absent for NULL. */
interface ValueProto {
  readonly value?: { readonly case?: string | undefined; readonly value?: unknown };
}

/** A ValueProto as a canonical JS value (see value.ts). */
export function decodeValue(proto: unknown, type: SqlType): unknown {
  const held = (proto as ValueProto).value;
  if (held?.case === undefined) return null;
  const raw = held.value;
  switch (type.kind) {
    case "INT64":
    case "FLOAT64":
    case "BOOL":
    case "STRING":
    case "BYTES":
    case "JSON":
      return raw;
    case "NUMERIC":
      return decimalText(bytesToInteger(raw as Uint8Array), 9);
    case "BIGNUMERIC":
      return decimalText(bytesToInteger(raw as Uint8Array), 38);
    case "DATE":
      return dateText(raw as number);
    case "TIME":
      return timeText(unpackTime(raw as bigint));
    case "DATETIME": {
      const { bitFieldDatetimeSeconds, nanos } = raw as { bitFieldDatetimeSeconds: bigint; nanos: number };
      return datetimeText(unpackSeconds(bitFieldDatetimeSeconds) + BigInt(Math.trunc(nanos / 1000)));
    }
    case "TIMESTAMP": {
      const { seconds, nanos } = raw as { seconds: bigint; nanos: number };
      return timestampText(seconds * 1_000_000n + BigInt(Math.trunc(nanos / 1000)));
    }
    case "INTERVAL":
      return unpackInterval(raw as Uint8Array);
    case "ARRAY":
      return (raw as { element: unknown[] }).element.map((element) => decodeValue(element, type.element));
    case "STRUCT":
      return (raw as { field: unknown[] }).field.map((field, i) =>
        decodeValue(field, (type.fields[i] as { type: SqlType }).type),
      );
    case "RANGE": {
      const { start, end } = raw as { start: unknown; end: unknown };
      return [decodeValue(start, type.element), decodeValue(end, type.element)];
    }
    default:
      throw unsupported(`a value of type ${type.kind}`);
  }
}

/** The initialiser of a ValueProto. */
export function encodeValue(value: unknown, type: SqlType): { value?: { case: string; value: unknown } } {
  if (value === null || value === undefined) return {};
  const held = (name: string, of: unknown) => ({ value: { case: name, value: of } });
  switch (type.kind) {
    case "INT64":
      return held("int64Value", BigInt(value as bigint));
    case "FLOAT64":
      return held("doubleValue", value);
    case "BOOL":
      return held("boolValue", value);
    case "STRING":
      return held("stringValue", value);
    case "BYTES":
      return held("bytesValue", value);
    case "JSON":
      return held("jsonValue", value);
    case "NUMERIC":
      return held("numericValue", integerToBytes(decimalScaled(value as string, 9)));
    case "BIGNUMERIC":
      return held("bignumericValue", integerToBytes(decimalScaled(value as string, 38)));
    case "DATE":
      return held("dateValue", dateDays(value as string));
    case "TIME":
      return held("timeValue", packTime(timeMicros(value as string)));
    case "DATETIME": {
      const micros = datetimeMicros(value as string);
      return held("datetimeValue", packDatetime(micros));
    }
    case "TIMESTAMP": {
      const micros = timestampMicros(value as string);
      const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
      return held("timestampValue", {
        seconds: (micros - fraction) / 1_000_000n,
        nanos: Number(fraction) * 1000,
      });
    }
    case "ARRAY":
      return held("arrayValue", { element: (value as unknown[]).map((v) => encodeValue(v, type.element)) });
    case "STRUCT":
      return held("structValue", {
        field: (value as unknown[]).map((v, i) => encodeValue(v, (type.fields[i] as { type: SqlType }).type)),
      });
    case "INTERVAL":
      return held("intervalValue", packInterval(value as string));
    case "RANGE": {
      const [start, end] = value as [unknown, unknown];
      return held("rangeValue", {
        start: encodeValue(start, type.element),
        end: encodeValue(end, type.element),
      });
    }
    default:
      throw unsupported(`a parameter of type ${type.kind}`);
  }
}

// Civil times travel as bit fields: hour 5 bits, minute 6, second 6, then 30 bits of nanoseconds in a TIME.
function unpackTime(packed: bigint): bigint {
  return unpackClock(packed >> 30n) + (packed & 0x3fffffffn) / 1000n;
}

function unpackClock(clock: bigint): bigint {
  const seconds = ((clock >> 12n) & 31n) * 3600n + ((clock >> 6n) & 63n) * 60n + (clock & 63n);
  return seconds * 1_000_000n;
}

function packTime(micros: bigint): bigint {
  return (packClock(micros) << 30n) | ((micros % 1_000_000n) * 1000n);
}

function packClock(micros: bigint): bigint {
  const seconds = micros / 1_000_000n;
  return ((seconds / 3600n) << 12n) | (((seconds / 60n) % 60n) << 6n) | (seconds % 60n);
}

// A DATETIME puts year 14 bits, month 4 and day 5 before the clock, and its nanoseconds beside.
function unpackSeconds(packed: bigint): bigint {
  const two = (n: bigint) => String(n).padStart(2, "0");
  const date = `${String(packed >> 26n).padStart(4, "0")}-${two((packed >> 22n) & 15n)}-${two((packed >> 17n) & 31n)}`;
  return BigInt(dateDays(date)) * 86_400_000_000n + unpackClock(packed & 0x1ffffn);
}

function packDatetime(micros: bigint): { bitFieldDatetimeSeconds: bigint; nanos: number } {
  const [year = "", month = "", day = ""] = datetimeText(micros).slice(0, 10).split("-");
  const clock = ((micros % 86_400_000_000n) + 86_400_000_000n) % 86_400_000_000n;
  return {
    bitFieldDatetimeSeconds:
      (BigInt(year) << 26n) | (BigInt(month) << 22n) | (BigInt(day) << 17n) | packClock(clock),
    nanos: Number(clock % 1_000_000n) * 1000,
  };
}

function packInterval(text: string): Uint8Array {
  const { months, days, micros } = intervalParts(text);
  const view = new DataView(new ArrayBuffer(16));
  view.setBigInt64(0, micros, true);
  view.setInt32(8, days, true);
  view.setUint32(12, ((Math.abs(months) << 13) | (months < 0 ? 0x80000000 : 0)) >>> 0, true);
  return new Uint8Array(view.buffer);
}

/** 16 bytes: microseconds (8), days (4), months and left-over nanoseconds with the months' sign in the top bit (4). */
function unpackInterval(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed = view.getUint32(12, true);
  const months = (packed & 0x7fffffff) >>> 13;
  return intervalText(
    packed >= 0x80000000 ? -months : months,
    view.getInt32(8, true),
    view.getBigInt64(0, true),
  );
}
