import type { DescEnum } from "@bufbuild/protobuf";
import type { Break } from "./compare.ts";
import { lostReservations, reservedOf } from "./reserved.ts";

/** A number may have several names; each one that it had must stay, whichever comes first. */
export function* compareEnums(was: DescEnum, is: DescEnum): Generator<Break> {
  const reserved = reservedOf(is.proto, "inclusive");
  for (const value of was.values) {
    const field = `${was.typeName}.${value.name}`;
    const names = is.values.filter(({ number }) => number === value.number).map(({ name }) => name);
    if (names.length === 0) yield* reserved.deleted("ENUM_VALUE", field, value, String(value.number));
    else if (!names.includes(value.name))
      yield { field, rule: "ENUM_VALUE_SAME_NAME", was: value.name, is: names.join(", ") };
  }
  yield* lostReservations(
    "RESERVED_ENUM_NO_DELETE",
    was.typeName,
    reservedOf(was.proto, "inclusive"),
    reserved,
  );
}
