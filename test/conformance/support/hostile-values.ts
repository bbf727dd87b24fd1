import fc from "fast-check";

/** Names that mean something to JavaScript or to databases. */
const HOSTILE_NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "then",
  "toJSON",
  "length",
  "",
  "$where",
  "a.b",
  "\0",
  "ключ",
  "🌿",
];
const HOSTILE_TEXTS = [
  "",
  " ",
  "\0",
  "\u2028\u2029",
  "\uD800",
  "﷽".repeat(50),
  "e\u0301".repeat(50),
  "\u202Edcba",
  "' OR 1=1 --",
  "${jndi:ldap://x}",
  "../../../../etc/passwd",
  "[doc1][doc99]",
  "data: [DONE]\n\n",
  "<|im_end|>",
  "x".repeat(5000),
  "NaN",
  "1e999",
  "true",
];
const HOSTILE_NUMBERS = [
  0,
  -0,
  -1,
  0.1,
  1e308,
  -1e308,
  5e-324,
  2 ** 31,
  2 ** 53,
  -(2 ** 53) - 1,
  1e21,
];

/** Any JSON, most of it small, some of it deep. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(null, true, false) },
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE_NUMBERS) },
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 2, arbitrary: fc.constantFrom<unknown[]>([], [[]], [null], [{}], ["a", 1]) },
  { weight: 2, arbitrary: fc.constantFrom<object>({}, { a: {} }, { type: null }) },
  {
    weight: 2,
    arbitrary: fc.dictionary(fc.constantFrom(...HOSTILE_NAMES), fc.constantFrom("x", 1, null), {
      maxKeys: 4,
    }),
  },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 300 }).map(nested) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 10, max: 2500 }).map((length) => Array(length).fill(1)),
  },
);

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: "binary", maxLength: 40 }),
);

function nested(depth: number): unknown {
  let value: unknown = "end";
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** An object of which each key is absent, as it should be, or hostile; now and then with a key too many. */
export function halfRight(shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  const entries = Object.entries(shape).map(([key, right]) => [
    key,
    fc.oneof({ weight: 5, arbitrary: right }, { weight: 1, arbitrary: hostileValue }),
  ]);
  const record = fc.record(
    // One arbitrary for each key of the shape.
    Object.fromEntries(entries) as Record<string, fc.Arbitrary<unknown>>,
    { requiredKeys: [] },
  );
  const oneMore = fc.tuple(fc.constantFrom(...HOSTILE_NAMES), hostileValue);
  return fc.oneof(
    { weight: 6, arbitrary: record },
    {
      weight: 1,
      arbitrary: fc.tuple(record, oneMore).map(([value, [key, more]]) => {
        const whole: Record<string, unknown> = Object.assign(Object.create(null), value);
        whole[key] = more;
        return whole;
      }),
    },
  );
}
