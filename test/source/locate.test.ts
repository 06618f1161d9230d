// Positions: what a range covers, for every form in which a value can stand.

import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import type { Path } from '../../src/model/resource.ts';
import { lineStarts, locateIn, positionOf } from '../../src/source/locate.ts';
import { parseSingle } from '../../src/source/yaml.ts';

/** The text of a range, and its line and column. */
function at(text: string, item: Path, path: Path): readonly [string, string] {
  const { start, end } = locateIn(text).find(item, path);
  const { line, column } = positionOf(lineStarts(text), start);
  return [text.slice(start, end), `${line}:${column}`];
}

const pool = `apiVersion: v1
items:
- apiVersion: projectcalico.org/v3
  kind: IPPool
  metadata:
    name: "first"
  spec:
    cidr: 10.0.0.0/16 # a comment
    'quoted key': 'it''s'
    empty:
    flow: {a: 1, "b": [x, {c: d}]}
    uses:
    - Workload
    - name: z
      value: v
    block: |
      one
      two
    folded: >-
      three
      four

    nothing: {}
-
  kind: IPPool
  metadata: {name: second}
kind: List
`;
const first: Path = ['items', 0];
const second: Path = ['items', 1];

describe('YAML', () => {
  const cases: readonly (readonly [string, Path, Path, string, string])[] = [
    ['a plain scalar at its value', first, ['spec', 'cidr'], '10.0.0.0/16', '8:11'],
    ['quotes belong to the value', first, ['spec', 'quoted key'], "'it''s'", '9:19'],
    ['an object at its name', first, [], '"first"', '6:11'],
    ['an empty value at its key', first, ['spec', 'empty'], 'empty', '10:5'],
    ['a mapping at its key', first, ['spec'], 'spec', '7:3'],
    ['a flow mapping at its key', first, ['spec', 'flow'], 'flow', '11:5'],
    ['a scalar in flow', first, ['spec', 'flow', 'b', 0], 'x', '11:24'],
    ['an item in flow at its first character', first, ['spec', 'flow', 'b', 1], '{', '11:27'],
    ['a list at its key', first, ['spec', 'uses'], 'uses', '12:5'],
    ['a scalar item at its value', first, ['spec', 'uses', 0], 'Workload', '13:7'],
    ['a mapping item at its dash', first, ['spec', 'uses', 1], '-', '14:5'],
    ['a block scalar from its indicator', first, ['spec', 'block'], '|\n      one\n      two', '16:12'],
    ['a folded scalar from its indicator', first, ['spec', 'folded'], '>-\n      three\n      four', '19:13'],
    ['an empty mapping at its key', first, ['spec', 'nothing'], 'nothing', '23:5'],
    ['an absent field at its parent', first, ['spec', 'vxlanPort'], 'spec', '7:3'],
    ['an absent field of an absent parent', first, ['status', 'x'], '"first"', '6:11'],
    ['an absent item at its list', first, ['spec', 'uses', 7], 'uses', '12:5'],
    ['a path through a scalar at the scalar', first, ['spec', 'cidr', 'x'], '10.0.0.0/16', '8:11'],
    ['an item whose dash stands alone', second, ['kind'], 'IPPool', '25:9'],
    ['a name in flow', second, [], 'second', '26:20'],
  ];
  for (const [title, item, path, text, place] of cases) {
    test(title, () => expect(at(pool, item, path)).toEqual([text, place]));
    test(`${title}, CRLF`, () => expect(at(pool.replaceAll('\n', '\r\n'), item, path)[1]).toBe(place));
  }
  test('an object without a name at its metadata', () => {
    expect(at('kind: X\nmetadata:\n  labels: {}\n', [], [])).toEqual(['metadata', '2:1']);
  });
  test('an object without metadata in a list at its dash', () => {
    expect(at('items:\n- kind: X\n', ['items', 0], [])).toEqual(['-', '2:1']);
  });
  test('lists of lists', () => {
    expect(at('a:\n- - x: 1\n  - y: 2\n', [], ['a', 0, 1])).toEqual(['-', '3:3']);
    expect(at('a:\n- - x: 1\n  - y: 2\n', [], ['a', 0])).toEqual(['-', '2:1']);
  });
  test('the last of equal keys', () => expect(at('a: 1\nb: 2\na: 3\n', [], ['a'])).toEqual(['3', '3:4']));
  test('an alias itself, and through it', () => {
    const text = 'x: &x\n  y: 1\nz: *x\n';
    expect(at(text, [], ['z'])).toEqual(['*x', '3:4']);
    expect(at(text, [], ['z', 'y'])).toEqual(['1', '2:6']);
  });
  test('anchored and tagged block scalars', () => {
    expect(at('a: &x !!str |\n  t\n', [], ['a'])).toEqual(['|\n  t', '1:13']);
    expect(at('- |\n  t\n', [], [0])).toEqual(['|\n  t', '1:3']);
  });
  test('characters outside the basic plane count as two units', () => {
    expect(at('a: 😀\nb: [😀, x]\n', [], ['b', 1])).toEqual(['x', '2:9']);
  });
});

describe('JSON', () => {
  const text =
    '{\n\t"items": [\n\t\t{"metadata": {"name": "n"}, "spec": {"a": [1, {"b": "c\\u0041"}], "e": null, "o": {}}}\n\t]\n}\n';
  const object: Path = ['items', 0];
  const cases: readonly (readonly [string, Path, string, string])[] = [
    ['a string with its quotes', ['spec', 'a', 1, 'b'], '"c\\u0041"', '3:55'],
    ['a number', ['spec', 'a', 0], '1', '3:46'],
    ['an item at its first character', ['spec', 'a', 1], '{', '3:49'],
    ['a list at its key', ['spec', 'a'], '"a"', '3:40'],
    ['null', ['spec', 'e'], 'null', '3:73'],
    ['an absent field at its parent', ['spec', 'z'], '"spec"', '3:31'],
    ['the object at its name', [], '"n"', '3:25'],
  ];
  for (const [title, path, found, place] of cases) {
    test(title, () => expect(at(text, object, path)).toEqual([found, place]));
  }
});

describe('for any value', () => {
  const key = fc
    .stringMatching(/^[a-zA-Z_ /.-]{1,12}$/)
    .filter((k) => k.trim() === k && k !== '<<' && !k.includes('__') && !/^(?:---|\.\.\.)/.test(k));
  const tree = fc.letrec((tie) => ({
    node: fc.oneof({ maxDepth: 4 }, fc.string(), fc.integer(), fc.boolean(), tie('list'), tie('map')),
    list: fc.array(tie('node'), { maxLength: 4 }),
    map: fc.dictionary(key, tie('node'), { maxKeys: 4, noNullPrototype: true }),
  })).map;

  function* leaves(value: unknown, path: Path = []): Iterable<readonly [Path, unknown]> {
    if (Array.isArray(value)) for (const [i, v] of value.entries()) yield* leaves(v, [...path, i]);
    else if (typeof value === 'object' && value !== null) {
      for (const [k, v] of Object.entries(value)) yield* leaves(v, [...path, k]);
    } else yield [path, value];
  }

  for (const [form, write] of [
    ['YAML', (v: unknown) => dump(v)],
    ['YAML in flow', (v: unknown) => `${JSON.stringify(v).replaceAll('":', '": ')}\n`],
    ['JSON', (v: unknown) => JSON.stringify(v, null, 1)],
  ] as const) {
    test(`${form}: what stands at a leaf's place reads as the leaf`, () => {
      fc.assert(
        fc.property(tree, (value) => {
          const text = write(value);
          const read = parseSingle(text === '{}\n' || text === '{}' ? '{}' : text);
          const located = locateIn(text);
          for (const [path, leaf] of leaves(read)) {
            const { start, end } = located.find([], path);
            const { column } = positionOf(lineStarts(text), start);
            // Block scalars are read with the indentation of their first line.
            const slice = /^[|>]/.test(text.slice(start, end))
              ? `- ${text.slice(start, end)}\n`
              : `- ${text.slice(start, end)}`;
            const again = (parseSingle(slice) as unknown[])[0];
            if (typeof leaf === 'string' && /^[|>]/.test(text.slice(start, end)))
              expect(String(again).trimEnd()).toBe(leaf.trimEnd());
            else expect(again).toEqual(leaf);
            expect(column).toBeGreaterThan(0);
          }
        }),
        { numRuns: 300 },
      );
    });
  }
});

describe('secrets', () => {
  const text = `apiVersion: v1
items:
- data:
    kubeconfig: c2VjcmV0
    other: |
      bGluZTE=
  kind: Secret
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: '{"data":"c2VjcmV0"}'
    name: s
- kind: ConfigMap
  data: {mtu: "0"}
- kind: RemoteClusterConfiguration
  spec: {k8sAPIToken: tok, k8sAPIEndpoint: "https://x"}
- kind: DaemonSet
  spec: {template: {spec: {containers: [{env: [{name: ETCD_PASSWORD, value: pw}, {name: FELIX_VXLANMTU, value: "0"}]}]}}}
kind: List
`;
  test('are told apart from what may be shown', () => {
    const ranges = locateIn(text).secrets(0, text.length);
    expect(ranges.map((r) => text.slice(r.start, r.end).trim()).sort()).toEqual(
      ['bGluZTE=', 'c2VjcmV0', '{"data":"c2VjcmV0"}', 'tok', 'pw'].sort(),
    );
  });
});
