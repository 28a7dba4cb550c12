// Changes to contracts as people make them: each kind at several places.
import { create } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  DescriptorProto_ReservedRangeSchema,
  type EnumDescriptorProto,
  EnumDescriptorProto_EnumReservedRangeSchema,
  EnumOptionsSchema,
  type EnumValueDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FieldDescriptorProto,
  type FileDescriptorSet,
  type MethodDescriptorProto,
} from "@bufbuild/protobuf/wkt";

export interface Change {
  readonly what: string;
  /** Old and new read each other. */
  readonly grows?: true;
  /** Full names of what it is made to, each for itself. */
  readonly places: readonly string[];
  change(set: FileDescriptorSet, place: string): void;
}

const MESSAGES = ["weather.v1.WeatherChanged", "time.v1.ClockAdjusted", "state.v1.StateChanged"];
const ENUMS = ["weather.v1.AlertKind", "time.v1.Phase", "state.v1.ChangeOp"];
const METHODS = [
  "time.v1.TimeService/GetClock",
  "weather.v1.WeatherService/GetForecast",
  "state.v1.StateService/Watch",
];
/** Numbers that nothing has. */
const FREE = 900;

/** Before all: what the changes below take away. */
export function MORE(set: FileDescriptorSet): void {
  for (const name of MESSAGES) {
    const message = messageIn(set, name);
    message.reservedName.push("once_was");
    message.reservedRange.push(rangeOf(FREE, FREE + 10));
  }
  for (const name of ENUMS) {
    const values = enumIn(set, name);
    values.reservedName.push("ONCE_WAS");
    values.reservedRange.push(
      create(EnumDescriptorProto_EnumReservedRangeSchema, { start: FREE, end: FREE + 9 }),
    );
  }
}

type OnMessage = (message: DescriptorProto, field: FieldDescriptorProto) => void;
const ON_MESSAGES: Record<string, { readonly grows?: true; readonly change: OnMessage }> = {
  "a new field": {
    grows: true,
    change: (message, field) =>
      void message.field.push({ ...field, name: "brand_new", jsonName: "brandNew", number: FREE - 1 }),
  },
  "a field goes, number and name reserved": {
    grows: true,
    change(message, field) {
      drop(message, field);
      message.reservedName.push(field.name);
      message.reservedRange.push(rangeOf(field.number, field.number + 1));
    },
  },
  "a field goes": { change: drop },
  "a field goes, only its number reserved": {
    change(message, field) {
      drop(message, field);
      message.reservedRange.push(rangeOf(field.number, field.number + 1));
    },
  },
  "a field goes, only its name reserved": {
    change(message, field) {
      drop(message, field);
      message.reservedName.push(field.name);
    },
  },
  "a field of another type": {
    change: (_message, field) => void (field.type = FieldDescriptorProto_Type.BYTES),
  },
  "a field of another JSON name": { change: (_message, field) => void (field.jsonName = "another") },
  "a field that repeats": {
    change: (_message, field) => void (field.label = FieldDescriptorProto_Label.REPEATED),
  },
  "a field of another number": { change: (_message, field) => void (field.number = FREE - 2) },
  "a reserved name is free again": { change: (message) => void message.reservedName.pop() },
  "a reserved number is free again": { change: (message) => void message.reservedRange.pop() },
  "a reserved name is given to another field": {
    change(message, field) {
      message.reservedName.pop();
      message.field.push({ ...field, name: "once_was", jsonName: "onceWas", number: FREE - 3 });
    },
  },
  "a reserved number is given to another field": {
    change(message, field) {
      message.reservedRange.pop();
      message.field.push({ ...field, name: "brand_new", jsonName: "brandNew", number: FREE });
    },
  },
};

type OnEnum = (values: EnumDescriptorProto, value: EnumValueDescriptorProto) => void;
const ON_ENUMS: Record<string, { readonly grows?: true; readonly change: OnEnum }> = {
  "a new value": {
    grows: true,
    change: (values, value) => void values.value.push({ ...value, name: "BRAND_NEW", number: FREE - 1 }),
  },
  "an alias before the older name": {
    grows: true,
    change(values, value) {
      values.options = create(EnumOptionsSchema, { allowAlias: true });
      values.value.splice(values.value.indexOf(value), 0, { ...value, name: "ALIAS_OF_IT" });
    },
  },
  "a value goes": { change: (values, value) => void values.value.splice(values.value.indexOf(value), 1) },
  "a value goes, only its number reserved": {
    change(values, value) {
      values.value.splice(values.value.indexOf(value), 1);
      const { number } = value;
      values.reservedRange.push(
        create(EnumDescriptorProto_EnumReservedRangeSchema, { start: number, end: number }),
      );
    },
  },
  "a value of another name": { change: (_values, value) => void (value.name = "RENAMED") },
  "a reserved number of an enum is given away": {
    change(values, value) {
      values.reservedRange.pop();
      values.value.push({ ...value, name: "BRAND_NEW", number: FREE + 3 });
    },
  },
  "a reserved name of an enum is free again": { change: (values) => void values.reservedName.pop() },
};

const ON_METHODS: Record<string, (method: MethodDescriptorProto) => void> = {
  "another request": (method) => void (method.inputType = method.outputType),
  "another answer": (method) => void (method.outputType = method.inputType),
  "a stream of answers, or none": (method) => void (method.serverStreaming = !method.serverStreaming),
};

export const CHANGES: readonly Change[] = [
  ...Object.entries(ON_MESSAGES).map(([what, { change, grows }]) => ({
    what,
    ...(grows && { grows }),
    places: MESSAGES,
    change(set: FileDescriptorSet, name: string) {
      const message = messageIn(set, name);
      const plain = message.field.filter(
        ({ type, label, proto3Optional }) =>
          type ===
            (name === MESSAGES[0] ? FieldDescriptorProto_Type.STRING : FieldDescriptorProto_Type.DOUBLE) &&
          label !== FieldDescriptorProto_Label.REPEATED &&
          !proto3Optional,
      );
      change(message, plain.at(-1) as FieldDescriptorProto);
    },
  })),
  ...Object.entries(ON_ENUMS).map(([what, { change, grows }]) => ({
    what,
    ...(grows && { grows }),
    places: ENUMS,
    change(set: FileDescriptorSet, name: string) {
      const values = enumIn(set, name);
      change(values, values.value.at(-1) as EnumValueDescriptorProto);
    },
  })),
  ...Object.entries(ON_METHODS).map(([what, change]) => ({
    what,
    places: METHODS,
    change: (set: FileDescriptorSet, name: string) => change(methodIn(set, name)),
  })),
];

const rangeOf = (start: number, end: number) => create(DescriptorProto_ReservedRangeSchema, { start, end });

function drop(message: DescriptorProto, field: FieldDescriptorProto): void {
  message.field.splice(message.field.indexOf(field), 1);
}

function named<T extends { readonly name: string }>(from: readonly T[], name: string): T {
  const found = from.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name} in the contracts`);
  return found;
}

function inPackage(set: FileDescriptorSet, fullName: string) {
  const at = fullName.lastIndexOf(".");
  return {
    files: set.file.filter((file) => file.package === fullName.slice(0, at)),
    name: fullName.slice(at + 1),
  };
}

function messageIn(set: FileDescriptorSet, fullName: string): DescriptorProto {
  const { files, name } = inPackage(set, fullName);
  return named(
    files.flatMap((file) => file.messageType),
    name,
  );
}

function enumIn(set: FileDescriptorSet, fullName: string): EnumDescriptorProto {
  const { files, name } = inPackage(set, fullName);
  return named(
    files.flatMap((file) => file.enumType),
    name,
  );
}

function methodIn(set: FileDescriptorSet, path: string): MethodDescriptorProto {
  const [service = "", method = ""] = path.split("/");
  const { files, name } = inPackage(set, service);
  return named(
    named(
      files.flatMap((file) => file.service),
      name,
    ).method,
    method,
  );
}
